"""Are modules PyTorch's: names, order, text, hooks, files?

A model is written once, as a function of the library, and built with both.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import product
from typing import Any

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")
from safetensors.torch import save_file, save_model  # noqa: E402

LIBRARIES = {"ours": (nn, autograd), "PyTorch": (torch.nn, torch)}


def nested(lib: Any, tensors: Any) -> Any:
    class Block(lib.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.register_buffer("scale", tensors.ones(width))
            self.body = lib.Sequential(
                OrderedDict([("up", lib.Linear(width, 2 * width)), ("bend", lib.GELU()), ("out", lib.Identity())])
            )
            self.down = lib.Linear(2 * width, width, bias=False)
            self.gain = lib.Parameter(tensors.full((width,), 0.5))
            self.register_parameter("shift", None)

        def forward(self, x: Any) -> Any:
            return x + self.down(self.body(x * self.scale)) * self.gain

        def extra_repr(self) -> str:
            return "pre-norm,\nwith a gain"

    class Net(lib.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = lib.Linear(3, 4)
            self.blocks = lib.ModuleList([Block(4), Block(4), Block(4)])
            self.heads = lib.ModuleDict({"b": lib.Linear(4, 2), "a": lib.Sequential(lib.Linear(4, 4), lib.Tanh())})
            self.nothing = None
            self.register_module("missing", None)
            self.mixed = lib.ParameterList([tensors.ones(2), tensors.ones(2, 3)])
            self.named = lib.ParameterDict({"z": tensors.ones(1), "y": tensors.ones(2)})
            self.flat = lib.Flatten()
            self.unflat = lib.Unflatten(1, (2, 2))
            self.bend = lib.LeakyReLU(0.2)
            self.register_buffer("hidden", tensors.zeros(2), persistent=False)
            self.tied = self.blocks[0].down
            self.also = self.first.weight

        def forward(self, x: Any) -> Any:
            x = self.bend(self.first(x))
            for block in self.blocks:
                x = block(x)
            return self.heads["b"](self.heads["a"](self.flat(self.unflat(x)))) * self.mixed[0] + self.named["z"]

    return Net()


@pytest.fixture
def pair() -> tuple[Any, Any]:
    """Our model and PyTorch's, with the same numbers."""
    torch.manual_seed(0)
    theirs = nested(torch.nn, torch).double()
    ours = nested(nn, autograd).double()
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def test_text_is_the_same(pair: Any) -> None:
    ours, theirs = pair
    # PyTorch names its types, and its Tensors are called FloatTensor
    text = repr(theirs).replace("torch.", "").replace("DoubleTensor", "Parameter").replace("nn.parameter.", "")
    assert repr(ours) == text


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("named_children", {}),
        *product(["named_parameters", "named_buffers", "named_modules"], [{}, {"remove_duplicate": False}]),
        *product(["named_parameters", "named_buffers", "named_modules"], [{"prefix": "net"}]),
        *product(["named_parameters", "named_buffers"], [{"recurse": False}]),
    ],
)
def test_names_and_their_order_are_the_same(pair: Any, method: str, options: dict[str, Any]) -> None:
    ours, theirs = ([name for name, _ in getattr(net, method)(**options)] for net in pair)
    assert ours == theirs


def test_state_dicts_have_the_same_keys_and_shapes(pair: Any) -> None:
    ours, theirs = (
        [(key, tuple(value.shape)) for key, value in net.state_dict(prefix="a.", keep_vars=True).items()]
        for net in pair
    )
    assert ours == theirs


def test_a_pytorch_state_dict_gives_the_same_outputs_and_gradients(pair: Any) -> None:
    ours, theirs = pair
    x = np.random.default_rng(0).normal(size=(5, 3))
    y, z = ours(autograd.tensor(x)), theirs(torch.tensor(x))
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-9, atol=1e-12)
    y.sum().backward()
    z.sum().backward()
    for (name, p), (_, q) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert (p.grad is None) == (q.grad is None), name
        if p.grad is not None:
            np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-9, atol=1e-12, err_msg=name)


def test_pytorch_s_short_floats_are_taken_unchanged() -> None:
    ours, theirs = nn.Linear(3, 2), torch.nn.Linear(3, 2, dtype=torch.bfloat16)
    ours.load_state_dict(theirs.state_dict())
    assert np.array_equal(ours.weight.detach().numpy(), theirs.weight.detach().float().numpy())


# --- containers -----------------------------------------------------------------------------------------------------


def changes(lib: Any, kind: str) -> list[Any]:
    """What a sequence looks like after each of many changes."""
    layers = [lib.Linear(n, n) for n in range(1, 7)]
    s = lib.Sequential(*layers[:3]) if kind == "Sequential" else lib.ModuleList(layers[:3])
    seen = []

    def look() -> None:
        seen.append((repr(s), list(s.state_dict())))

    s.append(layers[3])
    look()
    s.insert(1, layers[4])
    look()
    s.insert(len(s) - 1, layers[5])  # PyTorch's ModuleList fails at -1
    look()
    del s[2]
    look()
    s[0] = lib.Linear(9, 9)
    look()
    seen.append(repr(s.pop(1)))
    look()
    s.extend([lib.Linear(2, 2), lib.Linear(2, 2)])
    look()
    del s[1:3]
    look()
    seen.append((repr(s[1:]), list(s[1:].state_dict())))
    seen.append(repr(s[-1]))
    return seen


@pytest.mark.parametrize("kind", ["Sequential", "ModuleList"])
def test_sequences_change_in_the_same_way(kind: str) -> None:
    assert changes(nn, kind) == changes(torch.nn, kind)


def test_reassigning_keeps_or_changes_the_order_in_the_same_way() -> None:
    def orders(lib: Any, tensors: Any) -> list[Any]:
        net, seen = lib.Module(), []
        steps = [
            ("a", lambda: lib.Parameter(tensors.ones(1))),
            ("b", lambda: lib.Parameter(tensors.ones(1))),
            ("later", lambda: None),
            ("m", lambda: lib.Linear(1, 1)),
            ("a", lambda: None),
            ("a", lambda: lib.Parameter(tensors.ones(1))),
            ("later", lambda: lib.Parameter(tensors.ones(1))),
            ("m", lambda: lib.Linear(2, 2)),
            ("m", lambda: lib.Parameter(tensors.ones(1))),
        ]
        for name, make in steps:
            setattr(net, name, make())
            seen.append((list(net.state_dict()), repr(net)))
        return seen

    assert orders(nn, autograd) == orders(torch.nn, torch)


# --- hooks ----------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Full backward hook is firing")
@pytest.mark.parametrize("requires_grad", [True, False])
def test_hooks_are_called_in_the_same_order_with_the_same_numbers(pair: Any, requires_grad: bool) -> None:
    def run(net: Any, tensors: Any) -> list[Any]:
        seen: list[Any] = []

        def numbers(xs: Any) -> Any:
            return [None if x is None else np.asarray(x.detach().tolist()).round(9).tolist() for x in xs]

        for name, module in net.named_modules():
            if name in ("blocks.1", "heads.a", "", "first"):
                module.register_forward_pre_hook(lambda m, args, name=name: seen.append(("before", name)))
                module.register_forward_hook(lambda m, args, out, name=name: seen.append(("after", name)))
                module.register_full_backward_pre_hook(
                    lambda m, grads, name=name: seen.append(("back before", name, numbers(grads)))
                )
                module.register_full_backward_hook(
                    lambda m, into, out, name=name: seen.append(("back", name, numbers(into), numbers(out)))
                )
        x = tensors.tensor([[1.0, 2.0, 3.0]], dtype=tensors.float64, requires_grad=requires_grad)
        (net(x) ** 2).sum().backward()
        seen.append(numbers([x.grad]))
        return seen

    ours, theirs = (run(net, tensors) for net, (_, tensors) in zip(pair, LIBRARIES.values(), strict=True))
    assert ours == theirs


def test_backward_hooks_change_gradients_in_the_same_way() -> None:
    def run(lib: Any, tensors: Any) -> list[Any]:
        class Two(lib.Module):
            def forward(self, x: Any, y: Any) -> Any:
                return x * y, x + y

        net = Two()
        net.register_full_backward_pre_hook(lambda m, grads: tuple(2 * g for g in grads))
        net.register_full_backward_hook(lambda m, into, out: (into[0] + out[0], into[1] * 3))
        x, y = (tensors.tensor([v, 2 * v], requires_grad=True) for v in (1.0, 5.0))
        product, total = net(x, y)
        (product.sum() + (total**2).sum()).backward()
        return [x.grad.tolist(), y.grad.tolist()]

    assert run(nn, autograd) == run(torch.nn, torch)


# --- files ----------------------------------------------------------------------------------------------------------


def assert_equal_outputs(ours: Any, theirs: Any) -> None:
    x = np.random.default_rng(1).normal(size=(4, 3)).astype(ours.first.weight.dtype)
    y, z = ours(autograd.tensor(x)), theirs(torch.tensor(x))
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-9 if x.itemsize == 8 else 1e-5)


def test_pytorch_s_file_loads_and_gives_the_same_outputs(pair: Any, tmp_path: Any) -> None:
    _, theirs = pair
    path = tmp_path / "model.safetensors"
    save_file({key: value.clone() for key, value in theirs.state_dict().items()}, path)
    ours = nested(nn, autograd).double()
    assert ours.load_state_dict(nn.load(path)) == ([], [])
    assert_equal_outputs(ours, theirs)


def test_pytorch_s_file_with_tied_weights_loads(pair: Any, tmp_path: Any) -> None:
    _, theirs = pair
    path = tmp_path / "model.safetensors"
    save_model(theirs, str(path))  # writes what is shared once
    ours = nested(nn, autograd).double()
    assert ours.load_state_dict(nn.load(path)) == ([], [])
    assert_equal_outputs(ours, theirs)


def test_our_file_loads_in_pytorch(pair: Any, tmp_path: Any) -> None:
    from safetensors.torch import load_file, load_model

    ours, _ = pair
    path = tmp_path / "model.safetensors"
    nn.save(ours, path)
    theirs = nested(torch.nn, torch).double()
    load_model(theirs, str(path))
    assert_equal_outputs(ours, theirs)
    nn.save({key: value.clone() for key, value in ours.state_dict().items()}, path)
    theirs = nested(torch.nn, torch).double()
    theirs.load_state_dict(load_file(path))
    assert_equal_outputs(ours, theirs)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_pytorch_s_short_floats_load_unchanged(pair: Any, tmp_path: Any, dtype: str) -> None:
    theirs = pair[1].to(getattr(torch, dtype))
    path = tmp_path / "model.safetensors"
    save_model(theirs, str(path))
    ours = nested(nn, autograd)
    ours.load_state_dict(nn.load(path))
    assert_equal_outputs(ours, theirs.float())


@pytest.mark.parametrize("dtype", ["float64", "int64", "int32", "int16", "int8", "uint8", "bool", "bfloat16"])
@pytest.mark.parametrize("shape", [(), (0, 2), (3, 2)])
def test_every_type_and_shape_comes_over(tmp_path: Any, dtype: str, shape: tuple[int, ...]) -> None:
    x = torch.randint(0, 2, shape).to(getattr(torch, dtype))
    path = tmp_path / "x.safetensors"
    save_file({"x": x}, path)
    ours = nn.load(path)["x"]
    assert ours.tolist() == x.tolist()
    assert str(ours.dtype) == dtype.replace("bfloat16", "float32")


def test_missing_and_unexpected_keys_are_the_same(pair: Any) -> None:
    ours, theirs = pair
    state = {key: value for key, value in theirs.state_dict().items() if "blocks.1" not in key}
    state["head.weight"] = torch.ones(3)
    answer, theirs_answer = ours.load_state_dict(state, strict=False), theirs.load_state_dict(state, strict=False)
    assert answer.missing_keys == theirs_answer.missing_keys
    assert answer.unexpected_keys == theirs_answer.unexpected_keys
