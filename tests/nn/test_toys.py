"""Do the sets of samples have the shapes that their names promise?"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import ArgumentTypeError, ArgumentValueError, Generator, Tensor
from nn import data
from nn.data import circle, gaussians, linear, moons, ring, sine, spiral, xor

CLASSED: dict[str, Callable[..., tuple[Tensor, Tensor]]] = {
    "linear": linear,
    "xor": xor,
    "circle": circle,
    "ring": ring,
    "moons": moons,
    "spiral": spiral,
    "gaussians": gaussians,
}
ALL = {**CLASSED, "sine": sine}


def arrays(made: tuple[Tensor, Tensor]) -> tuple[np.ndarray, np.ndarray]:
    return made[0].numpy().astype(float), made[1].numpy()


# --- what all have in common ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", CLASSED.values(), ids=CLASSED)
@pytest.mark.parametrize("n", [2, 3, 7, 100, 201])
def test_points_and_labels(make: Callable[..., Any], n: int) -> None:
    points, labels = make(n, generator=Generator(0))
    assert (points.shape, points.dtype) == ((n, 2), np.float32)
    assert (labels.shape, labels.dtype) == ((n,), np.int64)
    counts = np.bincount(labels.numpy(), minlength=2)
    assert len(counts) == 2
    assert counts.max() - counts.min() <= 1
    assert np.isfinite(points.numpy()).all()


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_samples_repeat_with_the_seed(make: Callable[..., Any]) -> None:
    def bits(seed: int) -> list[bytes]:
        return [part.numpy().tobytes() for part in make(60, generator=Generator(seed))]

    assert bits(1) == bits(1) != bits(2)
    with autograd.preserved_state():
        autograd.manual_seed(1)
        assert [part.numpy().tobytes() for part in make(60)] == bits(1)


@pytest.mark.parametrize("make", CLASSED.values(), ids=CLASSED)
def test_the_order_is_drawn(make: Callable[..., Any]) -> None:
    orders = {tuple(make(40, generator=Generator(seed))[1].tolist()) for seed in range(5)}
    assert len(orders) == 5


@pytest.mark.parametrize("make", [moons, spiral, gaussians], ids=["moons", "spiral", "gaussians"])
def test_noise_is_the_standard_deviation_of_every_coordinate(make: Callable[..., Any]) -> None:
    def by_place(noise: float) -> np.ndarray:  # the order that one seed draws is the same whatever the noise
        return arrays(make(20_000, noise, Generator(3)))[0]

    for noise in (0.05, 0.3):
        added = by_place(noise) - by_place(0.0)
        np.testing.assert_allclose(added.std(axis=0), noise, rtol=0.04)
        np.testing.assert_allclose(added.mean(axis=0), 0, atol=5 * noise / math.sqrt(20_000))


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n": 0}, ArgumentValueError, "n is 1 or more"),
        ({"n": 10.0}, ArgumentTypeError, "whole number"),
        ({"n": True}, ArgumentTypeError, "whole number"),
        ({"noise": -0.1}, ArgumentValueError, "-0.1"),
        ({"noise": math.nan}, ArgumentValueError, "nan"),
        ({"noise": "much"}, ArgumentValueError, "much"),
        ({"generator": 3}, ArgumentTypeError, "generator"),
    ],
)
def test_what_makes_no_sense_is_refused(
    make: Callable[..., Any], options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make(**options)


@pytest.mark.parametrize(
    ("turns", "error", "message"), [(math.nan, ArgumentValueError, "nan"), ("a", ArgumentTypeError, "'turns'")]
)
def test_turns_that_make_no_sense(turns: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        spiral(turns=turns)


def test_noise_may_be_a_number_of_numpy() -> None:
    assert np.array_equal(*(arrays(moons(9, x, Generator(0)))[0] for x in (0.25, np.float32(0.25))))


def test_there_must_be_a_sample_for_every_class() -> None:
    with pytest.raises(ArgumentValueError, match="2 samples are too few for 3 classes"):
        spiral(2, classes=3)
    with pytest.raises(ArgumentValueError, match="classes"):
        gaussians(2, classes=0)


# --- each by itself, without noise ------------------------------------------------------------------------------------


def test_a_line_parts_linear() -> None:
    points, labels = arrays(linear(500, generator=Generator(0)))
    distance = points.sum(axis=1) / math.sqrt(2)
    assert np.array_equal(distance > 0, labels == 1)
    assert np.abs(distance).min() > 0.1 - 1e-6


def test_the_signs_decide_xor_and_no_line_does() -> None:
    points, labels = arrays(xor(500, generator=Generator(0)))
    assert np.array_equal(points.prod(axis=1) < 0, labels == 1)
    assert np.abs(points).min() > 0.1 - 1e-6
    angles = np.linspace(0, math.tau, 90)
    normals = np.stack([np.cos(angles), np.sin(angles)])
    sides = points @ normals
    best = max(
        np.mean((sides[:, i] > offset) == (labels == 1)) for i in range(90) for offset in np.linspace(-1.5, 1.5, 40)
    )
    assert best < 0.8


def test_the_radius_decides_circle() -> None:
    points, labels = arrays(circle(2000, generator=Generator(0)))
    radius = np.linalg.norm(points, axis=1)
    assert radius[labels == 1].max() <= 0.5 + 1e-6
    assert 0.7 - 1e-6 <= radius[labels == 0].min() <= radius.max() <= 1 + 1e-6
    # evenly filled: the mean of r² over a disc of radius R is R²/2
    assert (radius[labels == 1] ** 2).mean() == pytest.approx(0.125, rel=0.1)
    assert (radius[labels == 0] ** 2).mean() == pytest.approx((1 + 0.49) / 2, rel=0.02)


def test_the_ring_lies_round_the_blob() -> None:
    points, labels = arrays(ring(20_000, generator=Generator(0)))
    radius = np.linalg.norm(points, axis=1)
    np.testing.assert_allclose(radius[labels == 1], 1, rtol=1e-6)
    assert radius[labels == 0].max() <= 0.6 + 1e-6
    # variance of a coordinate of a normal draw in the plane that is cut off at c standard deviations
    cut = 9 / 2
    variance = 0.2**2 * (1 - cut * math.exp(-cut) / (1 - math.exp(-cut)))
    np.testing.assert_allclose(points[labels == 0].var(axis=0), variance, rtol=0.05)


def test_moons_are_half_circles() -> None:
    points, labels = arrays(moons(200, 0.0, Generator(0)))
    upper, lower = points[labels == 0], points[labels == 1]
    np.testing.assert_allclose(np.linalg.norm(upper, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(lower - [1, 0.5], axis=1), 1, rtol=1e-6)
    assert upper[:, 1].min() > -1e-6
    assert lower[:, 1].max() < 0.5 + 1e-6
    gaps = np.diff(np.sort(np.arctan2(upper[:, 1], upper[:, 0])))
    np.testing.assert_allclose(gaps, math.pi / 99, rtol=1e-3)


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("turns", [0.5, 1.0, 1.75])
def test_the_arms_of_a_spiral(classes: int, turns: float) -> None:
    points, labels = arrays(spiral(60 * classes, 0.0, Generator(0), classes, turns))
    assert np.array_equal(np.bincount(labels), [60] * classes)
    radius = np.linalg.norm(points, axis=1)
    assert radius.min() == pytest.approx(0.1, rel=1e-5)
    assert radius.max() == pytest.approx(1, rel=1e-5)
    angle = math.tau * (turns * (radius - 0.1) / 0.9 + labels / classes)
    np.testing.assert_allclose(points, radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1), atol=1e-5)


def test_gaussians_lie_around_points_of_a_circle() -> None:
    points, labels = arrays(gaussians(40_000, 0.3, Generator(0), 4))
    for label in range(4):
        mine = points[labels == label]
        centre = [math.cos(math.tau * label / 4), math.sin(math.tau * label / 4)]
        np.testing.assert_allclose(mine.mean(axis=0), centre, atol=0.02)
        np.testing.assert_allclose(np.cov(mine.T), 0.09 * np.eye(2), atol=0.006)


def test_sine_is_one_period_and_its_noise_is_in_the_target() -> None:
    inputs, targets = arrays(sine(5000, 0.0, Generator(0)))
    assert inputs.shape == targets.shape == (5000, 1)
    np.testing.assert_allclose(targets, np.sin(np.pi * inputs), atol=1e-6)
    assert -1 <= inputs.min() < -0.99 < 0.99 < inputs.max() <= 1
    inputs, targets = arrays(sine(5000, 0.2, Generator(0)))
    assert (targets - np.sin(np.pi * inputs)).std() == pytest.approx(0.2, rel=0.05)


# --- real ones --------------------------------------------------------------------------------------------------------


def test_digits() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install scikit-learn")
    images, labels = data.digits()
    assert (images.shape, images.dtype) == ((1797, 1, 8, 8), np.float32)
    assert (labels.shape, labels.dtype) == ((1797,), np.int64)
    grey = images.numpy()
    assert (grey.min(), grey.max()) == (0, 1)
    assert np.array_equal(np.unique(grey * 16), np.arange(17))
    assert np.bincount(labels.numpy()).min() > 170
    # a picture is nearer to the mean of its digit than to any other, mostly: pictures and labels belong together
    means = np.stack([grey[labels.numpy() == digit].mean(axis=0).ravel() for digit in range(10)])
    distance = ((grey.reshape(-1, 1, 64) - means) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) == labels.numpy()).mean() > 0.85


def test_iris() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install scikit-learn")
    measures, species = data.iris()
    assert (measures.shape, measures.dtype) == ((150, 4), np.float32)
    assert species.tolist() == [0] * 50 + [1] * 50 + [2] * 50
    petals = measures.numpy()[:, 2]
    assert petals[:50].max() < petals[50:].min()  # setosa's are the short ones


@pytest.mark.parametrize("load", [data.digits, data.iris])
def test_without_scikit_learn_the_error_says_what_to_install(
    load: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)  # what Python itself takes for "cannot be imported"
    with pytest.raises(data.MissingPackageError, match="pip install scikit-learn"):
        load()
