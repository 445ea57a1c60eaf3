"""Do the optimizers do what their formulas say, refuse what cannot be meant, and keep what is needed to go on?"""

from __future__ import annotations

import copy
import gc
import json
import pickle
import subprocess
import sys
import weakref
from typing import Any

import numpy as np
import pytest
from cases.optimizers import OPTIMIZERS, OURS, load, run

import autograd
from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, GraphError, ShapeError
from nn import optim
from nn.optim import adagrad, adam, rmsprop, sgd
from nn.optim.update import Compiler, blocks

ALL = [optim.SGD, optim.Adagrad, optim.RMSprop, optim.Adam, optim.AdamW]


def parameter(values: Any, gradient: Any = None, dtype: str = "float64") -> Tensor:
    p = Tensor(np.array(values, dtype), requires_grad=True)
    if gradient is not None:
        p.grad = Tensor(np.array(gradient, dtype))
    return p


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_it_arrives_where_pytorch_arrived(name: str) -> None:
    stored = load()
    assert f"optimizer {name}" in stored, "this case is new: run python tests/reference/make.py optimizers"
    np.testing.assert_allclose(run(OURS, name), stored[f"optimizer {name}"], rtol=1e-10, atol=1e-10)


# --- two forms, one result --------------------------------------------------------------------------------------------

FORMS = {
    "sgd": (sgd, "---", [1, 0.1, 0, 0, 1, 0]),
    "momentum": (sgd, "s--", [-1, 0.1, 0.01, 0.9, 0.8, 0]),
    "nesterov": (sgd, "s--", [1, 0.1, 0.01, 0.9, 1, 1]),
    "adagrad": (adagrad, "p--", [1, 0.1, 0.1, 1e-10]),
    "rmsprop": (rmsprop, "p--", [1, 0.1, 0, 0, 0.99, 1 - 0.99, 1e-8]),
    "rmsprop all": (rmsprop, "pss", [-1, 0.1, 0.1, 0.9, 0.99, 1 - 0.99, 1e-8]),
    "adam": (adam, "sp-", [1, 0.01, 1e-8, 0.1, 1, 1 - 0.9, 0.999, 1 - 0.999]),
    "adamw amsgrad": (adam, "spp", [-1, 0.01, 1e-8, 0, 0.99, 1 - 0.9, 0.999, 1 - 0.999]),
}
"""A module, which states there are (any sign, positive, none), and coefficients."""


def drawn(shape: tuple[int, ...], dtype: str, states: str) -> list[Any]:
    """Parameter, gradient and states, over many orders of magnitude, with what is not finite among them."""
    rng = np.random.default_rng(3)
    arrays = []
    for kind in "ss" + states:
        array = rng.normal(size=shape) * 10 ** rng.uniform(-9, 9, size=shape)
        array = np.abs(array) if kind == "p" else np.asarray(array)
        arrays.append(None if kind == "-" else array.astype(dtype))
    if arrays[1].size > 100:
        arrays[1].flat[[3, 50, 77]] = [np.nan, np.inf, -np.inf]
    return arrays


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("shape", [(40000,), (7, 31)])  # more than two blocks, and less than one
def test_the_lines_and_the_loop_give_the_same_bits(name: str, shape: tuple[int, ...], dtype: str) -> None:
    module, states, numbers = FORMS[name]
    first = drawn(shape, dtype, states)
    second = copy.deepcopy(first)
    with np.errstate(all="ignore"):
        for _ in range(4):
            module._lines(*first, np.array(numbers, "float64"))
            module._loop(*second, np.array(numbers, "float64"))
    for a, b in zip(first, second, strict=True):
        if a is not None:
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", FORMS)
def test_the_loop_is_what_its_python_function_says(name: str) -> None:
    module, states, numbers = FORMS[name]
    first = drawn((3, 5), "float64", states)
    second = copy.deepcopy(first)
    module._loop.py_func(*first, np.array(numbers, "float64"))
    module._loop(*second, np.array(numbers, "float64"))
    for a, b in zip(first, second, strict=True):
        if a is not None:
            np.testing.assert_array_equal(a, b)


def test_blocks_are_parts_of_the_arrays_themselves() -> None:
    x, y = np.zeros((3, 2**14)), np.ones((3, 2**14))
    for a, b, none in blocks(x, y, None):
        assert a.size <= 2**14
        assert none is None
        a += b
    assert (x == 1).all()


PROGRAM = """
import sys
if sys.argv[1] == "with":
    import numba
import numpy as np
from autograd import Tensor
from nn import optim
from nn.optim.update import Compiler
rng = np.random.default_rng(0)
shapes = [(3, 4), (5,), (), (2, 3, 2), (200, 100)]
params = [Tensor(np.asarray(rng.normal(size=s), "float32"), requires_grad=True) for s in shapes]
optimizer = optim.Adam(params, amsgrad=True, weight_decay=0.1)
for _ in range(5):
    for p in params:
        p.grad = Tensor(np.asarray(rng.normal(size=p.shape), "float32"))
    optimizer.step()
assert ("numba" in sys.modules) == Compiler.wanted == (sys.argv[1] == "with")
print("".join(p.detach().numpy().tobytes().hex() for p in params))
"""


def test_a_program_gets_the_same_numbers_with_and_without_the_compiler() -> None:
    outputs = [
        subprocess.run([sys.executable, "-c", PROGRAM, how], check=True, capture_output=True, timeout=120).stdout
        for how in ("with", "without")
    ]
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 8 * 20000


def test_the_compiler_is_loaded_once_it_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Compiler, "wanted", False)
    monkeypatch.setattr(Compiler, "spent", 10.0)
    p = parameter([1.0], [1.0])
    optim.SGD([p], lr=0.1).step()
    assert Compiler.wanted
    assert p.item() == 0.9


# --- arrays of every kind ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL)
def test_however_the_numbers_lie_in_memory(kind: Any) -> None:
    rng = np.random.default_rng(0)
    values, slope = rng.normal(size=(6, 8)), rng.normal(size=(6, 8))
    usual = parameter(values, slope)
    by_columns, strided, slope_by_columns = parameter(values), parameter(values), parameter(values, slope)
    by_columns.data = np.asfortranarray(values)
    by_columns.grad = Tensor(slope)
    wide = np.zeros((6, 16))
    wide[:, ::2] = values
    strided.data = wide[:, ::2]
    strided.grad = Tensor(slope)
    slope_by_columns.grad = autograd.from_numpy(np.asfortranarray(slope))
    everyone = [usual, by_columns, strided, slope_by_columns]
    optimizer = kind(everyone, lr=0.1)
    for _ in range(3):
        optimizer.step()
    for p in everyone:
        assert np.array_equal(p.numpy() if not p.requires_grad else p.detach().numpy(), usual.detach().numpy())
    assert np.array_equal(wide[:, ::2], usual.detach().numpy())  # in place
    assert not wide[:, 1::2].any()


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("kind", [optim.Adagrad, optim.RMSprop, optim.Adam])
def test_numbers_that_were_remembered_of_another_array_are_refused(
    kind: Any, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Compiler, "wanted", compiled)
    monkeypatch.setattr(Compiler, "is_worth_loading", lambda _: compiled)
    p = parameter(np.ones((2, 3)), np.ones((2, 3)))
    optimizer = kind([p])
    optimizer.step()
    for shape in ((2, 3000), (3, 2), (6,), (1, 3)):  # the loop would write past the end, or into the wrong places
        p.data = np.ones(shape)
        p.grad = Tensor(np.ones(shape))
        with pytest.raises(ShapeError, match=r"remembers numbers of shape \(2, 3\)"):
            optimizer.step()
        assert (p.detach().numpy() == 1).all()
    p.data = np.ones((2, 3), "float32")
    p.grad = Tensor(np.ones((2, 3), "float32"))
    with pytest.raises(DtypeError, match="remembers numbers of float64"):
        optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())  # as the message says
    optimizer.step()
    assert optimizer.state[p]["step"] > 1
    p.data = np.ones(4)
    p.grad = Tensor(np.ones(4))
    optimizer.state.pop(p)
    optimizer.step()
    assert (p.detach().numpy() < 1).all()


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("kind", ALL)
def test_arrays_that_cannot_be_written_to_are_refused(
    kind: Any, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Compiler, "wanted", compiled)
    monkeypatch.setattr(Compiler, "is_worth_loading", lambda _: compiled)
    p = parameter([1.0, 1.0], [1.0, 1.0])
    p.data = np.broadcast_to(1.0, 2)
    optimizer = kind([p])
    with pytest.raises(ArgumentValueError, match="read-only"):
        optimizer.step()
    p.data = p.data.copy()
    optimizer.step()
    assert (p.detach().numpy() < 1).all()


@pytest.mark.parametrize("kind", ALL)
def test_only_floating_point_parameters_are_updated(kind: Any) -> None:
    p = Tensor(np.array([5, 6]))
    optimizer = kind([p], lr=0.5)
    optimizer.step()  # without a gradient it may be there
    p.grad = Tensor(np.array([3, 3]))
    with pytest.raises(DtypeError, match="int64 cannot be optimized"):
        optimizer.step()
    assert p.tolist() == [5, 6]


def test_what_comes_from_a_pickle_is_compiled_for_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # an array from a pickle has an element type that is equal to NumPy's float64, but not the same object
    p, optimizer = pickle.loads(pickle.dumps((q := parameter([1.0], [1.0]), optim.Adam([q]))))
    monkeypatch.setattr(Compiler, "wanted", False)
    p.grad = Tensor([1.0], dtype="float64")
    before = Compiler.spent
    optimizer.step()
    assert Compiler.spent > before  # it was asked whether that is worth it


@pytest.mark.parametrize("kind", ALL)
def test_half_precision_is_computed_in_single(kind: Any) -> None:
    # Adam's mean of squares of 1e-4 is no number of float16, and eps=1e-8 is 0 there
    p = parameter([1.0, -2.0, 3.0], [1e-4, -1e-4, 0.0], "float16")
    q = parameter([1.0, -2.0, 3.0], np.array([1e-4, -1e-4, 0.0], "float16"), "float32")
    optimizers = kind([p], lr=0.01), kind([q], lr=0.01)
    for optimizer in optimizers:
        optimizer.step()
    assert p.dtype == "float16"
    assert np.array_equal(p.detach().numpy(), q.detach().numpy().astype("float16"))
    assert {x.dtype for x in optimizers[0].state[p].values() if isinstance(x, Tensor)} <= {np.dtype("float32")}


@pytest.mark.parametrize("kind", ALL)
def test_numbers_out_of_range_are_silent(kind: Any) -> None:
    p = parameter([1.0, 1.0, 1.0], [np.inf, np.nan, 1e38], "float32")
    kind([p]).step()  # warnings are errors here
    assert np.isnan(p.detach().numpy()[1])


@pytest.mark.parametrize("kind", ALL)
def test_a_parameter_without_a_gradient_stays(kind: Any) -> None:
    p, q = parameter([1.0], [1.0]), parameter([1.0])
    kind([p, q], lr=0.1).step()
    assert p.item() != 1
    assert q.item() == 1


@pytest.mark.parametrize("kind", ALL)
def test_a_step_after_the_forward_pass_is_noticed(kind: Any) -> None:
    p = parameter([1.0, 2.0], [1.0, 1.0])
    y = (p * p).sum()
    kind([p], lr=0.1).step()
    with pytest.raises(GraphError, match="changed after the forward pass"):
        y.backward()


# --- what the formulas say --------------------------------------------------------------------------------------------


def test_one_update() -> None:
    weight = parameter(0.50, 0.05)
    optim.SGD([weight], lr=0.1).step()
    assert weight.item() == 0.495


STEEP, FLAT = 25.0, 1.0


def ravine(kind: Any, steps: int, **options: Any) -> np.ndarray:
    """The way through the ravine (x² + 25·y²)/2, from far up its wall."""
    p = parameter([-4.0, 1.0])
    optimizer = kind([p], **options)
    way = [p.tolist()]
    for _ in range(steps):
        optimizer.zero_grad()
        loss = 0.5 * (FLAT * p[0] ** 2 + STEEP * p[1] ** 2)
        loss.backward()
        optimizer.step()
        way.append(p.tolist())
    return np.array(way)


def height(way: np.ndarray) -> np.ndarray:
    return 0.5 * (FLAT * way[:, 0] ** 2 + STEEP * way[:, 1] ** 2)


def crossings(way: np.ndarray) -> int:
    """How often the floor of the ravine is crossed."""
    return int((np.diff(np.sign(way[:, 1])) != 0).sum())


def arrival(way: np.ndarray, below: float = 1e-3) -> int:
    """The step from which on the height stays small."""
    high = np.flatnonzero(height(way) >= below)
    return int(high[-1]) + 1


def test_plain_descent_zigzags_and_momentum_does_not() -> None:
    plain = ravine(optim.SGD, 40, lr=0.07)  # 2/25 = 0.08 would not converge
    assert crossings(plain) == 40  # every step crosses the floor
    momentum = ravine(optim.SGD, 40, lr=0.01, momentum=0.7)
    assert crossings(momentum) < 15


def test_momentum_arrives_sooner() -> None:
    plain = ravine(optim.SGD, 400, lr=0.02)
    momentum = ravine(optim.SGD, 400, lr=0.02, momentum=0.8)
    nesterov = ravine(optim.SGD, 400, lr=0.02, momentum=0.8, nesterov=True)
    assert arrival(momentum) < arrival(plain) / 3
    assert arrival(nesterov) < arrival(momentum)
    # looking ahead, it turns before it has swung as far
    assert np.abs(nesterov[1:, 1]).sum() < np.abs(momentum[1:, 1]).sum() / 2


def sizes_of_steps(kind: Any, steps: int, **options: Any) -> np.ndarray:
    """Under a gradient that is always the same."""
    p = parameter([0.0])
    optimizer = kind([p], **options)
    way = [0.0]
    for _ in range(steps):
        p.grad = Tensor([2.0], dtype="float64")
        optimizer.step()
        way.append(p.item())
    return np.abs(np.diff(way))


def test_adagrads_step_dies_and_rmsprops_does_not() -> None:
    adagrad_steps = sizes_of_steps(optim.Adagrad, 1000, lr=0.1)
    np.testing.assert_allclose(adagrad_steps, 0.1 / np.sqrt(np.arange(1, 1001)))  # lr·g/√(t·g²)
    rmsprop_steps = sizes_of_steps(optim.RMSprop, 1000, lr=0.1, alpha=0.9)
    np.testing.assert_allclose(rmsprop_steps[-500:], 0.1, rtol=1e-7)  # lr·g/√g²


@pytest.mark.parametrize("gradient", [1e-3, -1.0, 5e4])
def test_bias_correction_makes_adams_first_step_as_large_as_the_rate(gradient: float) -> None:
    p = parameter([1.0], [gradient])
    optim.Adam([p], lr=0.01).step()
    assert p.item() == pytest.approx(1 - 0.01 * np.sign(gradient), abs=1e-6)
    # without it the first step would be (1 − β₁)/√(1 − β₂) ≈ 3.16 times as large
    state = optim.Adam([p := parameter([1.0], [gradient])])
    state.step()
    m, v = state.state[p]["exp_avg"].item(), state.state[p]["exp_avg_sq"].item()
    assert abs(m) / np.sqrt(v) == pytest.approx(0.1 / np.sqrt(0.001))


@pytest.mark.parametrize("kind", ALL)
def test_every_optimizer_finds_the_floor(kind: Any) -> None:
    rate = {optim.SGD: 0.05, optim.Adagrad: 1.0}.get(kind, 0.05)
    options = {"weight_decay": 0.0} if kind is optim.AdamW else {}
    way = ravine(kind, 400, lr=rate, **options)
    assert height(way)[-1] < 1e-2 < height(way)[0]


def test_the_adaptive_ones_go_as_fast_along_as_across() -> None:
    for kind in (optim.Adam, optim.RMSprop, optim.Adagrad):
        first = np.abs(ravine(kind, 1, lr=0.01)[1] - [-4, 1])
        assert first[0] == pytest.approx(first[1], rel=1e-6)
    first = np.abs(ravine(optim.SGD, 1, lr=0.01)[1] - [-4, 1])
    assert first[1] / first[0] == pytest.approx(STEEP * 1 / (FLAT * 4))


def test_decay_shrinks_adamw_as_it_says_and_adam_by_the_rate() -> None:
    p, q = parameter([10.0], [0.0]), parameter([10.0], [0.0])
    optim.AdamW([p], lr=0.1, weight_decay=0.5).step()
    optim.Adam([q], lr=0.1, weight_decay=0.5).step()
    assert p.item() == 10 * (1 - 0.1 * 0.5)
    assert q.item() == pytest.approx(10 - 0.1)  # the decay went through the division


@pytest.mark.parametrize("kind", ALL)
def test_going_uphill_is_going_down_the_negative(kind: Any) -> None:
    up, down = parameter([1.0, -2.0], [0.3, 0.4]), parameter([1.0, -2.0], [-0.3, -0.4])
    kind([up], lr=0.1, maximize=True).step()
    kind([down], lr=0.1).step()
    assert up.tolist() == down.tolist()


def test_options_that_need_another_memory_may_be_switched_between_steps() -> None:
    p = parameter([1.0], [1.0])
    optimizer = optim.RMSprop([p], centered=True)
    optimizer.step()
    optimizer.param_groups[0].update(centered=False, momentum=0.9)
    optimizer.step()
    assert optimizer.state[p].keys() == {"square_avg", "grad_avg", "momentum_buffer", "step"}
    for kind, change in ((optim.SGD, {"momentum": 0.9}), (optim.Adam, {"amsgrad": True})):
        optimizer = kind([p])
        optimizer.step()
        optimizer.param_groups[0].update(change)
        optimizer.step()
    assert np.isfinite(p.item())


def test_centered_rmsprop_has_no_nan_where_rounding_makes_a_variance_negative() -> None:
    p = parameter([1.0], dtype="float32")
    optimizer = optim.RMSprop([p], lr=1e-6, alpha=0.5, centered=True)
    for _ in range(200):
        p.grad = Tensor([0.1], dtype="float32")
        optimizer.step()
    assert np.isfinite(p.item())


# --- penalties --------------------------------------------------------------------------------------------------------


def test_penalties_are_sums_and_have_their_gradients() -> None:
    p, q = parameter([1.0, -2.0]), parameter([[3.0], [0.0]])
    l1, l2 = optim.l1_penalty([p, q], 0.1), optim.l2_penalty([p, q], 0.1)
    assert l1.item() == pytest.approx(0.6)
    assert l2.item() == pytest.approx(1.4)
    l1.backward()
    assert np.allclose(p.grad.tolist(), [0.1, -0.1])
    assert np.allclose(q.grad.tolist(), [[0.1], [0.0]])
    p.grad = None
    l2.backward()
    assert np.allclose(p.grad.tolist(), [0.2, -0.4])
    assert optim.l2_penalty(p, 1).item() == 5


def test_an_l2_penalty_is_weight_decay_of_twice_its_weight() -> None:
    start = np.random.default_rng(0).normal(size=(3, 4))
    penalized, decayed = parameter(start), parameter(start)
    first = optim.SGD([penalized], lr=0.1, momentum=0.9)
    second = optim.SGD([decayed], lr=0.1, momentum=0.9, weight_decay=2 * 0.05)
    for _ in range(20):
        first.zero_grad()
        second.zero_grad()
        (penalized.sin().sum() + optim.l2_penalty([penalized], 0.05)).backward()
        decayed.sin().sum().backward()
        first.step()
        second.step()
    np.testing.assert_allclose(penalized.detach().numpy(), decayed.detach().numpy(), rtol=1e-12)


def test_penalties_of_nothing_are_refused() -> None:
    for penalty in (optim.l1_penalty, optim.l2_penalty):
        with pytest.raises(ArgumentValueError, match="no parameters"):
            penalty([], 0.1)
        with pytest.raises(ArgumentTypeError, match="only Tensors"):
            penalty([np.ones(2)], 0.1)
        with pytest.raises(ArgumentValueError, match="at least 0"):
            penalty([parameter([1.0])], -1)


# --- groups -----------------------------------------------------------------------------------------------------------


def test_groups_have_options_of_their_own() -> None:
    p, q = parameter([1.0], [1.0]), parameter([1.0], [1.0])
    optimizer = optim.SGD([{"params": [p]}, {"params": q, "lr": 0.5}], lr=0.1)
    optimizer.step()
    assert p.item() == 0.9
    assert q.item() == 0.5
    optimizer.param_groups[0]["lr"] = 0.4
    optimizer.step()
    assert p.item() == pytest.approx(0.5)
    r = parameter([1.0], [1.0])
    optimizer.add_param_group({"params": [r], "maximize": True})
    optimizer.step()
    assert r.item() == 1.1
    assert [len(group["params"]) for group in optimizer.param_groups] == [1, 1, 1]


def test_parameters_may_have_names() -> None:
    p, q = parameter([1.0], [1.0]), parameter([1.0])
    optimizer = optim.SGD([("w", p), ("b", q)], lr=0.1)
    optimizer.step()
    assert p.item() == 0.9
    assert optimizer.param_groups[0]["param_names"] == ["w", "b"]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["w", "b"]
    with pytest.raises(ArgumentValueError, match="name all of them"):
        optim.SGD([("w", p), q])
    with pytest.raises(ArgumentValueError, match="name all of them"):
        optimizer.add_param_group({"params": [parameter([2.0])]})


def test_what_was_given_is_not_changed() -> None:
    group = {"params": [parameter([1.0])]}
    optim.Adam([group])
    assert group.keys() == {"params"}


@pytest.mark.parametrize(
    ("params", "error", "words"),
    [
        ([], ArgumentValueError, "no parameters"),
        (iter([]), ArgumentValueError, "used up"),
        (parameter([1.0]), ArgumentTypeError, "iterable of Tensors"),
        ({"params": []}, ArgumentTypeError, "iterable of Tensors"),
        (3, ArgumentTypeError, "iterable of Tensors"),
        ([np.ones(2)], ArgumentTypeError, "only Tensors can be optimized"),
        ([{"params": {parameter([1.0])}}], ArgumentTypeError, "order changes"),
        ([{"lr": 0.1}], ArgumentTypeError, "'params'"),
        ([parameter([1.0]) * 2], GraphError, "no leaf"),
        ([_p := parameter([1.0]), _p], ArgumentValueError, "twice"),
        ([{"params": [_p]}, {"params": [parameter([1.0]), _p]}], ArgumentValueError, "twice"),
    ],
)
def test_what_cannot_be_optimized_is_refused(params: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        optim.SGD(params, lr=0.1)


@pytest.mark.parametrize(
    ("kind", "options", "error"),
    [
        (optim.SGD, {"lr": -1}, ArgumentValueError),
        (optim.SGD, {"lr": float("nan")}, ArgumentValueError),
        (optim.SGD, {"lr": "0.1"}, ArgumentTypeError),
        (optim.SGD, {"momentum": -0.1}, ArgumentValueError),
        (optim.SGD, {"nesterov": True}, ArgumentValueError),
        (optim.SGD, {"differentiable": True}, ArgumentValueError),
        (optim.Adam, {"foreach": True, "fused": True}, ArgumentValueError),
        (optim.Adam, {"betas": (0.9, 1.0)}, ArgumentValueError),
        (optim.Adam, {"betas": 0.9}, ArgumentTypeError),
        (optim.Adagrad, {"lr_decay": -1}, ArgumentValueError),
        (optim.RMSprop, {"alpha": -1}, ArgumentValueError),
    ],
)
def test_options_out_of_range_are_refused(kind: Any, options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        kind([parameter([1.0])], **options)
    with pytest.raises(error):  # of a group, too
        kind([{"params": [parameter([1.0])], **options}])


def test_options_may_be_tensors_of_one_entry() -> None:
    p = parameter([1.0], [1.0])
    optim.SGD([p], lr=Tensor(0.25)).step()
    assert p.item() == 0.75


# --- gradients --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL)
def test_a_gradient_that_does_not_fit_is_refused_before_anything_is_changed(kind: Any) -> None:
    first, second = parameter([1.0], [1.0]), parameter([1.0, 2.0])
    optimizer = kind([first, second])
    for wrong, error in (
        (Tensor([[1.0, 2.0]], dtype="float64"), ShapeError),
        (Tensor(1.0, dtype="float64"), ShapeError),
        (Tensor([1.0, 2.0], dtype="float32"), DtypeError),
        ("steep", ArgumentTypeError),
    ):
        second.grad = wrong
        with pytest.raises(error):
            optimizer.step()
        assert first.item() == 1
        assert second.tolist() == [1, 2]
        assert optimizer.steps_taken == 0


def test_gradients_are_forgotten_or_zeroed() -> None:
    p, q = parameter([1.0], [3.0]), parameter([1.0])
    optimizer = optim.SGD([p, q])
    slope = p.grad
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is slope
    assert slope.tolist() == [0]
    assert q.grad is None
    optimizer.zero_grad()
    assert p.grad is None


def test_a_gradient_may_be_an_array_or_a_number() -> None:
    p, q = parameter([1.0]), parameter(1.0)
    p.grad, q.grad = np.array([2.0]), 3.0
    optimizer = optim.SGD([p, q], lr=0.1)
    optimizer.step()
    assert (p.item(), q.item()) == (0.8, 0.7)
    optimizer.zero_grad(set_to_none=False)
    assert (p.grad.tolist(), q.grad.tolist()) == ([0], 0)


def test_zeroing_a_recorded_gradient_leaves_its_graph_alone() -> None:
    p = parameter([3.0])
    (p**3).sum().backward(create_graph=True)
    slope = p.grad
    optim.SGD([p]).zero_grad(set_to_none=False)
    assert p.grad.is_leaf
    assert p.grad.tolist() == [0]
    slope.sum().backward()
    assert p.grad.tolist() == [18]


def test_a_recorded_gradient_is_used_like_any_other() -> None:
    p = parameter([3.0])
    (p**2).sum().backward(create_graph=True)
    optim.SGD([p], lr=0.5).step()
    assert p.item() == 0


# --- steps ------------------------------------------------------------------------------------------------------------


def test_a_closure_is_called_with_recording_on() -> None:
    p = parameter([1.0])
    optimizer = optim.SGD([p], lr=0.1)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = (p**2).sum()
        loss.backward()
        return loss

    with autograd.no_grad():
        loss = optimizer.step(closure)
    assert loss.item() == 1
    assert p.item() == 0.8
    assert optimizer.step() is None


def test_hooks_before_and_after() -> None:
    p = parameter([1.0], [1.0])
    optimizer = optim.SGD([p], lr=0.1)
    seen = []
    before = optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append(p.item()))
    after = optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(p.item()))
    optimizer.step()
    assert seen == [1.0, 0.9]
    before.remove()
    after.remove()
    optimizer.step()
    assert len(seen) == 2
    optimizer.register_step_pre_hook(lambda o, args, kwargs: ((lambda: 5,), {}))
    assert optimizer.step() == 5
    optimizer.register_step_pre_hook(lambda o, args, kwargs: 3)
    with pytest.raises(ArgumentTypeError, match="pair"):
        optimizer.step()


def test_a_derived_step_counts_once() -> None:
    class Louder(optim.Adam):
        def step(self, closure: Any = None) -> Any:
            return super().step(closure)

    optimizer = Louder([parameter([1.0], [1.0])])
    calls = []
    optimizer.register_step_post_hook(lambda o, args, kwargs: calls.append(1))
    optimizer.step()
    assert (calls, optimizer.steps_taken) == ([1], 1)


def test_what_an_optimizer_of_ones_own_remembers_is_kept_as_it_is() -> None:
    class Remembering(optim.Optimizer):
        pass

    p = parameter([1.0], dtype="float32")
    optimizer = Remembering([p], {})
    optimizer.state[p] = {"seen": 3, "notes": ["a"], "mean": Tensor(np.ones(7))}
    other = Remembering([q := parameter([1.0], dtype="float32")], {})
    other.load_state_dict(optimizer.state_dict())
    kept = other.state[q]
    assert (kept["seen"], kept["notes"]) == (3, ["a"])
    assert kept["notes"] is not optimizer.state[p]["notes"]
    assert kept["mean"].tolist() == [1] * 7
    assert kept["mean"].dtype == "float32"


def test_an_optimizer_of_ones_own() -> None:
    class SignDescent(optim.Optimizer):
        def __init__(self, params: Any, lr: float) -> None:
            super().__init__(params, {"lr": lr})

        @autograd.no_grad()
        def step(self) -> None:
            for group in self.param_groups:
                for p in group["params"]:
                    p.add_(p.grad.sign(), alpha=-group["lr"])
                    self.state[p]["seen"] = self.state[p].get("seen", 0) + 1

    p = parameter([1.0, 2.0], [-7.0, 0.1])
    optimizer = SignDescent([p], 0.5)
    calls = []
    optimizer.register_step_post_hook(lambda o, args, kwargs: calls.append(1))
    optimizer.step()
    assert p.tolist() == [1.5, 1.5]
    assert calls == [1]
    assert optimizer.steps_taken == 1
    assert optimizer.state_dict()["state"] == {0: {"seen": 1}}
    with pytest.raises(NotImplementedError, match="step"):
        optim.Optimizer([p], {}).step()


# --- keeping ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_run_that_is_cut_and_resumed_gives_the_same_bits(name: str) -> None:
    kind, options = OPTIMIZERS[name]
    rng = np.random.default_rng(0)
    slopes = rng.normal(size=(10, 3, 4))

    def go(optimizer: Any, p: Tensor, first: int, last: int) -> None:
        for slope in slopes[first:last]:
            p.grad = Tensor(slope)
            optimizer.step()

    whole = parameter(np.ones((3, 4)))
    go(getattr(optim, kind)([whole], **options), whole, 0, 10)
    p = parameter(np.ones((3, 4)))
    first = getattr(optim, kind)([p], **options)
    go(first, p, 0, 4)
    state = copy.deepcopy(first.state_dict())
    state["state"] = {str(key): value for key, value in state["state"].items()}  # as JSON has them
    state["param_groups"] = json.loads(json.dumps(state["param_groups"]))
    q = parameter(p.detach().numpy())
    second = getattr(optim, kind)([q], lr=0.77)
    second.load_state_dict(state)
    go(second, q, 4, 10)
    assert np.array_equal(q.detach().numpy(), whole.detach().numpy())
    assert second.param_groups[0].keys() == first.param_groups[0].keys()


def test_a_loaded_state_is_a_copy() -> None:
    p = parameter([1.0], [1.0])
    optimizer = optim.Adam([p])
    optimizer.step()
    state = optimizer.state_dict()
    other = optim.Adam([q := parameter([1.0], [1.0])])
    other.load_state_dict(state)
    before = state["state"][0]["exp_avg"].item()
    other.step()
    assert state["state"][0]["exp_avg"].item() == before
    assert other.state[q]["step"] == 2
    assert optimizer.state[p]["step"] == 1


def test_states_that_do_not_fit_are_refused_and_change_nothing() -> None:
    p = parameter([1.0, 2.0], [1.0, 1.0])
    optimizer = optim.Adam([p])
    optimizer.step()
    good = optimizer.state_dict()

    def without(**changes: Any) -> dict[str, Any]:
        return {**copy.deepcopy(good), **changes}

    momentum = optim.SGD([parameter([1.0, 2.0], [1.0, 1.0])], momentum=0.9)
    momentum.step()
    two = optim.Adam([{"params": [parameter([1.0])]}, {"params": [parameter([1.0])]}]).state_dict()
    pair = optim.Adam([parameter([1.0]), parameter([1.0])]).state_dict()
    longer = without(state={0: {"step": 1, "exp_avg": np.ones(3), "exp_avg_sq": np.ones(3)}})
    partial = without(state={0: {"step": 1, "exp_avg": np.ones(2)}})
    for state, error, words in (
        (two, ArgumentValueError, "2 parameter groups"),
        (pair, ArgumentValueError, "2 parameters in group 0"),
        (longer, ShapeError, r"shape \(3,\)"),
        (partial, ArgumentValueError, "lacks exp_avg_sq"),
        (without(state=momentum.state_dict()["state"]), ArgumentValueError, "lacks exp_avg, exp_avg_sq, step"),
        (without(state={0: {**good["state"][0], "sum": np.ones(2)}}), ArgumentValueError, "another optimizer"),
        (without(state=[]), ArgumentTypeError, "dict"),
        ({}, ArgumentTypeError, "param_groups"),
        (without(param_groups=[{}]), ArgumentTypeError, "params"),
        (without(param_groups=[{"params": [0], "lr": float("nan")}]), ArgumentValueError, "lr"),
        (without(param_groups=[{"params": [0], "eps": -1}]), ArgumentValueError, "eps"),
    ):
        with pytest.raises(error, match=words):
            optimizer.load_state_dict(state)
        assert optimizer.param_groups[0]["lr"] == 1e-3
        assert optimizer.state[p]["step"] == 1


def test_a_run_whose_schedule_led_the_rate_below_0_goes_on() -> None:
    optimizer = optim.SGD([p := parameter([1.0], [1.0])], lr=0.1)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, 0.1, 4, anneal_strategy="linear")
    for _ in range(4):
        optimizer.step()
        schedule.step()
    assert optimizer.param_groups[0]["lr"] < 0  # as with PyTorch, after the last step
    other = optim.SGD([p])
    other.load_state_dict(optimizer.state_dict())
    assert other.param_groups[0]["lr"] == optimizer.param_groups[0]["lr"]


def test_an_option_that_an_older_state_lacks_is_the_default() -> None:
    optimizer = optim.SGD([parameter([1.0])], lr=0.3)
    optimizer.load_state_dict({"state": {}, "param_groups": [{"params": [0], "lr": 0.2}]})
    assert optimizer.param_groups[0]["momentum"] == 0
    assert optimizer.param_groups[0]["lr"] == 0.2


def test_it_is_copied_with_its_parameters() -> None:
    p = parameter([1.0], [1.0])
    optimizer = optim.Adam([p], lr=0.1)
    optimizer.step()
    other = copy.deepcopy(optimizer)
    q = other.param_groups[0]["params"][0]
    assert q is not p
    q.grad = Tensor([1.0], dtype="float64")
    other.step()
    optimizer.step()
    assert q.item() == p.item()
    assert other.state[q]["step"] == 2


def test_nothing_is_held_by_the_library() -> None:
    optimizer = optim.Adam([parameter([1.0], [1.0])])
    optimizer.step()
    gone = weakref.ref(optimizer.param_groups[0]["params"][0])
    del optimizer
    gc.collect()
    assert gone() is None


def test_it_tells_what_it_is() -> None:
    text = repr(optim.Adam([{"params": [parameter(np.ones((30, 50)))]}, {"params": [parameter([1.0])], "lr": 0.1}]))
    assert "Adam" in text
    assert "group 0: 1 parameters, 1,500 numbers" in text
    assert "lr=0.1, betas=(0.9, 0.999)" in text
    assert "foreach" not in text
