"""Which calls of functions that move entries without changing them are compared?"""

from __future__ import annotations

from math import nan

from cases.case import A, Case, Of, call, refused

LAYOUTS = (A(3, 2).reversed(), A(2, 3).transposed(), A(3, 4).strided())

RESHAPES = [
    *[
        call("reshape", x, shape)
        for x, shape in (
            *((A(2, 3), (3, 2)), (A(2, 3), (-1,)), (A(2, 3), (6,)), (A(2, 3), (1, -1, 2)), (A(), (1, 1)), (A(), ())),
            *((A(1), ()), (A(0, 3), (3, 0)), (A(0), (2, 0, 5)), (A(4), (2, -1)), (A(2, 3), [3, 2]), (A(0), (0,))),
            *((A(0, 3), (-1, 3)), *((x, (2, 3)) for x in LAYOUTS)),
        )
    ],
    call("Tensor.reshape", A(2, 3), 3, 2),
    call("Tensor.reshape", A(2, 3), (3, 2)),
    call("Tensor.reshape", A(2, 3), -1),
    call("Tensor.reshape", A(1), ()),
    call("Tensor.view", A(2, 3), 3, 2),
    call("Tensor.view", A(2, 3), -1),
    call("Tensor.view", A(2, 3), (1, 6)),
    call("Tensor.view", A(0, 3), 3, 0),
    call("Tensor.view", A(), 1),
    call("Tensor.view_as", A(2, 3), A(3, 2).kept()),
    call("Tensor.reshape_as", A(2, 3), A(6).kept()),
    refused("reshape", A(2, 3), (4,)),
    refused("reshape", A(2, 3), (-1, -1)),
    refused("reshape", A(2, 3), (-1, 4)),
    refused("reshape", A(2, 3), (-2, -3)),
    refused("reshape", A(0, 3), (-1, 0)),
    refused("Tensor.view", A(2, 3), 4),
    *[
        call("flatten", x, **options)
        for x, options in (
            *((A(2, 3), {}), (A(2, 3, 4), {"start_dim": 1}), (A(2, 3, 4), {"end_dim": 1}), (A(), {}), (A(0, 3), {})),
            *((A(2, 3, 2, 2), {"start_dim": 1, "end_dim": 2}), (A(2, 3, 4), {"start_dim": -2, "end_dim": -1})),
            *((A(2, 3), {"start_dim": 1, "end_dim": 1}), (A(2, 1, 3), {"start_dim": 0, "end_dim": -2})),
            *((x, {}) for x in LAYOUTS),
        )
    ],
    call("flatten", A(2, 3, 2), 1, 2),
    call("Tensor.flatten", A(2, 3, 2), 1),
    refused("flatten", A(2, 3, 2), 2, 1),
    refused("flatten", A(2, 3), 0, 2),
    *[call("ravel", x) for x in (A(2, 3), A(), A(0, 2), *LAYOUTS)],
    call("Tensor.ravel", A(2, 2)),
    *[
        call("squeeze", *args)
        for args in (
            *((A(1, 2, 1),), (A(1, 2, 1), 0), (A(1, 2, 1), -1), (A(1, 2, 1), 1), (A(1, 2, 1), (0, 2)), (A(),)),
            *((A(1, 1), (0, 1)), (A(1, 2, 1), (0, 1)), (A(), 0), (A(1, 0),), (A(2, 3),), (A(1, 2, 1), ())),
        )
    ],
    call("squeeze", A(1, 2, 1), dim=(-1, -3)),
    call("Tensor.squeeze", A(1, 2), 0),
    refused("squeeze", A(1, 2), 2),
    refused("squeeze", A(1, 2), (0, 0)),
    *[call("unsqueeze", A(2, 3), dim) for dim in (0, 1, 2, -1, -3)],
    call("unsqueeze", A(), 0),
    call("unsqueeze", A(), dim=-1),
    call("unsqueeze", A(0), 1),
    call("Tensor.unsqueeze", A(2), -1),
    refused("unsqueeze", A(2, 3), 3),
    refused("unsqueeze", A(2, 3), -4),
]

AXES = [
    *[
        call("transpose", x, *dims)
        for x, dims in (
            *((A(2, 3), (0, 1)), (A(2, 3, 4), (0, -1)), (A(2, 3, 4), (-1, 1)), (A(2, 3), (1, 1)), (A(), (0, 0))),
            *((A(0, 3), (0, 1)), *((x, (0, 1)) for x in LAYOUTS)),
        )
    ],
    call("Tensor.transpose", A(2, 3), 0, 1),
    call("Tensor.swapaxes", A(2, 3, 4), 0, 2),
    call("swapaxes", A(2, 3, 4), 0, -1),
    call("swapaxes", A(2, 3, 4), axis0=1, axis1=2),
    call("swapdims", A(2, 3, 4), 0, -1),
    call("swapaxes", A(2, 0), 0, 1),
    refused("swapaxes", A(2, 3), 0, 2),
    refused("transpose", A(2, 3), 0, 2),
    *[
        call("permute", x, dims)
        for x, dims in (
            *((A(2, 3), (1, 0)), (A(2, 3, 4), (2, 0, 1)), (A(2, 3, 4), (-1, 0, 1)), (A(2, 3, 4), (0, 1, 2)), (A(), ())),
            *((A(2, 0, 3), (1, 2, 0)), (A(5), (0,)), (A(2, 3), [1, 0]), *((x, (1, 0)) for x in LAYOUTS)),
        )
    ],
    call("Tensor.permute", A(2, 3, 4), 2, 0, 1),
    call("Tensor.permute", A(2, 3, 4), (2, 0, 1)),
    refused("permute", A(2, 3), (0, 0)),
    refused("permute", A(2, 3), (0,)),
    refused("permute", A(2, 3), (0, 2)),
    call("Tensor.T", A(2, 3)),
    call("Tensor.mT", A(2, 3, 4)),
    call("t", A(2, 3)),
    call("t", A(3)),
    *[
        call(name, A(2, 3, 4), *dims)
        for name in ("moveaxis", "movedim")
        for dims in ((0, 2), (-1, 0), (1, 1), ((0, 1), (1, 0)), ((0, 2), (-1, 0)))
    ],
    call("moveaxis", A(2, 3), source=0, destination=1),
    refused("moveaxis", A(2, 3), 0, 2),
    refused("moveaxis", A(2, 3), (0, 1), (0,)),
    refused("moveaxis", A(2, 3), (0, 0), (0, 1)),
    *[
        call("flip", x, dims)
        for x, dims in (
            *(
                (A(2, 3), (0,)),
                (A(2, 3), (1,)),
                (A(2, 3), (0, 1)),
                (A(2, 3), (-1,)),
                (A(2, 3, 2), [0, 2]),
                (A(0), (0,)),
            ),
            *((A(2, 3), ()), (A(1), (0,)), *((x, (0, 1)) for x in LAYOUTS)),
        )
    ],
    call("Tensor.flip", A(2, 3), 0),
    call("Tensor.flip", A(2, 3), 0, 1),
    call("flip", A(2, 3), dims=(1,)),
    refused("flip", A(2, 3), (2,)),
    refused("flip", A(2, 3), (0, 0)),
    *[call(name, A(2, 3)) for name in ("fliplr", "flipud")],
    *[
        call("roll", x, *args)
        for x, args in (
            *((A(5), (2, 0)), (A(5), (-7, 0)), (A(2, 3), (1,)), (A(2, 3), (2, 1)), (A(2, 3), ((1, 2), (0, 1)))),
            *((A(2, 3), (1, -1)), (A(0, 3), (1, 0)), (A(2, 3), (0, 0)), (A(3, 2).reversed(), (1, 0)), (A(2, 3), (-4,))),
            *((A(2, 3), ((1, 1), (0, 0))), (A(2, 3).transposed(), (1,))),
        )
    ],
    call("roll", A(2, 3), shifts=1, dims=0),
    call("Tensor.roll", A(5), 1),
    refused("roll", A(2, 3), 1, 2),
    refused("roll", A(2, 3), (1, 2), (0,)),
]

COPIES = [
    *[
        call("Tensor.repeat", x, *args)
        for x, args in (
            *(
                (A(3), (2,)),
                (A(3), (4, 2)),
                (A(2, 3), (2, 1)),
                (A(2, 3), (1, 2, 3)),
                (A(), (3,)),
                (A(), ((),)),
                (A(0), (2,)),
            ),
            *((A(3), (0,)), (A(2, 3), ((2, 2),)), (A(3, 2).reversed(), (2, 2))),
        )
    ],
    refused("Tensor.repeat", A(2, 3), 2),
    refused("Tensor.repeat", A(2, 3), 2, -1),
    *[
        call("tile", x, dims)
        for x, dims in (
            *(
                (A(3), (2,)),
                (A(3), (4, 2)),
                (A(2, 3), (2,)),
                (A(2, 3), (1, 2, 3)),
                (A(), (3,)),
                (A(), ()),
                (A(0), (2,)),
            ),
            *((A(3), (0,)), (A(2, 3), (2, 2)), (A(2, 3), [2, 2]), (A(2, 3).transposed(), (2, 2))),
        )
    ],
    call("Tensor.tile", A(3), (2, 1)),
    *[
        call("Tensor.expand", x, *args)
        for x, args in (
            *(
                (A(3), (2, 3)),
                (A(2, 1), (2, 4)),
                (A(2, 1), (5, -1, 4)),
                (A(), (2,)),
                (A(1), (0,)),
                (A(1, 3), ((0, 3),)),
            ),
            *((A(2, 1), (-1, 3)), (A(), ((),)), (A(2, 3), (2, 3)), (A(1, 3).reversed(), (2, 3))),
        )
    ],
    call("Tensor.expand_as", A(3), A(2, 3).kept()),
    refused("Tensor.expand", A(2), 3),
    refused("Tensor.expand", A(2, 3), 3),
    refused("Tensor.expand", A(3), -1, 3),
    *[
        call("broadcast_to", x, shape)
        for x, shape in (
            *(
                (A(3), (2, 3)),
                (A(2, 1), (4, 2, 5)),
                (A(), (2,)),
                (A(), ()),
                (A(1), (0,)),
                (A(1, 3), (0, 3)),
                (A(0), (2, 0)),
            ),
            *((A(2, 3), (2, 3)), (A(1, 2).transposed(), (2, 3)), (A(1, 1), (2, 2))),
        )
    ],
    refused("broadcast_to", A(3), (2,)),
    refused("broadcast_to", A(2, 3), (3,)),
    call("repeat_interleave", A(3), 2),
    call("repeat_interleave", A(2, 3), 2),
    call("repeat_interleave", A(2, 3), 3, dim=1),
    call("repeat_interleave", A(2, 3), 2, dim=0),
    call("repeat_interleave", A(2, 3), Of([1, 2], "int64"), dim=0),
]

JOINED = [
    *[
        call(name, parts, *rest)
        for name in ("cat", "concatenate")
        for parts, rest in (
            *(
                ([A(2, 3), A(2, 3)], ()),
                ([A(2, 3), A(1, 3)], (0,)),
                ([A(2, 3), A(2, 1)], (1,)),
                ([A(2, 3), A(2, 2)], (-1,)),
            ),
            *(([A(3)], ()), ([A(0), A(3)], ()), ([A(0, 3), A(2, 3)], ()), ([A(2), A(3), A(1)], ()), ((A(2), A(1)), ())),
            *(([A(2, 3), A(2, 3).kept()], (-2,)), ([A(3, 2).reversed(), A(2, 3).transposed()], ())),
        )
    ],
    call("cat", [A(0), A(2, 3)], 1),
    call("cat", (A(2), A(2)), dim=0),
    call("cat", [A(2).of("float32"), A(2)]).up_to(1),
    call("cat", [Of([1, 2], "int64"), A(2)]).up_to(1),
    call("concat", [A(2), A(2)]),
    refused("cat", [A(2, 3), A(2)]),
    refused("cat", [A(2, 3), A(2, 4)]),
    refused("cat", [A(2), A(2)], 1),
    refused("cat", []),
    refused("cat", [A(), A()]),
    *[
        call("stack", parts, *rest)
        for parts, rest in (
            *(([A(2, 3), A(2, 3)], ()), ([A(2, 3), A(2, 3)], (1,)), ([A(2, 3), A(2, 3)], (-1,)), ([A(), A(), A()], ())),
            *(([A(3)], (1,)), ([A(0), A(0)], ()), ((A(2), A(2)), (0,)), ([A(2, 3), A(3, 2).transposed()], (2,))),
        )
    ],
    call("stack", [A(2), A(2)], dim=-2),
    refused("stack", [A(2), A(3)]),
    refused("stack", []),
    refused("stack", [A(2), A(2)], 2),
    call("hstack", [A(2), A(3)]),
    call("hstack", [A(2, 1), A(2, 3)]),
    call("vstack", [A(3), A(3)]),
    call("vstack", [A(2, 3), A(1, 3)]),
]

PARTS = [
    *[
        call("split", x, *args)
        for x, args in (
            *((A(5), (2,)), (A(4), (2,)), (A(5, 2), (3,)), (A(2, 5), (2, 1)), (A(2, 5), (2, -1)), (A(5), ([2, 3],))),
            *((A(5), ([1, 0, 4],)), (A(2, 3), ([1, 2], 1)), (A(5), (7,)), (A(0), (2,)), (A(4, 2).reversed(), (3,))),
            *((A(2, 3), ((1, 2), 1)), (A(0, 3), (2, 1))),
        )
    ],
    call("split", A(5), 2, dim=0),
    call("Tensor.split", A(5), 2),
    call("Tensor.split", A(5, 2), [2, 3], 0),
    refused("split", A(5), [2, 2]),
    refused("split", A(5), [6, -1]),
    refused("split", A(5), 0),
    refused("split", A(5), -1),
    refused("split", A(5), 2, 1),
    *[
        call("chunk", x, *args)
        for x, args in (
            *(
                (A(5), (2,)),
                (A(6), (4,)),
                (A(2, 6), (3, 1)),
                (A(2, 6), (3, -1)),
                (A(3), (5,)),
                (A(5), (1,)),
                (A(0), (2,)),
            ),
            *((A(4, 2).reversed(), (2,)), (A(2, 4).transposed(), (2, 0))),
        )
    ],
    call("Tensor.chunk", A(5), 3, dim=0),
    refused("chunk", A(5), 0),
    *[call("unbind", A(2, 3), *args) for args in ((), (0,), (1,), (-1,))],
    call("unbind", A(3)),
    call("unbind", A(2, 3), dim=1),
    call("unbind", A(3, 2).reversed()),
    call("Tensor.unbind", A(2, 3), 1),
    refused("unbind", A()),
    refused("unbind", A(2), 1),
]

PADS = [
    *[
        call("pad", x, pad, *rest)
        for x, pad, rest in (
            *(
                (A(3), (1, 2), ()),
                (A(2, 3), (1, 2), ()),
                (A(2, 3), (0, 1, 2, 0), ()),
                (A(2, 3), (1, 1), ("constant", 2.5)),
            ),
            *(
                (A(5), (-1, 1), ()),
                (A(5), (-1, -2), ()),
                (A(2, 3), (0, 0), ()),
                (A(0), (1, 1), ()),
                (A(2, 3), [1, 0], ()),
            ),
            *((A(3, 2).reversed(), (1, 0, 0, 1), ()), (A(2, 2, 3), (1, 1, 0, 0, 2, 0), ("constant", -1))),
        )
    ],
    call("pad", A(2, 3), (1, 1), value=3.0),
    call("pad", A(2, 3), (1, 1), mode="constant"),
    *[
        call("pad", x, pad, mode)
        for mode in ("reflect", "replicate", "circular")
        for x, pad in (
            *((A(1, 4), (2, 1)), (A(2, 1, 4), (1, 2)), (A(1, 1, 3, 4), (1, 2, 2, 1)), (A(1, 3, 4), (0, 0, 2, 1))),
            *((A(2, 3, 3), (1, 0)), (A(1, 3).reversed(), (1, 1)), (A(1, 1, 2, 3, 3), (1, 0, 0, 2, 1, 1))),
            *((A(1, 1), (0, 0)), (A(1, 4, 3).transposed(), (1, 2))),
        )
    ],
    call("pad", A(1, 2), (5, 3), "replicate"),
    call("pad", A(1, 5), (-1, 2), "replicate"),
    call("pad", A(1, 5), (-1, 2), "reflect"),
    refused("pad", A(1, 3), (3, 0), "reflect"),
    refused("pad", A(1, 3), (4, 0), "circular"),
    refused("pad", A(2, 3), (1,)),
    refused("pad", A(3), (1, 1, 1, 1)),
    refused("pad", A(3), (1, 1), "mirror"),
    refused("pad", A(3), (-2, -2)),
]

TRIANGLES = [
    *[
        call(name, x, *rest)
        for name in ("tril", "triu")
        for x, rest in (
            *((A(3, 3), ()), (A(3, 3), (1,)), (A(3, 3), (-1,)), (A(2, 4), (1,)), (A(4, 2), (-1,)), (A(2, 3, 3), ())),
            *((A(0, 3), ()), (A(3, 3), (5,)), (A(3, 3).reversed(), ()), (A(3, 3).transposed(), ()), (A(3, 3), (-5,))),
        )
    ],
    call("tril", A(3, 3), diagonal=1),
    call("Tensor.triu", A(3, 3), 1),
    call("triu", Of([[nan, 1.0], [nan, 2.0]])).up_to(1),
    call("tril", Of([[1, 2], [3, 4]], "int64")),
    refused("tril", A(3)),
    *[call("diag", x, *rest) for x in (A(3), A(3, 3), A(2, 4)) for rest in ((), (1,), (-1,))],
    call("diag", A(0)),
    call("diag", A(2, 2), diagonal=1),
    call("Tensor.diag", A(3)),
    refused("diag", A(2, 2, 2)),
    refused("diag", A()),
    *[
        call("diagonal", x, *rest)
        for x, rest in (
            *((A(3, 3), ()), (A(2, 4), (1,)), (A(4, 2), (-1,)), (A(2, 3, 4), (0, 1, 2)), (A(2, 3, 4), (1, -1, 0))),
            *((A(2, 3, 4), (0, -2, -1)), (A(2, 3), (3,)), (A(3, 3).reversed(), ()), (A(0, 3), ()), (A(2, 3, 4), ())),
        )
    ],
    call("diagonal", A(2, 3, 3), offset=1, dim1=-2, dim2=-1),
    call("Tensor.diagonal", A(3, 3), 1),
    refused("diagonal", A(3)),
    refused("diagonal", A(3, 3), 0, 1, 1),
    refused("diagonal", A(3, 3), 0, 0, 2),
]

OTHERS = [
    call("clone", A(2, 3)),
    call("clone", A()),
    call("clone", A(0, 2)),
    call("Tensor.clone", A(2, 3).transposed()),
    call("Tensor.contiguous", A(2, 3).transposed()),
    *[call("unflatten", A(2, 6), *args) for args in ((1, (2, 3)), (-1, (3, -1)), (0, (1, 2)), (0, (-1, 2, 1)))],
    call("Tensor.unflatten", A(6), 0, (2, 3)),
    refused("unflatten", A(2, 6), 1, (4, 2)),
    refused("unflatten", A(2, 6), 2, (2, 3)),
    *[call(name, x) for name in ("atleast_1d", "atleast_2d", "atleast_3d") for x in (A(), A(3), A(2, 3), A(2, 1, 2))],
    call("atleast_2d", A(), A(2)),
    *[
        call("rot90", x, *args)
        for x, args in ((A(2, 3), ()), (A(2, 3), (2,)), (A(2, 3, 2), (-1, (1, 2))), (A(2, 3), (4,)))
    ],
    call("broadcast_tensors", A(3), A(2, 1)),
    call("broadcast_tensors", A(), A(0, 1), A(2)),
    refused("broadcast_tensors", A(3), A(2)),
    call("meshgrid", A(2), A(3), indexing="ij"),
    call("meshgrid", A(2), A(3), indexing="xy"),
    call("meshgrid", A(2), A(), A(3), indexing="xy"),
    *[call("Tensor.unfold", x, *args) for x, args in ((A(5), (0, 2, 1)), (A(5), (0, 2, 2)), (A(2, 5), (-1, 3, 1)))],
    call("Tensor.unfold", A(4, 3), 0, 2, 3),
    call("Tensor.unfold", A(4), 0, 4, 1),
    refused("Tensor.unfold", A(4), 0, 5, 1),
    refused("Tensor.unfold", A(4), 0, 2, 0),
    *[call("diag_embed", x, *args) for x, args in ((A(3), ()), (A(2, 3), ()), (A(2, 3), (1,)), (A(2, 3), (-1, 0, 2)))],
    *[call("narrow", x, *args) for x, args in ((A(5), (0, 1, 3)), (A(2, 5), (-1, -3, 2)), (A(3), (0, 1, 0)))],
    refused("narrow", A(3), 0, 1, 3),
    *[call("select", x, *args) for x, args in ((A(5), (0, 1)), (A(2, 5), (-1, -3)), (A(2, 3).transposed(), (0, 2)))],
    refused("select", A(3), 0, 3),
    call("Tensor.double", A(3).of("float32")).up_to(1),
]

MORE_PARTS: list[Case] = [
    call("row_stack", [A(3), A(2, 3)]),
    *[
        call(name, parts)
        for name in ("hstack", "vstack", "dstack", "column_stack")
        for parts in ([A(), A()], [A(4), A(4)], [A(2, 3), A(2, 3)], [A(2, 3, 1), A(2, 3, 1)])
    ],
    call("column_stack", [A(2), A(2, 3)]),
    call("dstack", [A(2, 3), A(2, 3, 2)]),
    refused("hstack", []),
    refused("vstack", [A(2), A(3)]),
    refused("hstack", [A(2), A(2, 2)]),
    call("cat", [A(0).of("float64"), A(2, 3).of("float32")]).up_to(1),
    call("stack", [A().of("float64"), A().of("float32")]).up_to(1),
    call("stack", [Of([True], "bool"), A(1)]).up_to(1),
    call("cat", [Of([True], "bool"), Of([2], "int64")]),
    *[
        call("tensor_split", x, *args)
        for x, args in (
            (A(5), (2,)),
            (A(5), (7,)),
            (A(2, 5), ([1, 3], 1)),
            (A(5), ([-1],)),
            (A(5), ([3, 1, 9],)),
            (A(5), (Of([1, 2], "int64"),)),
            (A(0), (2,)),
            (A(2, 5), (3, -1)),
        )
    ],
    call("Tensor.tensor_split", A(4), 2),
    refused("tensor_split", A(5), 0),
    refused("tensor_split", A(), 2),
    refused("tensor_split", A(3), 2, 1),
    call("hsplit", A(4), 2),
    call("hsplit", A(2, 4), [1, 2]),
    call("vsplit", A(4, 2), 2),
    call("dsplit", A(1, 2, 4), 2),
    refused("hsplit", A(2, 4), 3),
    refused("hsplit", A(), 1),
    refused("vsplit", A(4), 2),
    refused("dsplit", A(2, 2), 2),
    call("split", A(0), 0),
    refused("split", A(), 1),
    refused("chunk", A(), 1),
    call("unbind", A(0, 2)),
    refused("roll", A(2, 3), 1, (0, 1)),
    refused("roll", A(2, 3), (1, 2)),
    refused("Tensor.mT", A(3)),
]

CASES: list[Case] = [*OTHERS, *RESHAPES, *AXES, *COPIES, *JOINED, *PARTS, *MORE_PARTS, *PADS, *TRIANGLES]
