"""Which recurrent networks are compared?"""

from __future__ import annotations

from networks.case import A, Case, ModuleCase, module, refused

x = A(4, 2, 3)
h = A(1, 2, 5)


def _of(name: str, *states: A) -> list[Case | ModuleCase]:
    """The cases that all three networks have; ``states`` are those of one layer, without an axis for layers."""

    def first(layers: int, *, batch: bool = True) -> object:
        given = [A(layers, *(s.shape if batch else s.shape[1:])) for s in states]
        return given[0] if len(given) == 1 else tuple(given)

    return [
        module(name, 3, 5, inputs=(x,)),
        module(name, 3, 5, inputs=(x, first(1)), order=2, modes=("train",)),
        module(name, 3, 5, 2, inputs=(x,)),
        module(name, 3, 5, 2, inputs=(x, first(4)), bidirectional=True),
        module(name, 3, 5, inputs=(A(2, 4, 3), first(1)), batch_first=True),
        module(name, 3, 5, 3, inputs=(A(2, 4, 3), first(6)), batch_first=True, bidirectional=True, bias=False),
        module(name, 3, 5, inputs=(A(4, 3),)),
        module(name, 3, 5, 2, inputs=(A(4, 3), first(4, batch=False)), bidirectional=True),
        module(name, 3, 5, inputs=(A(4, 3), first(1, batch=False)), batch_first=True),
        module(name, 3, 5, 2, inputs=(x,), dropout=1.0),
        module(name, 3, 5, 2, inputs=(x,), dropout=0.5, modes=("eval",)),
        module(name, 1, 1, inputs=(A(1, 1, 1),)),
        module(name, 3, 5, inputs=(A(4, 0, 3),)),
        refused(name, 0, 5),
        refused(name, 3, 0),
        refused(name, 3, 5, 0),
        refused(name, 3, 5, dropout=1.5),
        refused(name, 3, 5, inputs=(A(4, 2, 4),)),
        refused(name, 3, 5, inputs=(A(3),)),
        refused(name, 3, 5, inputs=(A(0, 2, 3),)),
        refused(name, 3, 5, inputs=(x, first(2))),
        refused(name, 3, 5, inputs=(A(4, 3), first(1))),
    ]


def _cell(name: str, *states: A) -> list[Case | ModuleCase]:
    def first(*shape: int) -> object:
        given = [A(*shape, 5) for _ in states]
        return given[0] if len(given) == 1 else tuple(given)

    return [
        module(name, 3, 5, inputs=(A(2, 3),)),
        module(name, 3, 5, inputs=(A(2, 3), first(2)), order=2, modes=("train",)),
        module(name, 3, 5, inputs=(A(3), first())),
        module(name, 3, 5, bias=False, inputs=(A(2, 3), first(2))),
        refused(name, 3, 5, inputs=(A(2, 4),)),
        refused(name, 3, 5, inputs=(A(2, 3), first(3))),
        refused(name, 3, 5, inputs=(A(1, 2, 3),)),
    ]


CASES: list[Case | ModuleCase] = [
    *_of("RNN", A(2, 5)),
    *_of("GRU", A(2, 5)),
    *_of("LSTM", A(2, 5), A(2, 5)),
    module("RNN", 3, 5, 2, "relu", inputs=(x, A(4, 2, 5)), bidirectional=True),
    module("RNN", 3, 5, inputs=(x,), nonlinearity="relu"),
    refused("RNN", 3, 5, nonlinearity="sigmoid"),
    module("LSTM", 3, 5, 2, inputs=(x,), proj_size=2, bidirectional=True),
    module("LSTM", 3, 5, inputs=(x, (A(1, 2, 2), h)), proj_size=2, bias=False, modes=("train",)),
    refused("LSTM", 3, 5, proj_size=5),
    refused("LSTM", 3, 5, inputs=(x, h)),
    *_cell("RNNCell", A(2, 5)),
    *_cell("GRUCell", A(2, 5)),
    *_cell("LSTMCell", A(2, 5), A(2, 5)),
    module("RNNCell", 3, 5, inputs=(A(2, 3), A(2, 5)), nonlinearity="relu"),
]
