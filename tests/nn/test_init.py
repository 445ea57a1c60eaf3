"""Do networks begin with the numbers that they should, and does it matter in the way that theory says?"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import ArgumentTypeError, ArgumentValueError, DtypeError, Generator, GraphError, ShapeError, Tensor
from nn import init

DRAWS: dict[str, Callable[..., Tensor]] = {
    "uniform_": init.uniform_,
    "normal_": init.normal_,
    "trunc_normal_": init.trunc_normal_,
    "xavier_uniform_": init.xavier_uniform_,
    "xavier_normal_": init.xavier_normal_,
    "kaiming_uniform_": init.kaiming_uniform_,
    "kaiming_normal_": init.kaiming_normal_,
    "orthogonal_": init.orthogonal_,
    "sparse_": lambda t, **o: init.sparse_(t, 0.5, **o),
}
NAMES = pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)


def weight(*shape: int, dtype: str = "float64") -> Tensor:
    return autograd.full(shape, math.nan, dtype=dtype, requires_grad=True)


def numbers(tensor: Tensor) -> np.ndarray:
    return tensor.detach().numpy()


# --- what all have in common ------------------------------------------------------------------------------------------


@NAMES
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_draw_fills_the_tensor_itself_and_repeats_with_the_seed(draw: Callable[..., Tensor], dtype: str) -> None:
    first, second, other = (weight(8, 5, dtype=dtype) for _ in range(3))
    assert draw(first, generator=Generator(3)) is first
    draw(second, generator=Generator(3))
    draw(other, generator=Generator(4))
    assert first.dtype == np.dtype(dtype)
    assert first.requires_grad
    assert first.is_leaf
    assert np.isfinite(numbers(first)).all()
    assert np.array_equal(numbers(first), numbers(second))
    assert not np.array_equal(numbers(first), numbers(other))


@NAMES
def test_without_a_generator_the_default_one_draws(draw: Callable[..., Tensor]) -> None:
    with autograd.preserved_state():
        autograd.manual_seed(5)
        first = numbers(draw(weight(4, 4)))
    assert np.array_equal(first, numbers(draw(weight(4, 4), generator=Generator(5))))


@NAMES
def test_a_draw_into_what_a_graph_needs_is_noticed(draw: Callable[..., Tensor]) -> None:
    w = autograd.ones(3, 3, requires_grad=True)
    loss = (w * w).sum()
    draw(w)
    with pytest.raises(GraphError, match="changed after the forward pass"):
        loss.backward()


@NAMES
def test_empty_tensors_stay_empty(draw: Callable[..., Tensor]) -> None:
    for shape in ((0, 3), (3, 0), (0, 0)):
        assert draw(weight(*shape)).shape == shape


@NAMES
def test_integers_are_not_drawn(draw: Callable[..., Tensor]) -> None:
    with pytest.raises(DtypeError, match="int64"):
        draw(autograd.zeros(3, 3, dtype="int64"))


@pytest.mark.parametrize("name", [name for name in init.__all__ if name.endswith("_")])
def test_only_tensors_are_filled(name: str) -> None:
    more = {"constant_": (1.0,), "sparse_": (0.5,)}.get(name, ())
    with pytest.raises(ArgumentTypeError, match=f"{name}.*Tensor.*ndarray"):
        getattr(init, name)(np.zeros((3, 3)), *more)


# --- distributions ----------------------------------------------------------------------------------------------------


def moments(tensor: Tensor) -> tuple[float, float]:
    return float(numbers(tensor).mean()), float(numbers(tensor).var())


def assert_moments(tensor: Tensor, mean: float, variance: float) -> None:
    """Mean and variance to within five of their standard errors (that of the variance: as of a normal draw)."""
    found = moments(tensor)
    count = numbers(tensor).size
    assert abs(found[0] - mean) < 5 * math.sqrt(variance / count)
    assert abs(found[1] - variance) < 5 * variance * math.sqrt(2 / count)


def test_uniform_fills_its_interval() -> None:
    w = init.uniform_(weight(300, 200), -2, 4, generator=Generator(0))
    assert_moments(w, 1.0, 36 / 12)
    assert -2 <= numbers(w).min() < -1.99
    assert 3.99 < numbers(w).max() <= 4


def test_normal_has_its_mean_and_deviation() -> None:
    assert_moments(init.normal_(weight(300, 200), 3, 0.5, generator=Generator(0)), 3, 0.25)


@pytest.mark.parametrize("bounds", [(-2, 2), (-0.5, 3), (1, 1.5), (-4, -3), (4, math.inf), (20, 21), (-math.inf, 0)])
def test_truncated_normal_is_the_normal_distribution_between_its_bounds(bounds: tuple[float, float]) -> None:
    from scipy.stats import kstest, truncnorm

    mean, std = 0.5, 1.5
    low, high = ((bound - mean) / std for bound in bounds)
    w = numbers(init.trunc_normal_(weight(100, 200), mean, std, *bounds, generator=Generator(0)))
    assert bounds[0] <= w.min() <= w.max() <= bounds[1]
    assert kstest(w.ravel(), truncnorm(low, high, mean, std).cdf).pvalue > 1e-3


FANS = {"fan_in": 300, "fan_out": 500, "fan_avg": 400}


@pytest.mark.parametrize("mode", FANS)
@pytest.mark.parametrize("draw", [init.xavier_normal_, init.xavier_uniform_])
def test_xavier_has_variance_gain_squared_over_fan(draw: Callable[..., Tensor], mode: str) -> None:
    w = draw(weight(500, 300), 1.5, Generator(0), mode=mode)
    assert_moments(w, 0, 1.5**2 / FANS[mode])
    if draw is init.xavier_uniform_:
        assert np.abs(numbers(w)).max() <= 1.5 * math.sqrt(3 / FANS[mode])


def test_xaviers_default_is_the_mean_of_both_fans() -> None:
    assert_moments(init.xavier_normal_(weight(500, 300), generator=Generator(0)), 0, 2 / (300 + 500))


@pytest.mark.parametrize("mode", ["fan_in", "fan_out"])
@pytest.mark.parametrize("draw", [init.kaiming_normal_, init.kaiming_uniform_])
@pytest.mark.parametrize(("nonlinearity", "a", "gain"), [("relu", 0, 2**0.5), ("leaky_relu", 0.5, 1.6**0.5)])
def test_kaiming_has_variance_gain_squared_over_fan(
    draw: Callable[..., Tensor], mode: str, nonlinearity: str, a: float, gain: float
) -> None:
    w = draw(weight(20, 12, 5, 5), a, mode, nonlinearity, Generator(0))
    fan = {"fan_in": 12 * 25, "fan_out": 20 * 25}[mode]
    assert_moments(w, 0, gain**2 / fan)
    if draw is init.kaiming_uniform_:
        assert np.abs(numbers(w)).max() <= gain * math.sqrt(3 / fan)


@pytest.mark.parametrize("shape", [(5, 5), (3, 7), (7, 3), (4, 2, 3), (8, 2, 2), (1, 4)])
def test_orthogonal_rows_or_columns(shape: tuple[int, ...]) -> None:
    w = numbers(init.orthogonal_(weight(*shape), 1.5, Generator(0))).reshape(shape[0], -1)
    product = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(product, 1.5**2 * np.eye(len(product)), atol=1e-14)


def test_orthogonal_draws_favour_no_direction() -> None:
    """Every entry of an evenly drawn orthogonal matrix has mean 0 and variance 1/n; without the signs of R not."""
    source = Generator(0)
    drawn = np.stack([numbers(init.orthogonal_(weight(3, 3), generator=source)) for _ in range(4000)])
    assert np.abs(drawn.mean(0)).max() < 5 * math.sqrt(1 / 3 / 4000)
    np.testing.assert_allclose(drawn.var(0), 1 / 3, rtol=0.1)


@pytest.mark.parametrize(("sparsity", "zeros"), [(0, 0), (0.1, 5), (0.5, 25), (0.11, 6), (1, 50)])
def test_sparse_has_the_same_number_of_zeros_in_every_column(sparsity: float, zeros: int) -> None:
    w = numbers(init.sparse_(weight(50, 400), sparsity, 0.1, Generator(0)))
    assert ((w == 0).sum(axis=0) == zeros).all()
    assert len({tuple(column) for column in (w == 0).T}) > 1 or zeros in (0, 50)
    if zeros < 50:
        assert w[w != 0].std() == pytest.approx(0.1, rel=0.05)


# --- without chance ---------------------------------------------------------------------------------------------------


def test_constants() -> None:
    assert (numbers(init.zeros_(weight(2, 3))) == 0).all()
    assert (numbers(init.ones_(weight(2, 3))) == 1).all()
    assert (numbers(init.constant_(weight(2, 3), 0.3)) == 0.3).all()
    assert (init.constant_(autograd.zeros(2, dtype="int64"), 3.0) == 3).all()


@pytest.mark.parametrize(
    ("dtype", "val"),
    [("int64", 0.5), ("int64", math.nan), ("int64", 2**70), ("uint8", 300), ("uint8", -1), ("bool", 2)],
)
def test_a_constant_that_does_not_fit_is_refused(dtype: str, val: float) -> None:
    with pytest.raises(DtypeError, match=rf"constant_.*{dtype}"):
        init.constant_(autograd.zeros(2, dtype=dtype), val)


def test_a_view_is_filled_where_it_lies() -> None:
    w = weight(3, 2)
    init.eye_(w[1:].T)
    assert np.array_equal(numbers(w)[1:], np.eye(2))
    assert np.isnan(numbers(w)[0]).all()
    assert init.normal_(Tensor(0.0), 5.0, 0.0).item() == 5.0


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (5, 2)])
def test_eye_is_the_identity_as_far_as_it_goes(shape: tuple[int, int]) -> None:
    assert np.array_equal(numbers(init.eye_(weight(*shape))), np.eye(*shape))


@pytest.mark.parametrize(
    ("shape", "groups"), [((4, 4, 3), 1), ((2, 4, 3, 5), 1), ((4, 2, 3, 3), 2), ((6, 3, 1, 3, 3), 2)]
)
def test_dirac_passes_channels_through(shape: tuple[int, ...], groups: int) -> None:
    w = numbers(init.dirac_(weight(*shape), groups))
    centre = tuple(size // 2 for size in shape[2:])
    block = np.eye(shape[0] // groups, shape[1])
    assert np.array_equal(w[(slice(None), slice(None), *centre)], np.tile(block, (groups, 1)))
    assert w.sum() == block.sum() * groups


def test_gains() -> None:
    assert init.calculate_gain("linear") == init.calculate_gain("conv2d") == init.calculate_gain("sigmoid") == 1
    assert init.calculate_gain("tanh") == 5 / 3
    assert init.calculate_gain("relu") == math.sqrt(2)
    assert init.calculate_gain("leaky_relu", 0.2) == math.sqrt(2 / 1.04)


def test_fans_count_the_kernel() -> None:
    assert init.fan_in_and_fan_out(weight(5, 3)) == (3, 5)
    assert init.fan_in_and_fan_out(weight(5, 3, 2, 4)) == (24, 40)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: init.fan_in_and_fan_out(weight(3)), ShapeError, r"shape \(3,\) has no fan"),
        (lambda: init.xavier_normal_(weight(3)), ShapeError, "has no fan"),
        (lambda: init.kaiming_uniform_(weight()), ShapeError, "has no fan"),
        (lambda: init.kaiming_uniform_(weight(2, 2), mode="fan_avg"), ArgumentValueError, "'fan_in' or 'fan_out'"),
        (lambda: init.xavier_uniform_(weight(2, 2), mode="in"), ArgumentValueError, "mode is 'fan_avg'"),
        (lambda: init.kaiming_normal_(weight(2, 2), nonlinearity="gelu"), ArgumentValueError, "no gain.*'gelu'.*relu"),
        (lambda: init.calculate_gain("leaky_relu", True), ArgumentTypeError, "slope"),
        (lambda: init.calculate_gain(["relu"]), ArgumentValueError, r"\['relu'\]"),
        (lambda: init.xavier_normal_(weight(2, 2), "tanh"), ArgumentTypeError, "xavier_normal_.*'gain' is a number"),
        (lambda: init.xavier_uniform_(weight(2, 2), "tanh"), ArgumentTypeError, "xavier_uniform_.*'gain' is a number"),
        (lambda: init.uniform_(weight(2), 1, 0), ArgumentValueError, "a = 1 to b = 0"),
        (lambda: init.uniform_(weight(2), -math.inf, 0), ArgumentValueError, "a = -inf to b = 0"),
        (lambda: init.uniform_(weight(2), -1e308, 1e308), ArgumentValueError, r"to b = 1e\+308"),
        (lambda: init.uniform_(weight(2), math.nan, 0), ArgumentValueError, "nan"),
        (lambda: init.normal_(weight(2), 0, -1), ArgumentValueError, "-1"),
        (lambda: init.normal_(weight(2), "a"), ArgumentTypeError, "'mean' is a number"),
        (lambda: init.normal_(weight(2), generator=7), ArgumentTypeError, "generator"),
        (lambda: init.trunc_normal_(weight(2), std=0), ArgumentValueError, "std > 0"),
        (lambda: init.trunc_normal_(weight(2), a=1, b=1), ArgumentValueError, "a < b"),
        (lambda: init.trunc_normal_(weight(2), a=50, b=60), ArgumentValueError, "nothing of a normal"),
        (lambda: init.orthogonal_(weight(3)), ShapeError, "two axes"),
        (lambda: init.sparse_(weight(3), 0.5), ShapeError, "matrix"),
        (lambda: init.sparse_(weight(3, 3), 1.5), ArgumentValueError, "1.5"),
        (lambda: init.sparse_(weight(3, 3), 0.5, -1), ArgumentValueError, "-1"),
        (lambda: init.eye_(weight(3)), ShapeError, "matrix"),
        (lambda: init.dirac_(weight(3, 3)), ShapeError, "3, 4 or 5 axes"),
        (lambda: init.dirac_(weight(3, 3, 3), 2), ArgumentValueError, "2 groups do not divide 3"),
        (lambda: init.dirac_(weight(4, 4, 3), 2.0), ArgumentValueError, r"2\.0 groups"),
        (lambda: init.ones_(autograd.zeros(3).expand(2, 3)), ShapeError, r"shape \(2, 3\) share their memory"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


# --- why it matters ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0.0, 0.3])
def test_equal_neurons_stay_equal_for_ever(start: float) -> None:
    """Neurons that begin with equal weights get equal gradients; if all begin with zeros, only the last bias moves."""
    source = Generator(0)
    x, y = autograd.randn(16, 3, generator=source), autograd.randn(16, 1, generator=source)
    w1, b1 = (init.constant_(autograd.zeros(*s, requires_grad=True), start) for s in ((3, 5), (5,)))
    w2, b2 = (init.constant_(autograd.zeros(*s, requires_grad=True), start) for s in ((5, 1), (1,)))
    parameters = (w1, b1, w2, b2)
    losses = []
    for _ in range(50):
        loss = ((autograd.tanh(x @ w1 + b1) @ w2 + b2 - y) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
        with autograd.no_grad():
            for p in parameters:
                p -= 0.1 * p.grad
                p.grad = None
    assert losses[-1] < losses[0]
    first, second = numbers(w1), numbers(w2)
    np.testing.assert_allclose(first, np.repeat(first[:, :1], 5, axis=1), rtol=0, atol=1e-6)
    np.testing.assert_allclose(second, np.repeat(second[:1], 5, axis=0), rtol=0, atol=1e-6)
    if start == 0:
        assert not first.any()
        assert not second.any()
        assert numbers(b2).any()


def test_neurons_drawn_apart_grow_apart() -> None:
    source = Generator(0)
    w = numbers(init.xavier_normal_(weight(5, 3), generator=source))
    assert np.linalg.matrix_rank(w) == 3
    assert len({tuple(row) for row in w}) == 5


@pytest.mark.parametrize(("n", "of_weight", "of_input"), [(4, 1.0, 1.0), (20, 0.04, 4.0), (100, 1 / 100, 1.0)])
def test_the_variance_of_a_sum_is_n_times_that_of_its_terms(n: int, of_weight: float, of_input: float) -> None:
    source = Generator(1)
    w = init.normal_(weight(40_000, n), 0, math.sqrt(of_weight), source)
    x = init.normal_(weight(40_000, n), 0, math.sqrt(of_input), source)
    z = (numbers(w) * numbers(x)).sum(axis=1)
    assert z.var() == pytest.approx(n * of_weight * of_input, rel=0.045)  # five standard errors √((2 + 6/n)/40000)


def spread_by_layer(fill: Callable[[Tensor], Tensor], activation: Callable[[Tensor], Tensor]) -> list[float]:
    """The root mean square of what comes out of each of ten layers of 256 neurons."""
    x = autograd.randn(256, 256, generator=Generator(0), dtype="float64")
    found = []
    for _ in range(10):
        x = activation(x @ fill(autograd.zeros(256, 256, dtype="float64")).T)
        found.append(float(np.sqrt((numbers(x) ** 2).mean())))
    return found


def test_the_spread_of_activations_by_layer() -> None:
    """Zeros: nothing comes through. Small: it dies out. Large: it saturates. Xavier keeps tanh alive, He ReLU."""
    source = Generator(2)
    zero = spread_by_layer(init.zeros_, autograd.tanh)
    small = spread_by_layer(lambda w: init.normal_(w, 0, 0.01, source), autograd.tanh)
    large = spread_by_layer(lambda w: init.normal_(w, 0, 1.0, source), autograd.tanh)
    xavier = spread_by_layer(lambda w: init.xavier_normal_(w, generator=source), autograd.tanh)
    he = spread_by_layer(lambda w: init.kaiming_normal_(w, nonlinearity="relu", generator=source), autograd.relu)
    xavier_before_relu = spread_by_layer(lambda w: init.xavier_normal_(w, generator=source), autograd.relu)

    assert zero == [0.0] * 10
    np.testing.assert_allclose(small[:-1], np.array(small[1:]) / 0.16, rtol=0.1)  # √(256 · 0.01²) = 0.16 a layer
    assert small[-1] < 1e-7
    assert min(large) > 0.9
    assert 0.2 < xavier[-1] < xavier[0] < 1
    # the mean square of a layer's 256 neurons wanders by √(5/256), so after ten layers by about half of itself
    assert 0.5 < min(he)
    assert max(he) < 2
    assert 0.5 < xavier_before_relu[-1] * 2**5 < 2  # half of the variance goes in each layer
