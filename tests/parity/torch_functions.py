"""Which PyTorch function means the same as each row of the table, and what counts as equal?

A row that is not named here fails every test of this folder that meets it.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest

from autograd import TABLE, Op

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograph[parity]'")
torch.set_num_threads(1)
functional = torch.nn.functional


def _both_tensors(function: Callable[..., Any]) -> Callable[..., Any]:
    """For functions that take no Python numbers: these become 0-d tensors."""
    return lambda a, b: function(torch.as_tensor(a, dtype=torch.float64), torch.as_tensor(b, dtype=torch.float64))


def _reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, axis=None, keepdims=False: function(
        a, dim=tuple(range(a.ndim)) if axis is None else axis, keepdim=keepdims
    )


def _positions(shape: Sequence[int], index: Any) -> Any:
    """The places in the flattened array that an index names, as NumPy sees it."""
    return torch.from_numpy(np.arange(np.prod(shape, dtype=int)).reshape(shape)[index].copy())


def _getitem(a: Any, index: Any) -> Any:
    parts = index if isinstance(index, tuple) else (index,)
    if any(isinstance(part, slice) and (part.step or 1) < 0 for part in parts):
        return torch.take(a, _positions(a.shape, index))  # PyTorch has no negative steps
    return a[index]


def _scatter_at(a: Any, index: Any, shape: Sequence[int]) -> Any:
    positions = _positions(shape, index)
    values = a.expand(positions.shape).reshape(-1)
    zeros = torch.zeros(int(np.prod(shape)), dtype=a.dtype)
    return zeros.index_put((positions.reshape(-1),), values, accumulate=True).reshape(tuple(shape))


def _pad(a: Any, widths: Any, value: float = 0.0) -> Any:
    return functional.pad(a, [size for pair in reversed(widths) for size in pair], value=value)


def _at_diagonal(a: Any, shape: Sequence[int], offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    return torch.diagonal_scatter(torch.zeros(tuple(shape), dtype=a.dtype), a, offset, dim1, dim2)


def _refold(a: Any, axis: int, length: int, step: int) -> Any:
    out = torch.zeros(*a.shape[:axis], length, *a.shape[axis + 1 : -1], dtype=a.dtype)
    for k, window in enumerate(a.unbind(axis)):
        places = torch.arange(k * step, k * step + a.shape[-1])
        out = out.index_add(axis, places, window.movedim(-1, axis))
    return out


def _setitem(a: Any, b: Any, index: Any) -> Any:
    places = _positions(a.shape, index)
    while b.ndim > places.ndim:
        b = b[0]
    values = b.expand(places.shape).reshape(-1)
    order = {place: i for i, place in enumerate(places.reshape(-1).tolist())}  # the last of equal ones stays
    kept = values[list(order.values())]
    return a.reshape(-1).index_put((torch.tensor(list(order), dtype=torch.long),), kept).reshape(a.shape)


def _scatter_add(a: Any, b: Any, axis: int, index: Any) -> Any:
    front = b[tuple(map(slice, np.shape(index)))]  # PyTorch has a gradient only where all of b is used
    return torch.scatter_add(a, axis, torch.tensor(index, dtype=torch.long), front)


def _scatter(a: Any, b: Any, axis: int, index: Any) -> Any:
    places = [torch.from_numpy(x) for x in np.ogrid[tuple(map(slice, np.shape(index)))]]
    places[axis] = torch.tensor(index, dtype=torch.long)
    flat = torch.arange(a.numel()).reshape(a.shape)[tuple(places)].numpy()
    front = b[tuple(map(slice, np.shape(index)))]
    return _setitem(a.reshape(-1), front.reshape(-1), flat.reshape(-1)).reshape(a.shape)


def _spread(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(a: Any, axis: Any = None, correction: float = 1, keepdims: bool = False) -> Any:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*degrees of freedom")
            return function(a, axis, correction=correction, keepdim=keepdims)

    return call


def _vector_norm(a: Any, ord: float = 2, axis: Any = None, keepdims: bool = False) -> Any:
    if ord == 0:  # no gradient there; ours is zero
        return torch.linalg.vector_norm(torch.sign(a) ** 2, 1, axis, keepdims)
    return torch.linalg.vector_norm(a, ord, axis, keepdims)


def _prod(a: Any, axis: Any, keepdims: bool) -> Any:
    """PyTorch's goes over one axis or all."""
    axes = range(a.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    for position in sorted((position % max(a.ndim, 1) for position in axes), reverse=True):
        a = torch.prod(a, position, keepdim=keepdims)
    return a


def _linear_recurrence(a: Any, b: Any, axis: int) -> Any:
    states = [torch.zeros_like(b.select(axis, 0))] if b.shape[axis] else []
    for factor, term in zip(a.unbind(axis), b.unbind(axis), strict=True):
        states.append(factor * states[-1] + term)
    return torch.stack(states[1:], axis) if states else a + b


def _sinc(a: Any) -> Any:
    """PyTorch's own gradient loses its digits near 0, where two terms of the series are exact; far out it is nan."""
    x = torch.pi * torch.where(abs(a) < 1e-3, a, 1.0)
    far = torch.pi * torch.where(abs(a) > 1e100, a, 1.0)
    between = torch.sinc(torch.where(abs(a) > 1e100, 1.0, a))
    series = 1 - x * x / 6 * (1 - x * x / 20)
    return torch.where(abs(a) < 1e-3, series, torch.where(abs(a) > 1e100, torch.sin(far) / far, between))


def _packed(*parts: Any) -> Any:
    """A decomposition in one array, as the rows have it."""
    return torch.cat([x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1]) for x in parts], -1)


def _signs(ours: np.ndarray, theirs: Any) -> Any:
    """For each column 1 or -1: the signs of vectors are arbitrary, so PyTorch's are taken as NumPy has them."""
    return torch.tensor(np.where((ours * theirs.detach().numpy()).sum(-2, keepdims=True) < 0, -1.0, 1.0))


def _eigh_parts(a: Any, uplo: str = "L") -> Any:
    values, vectors = torch.linalg.eigh(a, uplo)
    return _packed(values.unsqueeze(-2), vectors * _signs(np.linalg.eigh(a.detach().numpy(), uplo)[1], vectors))


def _svd_parts(a: Any, full_matrices: bool = True) -> Any:
    u, s, vh = torch.linalg.svd(a, full_matrices)
    ours = np.linalg.svd(a.detach().numpy(), full_matrices)
    return _packed(u * _signs(ours[0], u), s.unsqueeze(-2), vh * _signs(ours[2].mT, vh.mT).mT)


def _qr_parts(a: Any) -> Any:
    q, r = torch.linalg.qr(a)
    signs = _signs(np.linalg.qr(a.detach().numpy())[0], q)
    return _packed(q * signs, r * signs.mT)


def _pinv(a: Any, rtol: float | None = None) -> Any:
    return torch.linalg.pinv(a, rtol=rtol)


def _cofactor(a: Any) -> Any:
    return torch.linalg.det(a)[..., None, None] * torch.linalg.inv(a).mT


def _solve_triangular(a: Any, b: Any, upper: bool, unitriangular: bool = False) -> Any:
    return torch.linalg.solve_triangular(a, b, upper=upper, unitriangular=unitriangular)


def torch_dtype(dtype: Any) -> Any:
    return torch.from_numpy(np.empty(0, dtype)).dtype


COUNTERPARTS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": torch.pow,
    "neg": torch.neg,
    "abs": torch.abs,
    "reciprocal": torch.reciprocal,
    "square": torch.square,
    "fmod": _both_tensors(torch.fmod),
    "remainder": torch.remainder,
    "copysign": _both_tensors(torch.copysign),
    "floor_divide": lambda a, b: torch.div(a, b, rounding_mode="floor"),  # torch.floor_divide has no gradient
    "lerp": torch.lerp,
    "sign": torch.sign,
    "floor": torch.floor,
    "ceil": torch.ceil,
    "trunc": torch.trunc,
    "round": torch.round,
    "exp": torch.exp,
    "exp2": torch.exp2,
    "log2": torch.log2,
    "log10": torch.log10,
    "rsqrt": torch.rsqrt,
    "logaddexp": _both_tensors(torch.logaddexp),
    "logaddexp2": _both_tensors(torch.logaddexp2),
    "xlogy": torch.xlogy,
    "logit": torch.logit,
    "erfc": torch.erfc,
    "asin": torch.asin,
    "acos": torch.acos,
    "atan": torch.atan,
    "atan2": _both_tensors(torch.atan2),
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "asinh": torch.asinh,
    "acosh": torch.acosh,
    "atanh": torch.atanh,
    "hypot": _both_tensors(torch.hypot),
    "sinc": _sinc,
    "fmax": _both_tensors(torch.fmax),
    "fmin": _both_tensors(torch.fmin),
    "hardtanh": functional.hardtanh,
    "expm1": torch.expm1,
    "log": torch.log,
    "log1p": torch.log1p,
    "sqrt": torch.sqrt,
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "tanh": torch.tanh,
    "erf": torch.erf,
    "sigmoid": torch.sigmoid,
    "softplus": functional.softplus,
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda a: functional.gelu(a, approximate="tanh"),
    "silu": functional.silu,
    "maximum": _both_tensors(torch.maximum),
    "minimum": _both_tensors(torch.minimum),
    "clip": lambda a, min=-np.inf, max=np.inf: torch.clamp(a, min, max),
    "where": torch.where,
    "matmul": torch.matmul,
    "einsum": torch.einsum,
    "cross": lambda a, b, axis=-1: torch.linalg.cross(a, b, dim=axis),
    "inv": torch.linalg.inv,
    "pinv": _pinv,
    "cofactor": _cofactor,
    "det": torch.linalg.det,
    "logabsdet": lambda a: torch.linalg.slogdet(a).logabsdet,
    "solve": torch.linalg.solve,
    "solve_triangular": _solve_triangular,
    "cholesky": torch.linalg.cholesky,
    "eigh_parts": _eigh_parts,
    "svd_parts": _svd_parts,
    "qr_parts": _qr_parts,
    "sum": _reduction(torch.sum),
    "mean": _reduction(torch.mean),
    "amax": _reduction(torch.amax),
    "amin": _reduction(torch.amin),
    "prod": lambda a, axis=None, keepdims=False: _prod(a, axis, keepdims),
    "var": _spread(torch.var),
    "std": _spread(torch.std),
    "logsumexp": _reduction(torch.logsumexp),
    "vector_norm": _vector_norm,
    "cumsum": torch.cumsum,
    "cumprod": torch.cumprod,
    "logcumsumexp": torch.logcumsumexp,
    "linear_recurrence": lambda a, b, axis=-1: _linear_recurrence(a, b, axis),
    "softmax": lambda a, axis: torch.softmax(a, axis or 0),
    "log_softmax": lambda a, axis: torch.log_softmax(a, axis or 0),
    "add_n": lambda *inputs: torch.stack(inputs).sum(),
    "dot_n": lambda *inputs: torch.dot(*torch.stack(inputs).reshape(2, -1)),
    "weighted_sum_n": lambda *inputs: (
        torch.dot(torch.stack(inputs[: len(inputs) // 2]), torch.stack(inputs[len(inputs) // 2 + 1 :]))
        + inputs[len(inputs) // 2]
    ),
    "reshape": torch.reshape,
    "transpose": lambda a, axes=None: a.permute(tuple(reversed(range(a.ndim))) if axes is None else axes),
    "swapaxes": torch.swapaxes,
    "broadcast_to": torch.broadcast_to,
    "tile": torch.tile,
    "flip": lambda a, axis=None: torch.flip(
        a, tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    ),
    "roll": torch.roll,
    "pad": _pad,
    "tril": torch.tril,
    "triu": torch.triu,
    "diagonal": torch.diagonal,
    "at_diagonal": _at_diagonal,
    "unfold": torch.Tensor.unfold,
    "refold": _refold,
    "clone": torch.clone,
    "cat": lambda axis, *arrays: torch.cat(arrays, axis),
    "stack": lambda axis, *arrays: torch.stack(arrays, axis),
    "gather": lambda a, axis, index: torch.gather(a, axis, torch.tensor(index, dtype=torch.long)),
    "scatter": _scatter,
    "scatter_add": _scatter_add,
    "setitem": _setitem,
    "getitem": _getitem,
    "scatter_at": _scatter_at,
    "astype": lambda a, dtype: a.to(torch_dtype(dtype)),
}


def counterpart(op: Op) -> Callable[..., Any]:
    """The PyTorch function of a row; the test fails if there is none."""
    if op.name not in COUNTERPARTS:
        pytest.fail(f"name the PyTorch function of row {op.name!r} in tests/parity/torch_functions.py")
    return COUNTERPARTS[op.name]


# --- the cases that the table itself gives ----------------------------------------------------------------------------

ROWS = sorted((op for op in TABLE if op.module == "autograd"), key=lambda op: op.name)  # nn's: tests/networks
ELEMENTWISE = [op for op in ROWS if op.elementwise]
UNARY = [op for op in ELEMENTWISE if len(op.rules) == 1]
BINARY = [op for op in ELEMENTWISE if len(op.rules) == 2]
ARRAY = [op for op in ROWS if not op.scalar]

by_name: Callable[[Any], str] = lambda op: op.name if isinstance(op, Op) else repr(op)  # noqa: E731

EXTREMES = (0.0, 1e-310, 1e-300, 1e-8, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 19.5, 20.0, 20.5, 40.0, 700.0, 1e3, 1e300, np.inf)
POINTS = (*(-x for x in EXTREMES), *EXTREMES, np.nan)


def options_of(op: Op) -> Iterator[dict[str, float]]:
    """Static arguments of an elementwise row: the defaults, each one changed, and all changed."""
    defaults = {name: value for name, value in op.parameters.items() if isinstance(value, float)}
    changed = {name: 0.25 * value if np.isfinite(value) else np.sign(value) * 0.5 for name, value in defaults.items()}
    yield {}
    yield from ({name: value} for name, value in changed.items())
    if len(changed) > 1:
        yield changed


ELEMENTWISE_WITH_OPTIONS = [
    pytest.param(op, options, id=f"{op.name}-{','.join(f'{name}={value:g}' for name, value in options.items())}")
    for op in ELEMENTWISE
    for options in options_of(op)
]


def grid(op: Op, points: Sequence[float] = POINTS) -> list[np.ndarray]:
    """Every combination of points for the inputs of an elementwise row; conditions are both false and true."""
    if op.name in ("fmod", "remainder", "floor_divide"):  # PyTorch's are inexact where the quotient overflows
        points = [x for x in points if x == 0 or not 1e-50 > abs(x) > 0]
    choices = [points if rule else (False, True) for rule in op.rules]
    return [np.array(column) for column in zip(*product(*choices), strict=True)]


def draw(op: Op, shapes: Sequence[tuple[int, ...]], rng: np.random.Generator) -> list[np.ndarray]:
    """Random inputs of an elementwise row, inside its domain and away from its kinks (almost surely)."""
    domains = [op.domain, *((-np.inf, np.inf) for _ in op.rules[1:])]
    return [
        rng.uniform(max(low, -3) + 0.1, min(high, 3), shape) if rule else rng.random(shape) < 0.5
        for shape, rule, (low, high) in zip(shapes, op.rules, domains, strict=True)
    ]


# What PyTorch chose where the mathematics leaves a choice: row, inputs, options, value, gradients.
inf, nan = np.inf, np.nan
CHOICES: list[tuple[str, tuple[float, ...], dict[str, float], float, tuple[float, ...]]] = [
    ("relu", (0.0,), {}, 0.0, (0.0,)),
    ("leaky_relu", (0.0,), {"negative_slope": 0.2}, 0.0, (0.2,)),
    ("elu", (0.0,), {"alpha": 1.5}, 0.0, (1.5,)),
    ("abs", (0.0,), {}, 0.0, (0.0,)),
    ("maximum", (2.0, 2.0), {}, 2.0, (0.5, 0.5)),
    ("minimum", (2.0, 2.0), {}, 2.0, (0.5, 0.5)),
    ("maximum", (-0.0, 0.0), {}, 0.0, (0.5, 0.5)),
    ("maximum", (inf, inf), {}, inf, (0.5, 0.5)),
    ("clip", (-1.0,), {"min": -1.0, "max": 2.0}, -1.0, (1.0,)),
    ("clip", (2.0,), {"min": -1.0, "max": 2.0}, 2.0, (1.0,)),
    ("pow", (0.0, 0.0), {}, 1.0, (0.0, 0.0)),
    ("pow", (0.0, 1.0), {}, 0.0, (1.0, 0.0)),
    ("pow", (0.0, 2.0), {}, 0.0, (0.0, 0.0)),
    ("pow", (0.0, -1.0), {}, inf, (-inf, -inf)),
    ("pow", (0.0, 0.5), {}, 0.0, (inf, 0.0)),
    ("pow", (-2.0, 0.5), {}, nan, (nan, nan)),
    ("pow", (-2.0, 3.0), {}, -8.0, (12.0, nan)),
    ("pow", (nan, 0.0), {}, 1.0, (0.0, nan)),
    ("log", (0.0,), {}, -inf, (inf,)),
    ("log", (-1.0,), {}, nan, (-1.0,)),
    ("log1p", (-1.0,), {}, -inf, (inf,)),
    ("sqrt", (0.0,), {}, 0.0, (inf,)),
    ("sqrt", (-1.0,), {}, nan, (nan,)),
    ("div", (1.0, 0.0), {}, inf, (inf, -inf)),
    ("div", (1.0, -0.0), {}, -inf, (-inf, -inf)),
    ("div", (0.0, 0.0), {}, nan, (inf, nan)),
    ("reciprocal", (0.0,), {}, inf, (-inf,)),
    ("reciprocal", (-0.0,), {}, -inf, (-inf,)),
    ("softplus", (20.0,), {}, 20.0 + np.log1p(np.exp(-20.0)), (1 / (1 + np.exp(-20.0)),)),
    ("softplus", (20.5,), {}, 20.5, (1.0,)),
    ("softplus", (3.0,), {"beta": 2.0, "threshold": 5.0}, 3.0, (1.0,)),
    ("where", (True, 2.0, 3.0), {}, 2.0, (1.0, 0.0)),
    ("fmax", (2.0, 2.0), {}, 2.0, (1.0, 0.0)),
    ("fmin", (2.0, 2.0), {}, 2.0, (1.0, 0.0)),
    ("fmax", (nan, 2.0), {}, 2.0, (0.0, 1.0)),
    ("fmin", (2.0, nan), {}, 2.0, (1.0, 0.0)),
    ("fmax", (nan, nan), {}, nan, (1.0, 0.0)),
    ("hypot", (0.0, 0.0), {}, 0.0, (nan, nan)),
    ("atan2", (0.0, 0.0), {}, 0.0, (0.0, 0.0)),
    ("sign", (nan,), {}, 0.0, (0.0,)),
    ("round", (2.5,), {}, 2.0, (0.0,)),
    ("remainder", (-7.0, 3.0), {}, 2.0, (1.0, 3.0)),
    ("fmod", (-7.0, 3.0), {}, -1.0, (1.0, 2.0)),
    ("remainder", (6.0, 3.0), {}, 0.0, (1.0, -2.0)),
    ("xlogy", (0.0, 0.0), {}, 0.0, (0.0, nan)),
    ("xlogy", (0.0, nan), {}, nan, (nan, nan)),
    ("logaddexp", (-inf, -inf), {}, -inf, (nan, nan)),
    ("logit", (0.0,), {}, -inf, (inf,)),
    ("logit", (1.5,), {}, nan, (nan,)),
    ("asin", (1.0,), {}, np.pi / 2, (inf,)),
    ("acosh", (1.0,), {}, 0.0, (inf,)),
    ("rsqrt", (0.0,), {}, inf, (-inf,)),
    ("sinc", (0.0,), {}, 1.0, (0.0,)),
    ("hardtanh", (1.0,), {}, 1.0, (0.0,)),
]


# --- what is compared -------------------------------------------------------------------------------------------------


def torch_second_order(function: Callable[..., Any], inputs: Any, options: Any, upstream: Any, weights: Any) -> Any:
    """The first gradients, and the gradients of their weighted sum to all inputs and to the upstream gradient."""
    tensors = leaves(inputs)
    xs, g = [x for x in tensors if x.requires_grad], leaves([upstream])[0]
    first = torch.autograd.grad(function(*tensors, **options), xs, g, create_graph=True)
    total = sum((x * torch.tensor(np.asarray(weight))).sum() for x, weight in zip(first, weights, strict=True))
    if not total.requires_grad:  # steps are flat
        return [x.detach().numpy() for x in first], [np.zeros(x.shape) for x in (*xs, g)]
    second = torch.autograd.grad(total, (*xs, g), allow_unused=True, materialize_grads=True)
    return [x.detach().numpy() for x in first], [x.numpy(force=True) for x in second]


def leaves(inputs: Sequence[Any]) -> list[Any]:
    """PyTorch's tensors of these arrays; floats require gradients."""
    tensors = [torch.tensor(np.asarray(x)) for x in inputs]
    return [x.requires_grad_() if x.is_floating_point() else x for x in tensors]


def torch_results(
    function: Callable[..., Any], inputs: Sequence[Any], options: Mapping[str, Any], upstream: Any
) -> Any:
    """PyTorch's value, and the gradient of each floating-point input."""
    xs = leaves(inputs)
    y = function(*xs, **options)
    y.backward(torch.tensor(np.asarray(upstream)).expand(y.shape))
    return y.detach().numpy(), [None if x.grad is None else x.grad.numpy() for x in xs if x.requires_grad]


def assert_same(ours: Any, theirs: Any, what: str = "value", at: Sequence[Any] = ()) -> None:
    """Equal shape, and equal to a relative 1e-10 (absolute 1e-12); nan equals nan, inf equals inf.

    ``at`` are the inputs, entry by entry, to be named where the two differ.
    """
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape, f"{what}: shape {ours.shape}, PyTorch has {theirs.shape}"
    equal = np.isclose(ours, theirs, rtol=1e-10, atol=1e-12, equal_nan=True)
    if not equal.all():
        lines = [
            f"  at ({', '.join(repr(column[place].item()) for column in at) or ', '.join(map(str, place))}): "
            f"{ours[place]!r}, PyTorch has {theirs[place]!r}"
            for place in zip(*np.nonzero(~np.atleast_1d(equal)), strict=True)
            for place in [place if ours.ndim else ()]
        ]
        pytest.fail(f"{what} differs at {len(lines)} of {equal.size} places:\n" + "\n".join(lines[:40]))
