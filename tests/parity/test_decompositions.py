"""Do the decompositions equal PyTorch's, but for the signs that both choose as they like?

So what is compared does not depend on the signs: squares of vectors, and products in which a sign stands twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Tensor, gradients

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograph[parity]'")

RNG = np.random.default_rng(0)
SHAPES = [(3, 3), (4, 2), (2, 4), (1, 1), (2, 3, 2), (2, 1, 2, 3)]


def eigenvectors(lib: Any, a: Any) -> list[Any]:
    symmetric = a + a.swapaxes(-1, -2)
    values, v = lib.linalg.eigh(symmetric)
    return [values, v**2, (v * lib.exp(values)[..., None, :]) @ v.swapaxes(-1, -2)]


def upper_triangle(lib: Any, a: Any) -> list[Any]:
    values, v = lib.linalg.eigh(a + a.swapaxes(-1, -2), UPLO="U")
    return [(v * values[..., None, :] ** 3) @ v.swapaxes(-1, -2), lib.linalg.eigvalsh(a, "U")]


def singular_vectors(lib: Any, a: Any) -> list[Any]:
    u, s, vh = lib.linalg.svd(a, full_matrices=False)
    return [u**2, s, vh**2, (u * lib.sin(s)[..., None, :]) @ vh]


def first_singular_vectors(lib: Any, a: Any) -> list[Any]:
    u, s, vh = lib.linalg.svd(a)
    k = s.shape[-1]
    return [s, (u[..., :k] * s[..., None, :] ** 2) @ vh[..., :k, :]]


def factors(lib: Any, a: Any) -> list[Any]:
    q, r = lib.linalg.qr(a)
    return [q**2, r**2, q @ (r + abs(r) * r)]


CASES = [
    pytest.param(function, shape, id=f"{function.__name__}-{shape}")
    for function in (eigenvectors, upper_triangle, singular_vectors, first_singular_vectors, factors)
    for shape in SHAPES
    if function not in (eigenvectors, upper_triangle) or shape[-1] == shape[-2]
]


@pytest.mark.parametrize(("function", "shape"), CASES)
def test_values_gradients_and_gradients_of_gradients(function: Callable[..., Any], shape: tuple[int, ...]) -> None:
    entries = RNG.normal(size=shape)
    x, t = Tensor(entries, requires_grad=True), torch.tensor(entries, requires_grad=True)
    ours, theirs = function(autograd, x), function(torch, t)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our.data, their.detach().numpy(), rtol=1e-10, atol=1e-11)
    ups = [RNG.normal(size=y.shape) for y in ours]
    weights = RNG.normal(size=shape)
    first = gradients({sum((y * up).sum() for y, up in zip(ours, ups, strict=True)): 1.0}, create_graph=True)[x]
    total = sum((y * torch.tensor(up)).sum() for y, up in zip(theirs, ups, strict=True))
    expected = torch.autograd.grad(total, t, create_graph=True)[0]
    np.testing.assert_allclose(first.data, expected.detach().numpy(), rtol=1e-9, atol=1e-10)
    second = gradients({(first * weights).sum(): 1.0})[x]
    expected = torch.autograd.grad((expected * torch.tensor(weights)).sum(), t)[0]
    np.testing.assert_allclose(second.data, expected.numpy(), rtol=1e-8, atol=1e-8)


def test_shapes_of_every_mode() -> None:
    for shape in SHAPES:
        a = RNG.normal(size=shape)
        for mode in ("reduced", "complete", "r"):
            ours, theirs = autograd.linalg.qr(Tensor(a), mode), torch.linalg.qr(torch.tensor(a), mode)
            assert ours.R.shape == tuple(theirs.R.shape)
            if mode != "r":
                assert ours.Q.shape == tuple(theirs.Q.shape)
                np.testing.assert_allclose((ours.Q @ ours.R).data, a, atol=1e-12)
        for full in (True, False):
            ours, theirs = autograd.linalg.svd(Tensor(a), full), torch.linalg.svd(torch.tensor(a), full)
            assert [y.shape for y in ours] == [tuple(y.shape) for y in theirs]
            assert ours._fields == ("U", "S", "Vh")
