"""Does `nn.init` fill weights as PyTorch does: alike without chance, from the same distributions with it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Generator
from autograd.errors import AutogradError
from nn import init

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograph[parity]'")
theirs = torch.nn.init


@pytest.mark.parametrize(
    "args",
    [
        *(
            (name,)
            for name in ("linear", "conv1d", "conv2d", "conv3d", "sigmoid", "tanh", "relu", "leaky_relu", "selu")
        ),
        *((f"conv_transpose{n}d",) for n in (1, 2, 3)),
        *(("leaky_relu", slope) for slope in (0, 0.2, 1, -3, 5**0.5)),
    ],
)
def test_gains(args: tuple[Any, ...]) -> None:
    assert init.calculate_gain(*args) == theirs.calculate_gain(*args)


@pytest.mark.parametrize("args", [("gelu",), ("leaky_relu", True), ("leaky_relu", "a")])
def test_gains_that_pytorch_refuses_are_refused(args: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        theirs.calculate_gain(*args)
    with pytest.raises(AutogradError):
        init.calculate_gain(*args)


@pytest.mark.parametrize("shape", [(3, 4), (5, 2, 3), (4, 6, 3, 2), (2, 3, 4, 5, 6)])
def test_fans(shape: tuple[int, ...]) -> None:
    expected = theirs._calculate_fan_in_and_fan_out(torch.zeros(shape))
    assert init.fan_in_and_fan_out(autograd.zeros(shape)) == expected
    assert init._calculate_fan_in_and_fan_out(autograd.zeros(shape)) == expected


@pytest.mark.parametrize(
    ("name", "shape", "args"),
    [
        ("zeros_", (3, 2), ()),
        ("ones_", (3, 2), ()),
        ("constant_", (3, 2), (0.25,)),
        ("eye_", (3, 5), ()),
        ("eye_", (5, 3), ()),
        ("dirac_", (4, 3, 3), ()),
        ("dirac_", (4, 6, 2, 2), (2,)),
        ("dirac_", (4, 2, 3, 4, 5), (1,)),
    ],
)
def test_fillings_without_chance(name: str, shape: tuple[int, ...], args: tuple[Any, ...]) -> None:
    ours = getattr(init, name)(autograd.full(shape, 7.0), *args)
    assert np.array_equal(ours.numpy(), getattr(theirs, name)(torch.full(shape, 7.0), *args).numpy())


DRAWS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "uniform": lambda i, w, g: i.uniform_(w, -0.3, 0.2, g),
    "normal": lambda i, w, g: i.normal_(w, 0.1, 0.3, g),
    "truncated normal": lambda i, w, g: i.trunc_normal_(w, 0.5, 1.5, -2.0, 1.0, g),
    "xavier uniform": lambda i, w, g: i.xavier_uniform_(w, 1.3, g),
    "xavier normal": lambda i, w, g: i.xavier_normal_(w, 1.3, g),
    "kaiming uniform": lambda i, w, g: i.kaiming_uniform_(w, 5**0.5, generator=g),
    "kaiming uniform, fan out": lambda i, w, g: i.kaiming_uniform_(w, 0, "fan_out", "relu", g),
    "kaiming normal": lambda i, w, g: i.kaiming_normal_(w, 0.1, "fan_in", "leaky_relu", g),
    "kaiming normal, tanh": lambda i, w, g: i.kaiming_normal_(w, 0, "fan_out", "tanh", g),
    "orthogonal": lambda i, w, g: i.orthogonal_(w, 2, g),
    "sparse": lambda i, w, g: i.sparse_(w, 0.3, 0.1, g),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
@pytest.mark.parametrize("shape", [(120, 150), (200, 60)])
def test_draws_are_of_the_same_distribution(draw: Callable[..., Any], shape: tuple[int, ...]) -> None:
    """Kolmogorov and Smirnov's test of two samples, with what rounding makes of equal bounds allowed for."""
    from scipy.stats import ks_2samp

    ours = draw(init, autograd.zeros(shape, dtype="float64"), Generator(0)).numpy().ravel()
    other = draw(theirs, torch.zeros(shape, dtype=torch.float64), torch.Generator().manual_seed(0)).numpy().ravel()
    assert ks_2samp(ours, other).pvalue > 1e-3
    assert ours.std() == pytest.approx(other.std(), rel=0.05)
