"""What a module owns, and how it is found, converted, called, copied, saved and loaded."""

import copy
import gc
import pickle
import re
import weakref

import numpy as np
import pytest

import autograd
import nn
from autograd import ArgumentTypeError, ArgumentValueError, DtypeError, GraphError, Tensor
from nn.module import RegistrationError, StateDictError


class Affine(nn.Module):
    def __init__(self, fan_in, fan_out, bias=True):
        super().__init__()
        self.weight = nn.Parameter(np.arange(1.0, fan_in * fan_out + 1).reshape(fan_out, fan_in))
        self.register_parameter("bias", nn.Parameter(np.ones(fan_out)) if bias else None)

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias

    def extra_repr(self):
        return f"{self.weight.shape[1]} → {self.weight.shape[0]}"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Affine(3, 4)
        self.register_buffer("mean", autograd.zeros(4, dtype="float64"))
        self.register_buffer("scratch", autograd.zeros(2), persistent=False)
        self.last = Affine(4, 2, bias=False)
        self.gain = nn.Parameter([1.0])

    def forward(self, x):
        return self.last((self.first(x) - self.mean).tanh()) * self.gain


def names(pairs):
    return [name for name, _ in pairs]


# --- parameters and buffers -----------------------------------------------------------------------------------------


def test_a_parameter_requires_a_gradient_and_shares_the_memory_of_a_tensor():
    x = Tensor([1.0, 2.0])
    p = nn.Parameter(x)
    assert p.requires_grad
    assert isinstance(p, Tensor)
    x.zero_()
    assert p.tolist() == [0.0, 0.0]
    assert not nn.Parameter(x, requires_grad=False).requires_grad
    assert nn.Parameter().shape == (0,)


def test_a_parameter_of_a_computed_tensor_is_a_leaf():
    x = Tensor([1.0], requires_grad=True)
    assert nn.Parameter(x * 2).is_leaf


def test_integers_cannot_be_trained():
    with pytest.raises(DtypeError, match="floating-point"):
        nn.Parameter(autograd.tensor([1, 2]))
    assert nn.Parameter(autograd.tensor([1, 2]), requires_grad=False).dtype == np.int64


def test_what_is_computed_from_parameters_is_an_ordinary_tensor():
    p = nn.Parameter([1.0])
    assert [type(x) for x in (p * 2, p.detach(), p.clone(), p.data)] == [Tensor, Tensor, Tensor, np.ndarray]


def test_names_come_in_the_order_of_registration_parameters_before_those_of_children():
    net = Net()
    assert names(net.named_parameters()) == ["gain", "first.weight", "first.bias", "last.weight"]
    assert names(net.named_buffers()) == ["mean", "scratch"]
    assert names(net.named_modules()) == ["", "first", "last"]
    assert names(net.named_children()) == ["first", "last"]
    assert names(net.named_parameters(prefix="net", recurse=False)) == ["net.gain"]
    assert len(list(net.parameters())) == 4
    assert [b.shape for b in net.buffers()] == [(4,), (2,)]


def test_what_is_found_in_several_places_comes_once():
    net = nn.Module()
    net.a = Affine(2, 2)
    net.b = net.a
    net.tied = net.a.weight
    net.again = net.tied
    assert names(net.named_modules()) == ["", "a"]
    assert names(net.named_children()) == ["a"]
    assert names(net.named_parameters()) == ["tied", "a.bias"]
    assert names(net.named_modules(remove_duplicate=False)) == ["", "a", "b"]
    assert len(names(net.named_parameters(remove_duplicate=False))) == 6


def test_a_parameter_is_labelled_with_its_name_unless_it_has_one():
    net = Net()
    assert net.gain.label == "gain"
    named = nn.Parameter([1.0])
    named.label = "γ"
    net.other = named
    assert named.label == "γ"


def test_parts_are_reached_by_dotted_names():
    net = Net()
    assert net.get_submodule("first") is net.first
    assert net.get_submodule("") is net
    assert net.get_parameter("first.weight") is net.first.weight
    assert net.get_buffer("mean") is net.mean
    with pytest.raises(RegistrationError, match=r"no parameter 'first\.weigth'; there is 'first\.weight'"):
        net.get_parameter("first.weigth")
    with pytest.raises(RegistrationError, match="no buffer 'gain'"):
        net.get_buffer("gain")
    with pytest.raises(RegistrationError, match=r"no module 'first\.deeper'"):
        net.get_submodule("first.deeper")
    net.set_submodule("last", Affine(4, 5))
    assert net.last.weight.shape == (5, 4)


# --- assignment -----------------------------------------------------------------------------------------------------


def test_assigning_before_init_is_an_error():
    class Early(nn.Module):
        def __init__(self):
            self.weight = nn.Parameter([1.0])

    with pytest.raises(RegistrationError, match=r"'weight' is assigned before super\(\)\.__init__"):
        Early()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("gain", Tensor([1.0]), "registered as a parameter and takes a Parameter or None"),
        ("gain", 3.0, "registered as a parameter"),
        ("gain", Affine(1, 1), "registered as a parameter"),
        ("gain", nn.Buffer([1.0]), "registered as a parameter"),
        ("first", nn.Buffer([1.0]), "registered as a module"),
        ("first", 3.0, "registered as a module and takes a Module or None"),
        ("mean", 3.0, "registered as a buffer and takes a Tensor or None"),
    ],
)
def test_a_registered_name_takes_only_its_kind(name, value, message):
    with pytest.raises(ArgumentTypeError, match=message):
        setattr(Net(), name, value)


def test_a_registered_name_can_be_emptied_and_filled_again():
    net = Net()
    net.gain = None
    assert "gain" not in names(net.named_parameters())
    net.gain = nn.Parameter([2.0])
    assert names(net.named_parameters())[0] == "gain"
    net.first = None
    assert names(net.named_modules()) == ["", "last"]


def test_a_new_tensor_for_a_buffer_is_the_buffer():
    net = Net()
    net.mean = net.mean + 1
    assert net.state_dict()["mean"].tolist() == [1.0] * 4
    net.scratch = autograd.ones(2)
    assert "scratch" not in net.state_dict()


def test_a_parameter_in_the_place_of_something_else_goes_to_the_end():
    net = Net()
    net.later = None
    net.more = nn.Parameter([1.0])
    net.later = nn.Parameter([1.0])
    net.mean = nn.Parameter([1.0])
    assert names(net.named_parameters(recurse=False)) == ["gain", "more", "later", "mean"]
    assert names(net.named_buffers()) == ["scratch"]


def test_deleted_is_gone():
    net = Net()
    del net.first, net.gain, net.mean
    assert list(net.state_dict()) == ["last.weight"]
    with pytest.raises(AttributeError, match="'Net' object has no attribute 'first'"):
        net.first
    with pytest.raises(AttributeError):
        del net.first


def test_buffers_can_be_assigned_as_such():
    net = nn.Module()
    net.kept = nn.Buffer([1.0])
    net.passing = nn.Buffer(Tensor([1.0]), persistent=False)
    assert names(net.named_buffers()) == ["kept", "passing"]
    assert list(net.state_dict()) == ["kept"]
    assert not net.kept.requires_grad


def test_a_buffer_registered_again_can_change_whether_it_persists():
    net = Net()
    net.register_buffer("scratch", autograd.ones(2))
    assert "scratch" in net.state_dict()


@pytest.mark.parametrize("name", ["", "a.b"])
def test_names_have_no_dots_and_are_not_empty(name):
    with pytest.raises(ArgumentValueError, match="must not be empty or contain a dot"):
        nn.Module().register_parameter(name, nn.Parameter([1.0]))


def test_names_of_the_class_and_of_other_attributes_are_taken():
    net = Net()
    net.plain = 3
    with pytest.raises(ArgumentValueError, match="attribute 'forward' of its class"):
        net.register_module("forward", Affine(1, 1))
    with pytest.raises(ArgumentValueError, match="already has an attribute 'plain'"):
        net.register_buffer("plain", None)
    with pytest.raises(ArgumentValueError, match="already has an attribute 'gain'"):
        net.register_buffer("gain", None)
    with pytest.raises(ArgumentTypeError, match="must be text"):
        net.register_buffer(3, None)


@pytest.mark.parametrize(
    ("register", "value"), [("register_parameter", Tensor([1.0])), ("register_buffer", [1.0]), ("add_module", max)]
)
def test_only_the_right_kind_is_registered(register, value):
    with pytest.raises(ArgumentTypeError, match="takes a"):
        getattr(nn.Module(), register)("x", value)


def test_the_registries_are_read_only_views():
    net = Net()
    assert list(net._modules) == ["first", "last"]
    assert list(net._buffers) == ["mean", "scratch"]
    assert net.last._parameters == {"weight": net.last.weight, "bias": None}
    with pytest.raises(TypeError):
        net._modules["first"] = Affine(1, 1)


# --- calling and hooks ----------------------------------------------------------------------------------------------


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match=r"Module has no forward\(\)"):
        nn.Module()(1)


def test_hooks_see_and_change_what_goes_in_and_out():
    net, seen = Affine(2, 1), []
    x = Tensor([[1.0, 2.0]], dtype="float64")
    before = net.register_forward_pre_hook(lambda module, args: (args[0] * 2,))
    after = net.register_forward_hook(lambda module, args, out: seen.append((args[0].tolist(), out.tolist())))
    changing = net.register_forward_hook(lambda module, args, out: out + 100)
    assert net(x).tolist() == [[111.0]]
    assert seen == [([[2.0, 4.0]], [[11.0]])]
    for handle in (before, after, changing):
        handle.remove()
    assert net(x).tolist() == [[6.0]]


def test_hooks_can_be_registered_and_removed_while_the_module_runs():
    net, seen = Affine(2, 1), []

    def register(module, *_):
        seen.append("before")
        first.remove()
        module.register_forward_hook(lambda *_: seen.append("after"))

    first = net.register_forward_pre_hook(register)
    net(Tensor([[1.0, 2.0]], dtype="float64"))
    assert seen == ["before", "after"]


def test_hooks_run_in_order_and_can_be_put_first():
    net, seen = Affine(2, 1), []
    net.register_forward_pre_hook(lambda *_: seen.append(1))
    net.register_forward_pre_hook(lambda *_: seen.append(0), prepend=True)
    net.register_forward_hook(lambda *_: seen.append(3))
    net.register_forward_hook(lambda *_: seen.append(2), prepend=True)
    net(autograd.ones(1, 2))
    assert seen == [0, 1, 2, 3]


def test_hooks_can_take_keyword_arguments():
    class Scale(nn.Module):
        def forward(self, x, by=1.0):
            return x * by

    net, seen = Scale(), []
    net.register_forward_pre_hook(lambda module, args, kwargs: (args, {"by": 5.0}), with_kwargs=True)
    net.register_forward_hook(lambda module, args, kwargs, out: seen.append(kwargs), with_kwargs=True)
    assert net(Tensor([2.0]), by=3.0).tolist() == [10.0]
    assert seen == [{"by": 5.0}]
    net.register_forward_pre_hook(lambda module, args, kwargs: 3, with_kwargs=True)
    with pytest.raises(ArgumentTypeError, match="None or the pair"):
        net(Tensor([2.0]))


def test_a_subclass_may_use_the_private_names_that_come_to_mind():
    class Extractor(nn.Module):
        def __init__(self, model):
            super().__init__()
            self._hooks, self._registered, self._entries = [], False, {}
            self.model = model
            self._register()

        def _register(self):
            self._hooks.append(self.model.register_forward_hook(self._hook))
            self._registered = True

        def _hook(self, *given):
            self._entries["out"] = given[-1]

        def forward(self, x):
            self.model(x)
            return self._entries["out"]

    net = Extractor(Affine(2, 1))
    assert net(Tensor([[1.0, 2.0]], dtype="float64")).tolist() == [[6.0]]
    assert list(net.state_dict()) == ["model.weight", "model.bias"]


def test_a_hook_can_insist_on_being_called():
    class Failing(nn.Module):
        def forward(self, x):
            return x / 0

    net, seen = Failing(), []
    net.register_forward_hook(lambda *_: seen.append("never"))
    net.register_forward_hook(lambda module, args, out: seen.append(out), always_call=True)
    with pytest.raises(ZeroDivisionError):
        net(1)
    assert seen == [None]


def test_of_several_errors_the_first_is_raised():
    def fail(*given):
        raise KeyError(given[-1])

    net, seen = nn.Identity(), []
    net.register_forward_hook(lambda *_: 1 / 0)
    net.register_forward_hook(fail, always_call=True)
    net.register_forward_hook(lambda module, args, out: seen.append(out), always_call=True)
    with pytest.warns(UserWarning, match=r"KeyError\(7\)"), pytest.raises(ZeroDivisionError):
        net(7)
    assert seen == [7]


def test_a_hook_must_be_callable():
    with pytest.raises(ArgumentTypeError, match="must be callable"):
        nn.Module().register_forward_hook(3)


def test_backward_hooks_see_and_change_the_gradients_of_the_whole_module():
    net, seen = Affine(2, 1), []
    x = Tensor([[1.0, 2.0]], dtype="float64", requires_grad=True)
    net.register_full_backward_pre_hook(lambda module, grad_output: (grad_output[0] * 10,))
    net.register_full_backward_hook(
        lambda module, grad_input, grad_output: seen.append((grad_input[0].tolist(), grad_output[0].tolist()))
    )
    net.register_full_backward_hook(lambda module, grad_input, grad_output: (grad_input[0] + 1,))
    net(x).sum().backward()
    assert seen == [([[10.0, 20.0]], [[10.0]])]
    assert x.grad.tolist() == [[11.0, 21.0]]
    assert net.weight.grad.tolist() == [[10.0, 20.0]]


def test_backward_hooks_are_called_though_no_input_requires_a_gradient():
    net, seen = Affine(2, 1), []
    net.register_full_backward_hook(lambda module, grad_input, grad_output: seen.append((grad_input, grad_output)))
    net(Tensor([[1.0, 2.0]], dtype="float64")).sum().backward()
    [(grad_input, grad_output)] = seen
    assert grad_input == (None,)
    assert grad_output[0].tolist() == [[1.0]]
    with autograd.no_grad():
        net(Tensor([[1.0, 2.0]], dtype="float64"))
    assert len(seen) == 1
    net(x=Tensor([[1.0, 2.0]], dtype="float64")).sum().backward()
    assert seen[1][0] == ()


def test_backward_hooks_are_not_called_if_nothing_comes_through_the_outputs():
    class Named(nn.Module):
        def forward(self, x):
            return {"y": x * 2}

    net, seen = Named(), []
    net.register_full_backward_hook(lambda *_: seen.append(1))
    x = Tensor([1.0], requires_grad=True)
    net(x)["y"].sum().backward()
    assert (seen, x.grad.tolist()) == ([], [2.0])


def test_backward_hooks_leave_no_cycle_that_keeps_the_activations():
    net = Affine(1, 1)
    net.register_full_backward_hook(lambda *_: None)
    gc.disable()
    try:
        out = net(Tensor([[2.0]], dtype="float64", requires_grad=True))
        alive = weakref.ref(out)
        del out
        assert alive() is None
    finally:
        gc.enable()


class Both(nn.Module):
    """Two inputs, two outputs, of different element types."""

    def forward(self, x, y, factor):
        return x * factor + y, (y * y).sum(), factor


def test_backward_hooks_of_several_inputs_and_outputs_are_called_once():
    net, seen = Both(), []
    net.register_full_backward_hook(lambda module, grad_input, grad_output: seen.append((grad_input, grad_output)))
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = Tensor([3.0, 4.0], dtype="float64", requires_grad=True)
    first, second, _ = net(x, y, 3.0)
    (first.sum() + second * 2).backward()
    [(grad_input, grad_output)] = seen
    assert [None if g is None else g.tolist() for g in grad_input] == [[3.0, 3.0], [13.0, 17.0], None]
    assert [None if g is None else g.tolist() for g in grad_output] == [[1.0, 1.0], 2.0, None]
    assert [g.dtype for g in grad_input[:2]] == [np.float32, np.float64]
    assert x.grad.tolist() == [3.0, 3.0]
    assert x.grad.dtype == np.float32
    assert y.grad.tolist() == [13.0, 17.0]


def test_backward_hooks_work_in_a_recorded_backward_pass():
    net = Affine(1, 1)
    net.register_full_backward_hook(lambda module, grad_input, grad_output: (grad_input[0] * 3,))
    x = Tensor([[2.0]], dtype="float64", requires_grad=True)
    (net(x) ** 2).sum().backward(create_graph=True)
    assert x.grad.tolist() == [[18.0]]  # 3·2(x + 1)
    x.grad.sum().backward()
    assert x.grad.tolist() == [[18.0 + 3 * 6]]  # the hook again: its own graph goes through the identity


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((None, None), "returned 2 gradients in the place of 1"),
        ((3.0,), "return a Tensor"),
        ((Tensor([1.0]),), r"of shape \(1, 1\)"),
    ],
)
def test_a_backward_hook_must_answer_in_kind(answer, message):
    net = Affine(1, 1)
    net.register_full_backward_hook(lambda *_: answer)
    out = net(Tensor([[2.0]], dtype="float64", requires_grad=True)).sum()
    with pytest.raises(ArgumentTypeError, match=message):
        out.backward()


def test_no_gradients_can_be_returned_for_inputs_that_require_none():
    net = Affine(1, 1)
    net.register_full_backward_hook(lambda *_: (Tensor([1.0]),))
    with pytest.raises(ArgumentTypeError, match="no input requires one"):
        net(Tensor([[2.0]], dtype="float64")).sum().backward()


# --- modes and conversions ------------------------------------------------------------------------------------------


def test_train_and_eval_reach_all_modules():
    net = Net()
    assert net.training
    assert net.eval() is net
    assert not any(module.training for module in net.modules())
    net.train()
    assert all(module.training for module in net.modules())
    with pytest.raises(ArgumentTypeError, match="True or False"):
        net.train("yes")


def test_gradients_are_reset():
    net = Net()
    net(autograd.ones(1, 3, dtype="float64")).sum().backward()
    assert net.gain.grad is not None
    net.zero_grad(set_to_none=False)
    assert net.first.weight.grad.tolist() == np.zeros((4, 3)).tolist()
    net.zero_grad()
    assert net.first.weight.grad is None


def test_parameters_can_be_frozen():
    net = Net().requires_grad_(False)
    assert not any(p.requires_grad for p in net.parameters())
    assert not net(autograd.ones(1, 3, dtype="float64")).requires_grad


def test_apply_calls_children_first():
    seen = []
    net = Net()
    assert net.apply(lambda module: seen.append(type(module).__name__)) is net
    assert seen == ["Affine", "Affine", "Net"]


def test_conversion_keeps_the_parameters_and_converts_gradients():
    net = Net()
    net.register_buffer("count", autograd.tensor([1, 2]))
    net(autograd.ones(1, 3, dtype="float64")).sum().backward()
    before = list(net.parameters())
    assert net.to("float32") is net
    assert all(p is q for p, q in zip(before, net.parameters(), strict=True))
    assert {p.dtype for p in net.parameters()} == {np.dtype("float32")}
    assert {p.grad.dtype for p in net.parameters()} == {np.dtype("float32")}
    assert (net.mean.dtype, net.count.dtype) == (np.float32, np.int64)
    assert net.double().gain.dtype == net.gain.grad.dtype == np.float64
    assert net.half().gain.dtype == np.float16
    assert net.float().gain.dtype == np.float32
    assert net.type("float64").count.dtype == np.float64
    assert all(p.requires_grad for p in net.parameters())


def test_a_graph_from_before_a_conversion_refuses_to_go_backward():
    net = Affine(2, 1)
    loss = (net.weight * net.weight).sum()
    net.float()
    with pytest.raises(GraphError, match="changed after the forward pass"):
        loss.backward()


def test_to_takes_what_pytorchs_takes():
    net = Net()
    assert net.to("cpu").gain.dtype == net.cpu().gain.dtype
    assert net.to("cpu", autograd.float64).gain.dtype == np.float64
    assert net.to(autograd.ones(1, dtype="float32")).gain.dtype == np.float32
    assert net.to(device="cpu", dtype=np.float64, non_blocking=True).gain.dtype == np.float64
    with pytest.raises(ArgumentValueError, match="no device but the CPU"):
        net.to("cuda:0")
    with pytest.raises(DtypeError, match="floating-point types only"):
        net.to("int64")
    with pytest.raises(ArgumentTypeError, match="not colour"):
        net.to(colour="red")


# --- the state dict -------------------------------------------------------------------------------------------------


def test_a_state_dict_shares_memory_and_has_no_history():
    net = Net()
    state = net.state_dict()
    assert list(state) == ["gain", "mean", "first.weight", "first.bias", "last.weight"]
    assert not any(x.requires_grad for x in state.values())
    with autograd.no_grad():
        net.gain.fill_(7.0)
    assert state["gain"].tolist() == [7.0]
    assert net.state_dict(keep_vars=True)["gain"] is net.gain
    assert list(net.last.state_dict(prefix="net.last.")) == ["net.last.weight"]
    into = {"there": 1}
    assert net.last.state_dict(destination=into) is into
    assert list(into) == ["there", "weight"]


def test_shared_parameters_are_in_the_state_dict_under_each_name():
    net = Net()
    net.tied = net.first.weight
    assert {"tied", "first.weight"} <= set(net.state_dict())


def test_loading_copies_numbers_into_the_parameters():
    source, target = Net(), Net()
    with autograd.no_grad():
        source.first.weight.mul_(3.0)
    before = target.first.weight
    answer = target.load_state_dict(source.state_dict())
    assert answer == ([], [])
    assert repr(answer) == "<All keys matched successfully>"
    assert target.first.weight is before
    assert target.first.weight.tolist() == source.first.weight.tolist()
    with autograd.no_grad():
        source.first.weight.zero_()
    assert target.first.weight.tolist() != source.first.weight.tolist()


def test_loading_after_the_forward_pass_is_noticed_by_the_graph():
    net = Affine(2, 1)
    loss = (net(autograd.ones(1, 2, dtype="float64").requires_grad_()) ** 2).sum()
    net.load_state_dict({key: value * 2 for key, value in net.state_dict().items()})
    with pytest.raises(GraphError, match="changed after the forward pass"):
        loss.backward()


def test_one_error_lists_everything_and_nothing_is_loaded():
    net = Net()
    state = {key: value + 1 for key, value in net.state_dict().items()}
    del state["first.bias"]
    del state["gain"]
    state["head.weight"] = state["last.bias"] = autograd.ones(1)
    state["last.weight"] = autograd.ones(4, 2)
    with pytest.raises(StateDictError) as caught:
        net.load_state_dict(state)
    assert str(caught.value) == (
        "the state dict does not fit Net:\n"
        "  missing in the state dict: gain, first.bias\n"
        "  unexpected, not in the module: head.weight, last.bias\n"
        "  last.weight has shape (2, 4) in the module and (4, 2) in the state dict"
    )
    assert net.mean.tolist() == [0.0] * 4
    assert isinstance(caught.value, RuntimeError)


def test_without_strict_the_rest_is_loaded_and_the_difference_returned():
    net = Net()
    answer = net.load_state_dict({"gain": [5.0], "other": [1.0]}, strict=False)
    assert answer.missing_keys == ["mean", "first.weight", "first.bias", "last.weight"]
    assert answer.unexpected_keys == ["other"]
    assert "missing_keys" in repr(answer)
    assert net.gain.tolist() == [5.0]
    with pytest.raises(StateDictError, match=r"gain has shape \(1,\) in the module and \(2,\) in the state dict"):
        net.load_state_dict({"gain": np.ones(2)}, strict=False)


def test_element_types_are_converted_where_nothing_is_lost_in_kind():
    net = Net()
    state = {key: np.asarray(value.tolist(), "float16") for key, value in net.state_dict().items()}
    net.load_state_dict(state)
    assert net.first.weight.dtype == np.float64
    net.register_buffer("count", autograd.tensor([1, 2]))
    with pytest.raises(StateDictError, match="count is int64 in the module and float64 in the state dict"):
        net.load_state_dict({"count": np.ones(2)}, strict=False)


def test_assign_puts_the_given_tensors_in_place():
    net, given = Net().requires_grad_(False), Net().float().state_dict()
    net.load_state_dict(given, assign=True)
    assert net.first.weight.dtype == np.float32
    assert isinstance(net.first.weight, nn.Parameter)
    assert not net.first.weight.requires_grad
    assert np.shares_memory(net.first.weight.detach().numpy(), given["first.weight"].numpy())
    assert net.mean is given["mean"]
    parameter = nn.Parameter([2.0])
    net.load_state_dict({"gain": parameter}, strict=False, assign=True)
    assert net.gain is parameter


def test_parameters_expanded_from_fewer_numbers_get_an_array_of_their_own():
    net = nn.Module()
    net.weight = nn.Parameter(autograd.zeros(1).expand(3))
    net.load_state_dict({"weight": [1.0, 2.0, 3.0]})
    assert net.weight.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("wrong", [[1], "weights.safetensors", None])
def test_only_mappings_are_loaded(wrong):
    with pytest.raises(ArgumentTypeError, match="takes a mapping"):
        Net().load_state_dict(wrong)


def test_entries_that_are_no_numbers_are_listed():
    with pytest.raises(StateDictError, match="gain is float32 in the module and <U5 in the state dict"):
        Net().load_state_dict({"gain": np.array(["a text"[:5]])}, strict=False)
    with pytest.raises(StateDictError, match=r"gain is no array of numbers: .*inhomogeneous"):
        Net().load_state_dict({"gain": [[1.0], 2.0]}, strict=False)
    with pytest.raises(StateDictError, match="unexpected, not in the module: 7"):
        nn.Module().load_state_dict({7: 1.0})


def test_hooks_can_change_what_is_saved_and_loaded():
    net, seen = Net(), []
    net.first.register_state_dict_pre_hook(lambda module, prefix, keep_vars: seen.append((prefix, keep_vars)))
    net.first.register_state_dict_post_hook(
        lambda module, state, prefix, metadata: state.update({prefix + "w": state.pop(prefix + "weight")})
    )

    def rename(_module, state, prefix, *_):
        state[prefix + "weight"] = state.pop(prefix + "w")

    net.first.register_load_state_dict_pre_hook(rename)
    net.register_load_state_dict_post_hook(lambda module, keys: seen.append(keys))
    state = net.state_dict()
    assert "first.w" in state
    assert net.load_state_dict(state) == ([], [])
    assert "first.w" in state
    assert seen == [("first.", False), ([], [])]


def test_hooks_after_loading_see_the_loaded_numbers_and_may_forgive():
    net, seen = Affine(1, 1), []

    def forgive(module, keys):
        seen.append(module.weight.tolist())
        keys.missing_keys.remove("bias")

    net.register_load_state_dict_post_hook(forgive)
    assert net.load_state_dict({"weight": [[5.0]]}) == ([], [])
    assert seen == [[[5.0]]]
    with pytest.raises(StateDictError, match="unexpected, not in the module: gain"):
        net.load_state_dict({"weight": [[6.0]], "gain": 1.0})


class Counting(nn.Module):
    """Keeps something that is no Tensor."""

    def __init__(self):
        super().__init__()
        self.seen = 0

    def get_extra_state(self):
        return {"seen": self.seen}

    def set_extra_state(self, state):
        self.seen = state["seen"]


def test_a_module_can_keep_more_than_tensors():
    net, other = nn.Sequential(Counting(), Counting()), nn.Sequential(Counting(), Counting())
    net[1].seen = 3
    assert net.state_dict() == {"0._extra_state": {"seen": 0}, "1._extra_state": {"seen": 3}}
    other.load_state_dict(net.state_dict())
    assert [counting.seen for counting in other] == [0, 3]
    assert other.load_state_dict({"0._extra_state": {"seen": 9}}, strict=False).missing_keys == ["1._extra_state"]
    assert [counting.seen for counting in other] == [9, 3]
    with pytest.raises(StateDictError, match=r"missing in the state dict: 1\._extra_state"):
        other.load_state_dict({"0._extra_state": {"seen": 1}})
    assert other[0].seen == 9


# --- text and copies ------------------------------------------------------------------------------------------------


def test_text_shows_the_tree():
    assert repr(Net()) == "Net(\n  (first): Affine(3 → 4)\n  (last): Affine(4 → 2)\n)"
    assert repr(nn.Module()) == "Module()"


def test_a_copy_is_a_module_of_its_own():
    net = Net()
    net.tied = net.first.weight
    twin = copy.deepcopy(net)
    assert twin.tied is twin.first.weight
    assert twin.tied is not net.tied
    assert twin.state_dict().keys() == net.state_dict().keys()
    with autograd.no_grad():
        twin.gain.fill_(9.0)
    assert net.gain.tolist() == [1.0]
    shallow = copy.copy(net)
    shallow.extra = Affine(1, 1)
    assert "extra" not in names(net.named_modules())
    assert shallow.gain is net.gain


def test_a_copy_of_a_parameter_has_no_gradient():
    net = Affine(1, 1)
    net.weight.note = ["kept"]
    net(Tensor([[2.0]], dtype="float64")).sum().backward(create_graph=True)
    twin = copy.deepcopy(net)
    assert (twin.weight.grad, twin.weight.requires_grad, twin.weight.label) == (None, True, "weight")
    assert twin.weight.note == ["kept"]
    assert twin.weight.note is not net.weight.note


def test_modules_can_be_pickled():
    net = pickle.loads(pickle.dumps(Affine(2, 3).eval()))
    assert isinstance(net.weight, nn.Parameter)
    assert net.weight.requires_grad
    assert not net.training
    assert net.weight.tolist() == Affine(2, 3).weight.tolist()


def test_dir_lists_what_can_be_written_after_a_dot():
    net = nn.Sequential(Affine(1, 1))
    assert "0" not in dir(net)
    assert {"forward", "training"} <= set(dir(net))
    assert all(re.fullmatch(r"\w+", name) for name in dir(net))
