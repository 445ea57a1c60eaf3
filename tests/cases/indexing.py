"""Which ways of picking entries, and of putting them somewhere, are compared?"""

from __future__ import annotations

from cases.case import A, Array, Case, Of, call, refused

_ = slice(None)


def _ints(entries: object) -> Array:
    return Of(entries, "int64")


def _bools(entries: object) -> Array:
    return Of(entries, "bool")


def _on_matrices() -> list[Case]:
    """Indices of an array of shape (4, 5)."""
    indices: list[object] = [
        *(0, -1, 3, (0, 0), (-1, -2), (1, _), (_, 2), (..., 1), (1, ...), ..., (), (..., 0, 0), None),
        *(slice(1, 3), slice(None, None, 2), slice(-2, None), slice(3, 1), slice(0, 100), slice(1, 1), slice(-100, 2)),
        *((slice(1, 3), slice(None, None, 2)), (slice(0, 2), 1), (None, 0), (_, None, 1), (None, ..., None)),
        *((_, _, None), (..., None, 0), (None, slice(1, 3), None, 2, None)),
        # integer arrays
        *(_ints([0, 2]), _ints([0, 0, 3]), _ints([-1, -4]), _ints([[0, 1], [2, 2]]), _ints(2), _ints([])),
        *([0, 2, 2], (_ints([0, 1]), _ints([2, 2])), (_ints([[0], [1]]), _ints([2, 4])), (_ints([1, 1, 1]), 0)),
        *((2, _ints([0, 0, 1])), (_, _ints([4, 4, 0])), (_ints([3, 3]), _), (slice(1, 3), _ints([0, 0]))),
        *((_ints([0, 3]), slice(None, None, 2)), (..., _ints([1, 1])), (_ints([1, 1]), ...), (None, _ints([0, 2]))),
        *((_ints([0, 2]), None), (_ints([0, 2]), None, _ints([1, 1])), (_ints([0, 1]), _ints(3)), (_, _ints([[0, 0]]))),
        *(([0, 1], [2, 3]), (_ints([1]), _ints([0, 1, 2])), (_ints(1), 2), (_ints(1), _ints(2))),
        # masks
        *(_bools([True, False, True, False]), _bools([False] * 4), _bools([True] * 4)),
        *((_, _bools([True, False, True, False, True])), (_bools([True, False, True, True]), 0)),
        *((_bools([True, False, True, False]), _ints([1, 4])), (_bools([True, False, True, False]), slice(1, 3))),
        *((_bools([True, False, False, True]), None), (None, _bools([True, False, False, True]))),
        _bools([[True, False, False, True, False]] * 4),
        _bools([[False] * 5] * 4),
        [True, False, True, True],
        # negative steps
        *(slice(None, None, -1), (_, slice(None, None, -1)), (slice(None, None, -2), slice(3, 0, -1))),
        *((slice(None, None, -1), _ints([0, 0, 2])), (slice(2, None, -1), 1), (slice(0, 3, -1), _)),
    ]
    return [call("getitem", A(4, 5), index) for index in indices]


def _on_larger() -> list[Case]:
    """Indices of an array of shape (2, 3, 4), where integer arrays may stand apart."""
    indices: list[object] = [
        *((_, 1), (_, _, 1), (0, _, 1), (..., 1, _), (1, ..., 2), (None, 1, ..., None)),
        *((_ints([0, 1]), _, _ints([1, 2])), (_, _ints([0, 2]), _ints([1, 1])), (_ints([0, 1]), _ints([0, 1]), _)),
        *((_ints([0, 0]), 1, _), (_ints([0, 0]), _, 1), (0, _, _ints([1, 1, 3])), (_ints([0, 1]), ..., 0)),
        *(
            (_, _ints([[0, 1], [2, 2]]), _),
            (_ints([[0], [1]]), _, _ints([1, 2])),
            (_ints([[0], [1]]), _ints([0, 2]), 1),
        ),
        *((_ints([0, 0]), _ints([1, 1]), _ints([2, 2])), (slice(0, 1), _ints([0, 1, 1]), slice(None, None, 2))),
        *((_, None, _ints([0, 2])), (_ints([0, 1]), None, _, _ints([1, 1])), (None, _ints([1, 0]), 2)),
        *(
            (_bools([[True, False, True], [False, False, True]]), 1),
            (_bools([[True, False, True]] * 2), _ints([0, 1, 2, 3])),
        ),
        *(
            (_, _bools([True, False, True]), _),
            (_, _bools([True, False, True]), _ints([0, 3])),
            (1, _bools([True] * 3)),
        ),
        *(
            (_bools([True, False]), _, _ints([3])),
            (_, _bools([[True, False, False, True]] * 3)),
            (..., _bools([False] * 4)),
        ),
        *((slice(None, None, -1), 0, _), (_, _ints([0, 1]), slice(None, None, -2)), (..., slice(None, None, -1))),
    ]
    return [call("getitem", A(2, 3, 4), index) for index in indices]


GETITEMS = [
    *_on_matrices(),
    *_on_larger(),
    *[call("getitem", A(), index) for index in ((), ..., None, (None, ...), _bools(True), _bools(False))],
    *[call("getitem", A(0, 3), index) for index in (_, (_, 1), _ints([]), slice(0, 2), (..., _ints([0, 0])))],
    *[call("getitem", A(1, 3), index) for index in (0, (0, 0), _ints([0, 0, 0]), (_, _bools([True, False, True])))],
    *[
        call("getitem", x, index)
        for x in (A(3, 2).reversed(), A(2, 3).transposed(), A(3, 4).strided())
        for index in (0, (_, 1), _ints([2, 0, 2]), (_ints([0, 0]), _ints([1, 1])), slice(None, None, -1))
    ],
    call("getitem", Of([1, 2, 3], "int64"), _ints([0, 2])),
    call("getitem", A(4).of("float32"), slice(1, 3)).up_to(1),
    *[
        refused("getitem", A(4, 5), index)
        for index in (
            *(4, -5, (0, 5), (0, 0, 0), _ints([4]), _ints([0, -5]), (_ints([0, 1]), _ints([0, 1, 2])), 1.0, "a"),
            *(_bools([True]), _bools([[True] * 4] * 4), Of([0.0, 1.0]), (0, 0, _)),
        )
    ],
    refused("getitem", A(), 0),
    refused("getitem", A(0), 0),
]

SETITEMS = [
    *[
        call("setitem", x, index, value)
        for x, index, value in (
            *((A(4, 5), 1, A(5)), (A(4, 5), 1, 2.0), (A(4, 5), (_, 2), A(4)), (A(4, 5), slice(1, 3), A(2, 5))),
            *(
                (A(4, 5), slice(None, None, 2), A()),
                (A(4, 5), (..., 0), A(1)),
                (A(4, 5), (0, 0), A()),
                (A(3), ..., A(3)),
            ),
            *((A(4, 5), (slice(1, 3), slice(2, None)), A(2, 1)), (A(4, 5), _ints([0, 2]), A(5)), (A(), (), A())),
            *((A(4, 5), (_ints([0, 1]), _ints([3, 4])), A(2)), (A(4, 5), (_, _ints([4, 0])), A(4, 2))),
            *((A(4, 5), _bools([True, False, True, False]), A(2, 5)), (A(2, 2), _bools([[True, False]] * 2), A(2))),
            *(
                (A(2, 2), _bools([[True, False]] * 2), 0.0),
                (A(4, 5), slice(2, 2), A(0, 5)),
                (A(4, 5), (None, 1), A(1, 5)),
            ),
            *((A(4).kept(), 1, A()), (A(4), slice(1, 3), A(2).kept()), (A(2, 3), 0, A(3))),
            *((A(3, 4), (_, _ints([1, 1])), 2.5), (A(3), slice(0, 2), A(1, 2)), (A(4), _ints([]), 1.0)),
        )
    ],
    refused("setitem", A(4), slice(1, 3), A(3)),
    refused("setitem", A(4), 4, 1.0),
    refused("setitem", A(2, 3), (0, 0, 0), 1.0),
]

PICKS = [
    *[
        call("gather", x, dim, _ints(index))
        for x, dim, index in (
            *((A(3), 0, [0, 2, 2, 1]), (A(2, 3), 1, [[0, 0, 2, 1], [1, 2, 2, 2]]), (A(2, 3), 0, [[1, 0, 1]])),
            *((A(2, 3), -1, [[2], [0]]), (A(2, 3), 1, [[0, 1]]), (A(2, 2, 2), 2, [[[0], [1]], [[1], [1]]])),
            *(
                (A(), 0, 0),
                (A(3), 0, []),
                (A(3, 2).reversed(), 0, [[0, 0], [2, 1]]),
                (A(2, 3).transposed(), 0, [[2, 2]]),
            ),
        )
    ],
    call("Tensor.gather", A(2, 3), 1, _ints([[0], [1]])),
    call("gather", A(2, 3), dim=1, index=_ints([[0], [1]])),
    refused("gather", A(3), 0, _ints([3])),
    refused("gather", A(3), 0, _ints([-1])),
    refused("gather", A(2, 3), 0, _ints([0])),
    refused("gather", A(2, 3), 1, _ints([[0], [0], [0]])),
    refused("gather", A(3), 0, Of([0.0])),
    refused("gather", A(3), 1, _ints([0])),
    *[
        call("scatter_add", x, dim, _ints(index), src)
        for x, dim, index, src in (
            *(
                (A(3), 0, [0, 2, 2, 1], A(4)),
                (A(2, 3), 1, [[0, 0, 2], [1, 2, 2]], A(2, 3)),
                (A(2, 3), 0, [[1, 0, 1]], A(1, 3)),
            ),
            *(
                (A(2, 3), -1, [[2], [0]], A(2, 4).kept()),
                (A(3), 0, [], A(0)),
                (A(2, 2, 2), 2, [[[0], [1]], [[1], [1]]], A(2, 2, 1)),
            ),
            *(
                (A(3, 2).reversed(), 0, [[0, 0], [2, 1]], A(2, 2).transposed()),
                (A(), 0, 0, A()),
                (A(3), 0, [1, 1], A(2).kept()),
            ),
            (A(3).kept(), 0, [1, 1], A(2)),
        )
    ],
    call("Tensor.scatter_add", A(3), 0, _ints([0, 0]), A(2)),
    refused("scatter_add", A(3), 0, _ints([3]), A(1)),
    refused("scatter_add", A(3), 0, _ints([0, 1]), A(1)),
    refused("scatter_add", A(2, 3), 0, _ints([0]), A(1)),
    *[
        call("scatter", x, dim, _ints(index), src)
        for x, dim, index, src in (
            *((A(3), 0, [0, 2, 1], A(3)), (A(2, 3), 1, [[0, 2], [1, 0]], A(2, 2)), (A(2, 3), 0, [[1, 0, 1]], A(1, 3))),
            *(
                (A(2, 3), -1, [[2], [0]], A(2, 4).kept()),
                (A(3), 0, [], A(0)),
                (A(3), 0, [1], 2.5),
                (A(3), 0, [0, 2], 1),
            ),
            *((A(3), 0, [1, 2], A(2).kept()), (A(3).kept(), 0, [1, 2], A(2))),
        )
    ],
    refused("scatter", A(3), 0, _ints([3]), A(1)),
    *[
        call("take_along_dim", x, _ints(index), dim)
        for x, index, dim in (
            *((A(3), [0, 2, 2, 1], 0), (A(2, 3), [[0, 0, 2], [1, 2, 2]], 1), (A(2, 3), [[1, 0, 1]], 0)),
            *((A(2, 3), [[2], [0]], -1), (A(1, 3), [[0, 1], [2, 2]], 1), (A(2, 3), [0, 5, 5, -1 + 6], None)),
        )
    ],
    *[
        call("index_select", x, dim, _ints(index))
        for x, dim, index in (
            *(
                (A(3), 0, [0, 2, 2]),
                (A(2, 3), 1, [2, 0]),
                (A(2, 3), -2, [1, 1, 1]),
                (A(2, 3), 0, []),
                (A(2, 3, 2), 1, [0]),
            ),
            *((A(3, 2).reversed(), 0, [0, 0]), (A(2, 3).transposed(), 1, [1])),
        )
    ],
    call("index_select", A(2, 3), dim=1, index=_ints([0, 0])),
    call("Tensor.index_select", A(3), 0, _ints([1])),
    refused("index_select", A(3), 0, _ints([3])),
    refused("index_select", A(3), 0, _ints([-1])),
    refused("index_select", A(3), 0, _ints([[0]])),
    refused("index_select", A(3), 1, _ints([0])),
    *[
        call("nonzero", x, **options)
        for x in (Of([[1.0, 0.0], [0.0, 2.0]]).kept(), _bools([True, False, True]), Of([0.0, 0.0]).kept())
        for options in ({}, {"as_tuple": True})
    ],
    *[
        call("masked_fill", x, _bools(mask), value)
        for x, mask, value in (
            *((A(3), [True, False, True], 0.0), (A(2, 3), [[True], [False]], -1.0), (A(2, 3), [True, False, True], 2)),
            *((A(), True, 1.0), (A(0), [], 1.0), (A(3), False, 9.0), (A(3), [True, False, False], float("-inf"))),
            *(
                (A(3, 2).reversed(), [True, False], 0.0),
                (A(2, 3).transposed(), [[True]], 0.0),
                (A(3), [True, False, True], A()),
            ),
        )
    ],
    call("Tensor.masked_fill", A(2), _bools([True, False]), 3.0),
    call("masked_fill", A(2), mask=_bools([True, False]), value=3.0),
    refused("masked_fill", A(3), _bools([True, False]), 0.0),
    refused("masked_fill", A(2), _ints([1, 0]), 0.0),
    *[
        call("one_hot", _ints(index), *rest)
        for index, rest in (
            *(([0, 2, 1], ()), ([0, 2, 1], (5,)), ([[0, 1], [2, 2]], ()), (1, (3,)), ([], (3,)), ([[0], [0]], (1,))),
        )
    ],
    call("one_hot", _ints([1]), num_classes=4),
    refused("one_hot", _ints([3]), 3),
    refused("one_hot", _ints([-1]), 3),
    refused("one_hot", Of([1.0]), 3),
]

MORE_PICKS: list[Case] = [
    *[
        call("take", x, _ints(i))
        for x, i in (
            (A(3), [0, -1, 0]),
            (A(2, 3), [[5, 0], [0, -6]]),
            (A(), [0]),
            (A(2, 3), []),
            (A(3, 2).reversed(), [1, 1]),
        )
    ],
    call("Tensor.take", A(2, 2), _ints([3])),
    refused("take", A(3), _ints([3])),
    refused("take", A(3), Of([1.0])),
    refused("take", A(0), _ints([0])),
    *[
        call("index_add", x, dim, _ints(i), src, **o)
        for x, dim, i, src, o in (
            (A(3), 0, [0, 0, 2], A(3), {}),
            (A(2, 3), 1, [1, 1], A(2, 2), {"alpha": -2.5}),
            (A(2, 3), -2, [1], A(1, 3), {}),
            (A(2, 3).kept(), 0, [1], A(1, 3), {}),
            (A(3), 0, [], A(0), {}),
            (A(3, 2).reversed(), 0, [2, 2], A(2, 2).transposed(), {}),
            (A(3), 0, 1, A(1), {}),
        )
    ],
    refused("index_add", A(3), 0, _ints([-1]), A(1)),
    refused("index_add", A(3), 0, _ints([3]), A(1)),
    refused("index_add", A(2, 3), 0, _ints([0, 1]), A(2, 1)),
    refused("index_add", A(3), 0, _ints([0]), A()),
    *[
        call("index_copy", x, dim, _ints(i), src)
        for x, dim, i, src in (
            (A(3), 0, [2, 0], A(2)),
            (A(2, 3), 1, [1], A(2, 1)),
            (A(2, 3), -1, [], A(2, 0)),
        )
    ],
    refused("index_copy", A(3), 0, _ints([-1]), A(1)),
    refused("index_copy", A(2, 3), 0, _ints([0]), A(1, 1)),
    *[
        call("index_fill", x, dim, _ints(i), v)
        for x, dim, i, v in (
            (A(3), 0, [2, -3], 2.5),
            (A(2, 3), 1, [1, 1], A()),
            (A(), 0, [0], 1.0),
            (A(3), 0, 1, 2),
            (A(2, 3), 0, [], 1.0),
        )
    ],
    refused("index_fill", A(3), 0, _ints([3]), 1.0),
    refused("index_fill", A(3), 0, _ints([[0]]), 1.0),
    refused("index_fill", A(3), 0, _ints([0]), A(1)),
    *[
        call("index_put", x, tuple(_ints(i) for i in ii), v, *r)
        for x, ii, v, r in (
            (A(3), ([0, 2],), A(2), ()),
            (A(2, 3), ([0, 1], [2, 0]), A(2), ()),
            (A(2, 3), ([1],), A(3), ()),
            (A(2, 3), ([0, 0], [1, 1]), A(2), (True,)),
            (A(2, 3), ([0, 0],), A(3), (True,)),
            (A(2, 3), ([[0], [1]], [0, 0]), A(), (True,)),
            (A(2, 3), ([-1],), A(1, 3), ()),
            (A(3), ([],), A(0), (True,)),
        )
    ],
    call("index_put", A(2, 2), (_bools([[True, False], [True, True]]),), A(3)),
    call("Tensor.index_put", A(3), (_bools([True, False, True]),), A(2), accumulate=True),
    refused("index_put", A(3), (_ints([3]),), A(1)),
    refused("index_put", A(3), (_ints([0, 1]),), A(3)),
    refused("index_put", A(3), (_ints([0]), _ints([0])), A(1)),
    *[
        call("masked_select", x, _bools(m))
        for x, m in (
            (A(3), [True, False, True]),
            (A(2, 3), [[True], [False]]),
            (A(), True),
            (A(3), [[True], [False]]),
            (A(2), [False, False]),
            (A(2, 3).transposed(), [True, False]),
        )
    ],
    refused("masked_select", A(3), _bools([True, False])),
    refused("masked_select", A(3), _ints([1, 0, 1])),
    *[
        call("masked_scatter", x, _bools(m), s)
        for x, m, s in (
            (A(3), [True, False, True], A(2)),
            (A(3), [True, False, True], A(2, 2)),
            (A(2, 3), [True, False, True], A(4)),
            (A(3), [[True], [False]], A(3)),
            (A(2), [False, False], A(1)),
        )
    ],
    refused("masked_scatter", A(3), _bools([True, False, True]), A(1)),
    refused("masked_scatter", A(2), _ints([1, 0]), A(2)),
    call("masked_fill", A(3), _bools([[True], [False]]), 1.0),
    refused("masked_fill", A(3), _bools([True, False, True]), A(1)),
    call("masked_fill", A(3).of("float32"), _bools([True, False, True]), A().of("float64")).up_to(1),
    call("masked_fill", _ints([1, 2]), _bools([True, False]), 7),
    *[call("select_scatter", A(2, 3), s, *r) for s, r in ((A(3), (0, 1)), (A(2), (1, -1)), (A(2), (-1, 0)))],
    refused("select_scatter", A(2, 3), A(), 0, 0),
    refused("select_scatter", A(2, 3), A(3), 0, 2),
    *[
        call("slice_scatter", A(2, 5), s, *r)
        for s, r in (
            (A(1, 5), (0, 1)),
            (A(2, 2), (1, 0, 4, 2)),
            (A(2, 1), (-1, -1)),
            (A(2, 5), ()),
            (A(2, 0), (1, 3, 1)),
        )
    ],
    refused("slice_scatter", A(2, 3), A(1, 3), 0, 0),
    refused("slice_scatter", A(2, 3), A(2, 3), 0, 0, None, 0),
    call("argwhere", Of([[1.0, 0.0], [0.0, 2.0]]).kept()),
    call("argwhere", Of(1.0).kept()),
    call("Tensor.argwhere", _bools([True, False])),
    call("where", _bools([[True, False], [True, True]])),
    call("where", _bools(True)),
    call("Tensor.where", A(3), _bools([True, False, True]), A()),
    call("gather", A(), 0, _ints([0, 0])),
    call("gather", A(3), 0, _ints(1)),
    call("gather", A(2, 3), 0, _ints([])),
    refused("gather", A(2, 3), 5, _ints([])),
    refused("gather", A(), 0, _ints([1])),
    call("scatter", A(), 0, _ints([0]), A(1)),
    call("scatter", A(3), 0, _ints([1]), value=3.0),
    refused("scatter", A(3), 0, _ints([0]), A(1, 1)),
    refused("scatter", A(3), 0, _ints([-1]), 1.0),
    refused("scatter", A(3), 0, _ints([0])),
    call("scatter", A(3), 0, _ints([0, 0]), A(2).kept(), reduce="add").values_only(),
    refused("scatter", A(3), 0, _ints([0]), A(1), reduce="sub"),
    call("scatter_add", A(), 0, _ints([0, 0]), A(2)),
    refused("scatter_add", A(3), 0, _ints([0]), A(1, 1)),
    call("take_along_dim", A(2, 3), _ints([[-1]]), 1),
    call("take_along_dim", A(), _ints(0)),
    call("take_along_dim", A(2, 1, 2), _ints([[[0], [1], [1]]]), 2),
    refused("take_along_dim", A(2, 3), _ints([0]), 1),
    refused("take_along_dim", A(), _ints(0), 0),
    refused("take_along_dim", A(2, 3), _ints([[0]] * 3), 1),
    call("index_select", A(), 0, _ints([0])),
    call("index_select", A(3), 0, _ints(1)),
    refused("index_select", A(), 0, _ints([0, 0])),
    refused("one_hot", _ints([])),
    refused("one_hot", _ints([1]), 0),
    refused("one_hot", _ints([]), 0),
]

CASES = [*GETITEMS, *SETITEMS, *PICKS, *MORE_PICKS]
