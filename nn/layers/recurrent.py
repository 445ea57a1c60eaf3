"""Layers that read a sequence step by step, and remember: the plain recurrent network, LSTM and GRU."""

from __future__ import annotations

import math
import warnings
from typing import Any, ClassVar

import autograd
from autograd import Tensor, empty
from autograd.errors import ArgumentTypeError, ArgumentValueError, ShapeError
from autograd.random import Generator
from nn import init
from nn.functional.dropout import dropout as drop
from nn.functional.dropout import probability
from nn.module import Module
from nn.ops import recurrent as rows
from nn.parameter import Parameter

__all__ = ["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNCell"]


class _Recurrent(Module):
    """What the three networks have in common: layers, directions, and states that go in and come out.

    ``weight_ih_l0`` is what the input gives to the gates of the first layer, ``weight_hh_l0`` what its state gives, and
    the names of the second direction's weights end in ``_reverse``; the gates lie below each other.
    """

    gates: ClassVar[int]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: Generator | None = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        for what, n in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
            _positive(name, what, n)
        dropout = probability(name, dropout)
        if dropout and num_layers == 1:
            warnings.warn(f"{name}: dropout is between layers, and with num_layers=1 there is none", stacklevel=3)
        if not 0 <= proj_size < hidden_size:
            raise ArgumentValueError(
                f"{name}: proj_size is {proj_size}; it must be below the hidden_size {hidden_size}, or 0 for none"
            )
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = dropout
        self.generator = generator
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        width = proj_size or hidden_size
        self._ends = ["", "_reverse"] if bidirectional else [""]
        for layer in range(num_layers):
            features = width * len(self._ends) if layer else input_size
            count = self.gates * hidden_size
            shapes: dict[str, tuple[int, ...]] = {"weight_ih": (count, features), "weight_hh": (count, width)}
            if bias:
                shapes |= {"bias_ih": (count,), "bias_hh": (count,)}
            if proj_size:
                shapes["weight_hr"] = (proj_size, hidden_size)
            for end in self._ends:
                for what, shape in shapes.items():
                    setattr(self, f"{what}_l{layer}{end}", Parameter(empty(*shape, device=device, dtype=dtype)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights and biases from U(−1/√hidden_size, 1/√hidden_size), as in PyTorch."""
        _draw(self)

    def flatten_parameters(self) -> None:
        """Nothing to do: PyTorch's rearranges the weights for the GPU."""

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights and biases of each layer and direction."""
        return [self._weights(layer, end) for layer in range(self.num_layers) for end in self._ends]

    def _weights(self, layer: int, end: str) -> list[Any]:
        names = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if self.bias else [])]
        names += ["weight_hr"] if self.proj_size else []
        return [getattr(self, f"{name}_l{layer}{end}") for name in names]

    def _run(self, input: Any, first: tuple[Any, ...]) -> tuple[Tensor, list[Tensor]]:
        """The last layer's outputs, and for each kind of state the last ones of all layers and directions."""
        name = type(self).__name__
        if not isinstance(input, Tensor):
            raise ArgumentTypeError(
                f"{name}: the input is a Tensor, not {type(input).__name__}; packed sequences are not "
                "there: pad sequences of several lengths to one"
            )
        if input.ndim not in (2, 3) or input.shape[-1] != self.input_size:
            order = "[batch, length, " if self.batch_first else "[length, batch, "
            raise ShapeError(
                f"{name}: the input has shape {input.shape}; it must be {order}{self.input_size}], or without a batch "
                f"[length, {self.input_size}]"
            )
        alone = input.ndim == 2
        x = input[:, None] if alone else input.transpose(0, 1) if self.batch_first else input
        if not x.shape[0]:
            raise ShapeError(
                f"{name}: the input has shape {input.shape}, a sequence without steps; it needs at least one"
            )
        states = [self._checked(state, what, x.shape[1], alone) for state, what in zip(first, "hc", strict=False)]
        lasts: list[list[Tensor]] = [[] for _ in first]
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = drop(x, self.dropout, self.training, generator=self.generator)
            outputs = []
            for k, end in enumerate(self._ends):
                at = layer * len(self._ends) + k
                begin = [None if state is None else state[at] for state in states]
                output, *last = self._direction(x, begin, self._weights(layer, end), bool(end))
                outputs.append(output)
                for found, state in zip(lasts, last, strict=True):
                    found.append(state)
            x = outputs[0] if len(outputs) == 1 else autograd.cat(outputs, dim=-1)
        ends = [state[0][None] if len(state) == 1 else autograd.stack(state) for state in lasts]
        if alone:
            return x[:, 0], [state[:, 0] for state in ends]
        return (x.transpose(0, 1) if self.batch_first else x), ends

    def _direction(self, x: Tensor, first: list[Any], weights: list[Any], reverse: bool) -> tuple[Tensor, ...]:
        """One layer in one direction: all outputs, and the last of each kind of state."""
        raise NotImplementedError

    def _checked(self, state: Any, what: str, batch: int, alone: bool) -> Any:
        """A given first state with its axis for the batch."""
        if state is None:
            return None
        if not isinstance(state, Tensor):
            raise ArgumentTypeError(
                f"{type(self).__name__}: {what}_0 is a Tensor, not {type(state).__name__} {state!r:.40}"
            )
        width, said = self.hidden_size, "hidden_size"
        if what == "h" and self.proj_size:
            width, said = self.proj_size, "proj_size"
        count = self.num_layers * len(self._ends)
        wanted = (count, width) if alone else (count, batch, width)
        if state.shape != wanted:
            raise ShapeError(
                f"{type(self).__name__}: {what}_0 has shape {state.shape}; this input needs {wanted}: "
                f"[layers·directions, {'' if alone else 'batch, '}{said}]"
            )
        return state[:, None] if alone else state

    def extra_repr(self) -> str:
        shown = {
            "proj_size": self.proj_size,
            "num_layers": self.num_layers if self.num_layers != 1 else None,
            "bias": None if self.bias else False,
            "batch_first": self.batch_first,
            "dropout": self.dropout,
            "bidirectional": self.bidirectional,
        }
        options = [f"{name}={value}" for name, value in shown.items() if value or (value is False and name == "bias")]
        return ", ".join([str(self.input_size), str(self.hidden_size), *options])


class _OneState(_Recurrent):
    """A network whose output is its state."""

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        output, (last,) = self._run(input, (hx,))
        return output, last


class RNN(_OneState):
    """h ← tanh(W_ih·x + b_ih + W_hh·h + b_hh) for each x of a sequence (Elman 1990).

    Parameters
    ----------
    input_size, hidden_size : int
        How many numbers an input and a state have.
    num_layers : int
        Each layer reads the outputs of the one below.
    nonlinearity : {"tanh", "relu"}
    bias : bool
        Whether there are biases.
    batch_first : bool
        Whether input and output are [batch, length, features]; states are [layers, batch, features] either way.
    dropout : float
        The share of a layer's outputs that the next does not see in training.
    bidirectional : bool
        Whether a second network reads the sequence from its end; the outputs of both lie side by side.
    dtype : data-type, optional
    generator : Generator, optional
        Draws what is not seen.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        [hidden, input], [hidden, hidden] and two times [hidden], drawn from U(−1/√hidden_size, 1/√hidden_size), as in
        PyTorch. l1 … are the other layers; names of the second direction end in ``_reverse``.

    Notes
    -----
    x: [length, batch, input_size], or without a batch; h_0: [layers·directions, batch, hidden_size], by default zeros
    → (outputs [length, batch, directions·hidden_size], last states, as h_0).

    Raises
    ------
    ArgumentValueError, ArgumentTypeError
        If an argument makes no sense.
    ShapeError
        If input or state do not fit.
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: Generator | None = None,
    ) -> None:
        self.nonlinearity = _known("RNN", nonlinearity)
        shape = input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional
        super().__init__(*shape, device=device, dtype=dtype, generator=generator)

    def _direction(self, x: Tensor, first: list[Any], weights: list[Any], reverse: bool) -> tuple[Tensor, ...]:
        states = rows.rnn(x, *first, *weights, nonlinearity=self.nonlinearity, reverse=reverse)
        return states, states[0 if reverse else -1]


class GRU(_OneState):
    """Gated recurrent units (Cho et al. 2014): a state that is renewed as far as its gate z is open.

    r, z = σ(W·x + b + W_h·h + b_h), n = tanh(W_n·x + b_n + r·(W_hn·h + b_hn)), h ← (1 − z)·n + z·h.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype, generator
        See `RNN`.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        [3·hidden, input], [3·hidden, hidden] and two times [3·hidden], the gates in the order r, z, n; see `RNN`.

    Notes
    -----
    Inputs and outputs as those of `RNN`.
    """

    gates = 3

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: Generator | None = None,
    ) -> None:
        shape = input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional
        super().__init__(*shape, device=device, dtype=dtype, generator=generator)

    def _direction(self, x: Tensor, first: list[Any], weights: list[Any], reverse: bool) -> tuple[Tensor, ...]:
        states = rows.gru(x, *first, *weights, reverse=reverse)
        return states, states[0 if reverse else -1]


class LSTM(_Recurrent):
    """Long short-term memory (Hochreiter & Schmidhuber 1997): a cell that gates write to, read and forget.

    i, f, o = σ(W·x + b + W_h·h + b_h), g = tanh(likewise), c ← f·c + i·g, h ← o·tanh(c).

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype, generator
        See `RNN`.
    proj_size : int
        If not 0, outputs are projected to so many numbers (Sak et al. 2014). That runs in simple operations.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        [4·hidden, input], [4·hidden, hidden] and two times [4·hidden], the gates in the order i, f, g, o; see `RNN`.
    weight_hr_l0 : Parameter [proj_size, hidden]
        The projection, where there is one.

    Notes
    -----
    Takes (x, (h_0, c_0)) and returns (outputs, (h_n, c_n)); shapes as those of `RNN`, h and the outputs proj_size wide
    where there is a projection.
    """

    gates = 4

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        output, (h, c) = self._run(input, _pair("LSTM", hx))
        return output, (h, c)

    def _direction(self, x: Tensor, first: list[Any], weights: list[Any], reverse: bool) -> tuple[Tensor, ...]:
        if self.proj_size:
            weight_ih, weight_hh, *biases, projection = weights
            b_ih, b_hh = biases or (None, None)
            h, c = first
            output, cell = rows.lstm_steps(x, h, c, weight_ih, weight_hh, b_ih, b_hh, reverse, projection)
        else:
            both = rows.lstm(x, *first, *weights, reverse=reverse)
            output, cell = both[:-1], both[-1]
        return output, output[0 if reverse else -1], cell


# --- a step at a time -------------------------------------------------------------------------------------------------


class _Cell(Module):
    """One step of a recurrent network."""

    gates: ClassVar[int]

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        _positive(type(self).__name__, "input_size", input_size)
        _positive(type(self).__name__, "hidden_size", hidden_size)
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        count = self.gates * hidden_size
        self.weight_ih = Parameter(empty(count, input_size, device=device, dtype=dtype))
        self.weight_hh = Parameter(empty(count, hidden_size, device=device, dtype=dtype))
        self.bias_ih = Parameter(empty(count, device=device, dtype=dtype)) if bias else None
        self.bias_hh = Parameter(empty(count, device=device, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weights and biases from U(−1/√hidden_size, 1/√hidden_size), as in PyTorch."""
        _draw(self)

    def _step(self, row: Any, input: Any, states: tuple[Any, ...], **options: Any) -> Tensor:
        """A sequence of one step, as [1 or more, batch, hidden]."""
        name = type(self).__name__
        if not isinstance(input, Tensor) or input.ndim not in (1, 2) or input.shape[-1] != self.input_size:
            raise ShapeError(
                f"{name}: the input has shape {getattr(input, 'shape', None)}; it must be [batch, {self.input_size}] "
                f"or [{self.input_size}]"
            )
        wanted = (*input.shape[:-1], self.hidden_size)
        for state in states:
            if state is not None and not isinstance(state, Tensor):
                raise ArgumentTypeError(f"{name}: a state is a Tensor, not {type(state).__name__} {state!r:.40}")
            if state is not None and state.shape != wanted:
                raise ShapeError(f"{name}: a state has shape {state.shape}; this input needs {wanted}")
        alone = input.ndim == 1
        states = tuple(x[None] if alone and x is not None else x for x in states)
        return row(
            input[None, None] if alone else input[None],
            *states,
            self.weight_ih,
            self.weight_hh,
            self.bias_ih,
            self.bias_hh,
            **options,
        )

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else f", bias={self.bias}")


class RNNCell(_Cell):
    """One step of an `RNN`: h ← tanh(W_ih·x + b_ih + W_hh·h + b_hh).

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    nonlinearity : {"tanh", "relu"}
    dtype : data-type, optional

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        As those of one layer of `RNN`.

    Notes
    -----
    x: [batch, input_size] or [input_size], h: [batch, hidden_size] likewise, by default zeros → the next h.
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        self.nonlinearity = _known("RNNCell", nonlinearity)
        super().__init__(input_size, hidden_size, bias, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        h = self._step(rows.rnn, input, (hx,), nonlinearity=self.nonlinearity)[0]
        return h if input.ndim == 2 else h[0]

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")


class GRUCell(_Cell):
    """One step of a `GRU`.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    dtype : data-type, optional

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        As those of one layer of `GRU`.

    Notes
    -----
    x: [batch, input_size] or [input_size], h: [batch, hidden_size] likewise, by default zeros → the next h.
    """

    gates = 3

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        h = self._step(rows.gru, input, (hx,))[0]
        return h if input.ndim == 2 else h[0]


class LSTMCell(_Cell):
    """One step of an `LSTM`.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    dtype : data-type, optional

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        As those of one layer of `LSTM`.

    Notes
    -----
    x: [batch, input_size] or [input_size], (h, c): both [batch, hidden_size] likewise, by default zeros → the next.
    """

    gates = 4

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Tensor]:
        both = self._step(rows.lstm, input, _pair("LSTMCell", hx))
        return (both[0], both[1]) if input.ndim == 2 else (both[0, 0], both[1, 0])


# --- arguments --------------------------------------------------------------------------------------------------------


def _draw(module: Any) -> None:
    bound = 1 / math.sqrt(module.hidden_size)
    for parameter in module.parameters():
        init.uniform_(parameter, -bound, bound)


def _pair(name: str, states: Any) -> tuple[Any, Any]:
    if states is None:
        return None, None
    if not isinstance(states, (tuple, list)) or len(states) != 2:
        raise ArgumentTypeError(f"{name}: the states are a pair (h, c), not {type(states).__name__}")
    return tuple(states)


def _positive(name: str, what: str, n: Any) -> None:
    if isinstance(n, bool) or not isinstance(n, int):
        raise ArgumentTypeError(f"{name}: {what} is a whole number, not {type(n).__name__} {n!r:.40}")
    if n < 1:
        raise ArgumentValueError(f"{name}: {what} must be at least 1, not {n}")


def _known(name: str, nonlinearity: str) -> str:
    if nonlinearity not in ("tanh", "relu"):
        raise ArgumentValueError(f"{name}: the nonlinearity is 'tanh' or 'relu', not {nonlinearity!r:.40}")
    return nonlinearity
