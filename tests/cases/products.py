"""Which products, and which functions of matrices, are compared?"""

from __future__ import annotations

from itertools import product
from math import inf

from cases.case import A, Array, Case, Of, call, refused

MATRIX = A(3, 3)
DEFINITE = A(3, 3).positive_definite()

SINGULAR = "PyTorch gives the determinant of a singular matrix the gradient 0; the cofactors are right"

_PAIRINGS: tuple[tuple[Array, Array], ...] = (
    *((A(3), A(3)), (A(3), A(3, 2)), (A(2, 3), A(3)), (A(2, 3), A(3, 4)), (A(3), A(2, 3, 4)), (A(2, 4, 3), A(3))),
    *((A(2, 3), A(4, 3, 2)), (A(4, 2, 3), A(3, 2)), (A(4, 2, 3), A(4, 3, 2)), (A(1, 2, 3), A(4, 3, 2))),
    *((A(4, 2, 3), A(1, 3, 2)), (A(2, 1, 2, 3), A(3, 3, 1)), (A(2, 1, 1, 3), A(4, 3, 1)), (A(3), A(2, 2, 3, 1))),
    *((A(2, 2, 1, 3), A(3)), (A(1), A(1)), (A(1, 1), A(1, 1)), (A(1, 3), A(3, 1)), (A(3, 1), A(1, 3))),
    *((A(2, 0), A(0, 3)), (A(0, 2), A(2, 3)), (A(0), A(0)), (A(0, 2, 3), A(3, 2)), (A(2, 3), A(3, 0))),
    *((A(0), A(0, 2)), (A(2, 0), A(0)), (A(1, 2, 3), A(0, 3, 2)), (A(1, 1, 3), A(0, 3, 2))),
    *(
        (A(3, 2).reversed(), A(2, 3).transposed().reversed()),
        (A(2, 3).transposed(), A(2, 3)),
        (A(2, 5).strided(), A(3)),
    ),
    *((A(2, 3), A(4, 3).transposed()), (A(2, 3).kept(), A(3, 2)), (A(2, 3), A(3, 2).kept())),
)

MATMULS: list[Case] = [
    *[call("matmul", a, b) for a, b in _PAIRINGS],
    *[call("Tensor.matmul", a, b) for a, b in _PAIRINGS[:4]],
    call("matmul", A(2, 3).of("float32"), A(3, 2).of("float32")).up_to(1),
    call("matmul", Of([[1.0, inf], [0.0, 2.0]]), Of([[1.0, 0.0], [2.0, 3.0]])).up_to(1),
    call("matmul", Of([[1, 2], [3, 4]], "int64"), Of([1, 1], "int64")),
    *[
        refused("matmul", a, b)
        for a, b in (
            *((A(), A(3)), (A(3), A()), (A(3), A(2)), (A(2, 3), A(2, 3)), (A(2, 2, 3), A(3, 3, 2)), (A(2, 3), A(2))),
            (A(3), A(2, 3)),
        )
    ],
]

OTHERS: list[Case] = [
    call("dot", A(3), A(3)),
    call("dot", A(0), A(0)),
    call("dot", A(1), A(1)),
    call("dot", A(3).reversed(), A(6).strided()),
    call("Tensor.dot", A(3), A(3)),
    call("dot", Of([1, 2], "int64"), Of([3, 4], "int64")),
    refused("dot", A(3), A(2)),
    refused("dot", A(2, 3), A(3)),
    refused("dot", A(), A()),
    call("outer", A(3), A(2)),
    call("outer", A(0), A(2)),
    call("outer", A(1), A(1)),
    call("outer", A(3).reversed(), A(4).strided()),
    call("Tensor.outer", A(2), A(3)),
    refused("outer", A(2, 3), A(2)),
    refused("outer", A(), A(2)),
    call("inner", A(3), A(3)),
    call("inner", A(2, 3), A(4, 3)),
    call("inner", A(2, 3), A(3)),
    call("inner", A(), A(2)),
    call("vdot", A(3), A(3)),
    call("mm", A(2, 3), A(3, 2)),
    call("mm", A(0, 3), A(3, 2)),
    refused("mm", A(2, 3), A(3)),
    refused("mm", A(2, 2, 3), A(2, 3, 2)),
    call("mv", A(2, 3), A(3)),
    refused("mv", A(2, 3), A(3, 1)),
    call("bmm", A(2, 2, 3), A(2, 3, 2)),
    call("bmm", A(0, 2, 3), A(0, 3, 2)),
    call("bmm", A(2, 2, 0), A(2, 0, 2)),
    call("bmm", A(2, 3, 2).transposed(), A(2, 2, 3).transposed()),
    call("bmm", A(1, 1, 1), A(1, 1, 1)),
    call("Tensor.bmm", A(2, 2, 3), A(2, 3, 2)),
    refused("bmm", A(2, 3), A(3, 2)),
    refused("bmm", A(2, 2, 3), A(1, 3, 2)),
    refused("bmm", A(2, 2, 3), A(2, 2, 3)),
    *[
        call("tensordot", a, b, *rest)
        for a, b, rest in (
            *((A(2, 3), A(2, 3), ()), (A(2, 3), A(3, 4), (1,)), (A(2, 3), A(4), (0,)), (A(2, 3, 2), A(3, 2, 4), (2,))),
            *((A(2, 3), A(2, 4), (([0], [0]),)), (A(2, 3, 4), A(4, 2), (([0, 2], [1, 0]),)), (A(3), A(3), (1,))),
            *((A(2, 3, 4), A(3, 5), (((1,), (0,)),)), (A(2, 3, 4), A(4, 3), (([-1, -2], [0, 1]),)), (A(), A(2), (0,))),
            *((A(2, 0), A(0, 3), (1,)), (A(2, 3).transposed(), A(2, 3), (1,))),
        )
    ],
    call("tensordot", A(2, 3), A(3, 2), dims=1),
    call("tensordot", A(2, 3), A(3, 2), dims=([1, 0], [0, 1])),
    refused("tensordot", A(2, 3), A(2, 3), 1),
    refused("tensordot", A(2, 3), A(3, 2), 3),
    refused("tensordot", A(2, 3), A(3, 2), ([0, 1], [1])),
    *[
        call("kron", a, b)
        for a, b in (
            *(
                (A(2, 2), A(2, 3)),
                (A(2), A(3)),
                (A(), A(3)),
                (A(), A()),
                (A(2), A(2, 2)),
                (A(2, 2), A(3)),
                (A(0), A(2)),
            ),
            (A(1, 2, 1), A(2, 1, 2)),
        )
    ],
    call("Tensor.kron", A(2), A(2)),
    *[
        call("trace", x)
        for x in (A(3, 3), A(2, 3), A(3, 2), A(0, 0), A(1, 1), A(3, 3).reversed(), A(2, 3).transposed())
    ],
    call("Tensor.trace", A(2, 2)),
    call("trace", Of([[1, 2], [3, 4]], "int64")),
    *[
        call(name, *arrays, **options)
        for name, arrays in (
            *(
                ("addmm", (A(2, 4), A(2, 3), A(3, 4))),
                ("addmm", (A(4), A(2, 3), A(3, 4))),
                ("addmv", (A(2), A(2, 3), A(3))),
            ),
            *(
                ("addr", (A(2, 3), A(2), A(3))),
                ("addr", (A(3), A(0), A(3))),
                ("baddbmm", (A(4), A(2, 2, 3), A(2, 3, 4))),
            ),
            *(("baddbmm", (A(2, 2, 4), A(2, 2, 3), A(2, 3, 4))), ("addbmm", (A(2, 4), A(2, 2, 3), A(2, 3, 4)))),
        )
        for options in ({}, {"beta": 0.5, "alpha": 2}, {"beta": 0}, {"alpha": -1})
    ],
    refused("addmm", A(3), A(2, 3), A(3, 4)),
    refused("addmm", A(5, 2, 4), A(2, 3), A(3, 4)),
    refused("baddbmm", A(4), A(2, 2, 3), A(1, 3, 4)),
    refused("addmv", A(2), A(2, 3), A(2)),
    call("ger", A(2), A(3)),
    call("chain_matmul", A(2, 3), A(3, 4), A(4, 2)),
    call("linalg.multi_dot", (A(2, 5), A(5, 3), A(3, 4), A(4, 2))),
    call("linalg.multi_dot", (A(3), A(3, 4), A(4))),
    call("linalg.multi_dot", (A(3), A(3))),
    refused("linalg.multi_dot", (A(2, 3), A(2, 3))),
    call("linalg.vecdot", A(2, 3), A(2, 3)),
    call("linalg.vecdot", A(2, 3), A(3)),
    call("linalg.vecdot", A(2, 3), A(2, 3), dim=0),
    refused("trace", A(3)),
    refused("trace", A(2, 3, 3)),
]

_EQUATIONS: tuple[tuple[str, tuple[Array, ...]], ...] = (
    # one operand
    *(("ij->ji", (A(2, 3),)), ("ij->", (A(2, 3),)), ("ij->i", (A(2, 3),)), ("ij->j", (A(2, 3),)), ("ii", (A(3, 3),))),
    *(("ii->i", (A(3, 3),)), ("iij->j", (A(2, 2, 3),)), ("iji->j", (A(2, 3, 2),)), ("i->i", (A(3),)), ("->", (A(),))),
    *(("i->", (A(3),)), ("ba", (A(2, 3),)), ("ijk->kij", (A(2, 3, 4),)), ("iii->i", (A(2, 2, 2),)), ("ij", (A(2, 3),))),
    *(
        ("...ij->...ji", (A(2, 3, 4),)),
        ("...->...", (A(2, 3),)),
        ("i...->...", (A(2, 3),)),
        ("...ii->...i", (A(2, 3, 3),)),
    ),
    *(
        ("i...->i...", (A(2, 3, 4),)),
        ("...i", (A(2, 3),)),
        ("i...j->j...i", (A(2, 3, 4),)),
        ("ii...->...", (A(2, 2, 3),)),
    ),
    # two operands
    *(
        ("ij,jk->ik", (A(2, 3), A(3, 4))),
        ("ij,jk", (A(2, 3), A(3, 4))),
        ("i,i->", (A(3), A(3))),
        ("i,j->ij", (A(2), A(3))),
    ),
    *(
        ("i,i->i", (A(3), A(3))),
        ("ij,j->i", (A(2, 3), A(3))),
        ("ij,ij->", (A(2, 3), A(2, 3))),
        ("ij,kj->ik", (A(2, 3), A(4, 3))),
    ),
    *(("bij,bjk->bik", (A(2, 2, 3), A(2, 3, 2))), ("ij,ji->", (A(2, 3), A(3, 2))), ("ij,kl->ijkl", (A(2, 2), A(2, 3)))),
    *(
        ("ij,kl->", (A(2, 2), A(2, 3))),
        ("ii,ij->j", (A(2, 2), A(2, 3))),
        ("ij,jk->", (A(2, 3), A(3, 2))),
        ("i,->i", (A(3), A())),
    ),
    *(("ijk,k->ij", (A(2, 3, 2), A(2))), ("ijkl,jl->ik", (A(2, 2, 2, 3), A(2, 3))), ("i,j->ji", (A(2), A(3)))),
    *(("ij,jk->ki", (A(2, 3), A(3, 4))), ("ij,ik->jk", (A(2, 3), A(2, 4))), ("ii,jj->ij", (A(2, 2), A(3, 3)))),
    *(("...ij,...jk->...ik", (A(2, 2, 3), A(3, 2))), ("...ij,...jk->...ik", (A(2, 1, 2, 3), A(3, 3, 2)))),
    *(("...i,...i->...", (A(2, 3), A(3))), ("i...,i...->...", (A(2, 3), A(2, 3))), ("...,...->...", (A(2, 3), A(3)))),
    *(
        ("...i,ij->...j", (A(2, 2, 3), A(3, 4))),
        ("...ij,j->...i", (A(2, 2, 3), A(3))),
        ("...i,i...->...", (A(2, 3), A(3, 2))),
    ),
    *(("b...,b...->b", (A(2, 3), A(2, 3))), ("ij...,jk...->ik...", (A(2, 3, 2), A(3, 2, 2)))),
    # three and more
    *(
        ("ij,jk,kl->il", (A(2, 3), A(3, 2), A(2, 2))),
        ("i,ij,j->", (A(2), A(2, 3), A(3))),
        ("i,j,k->ijk", (A(2), A(2), A(2))),
    ),
    *(
        ("bi,oij,bj->bo", (A(2, 2), A(3, 2, 2), A(2, 2))),
        ("i,i,i->i", (A(3), A(3), A(3))),
        ("ij,ik,il->jkl", (A(2, 2),) * 3),
    ),
    *(("ij,jk,kl,lm->im", (A(2, 2), A(2, 2), A(2, 2), A(2, 2))), ("...i,...i,ij->...j", (A(2, 3), A(3), A(3, 2)))),
    # spelling and edges
    *((" i j , j k -> i k ", (A(2, 3), A(3, 4))), ("Ab,bA->A", (A(2, 3), A(3, 2))), ("Zz->zZ", (A(2, 3),))),
    *(
        ("ij,jk->ik", (A(2, 0), A(0, 3))),
        ("ij->i", (A(2, 0),)),
        ("i,i->", (A(0), A(0))),
        ("ij,jk->ik", (A(0, 2), A(2, 3))),
    ),
    *(("ij,jk->ik", (A(1, 1), A(1, 1))), ("ij,ij->ij", (A(2, 3), A(1, 3))), ("ij,jk->ik", (A(2, 3), A(1, 4)))),
    *(("ij,jk->ik", (A(2, 3).transposed(), A(2, 3))), ("ij,jk->ik", (A(3, 2).reversed(), A(2, 5).strided()))),
    *(("ij,jk->ik", (A(2, 3).kept(), A(3, 2))), ("ij,jk->ik", (A(2, 3), A(3, 2).kept()))),
)

EINSUMS: list[Case] = [
    *[call("einsum", equation, *operands) for equation, operands in _EQUATIONS],
    refused("einsum", "ij,jk->ik", A(2, 3), A(4, 2)),
    refused("einsum", "ij->ijk", A(2, 3)),
    refused("einsum", "ij->ii", A(2, 3)),
    refused("einsum", "ij,jk->ik", A(2, 3)),
    refused("einsum", "i->i", A(2, 3)),
    refused("einsum", "ii->i", A(2, 3)),
    refused("einsum", "ijk->i", A(2, 3)),
    refused("einsum", "i1->i", A(2, 3)),
    refused("einsum", "...i..., i", A(2, 3), A(3)),
]

_SQUARES = (MATRIX, A(1, 1), A(2, 2, 2), A(2, 1, 2, 2), A(0, 0), A(0, 2, 2), A(3, 3).transposed(), A(3, 3).reversed())

LINALG: list[Case] = [
    *[call(name, x) for name, x in product(("inv", "det", "slogdet"), _SQUARES)],
    *[call(f"Tensor.{name}", A(2, 2)) for name in ("det", "slogdet", "inverse")],
    call("inverse", MATRIX),
    call("logdet", DEFINITE),
    call("det", Of([[1.0, 2.0], [2.0, 4.0]])).up_to(1).but(SINGULAR),
    call("det", Of([[0.0, 0.0], [0.0, 0.0]])).up_to(1),
    call("det", Of([[0.0, 1.0], [1.0, 0.0]])),
    call("det", Of([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]])).up_to(1).but(SINGULAR),
    call("slogdet", Of([[1.0, 2.0], [2.0, 4.0]])).up_to(0),
    *[
        call("solve", a, b)
        for a, b in (
            *((MATRIX, A(3)), (MATRIX, A(3, 2)), (A(2, 3, 3), A(2, 3, 1)), (A(2, 3, 3), A(3, 2)), (MATRIX, A(2, 3, 2))),
            *((A(2, 3, 3), A(2, 3)), (A(1, 1), A(1)), (A(0, 0), A(0, 2)), (A(0, 0), A(0)), (MATRIX, A(3, 0))),
            *(
                (A(2, 1, 2, 2), A(3, 2, 1)),
                (A(3, 3).transposed(), A(3, 2)),
                (MATRIX.kept(), A(3)),
                (MATRIX, A(3).kept()),
            ),
        )
    ],
    call("solve", MATRIX, A(2, 3), left=False),
    *[call("cholesky", x.positive_definite()) for x in (A(3, 3), A(1, 1), A(2, 2, 2), A(0, 0), A(2, 1, 2, 2))],
    call("cholesky", DEFINITE, upper=True),
    call("cholesky", A(3, 3).positive_definite().transposed()),
    *[refused(name, x) for name, x in product(("inv", "det", "slogdet", "cholesky"), (A(3), A(2, 3), A()))],
    refused("inv", Of([[1.0, 2.0], [2.0, 4.0]])),
    refused("inv", Of([[0.0]])),
    refused("solve", Of([[1.0, 2.0], [2.0, 4.0]]), A(2)),
    refused("solve", MATRIX, A(2)),
    refused("solve", MATRIX, A(2, 2)),
    refused("solve", A(2, 3), A(2)),
    refused("cholesky", Of([[1.0, 2.0], [2.0, 1.0]])),
    refused("inv", Of([[1, 2], [3, 4]], "int64")),
    call("linalg.pinv", A(3, 2)),
    call("linalg.pinv", A(2, 3)),
    call("linalg.pinv", A(2, 3, 3)),
    *[
        call("linalg.solve_triangular", a, b, **options)
        for a, b, options in (
            *(
                (MATRIX, A(3, 2), {"upper": True}),
                (MATRIX, A(3, 1), {"upper": False}),
                (A(1, 1), A(1, 1), {"upper": True}),
            ),
            *((A(2, 2, 2), A(2, 2, 1), {"upper": True}), (MATRIX, A(3, 2), {"upper": False, "unitriangular": True})),
            (MATRIX, A(2, 3), {"upper": True, "left": False}),
        )
    ],
    call("linalg.cross", A(3), A(3)),
    call("linalg.cross", A(2, 3), A(2, 3)),
    call("linalg.cross", A(3, 2), A(3, 2), dim=0),
    call("linalg.cross", A(2, 1, 3), A(1, 2, 3)),
    refused("linalg.cross", A(2), A(2)),
    # norms of vectors and matrices
    *[
        call("linalg.norm", A(2, 3), *rest)
        for rest in ((), ("fro",), (1,), (-1,), (inf,), (-inf,), (2,), (-2,), ("nuc",))
    ],
    *[call("linalg.norm", A(3), *rest) for rest in ((), (1,), (2,), (3,), (inf,), (-inf,), (0,))],
    call("linalg.norm", A(2, 3), 2, 1),
    call("linalg.norm", A(2, 3), dim=0, keepdim=True),
    call("linalg.norm", A(2, 3, 2), "fro", (0, 2)),
    call("linalg.norm", A(2, 3, 2)),
    *[
        call("linalg.matrix_norm", A(2, 3, 4), order, dim)
        for order in ("fro", "nuc", 1, -inf, 2)
        for dim in ((0, 1), (-1, 0))
    ],
    call("linalg.matrix_norm", A(2, 3, 4), 2, (0, 2), keepdim=True),
    call("linalg.matrix_norm", A(2, 3, 4), inf, keepdim=True),
    refused("linalg.matrix_norm", A(3)),
    refused("linalg.norm", A(2, 3, 4), 1),
    call("linalg.vector_norm", A(2, 3), 3, 1),
    *[call("matrix_power", MATRIX, n) for n in (0, 1, 2, 3, 5, -1, -2)],
    call("linalg.matrix_power", A(2, 2, 2), 4),
    refused("matrix_power", A(2, 3), 2),
    call("pinverse", A(3, 2)),
    call("linalg.pinv", DEFINITE, hermitian=True),
    call("linalg.pinv", A(4, 2), atol=1e-3, rtol=1e-4),
    call("linalg.diagonal", A(2, 3, 4)),
    call("linalg.diagonal", A(2, 3, 4), offset=1, dim1=0),
    call("logdet", Of([[1.0, 2.0], [2.0, 1.0]])).up_to(0),
    call("logdet", A(2, 3, 3).positive_definite()),
    # what decompositions give but for arbitrary signs: tests/parity/test_decompositions.py compares the rest
    call("linalg.eigvalsh", DEFINITE),
    *[call("linalg.eigvalsh", A(*shape).positive_definite()) for shape in ((1, 1), (0, 0), (2, 2, 2))],
    *[call("linalg.svdvals", A(*shape)) for shape in ((3, 3), (2, 3), (3, 2), (1, 1), (2, 3, 2), (0, 2))],
    *[call("linalg.svd", A(3, 2), full).values_only(1) for full in (True, False)],
    refused("linalg.qr", A(3)),
    refused("linalg.eigh", A(2, 3)),
    *[call(f"linalg.{name}", MATRIX) for name in ("inv", "det", "slogdet")],
    call("linalg.cholesky", DEFINITE),
    call("linalg.solve", MATRIX, A(3)),
]

CASES = [*MATMULS, *OTHERS, *EINSUMS, *LINALG]
