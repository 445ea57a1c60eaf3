"""Are gradients clipped together, by norm or by value, and do parameters travel as one vector?"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, GraphError, ShapeError
from nn.utils import (
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
    parameters_to_vector,
    vector_to_parameters,
)


def with_gradients(*arrays: Any, dtype: str = "float64") -> list[Tensor]:
    made = []
    for array in arrays:
        p = Tensor(np.zeros(np.shape(array), dtype), requires_grad=True)
        p.grad = Tensor(np.array(array, dtype))
        made.append(p)
    return made


def test_the_norm_is_that_of_all_together() -> None:
    p, q = with_gradients([3.0], [[4.0]])
    slope = q.grad
    assert clip_grad_norm_([p, q], 1.0).item() == 5
    assert p.grad.item() == pytest.approx(3 / (5 + 1e-6))
    assert q.grad.item() == pytest.approx(4 / (5 + 1e-6))
    assert q.grad is slope  # in place
    assert clip_grad_norm_([p, q], 1.0).item() == pytest.approx(1)


def test_what_is_small_enough_stays_as_it_is() -> None:
    (p,) = with_gradients([0.3, -0.4])
    assert clip_grad_norm_(p, 0.6).item() == 0.5
    assert p.grad.tolist() == [0.3, -0.4]


def test_other_norms() -> None:
    p, q = with_gradients([1.0, -2.0], [2.0])
    assert clip_grad_norm_([p, q], 100, 1).item() == 5
    assert clip_grad_norm_([p, q], 100, math.inf).item() == 2
    clip_grad_norm_([p, q], 0.5, math.inf)
    assert np.allclose(p.grad.tolist(), [0.25, -0.5])


@pytest.mark.parametrize("scale", [1e-40, 1e-25, 1.0, 1e30])
def test_squares_neither_vanish_nor_overflow(scale: float) -> None:
    (p,) = with_gradients(np.array([3.0, 4.0]) * scale, dtype="float32")
    assert clip_grad_norm_(p, math.inf).item() == pytest.approx(5 * scale, rel=1e-3 if scale < 1e-38 else 1e-6)
    (p,) = with_gradients(np.array([3.0, 4.0]) * scale**6)
    assert clip_grad_norm_(p, math.inf).item() == pytest.approx(5 * scale**6, rel=1e-12)


def test_half_precision() -> None:
    (p,) = with_gradients(np.full(10000, 3.0), dtype="float16")
    norm = clip_grad_norm_(p, 30.0)
    assert norm.dtype == "float16"
    assert norm.item() == 300
    assert np.allclose(p.grad.tolist(), 0.3, rtol=1e-3)


@pytest.mark.parametrize("norm_type", [1, 0.5, 3])
def test_norms_out_of_range_are_silent(norm_type: float) -> None:  # warnings are errors here
    (p,) = with_gradients([1e38] * 9 + [0.0], dtype="float32")
    assert clip_grad_norm_(p, 1.0, norm_type).item() == math.inf
    assert p.grad.tolist() == [0] * 10
    (p,) = with_gradients([6e4] * 9 + [0.0], dtype="float16")
    assert clip_grad_norm_(p, 1.0, norm_type, error_if_nonfinite=True).item() == math.inf  # as a float16
    assert p.grad.tolist() == [pytest.approx(9 ** (-1 / norm_type), rel=1e-3)] * 9 + [0]  # computed in float32
    (p,) = with_gradients([1.0, 0.0])
    assert clip_grad_norm_(p, 1.0, -norm_type).item() == 0
    assert p.grad.tolist() == [1, 0]


PROGRAM = """
import numpy as np
from autograd import Tensor
from nn.utils import get_total_norm
for dtype in ("float32", "float64"):
    array = np.random.default_rng(0).normal(size=1_000_003).astype(dtype)
    norm = get_total_norm([Tensor(array)]).item()
    assert abs(norm - np.sqrt((array.astype("longdouble") ** 2).sum())) < 1e-7 * norm
    print(norm.hex())
"""


def test_the_norm_does_not_depend_on_the_number_of_threads() -> None:
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            check=True,
            capture_output=True,
            timeout=60,
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2")
    ]
    assert outputs[0] == outputs[1]


def test_nothing_to_clip() -> None:
    p = Tensor([1.0], requires_grad=True)
    for norm in (clip_grad_norm_([p], 1.0), clip_grad_norm_([], 1.0), get_total_norm([])):
        assert norm.item() == 0
        assert norm.shape == ()
    (q,) = with_gradients(np.zeros((0, 3)))
    assert clip_grad_norm_([p, q], 1.0, math.inf).item() == 0
    clip_grad_value_([p, q], 1.0)
    assert p.grad is None
    (q,) = with_gradients([0.0, 0.0])
    assert clip_grad_norm_(q, 1.0).item() == 0
    assert q.grad.tolist() == [0, 0]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite(bad: float) -> None:
    p, q = with_gradients([1.0], [bad, 2.0])
    with pytest.raises(ArgumentValueError, match="cannot be clipped"):
        clip_grad_norm_([p, q], 1.0, error_if_nonfinite=True)
    assert p.grad.tolist() == [1]
    norm = clip_grad_norm_([p, q], 1.0).item()
    assert math.isnan(norm) if math.isnan(bad) else norm == math.inf
    assert math.isnan(q.grad.tolist()[0])


def test_a_norm_that_is_known() -> None:
    p, q = with_gradients([3.0], [4.0])
    norm = get_total_norm([p.grad, q.grad])
    assert not norm.requires_grad
    clip_grads_with_norm_([p, q], 1.0, norm)
    assert p.grad.item() == pytest.approx(0.6, rel=1e-6)


def test_by_value() -> None:
    p, q = with_gradients([3.0, -0.1], [[-4.0]])
    clip_grad_value_([p, q], 0.5)
    assert p.grad.tolist() == [0.5, -0.1]
    assert q.grad.tolist() == [[-0.5]]


def test_a_graph_that_needs_the_gradients_notices() -> None:
    p = Tensor([3.0], requires_grad=True, dtype="float64")
    (p**2).sum().backward(create_graph=True)
    penalty = (p.grad**2).sum()
    clip_grad_norm_(p, 1.0)
    with pytest.raises(GraphError, match="changed after the forward pass"):
        penalty.backward()


@pytest.mark.parametrize("limit", [-1.0, math.nan])
def test_limits_that_make_no_sense_are_refused(limit: float) -> None:
    (p,) = with_gradients([1.0])
    with pytest.raises(ArgumentValueError, match="max_norm"):
        clip_grad_norm_(p, limit)
    with pytest.raises(ArgumentValueError, match="clip_value"):
        clip_grad_value_(p, limit)


def test_what_is_no_tensor_is_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="expected Tensors"):
        clip_grad_norm_([np.ones(3)], 1.0)  # type: ignore[list-item]


# --- vectors ----------------------------------------------------------------------------------------------------------


def test_there_and_back() -> None:
    p = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, dtype="float64")
    q = Tensor(5.0, requires_grad=True, dtype="float64")
    vector = parameters_to_vector([p, q])
    assert vector.tolist() == [1, 2, 3, 4, 5]
    (vector * Tensor([1.0, 2.0, 3.0, 4.0, 5.0], dtype="float64")).sum().backward()
    assert p.grad.tolist() == [[1, 2], [3, 4]]
    assert q.grad.item() == 5
    before = p.detach().numpy()
    vector_to_parameters(Tensor(np.arange(5.0)), iter([p, q]))
    assert p.tolist() == [[0, 1], [2, 3]]
    assert q.item() == 4
    assert before[0, 0] == 0  # in place


def test_writing_after_the_forward_pass_is_noticed() -> None:
    p = Tensor([1.0, 2.0], requires_grad=True)
    y = (p * p).sum()
    vector_to_parameters(Tensor([3.0, 4.0]), [p])
    with pytest.raises(GraphError, match="changed"):
        y.backward()


def test_vectors_that_do_not_fit_are_refused() -> None:
    p = Tensor([1.0, 2.0], requires_grad=True)
    for wrong in (Tensor([1.0]), Tensor([1.0, 2.0, 3.0]), Tensor([[1.0, 2.0]])):
        with pytest.raises(ShapeError, match="vec has shape"):
            vector_to_parameters(wrong, [p])
    with pytest.raises(ArgumentTypeError, match="must be a Tensor"):
        vector_to_parameters(np.ones(2), [p])  # type: ignore[arg-type]
    with pytest.raises(ArgumentValueError, match="no parameters"):
        parameters_to_vector([])
    assert p.tolist() == [1, 2]
