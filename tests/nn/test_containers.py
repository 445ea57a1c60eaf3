"""Modules one after another, in lists and dictionaries, round a shortcut."""

from collections import OrderedDict

import numpy as np
import pytest

import autograd
import nn
from autograd import ArgumentTypeError, ArgumentValueError, BoundsError, ShapeError, Tensor
from nn.containers import MemberError


class Plus(nn.Module):
    """Adds a number; the number is its name in the tests."""

    def __init__(self, n):
        super().__init__()
        self.n = nn.Parameter([float(n)])

    def forward(self, x):
        return x + self.n

    def extra_repr(self):
        return f"{self.n.item():.0f}"


def plus(*numbers):
    return [Plus(n) for n in numbers]


def numbers(container):
    return [int(m.n.item()) for m in container]


@pytest.fixture(params=["Sequential", "ModuleList"])
def make(request):
    return (lambda *m: nn.Sequential(*m)) if request.param == "Sequential" else lambda *m: nn.ModuleList(m)


# --- sequences ------------------------------------------------------------------------------------------------------


def test_sequences_are_indexed_and_sliced(make):
    s = make(*plus(0, 1, 2, 3))
    assert len(s) == 4
    assert numbers(s) == [0, 1, 2, 3]
    assert s[1] is next(m for m in s if m.n.item() == 1)
    assert numbers([s[-1], s[np.int64(0)]]) == [3, 0]
    assert numbers(s[1:3]) == [1, 2]
    assert type(s[1:3]) is type(s)
    assert numbers(s[::-1]) == [3, 2, 1, 0]


def test_sequences_are_changed(make):
    s = make(*plus(0, 1))
    assert s.append(Plus(4)) is s
    assert numbers(s.extend(plus(5, 6))) == [0, 1, 4, 5, 6]
    assert numbers(s.insert(1, Plus(9))) == [0, 9, 1, 4, 5, 6]
    assert numbers(s.insert(-1, Plus(8))) == [0, 9, 1, 4, 5, 8, 6]
    assert s.pop().n.item() == 6
    assert s.pop(0).n.item() == 0
    del s[1]
    assert numbers(s) == [9, 4, 5, 8]
    del s[1:3]
    assert numbers(s) == [9, 8]
    s[0] = Plus(7)
    s += plus(1)
    assert numbers(s) == [7, 8, 1]
    assert numbers(s + plus(2)) == [7, 8, 1, 2]
    assert list(s.state_dict()) == ["0.n", "1.n", "2.n"]


def test_sequences_say_what_does_not_fit(make):
    s = make(*plus(0, 1))
    with pytest.raises(BoundsError, match="has 2 members: there is none at 2"):
        s[2]
    with pytest.raises(BoundsError, match="none at -3"):
        del s[-3]
    with pytest.raises(BoundsError, match="nothing can be inserted at 3"):
        s.insert(3, Plus(1))
    with pytest.raises(ArgumentTypeError, match="indexed by integers and slices, not str"):
        s["0"]
    for wrong in (lambda: s.append(max), lambda: s.insert(0, None), lambda: s.__setitem__(0, 3), lambda: make(3)):
        with pytest.raises(ArgumentTypeError, match="holds modules, not"):
            wrong()
    with pytest.raises(ArgumentTypeError, match="holds modules, not"):
        s.extend([Plus(3), 3])
    with pytest.raises(ArgumentTypeError, match="extended by an iterable, not"):
        s.extend(3)
    assert numbers(s) == [0, 1]


def test_sequential_calls_one_after_another():
    assert nn.Sequential(*plus(1, 2, 3))(Tensor([0.0])).tolist() == [6.0]
    assert nn.Sequential()("anything") == "anything"


def test_sequential_takes_names():
    s = nn.Sequential(OrderedDict(first=Plus(1), second=Plus(2)))
    assert list(s.state_dict()) == ["first.n", "second.n"]
    assert list(s[1:].state_dict()) == ["second.n"]
    assert s.second is s[1]
    assert s(Tensor([0.0])).tolist() == [3.0]
    assert list(nn.Sequential({"a": Plus(1)}).state_dict()) == ["a.n"]


def test_sequential_passes_by_what_a_subclass_registers_beside_the_modules():
    class Scaled(nn.Sequential):
        def __init__(self, *modules):
            super().__init__(*modules)
            self.scale = nn.Parameter([2.0])

        def forward(self, x):
            return super().forward(x) * self.scale

    s = Scaled(*plus(1, 2))
    assert s(Tensor([0.0])).tolist() == [6.0]
    assert len(s) == 2
    assert list(s.state_dict()) == ["scale", "0.n", "1.n"]


def test_a_list_is_to_be_unpacked():
    with pytest.raises(ArgumentTypeError, match=r"not list .*; unpack it: Sequential\(\*…\)"):
        nn.Sequential(plus(1, 2))


def test_a_module_list_is_no_function():
    with pytest.raises(NotImplementedError, match=r"ModuleList has no forward\(\)"):
        nn.ModuleList(plus(1))(1)


def test_equal_neighbours_are_written_once():
    assert repr(nn.ModuleList(plus(1, 1, 2))) == "ModuleList(\n  (0-1): 2 x Plus(1)\n  (2): Plus(2)\n)"
    assert repr(nn.ModuleList()) == "ModuleList()"
    assert repr(nn.Sequential(*plus(1, 1))) == "Sequential(\n  (0): Plus(1)\n  (1): Plus(1)\n)"


# --- dictionaries ---------------------------------------------------------------------------------------------------


def test_a_module_dict_is_a_dict():
    d = nn.ModuleDict({"b": Plus(1), "a": Plus(2)})
    d["c"] = Plus(3)
    d.update([("a", Plus(4))])
    d.update(nn.ModuleDict({"d": Plus(5)}))
    assert list(d) == list(d.keys()) == ["b", "a", "c", "d"]
    assert numbers(d.values()) == [1, 4, 3, 5]
    assert [name for name, _ in d.items()] == list(d)
    assert len(d) == 4
    assert "a" in d
    assert "forward" not in d
    assert d.get("nothing") is None
    assert d.get("a") is d["a"] is d.a
    assert d.pop("c").n.item() == 3
    del d["b"]
    assert list(d.state_dict()) == ["a.n", "d.n"]
    assert repr(d) == "ModuleDict(\n  (a): Plus(4)\n  (d): Plus(5)\n)"
    d.clear()
    assert not len(d)


def test_a_module_dict_says_what_does_not_fit():
    d = nn.ModuleDict({"a": Plus(1)})
    with pytest.raises(KeyError) as caught:
        d["b"]
    assert str(caught.value) == "ModuleDict has no 'b'; it has 'a'"
    with pytest.raises(MemberError, match="no 'c'; it has no members"):
        nn.ParameterDict().pop("c")
    with pytest.raises(MemberError, match="no 'forward'"):
        del d["forward"]
    with pytest.raises(ArgumentValueError, match="attribute 'items' of its class"):
        d["items"] = Plus(1)
    with pytest.raises(ArgumentValueError, match="contain a dot"):
        d["a.b"] = Plus(1)
    with pytest.raises(ArgumentTypeError, match="holds modules, not int"):
        d["b"] = 3
    with pytest.raises(ArgumentTypeError, match="from a mapping or from pairs"):
        d.update([1, 2])


# --- parameters -----------------------------------------------------------------------------------------------------


def test_a_parameter_list_is_a_list_of_parameters():
    given = nn.Parameter([1.0])
    p = nn.ParameterList([given, autograd.ones(2, 3)])
    p.append(autograd.ones(1))
    p += [autograd.zeros(2)]
    assert [type(x) for x in p] == [nn.Parameter] * 4
    assert p[0] is given
    assert all(x.requires_grad for x in p)
    assert list(p.state_dict()) == ["0", "1", "2", "3"]
    assert len(p[1:]) == 3
    p[0] = autograd.zeros(3)
    assert p[0].shape == (3,)
    assert repr(p[:2]) == (
        "ParameterList(\n    (0): Parameter containing: [float32 of size 3]\n"
        "    (1): Parameter containing: [float32 of size 2x3]\n)"
    )
    with pytest.raises(ArgumentTypeError, match="holds Tensors, not list"):
        p.append([1.0])
    with pytest.raises(ArgumentTypeError, match="cannot be called"):
        p(1)


def test_a_parameter_dict_is_a_dict_of_parameters():
    p = nn.ParameterDict({"b": autograd.ones(2), "a": autograd.ones(1)})
    assert list(p) == ["a", "b"]  # a plain dict is sorted, as in PyTorch
    p["c"] = autograd.ones(3)
    assert list(p.state_dict()) == ["a", "b", "c"]
    assert list(nn.ParameterDict([("b", autograd.ones(2)), ("a", autograd.ones(1))])) == ["b", "a"]
    assert isinstance(p.c, nn.Parameter)
    with pytest.raises(ArgumentTypeError, match="holds Tensors, not float"):
        p["d"] = 1.0


# --- small ones -----------------------------------------------------------------------------------------------------


def test_identity_takes_anything_and_changes_nothing():
    x = Tensor([1.0])
    assert nn.Identity(54, unused=True)(x) is x
    assert repr(nn.Identity(3)) == "Identity()"


def test_flatten_and_unflatten_undo_each_other():
    x = autograd.arange(24.0).reshape(2, 3, 4)
    assert nn.Flatten()(x).shape == (2, 12)
    assert nn.Flatten(0, 1)(x).shape == (6, 4)
    back = nn.Unflatten(1, (3, -1))(nn.Flatten()(x))
    assert back.tolist() == x.tolist()
    assert repr(nn.Flatten(0, 1)) == "Flatten(start_dim=0, end_dim=1)"
    assert repr(nn.Unflatten(1, (3, 4))) == "Unflatten(dim=1, unflattened_size=(3, 4))"
    with pytest.raises(ArgumentTypeError, match="tuple of integers"):
        nn.Unflatten(1, 3.0)


def test_residual_adds_what_it_was_given():
    r = nn.Residual(Plus(3))
    assert r(Tensor([1.0])).tolist() == [5.0]
    assert list(r.state_dict()) == ["fn.n"]
    with pytest.raises(ShapeError, match=r"carries \(2, 3\), and Flatten gives \(6,\)"):
        nn.Residual(nn.Flatten(0))(autograd.ones(2, 3))
    with pytest.raises(ShapeError, match="carries a tuple, and Identity gives a tuple"):
        nn.Residual(nn.Identity())((autograd.ones(1), 2))
    with pytest.raises(ArgumentTypeError, match="round a module, not builtin_function"):
        nn.Residual(max)
