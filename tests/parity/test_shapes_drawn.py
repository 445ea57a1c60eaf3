"""Is a function equal to PyTorch's for shapes, axes and indices that nobody thought of?

Hypothesis draws a case (see ``tests/cases``); both sides run it. Where PyTorch refuses, ours must refuse too.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, prod
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import pytest
from cases.case import A, Array, Case, Of, call
from cases.elementwise import BINARY
from cases.reductions import is_undefined
from cases.running import OURS, differences, run
from hypothesis import given, settings

from autograd.errors import AutogradError

pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograph[parity]'")
from cases.pytorch import THEIRS

Draw = Callable[[st.SearchStrategy[Any]], Any]

drawn = settings(deadline=None, derandomize=True, max_examples=150)
smallest = st.sampled_from([1, 1, 1, 1, 0])
full_shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=3)
shapes = smallest.flatmap(lambda side: hnp.array_shapes(min_dims=0, max_dims=4, min_side=side, max_side=3))
"""A fifth of the shapes may have an axis without entries."""


def compare(case: Case) -> None:
    """Both sides give the same, or both refuse."""
    try:
        theirs = run(THEIRS, case)
    except (RuntimeError, ValueError, TypeError, IndexError):
        with pytest.raises(AutogradError):
            run(OURS, case)
        return
    found = differences(run(OURS, case), theirs)
    assert not found, f"{case}\n" + "\n".join(found)


@st.composite
def arrays(draw: Draw, shape: tuple[int, ...]) -> Array:
    """An array whose view has this shape, however it lies in memory."""
    layouts = ["", "reversed", "strided", "transposed"][: (1, 3, 4)[min(len(shape), 2)]]
    layout = draw(st.sampled_from(layouts))
    if layout == "strided":
        shape = (*shape[:-1], 2 * shape[-1])
    if layout == "transposed":
        shape = (*shape[:-2], shape[-1], shape[-2])
    made = A(*shape)
    return getattr(made, layout)() if layout else made


def axes_of(ndim: int) -> st.SearchStrategy[int]:
    """An axis, counted from either end."""
    return st.integers(-ndim - (ndim == 0), max(ndim - 1, 0)) if ndim else st.sampled_from([0, -1])


def several_axes(ndim: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Different axes, counted from either end."""
    chosen = st.lists(st.integers(0, max(ndim - 1, 0)), unique=True, max_size=ndim, min_size=min(ndim, 1))
    return chosen.flatmap(lambda axes: st.tuples(*(st.sampled_from([axis, axis - ndim]) for axis in axes)))


# --- entry by entry ---------------------------------------------------------------------------------------------------


@drawn
@given(st.data())
def test_broadcasting(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*BINARY, "where", "lerp", "addcmul", "clamp"]))
    count = 2 if name in BINARY else 3
    drawn_shapes = data.draw(
        hnp.mutually_broadcastable_shapes(num_shapes=count, min_side=data.draw(smallest), max_side=3, max_dims=4)
    ).input_shapes
    inputs = [data.draw(arrays(shape)) for shape in drawn_shapes]
    if name == "where":
        size = prod(drawn_shapes[0])
        flags = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
        inputs[0] = Of(nested(flags, drawn_shapes[0]), "bool")
    compare(call(name, inputs[0].within(0.1, 2) if name == "pow" else inputs[0], *inputs[1:]))


def nested(entries: list[Any], shape: tuple[int, ...]) -> Any:
    """Entries as nested lists of a shape."""
    if not shape:
        return entries[0]
    step = prod(shape[1:])
    return [nested(entries[k * step : (k + 1) * step], shape[1:]) for k in range(shape[0])]


# --- reductions -------------------------------------------------------------------------------------------------------

REDUCTIONS = ("sum", "mean", "var", "std", "amax", "amin", "logsumexp")
ALONG = ("prod", "cumsum", "cumprod", "softmax", "log_softmax", "max", "min", "sort")


@drawn
@given(st.data())
def test_reductions_over_several_axes(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    dim = data.draw(several_axes(len(shape)) | axes_of(len(shape)))
    name = data.draw(st.sampled_from(REDUCTIONS))
    case = call(name, data.draw(arrays(shape)), dim=dim, keepdim=data.draw(st.booleans()))
    compare(case.up_to(1) if is_undefined(name, A(*shape), dim) else case)


@drawn
@given(st.data())
def test_norms_over_several_axes(data: st.DataObject) -> None:
    shape = data.draw(full_shapes)
    dim = data.draw(several_axes(len(shape)) | axes_of(len(shape)))
    p = data.draw(st.sampled_from([1, 2, 3, 1.5, inf, -inf]))
    compare(call("norm", data.draw(arrays(shape)), p=p, dim=dim, keepdim=data.draw(st.booleans())))


@drawn
@given(st.data())
def test_along_one_axis(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    name = data.draw(st.sampled_from(ALONG))
    compare(call(name, data.draw(arrays(shape)), dim=data.draw(axes_of(len(shape)))))


# --- shapes -----------------------------------------------------------------------------------------------------------


@st.composite
def of_shape(draw: Draw) -> Case:
    """A call that moves entries."""
    shape = draw(shapes)
    ndim = len(shape)
    x = draw(arrays(shape))
    any_axis = st.integers(-ndim - 1, ndim)
    name = draw(
        st.sampled_from(
            [
                *("reshape", "flatten", "squeeze", "unsqueeze", "transpose", "permute", "moveaxis", "flip", "roll"),
                *("repeat", "tile", "expand", "split", "chunk", "unbind", "tril", "triu", "diagonal", "pad"),
            ]
        )
    )
    few = st.integers(0, 2)
    arguments: dict[str, Callable[[], tuple[Any, ...]]] = {
        "reshape": lambda: (tuple(draw(st.permutations([*shape, 1]))),),
        "flatten": lambda: (draw(any_axis), draw(any_axis)),
        "squeeze": lambda: draw(st.sampled_from([(), (draw(several_axes(ndim)),), (draw(any_axis),)])),
        "unsqueeze": lambda: (draw(st.integers(-ndim - 2, ndim + 1)),),
        "transpose": lambda: (draw(any_axis), draw(any_axis)),
        "permute": lambda: (tuple(draw(st.permutations(range(ndim)))),),
        "moveaxis": lambda: (draw(any_axis), draw(any_axis)),
        "flip": lambda: (draw(several_axes(ndim)),),
        "roll": lambda: (draw(st.integers(-5, 5)), *draw(st.sampled_from([(), (draw(any_axis),)]))),
        "repeat": lambda: draw(st.lists(few, min_size=ndim, max_size=ndim + 1)) or [()],
        "tile": lambda: (tuple(draw(st.lists(few, max_size=ndim + 1))),),
        "expand": lambda: ([*draw(st.lists(few, max_size=1)), *(draw(st.sampled_from([-1, n, 2])) for n in shape)],),
        "split": lambda: (draw(st.integers(1, 4)), draw(axes_of(ndim))),
        "chunk": lambda: (draw(st.integers(1, 4)), draw(axes_of(ndim))),
        "unbind": lambda: (draw(axes_of(ndim)),),
        "tril": lambda: (draw(st.integers(-3, 3)),),
        "triu": lambda: (draw(st.integers(-3, 3)),),
        "diagonal": lambda: (draw(st.integers(-3, 3)), draw(any_axis), draw(any_axis)),
        "pad": lambda: (tuple(draw(st.lists(st.integers(-1, 2), max_size=2 * ndim))),),
    }
    return call(f"Tensor.{name}" if name in ("repeat", "expand") else name, x, *arguments[name]())


@settings(drawn, max_examples=500)
@given(of_shape())
def test_moving_entries(case: Case) -> None:
    compare(case)


@drawn
@given(st.data())
def test_padding_with_what_is_there(data: st.DataObject) -> None:
    ndim = data.draw(st.integers(1, 3))
    shape = data.draw(hnp.array_shapes(min_dims=ndim + 1, max_dims=ndim + 2, min_side=1, max_side=4))
    pad = data.draw(st.lists(st.integers(0, 2), min_size=2 * ndim, max_size=2 * ndim))
    mode = data.draw(st.sampled_from(["reflect", "replicate", "circular"]))
    compare(call("pad", data.draw(arrays(shape)), tuple(pad), mode))


@drawn
@given(st.data())
def test_joining(data: st.DataObject) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=data.draw(smallest), max_side=3))
    dim = data.draw(axes_of(len(shape)))
    name = data.draw(st.sampled_from(["cat", "stack"]))
    parts = []
    for _ in range(data.draw(st.integers(1, 3))):
        part = list(shape)
        if name == "cat":
            part[dim] = data.draw(st.integers(data.draw(smallest), 3))
        parts.append(data.draw(arrays(tuple(part))))
    compare(call(name, parts, dim))


# --- indexing ---------------------------------------------------------------------------------------------------------


@st.composite
def indexings(draw: Draw) -> Case:
    """Slices, numbers, new axes, an ellipsis, arrays that broadcast with each other, and masks, in any mixture."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4))
    used = draw(st.integers(0, len(shape)))
    with_ellipsis = draw(st.booleans())
    cut = draw(st.integers(0, used)) if with_ellipsis else used
    axes = [*range(cut), *range(len(shape) - used + cut, len(shape))]
    broadcast = (
        draw(hnp.mutually_broadcastable_shapes(num_shapes=used, max_dims=2, max_side=3)).input_shapes if used else ()
    )
    parts: list[Any] = []
    for k, axis in enumerate(axes):
        size = shape[axis]
        if with_ellipsis and k == cut:
            parts.append(...)
        if draw(st.integers(0, 5)) == 0:
            parts.append(None)
        kind = draw(st.sampled_from(["slice", "slice", "number", "array", "array", "mask"]))
        if kind == "slice":
            bound = st.none() | st.integers(-size - 1, size + 1)
            parts.append(slice(draw(bound), draw(bound), draw(st.sampled_from([None, None, 1, 2, 3]))))
        elif kind == "number":
            parts.append(draw(st.integers(-size, size - 1)))
        elif kind == "array":
            count = prod(broadcast[k])
            entries = draw(st.lists(st.integers(-size, size - 1), min_size=count, max_size=count))
            parts.append(Of(nested(entries, broadcast[k]), "int64"))
        else:
            parts.append(Of(draw(st.lists(st.booleans(), min_size=size, max_size=size)), "bool"))
    if with_ellipsis and cut == used:
        parts.append(...)
    return call("getitem", draw(arrays(shape)), tuple(parts))


@settings(drawn, max_examples=400)
@given(indexings())
def test_indexing_in_every_mixture(case: Case) -> None:
    compare(case)


@drawn
@given(st.data())
def test_gathering_and_scattering(data: st.DataObject) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3))
    dim = data.draw(axes_of(len(shape)))
    index = [data.draw(st.integers(1, size)) for size in shape]
    index[dim] = data.draw(st.integers(1, 4))
    entries = st.integers(0, shape[dim] - 1)
    places = Of(nested([data.draw(entries) for _ in range(prod(index))], tuple(index)), "int64")
    x = data.draw(arrays(shape))
    if data.draw(st.booleans()):
        compare(call("gather", x, dim, places))
    else:
        compare(call("scatter_add", x, dim, places, data.draw(arrays(tuple(index)))))


# --- products ---------------------------------------------------------------------------------------------------------


@drawn
@given(st.data())
def test_matrix_products(data: st.DataObject) -> None:
    drawn_shapes = hnp.mutually_broadcastable_shapes(signature="(m?,n),(n,p?)->(m?,p?)", max_dims=2)
    left, right = data.draw(drawn_shapes).input_shapes
    compare(call("matmul", data.draw(arrays(left)), data.draw(arrays(right))))


@st.composite
def einsums(draw: Draw) -> Case:
    """An equation of letters, each with its size; letters stand twice in an operand, nowhere in the output."""
    sizes = dict(zip("ijkl", draw(st.lists(st.integers(0, 3), min_size=4, max_size=4)), strict=True))
    terms = draw(st.lists(st.text("ijkl", max_size=3), min_size=1, max_size=3))
    there = sorted(set("".join(terms)))
    out = draw(st.permutations(there))[: draw(st.integers(0, len(there)))]
    equation = ",".join(terms) + draw(st.sampled_from(["", "->" + "".join(out)]))
    shapes = [tuple(sizes[letter] for letter in term) for term in terms]
    dots = draw(st.sampled_from([(), (), (2,), (2, 1)]))
    if dots and "->" in equation:
        equation = ",".join("..." + term for term in terms) + "->..." + "".join(out)
        shapes = [(*dots[draw(st.integers(0, len(dots))) :], *shape) for shape in shapes]
    return call("einsum", equation, *(draw(arrays(shape)) for shape in shapes))


@settings(drawn, max_examples=300)
@given(einsums())
def test_einsum(case: Case) -> None:
    compare(case)


@drawn
@given(st.data())
def test_tensordot(data: st.DataObject) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3))
    mine = data.draw(st.permutations(range(len(shape))))[: data.draw(st.integers(0, len(shape)))]
    rest = data.draw(hnp.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=2))
    other = [*(shape[axis] for axis in mine), *rest]
    order = data.draw(st.permutations(range(len(other))))
    theirs = [order.index(k) for k in range(len(mine))]
    b = tuple(other[k] for k in order)
    compare(call("tensordot", data.draw(arrays(shape)), data.draw(arrays(b)), dims=([*mine], theirs)))
