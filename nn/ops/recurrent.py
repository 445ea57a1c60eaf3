"""How does a network go through a sequence, step by step, and back? One node for a layer's whole way in one direction.

What the input gives to the gates is one matrix product over the whole sequence; only what depends on the step before is
computed step by step. On the way back all that does not depend on the step after is again computed for all steps at
once: the slopes. A step is then a multiplication by slopes and a matrix product.

The kernels keep everything in the order in which the steps are taken; only input and output are in the sequence's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd
from autograd.errors import ArgumentValueError, DtypeError, ShapeError
from autograd.ops.fused import fused
from nn.ops.linear import column_sums

__all__ = ["gru", "lstm", "lstm_steps", "rnn"]


# --- what the three have in common ------------------------------------------------------------------------------------


def _check(name: str, gates: int, input: Any, states: Sequence[Any], weights: Sequence[Any]) -> None:
    """Refuse what does not fit."""
    to_gates, recurrent, *biases = weights
    rows, hidden = recurrent.shape
    fits = rows == gates * hidden and to_gates.ndim == 2 and to_gates.shape[0] == rows
    if not fits or any(b is not None and b.shape != (rows,) for b in biases):
        found = ", ".join(str(w.shape) for w in weights if w is not None)
        raise ShapeError(
            f"{name}: the weights have the shapes {found}; they must be [{gates}·hidden, input], [{gates}·hidden, "
            f"hidden], and both biases [{gates}·hidden]"
        )
    if input.ndim != 3 or input.shape[2] != to_gates.shape[1] or not input.shape[0]:
        raise ShapeError(
            f"{name}: the input has shape {input.shape}; it must be [length, batch, {to_gates.shape[1]}] with a length "
            "of at least 1"
        )
    wanted = (input.shape[1], hidden)
    for state in states:
        if state is not None and state.shape != wanted:
            raise ShapeError(
                f"{name}: a first state has shape {state.shape}; this batch and these weights need {wanted}"
            )
    for x in (*states, *weights):
        if x is not None and x.dtype != input.dtype:
            raise DtypeError(f"{name}: the input is of {input.dtype}, a weight or state of {x.dtype}; make them equal")


def _in_time(x: Any, reverse: bool) -> Any:
    """A sequence in the order in which the steps are taken, or one in that order put back: a view."""
    return x[::-1] if reverse else x


def _flat(x: Any) -> Any:
    """A row for each step of each sequence."""
    return x.reshape(x.shape[0] * x.shape[1], x.shape[2])


def _before(first: Any, states: Any) -> Any:
    """For every step the state before it."""
    before = np.empty_like(states)
    before[0] = 0 if first is None else first
    before[1:] = states[:-1]
    return before


def _to_the_rest(
    wanted: Sequence[bool], input: Any, reverse: bool, before: Any, weight_ih: Any, to_gates: Any, to_recurrent: Any
) -> tuple[Any, ...]:
    """The gradients of the input, the weights and the biases, from those of what input and state give to the gates."""
    flat, flat_recurrent = _flat(to_gates), _flat(to_recurrent)
    return (
        _in_time((flat @ weight_ih).reshape(input.shape), reverse) if wanted[0] else None,
        flat.T @ _flat(_in_time(input, reverse)) if wanted[1] else None,
        flat_recurrent.T @ _flat(before) if wanted[2] else None,
        column_sums(flat) if wanted[3] else None,
        column_sums(flat_recurrent) if wanted[4] else None,
    )


def _bent(hidden: int, gates: str, dtype: Any) -> tuple[Any, Any]:
    """Factor f and shift s for each gate's neurons with f·tanh(f·a) + s = σ(a), where the letter is σ, or tanh(a).

    One call of tanh so serves all gates, and nothing overflows.
    """
    sigmoid = np.repeat([letter == "σ" for letter in gates], hidden)
    shift = (sigmoid / 2).astype(dtype)
    return 1 - shift, shift


def _linear(x: Any, weight: Any, bias: Any) -> Any:
    """x·Wᵀ + b in plain operations."""
    return x @ weight.T if bias is None else x @ weight.T + bias


def _first(state: Any, input: Any, size: int) -> Any:
    """The state to begin with: zeros, if none is given."""
    return autograd.zeros(input.shape[1], size, dtype=input.dtype) if state is None else state


def _steps(input: Any, reverse: bool) -> Any:
    return range(input.shape[0])[::-1] if reverse else range(input.shape[0])


_SUMS = ("Σ daᵀ·x over the steps", "Σ daᵀ·(h before) over the steps", "Σ da", "Σ da")


# --- the plain recurrent network --------------------------------------------------------------------------------------


def _rnn_forward(
    input: Any,
    h_0: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    nonlinearity: str = "tanh",
    reverse: bool = False,
) -> Any:
    _check("rnn", 1, input, (h_0,), (weight_ih, weight_hh, bias_ih, bias_hh))
    if nonlinearity not in ("tanh", "relu"):
        raise ArgumentValueError(f"rnn: the nonlinearity is 'tanh' or 'relu', not {nonlinearity!r:.40}")
    y = (_flat(input) @ weight_ih.T).reshape(*input.shape[:2], len(weight_ih))
    if bias_ih is not None:
        y += bias_ih + bias_hh
    h = h_0
    for a in _in_time(y, reverse):
        if h is not None:
            a += h @ weight_hh.T
        if nonlinearity == "tanh":
            np.tanh(a, out=a)
        else:
            np.maximum(a, 0, out=a)
        h = a
    return y


def _rnn_backward(
    g: Any,
    y: Any,
    kept: Any,
    wanted: Sequence[bool],
    input: Any,
    h_0: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    nonlinearity: str = "tanh",
    reverse: bool = False,
) -> Any:
    states = _in_time(y, reverse)
    slopes = 1 - states * states if nonlinearity == "tanh" else (states != 0).astype(y.dtype)  # 1 at nan, as relu's
    dh = np.zeros_like(y[0])
    for upstream, da in zip(_in_time(g, reverse)[::-1], slopes[::-1], strict=True):
        dh += upstream
        da *= dh
        np.matmul(da, weight_hh, out=dh)
    asked = wanted[0], *wanted[2:6]
    to_input, *to_weights = _to_the_rest(asked, input, reverse, _before(h_0, states), weight_ih, slopes, slopes)
    return to_input, dh if wanted[1] else None, *to_weights


def _rnn_steps(
    input: Any,
    h_0: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    nonlinearity: str = "tanh",
    reverse: bool = False,
) -> Any:
    bend = autograd.tanh if nonlinearity == "tanh" else autograd.relu
    sums, h, states = _linear(input, weight_ih, bias_ih), _first(h_0, input, weight_hh.shape[1]), []
    for t in _steps(input, reverse):
        h = bend(sums[t] + _linear(h, weight_hh, bias_hh))
        states.append(h)
    return autograd.stack(_in_time(states, reverse))


rnn = fused(
    "rnn",
    _rnn_forward,
    _rnn_backward,
    _rnn_steps,
    differentiable=6,
    looks_at=("input", "h_0", "weight_ih", "weight_hh"),
    needs_output=True,
    module="nn.ops",
    pattern="swap",
    formula="h ← tanh(x·weight_ihᵀ + bias_ih + h·weight_hhᵀ + bias_hh), step by step",
    gradients=("da·weight_ih with da = dh·(1 − h²), dh = g + (da after)·weight_hh", "da·weight_hh", *_SUMS),
    examples=(
        ((3, 2, 4), (2, 3), (3, 4), (3, 3), (3,), (3,)),
        ((3, 2, 4), None, (3, 4), (3, 3), None, None, "relu", True),
        ((1, 1, 1), (1, 1), (1, 1), (1, 1)),
    ),
    doc="Elman's network: all states of a layer in one direction (Elman 1990).",
)


# --- long short-term memory -------------------------------------------------------------------------------------------


def _lstm_forward(
    input: Any,
    h_0: Any,
    c_0: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    reverse: bool = False,
) -> Any:
    _check("lstm", 4, input, (h_0, c_0), (weight_ih, weight_hh, bias_ih, bias_hh))
    length, batch, _ = input.shape
    hidden = weight_hh.shape[1]
    factor, shift = _bent(hidden, "σσtσ", input.dtype)
    gates = (_flat(_in_time(input, reverse)) @ weight_ih.T).reshape(length, batch, 4 * hidden)
    if bias_ih is not None:
        gates += bias_ih + bias_hh
    gates *= factor
    recurrent = (weight_hh * factor[:, None]).T
    y = np.empty((length + 1, batch, hidden), input.dtype)
    cells, bent = np.empty_like(y), np.empty_like(y[1:])
    cells[0] = 0 if c_0 is None else c_0
    product = np.empty((batch, hidden), input.dtype)
    h = h_0
    for t, out in enumerate(_in_time(y[:-1], reverse)):
        a = gates[t]
        if h is not None:
            a += h @ recurrent
        np.tanh(a, out=a)
        a *= factor
        a += shift
        i, f, g, o = a.reshape(batch, 4, hidden).swapaxes(0, 1)
        c = np.multiply(f, cells[t], out=cells[t + 1])
        c += np.multiply(i, g, out=product)
        h = np.multiply(o, np.tanh(c, out=bent[t]), out=out)
    y[-1] = cells[-1]
    return y, (gates, cells, bent)


def _lstm_backward(
    g: Any,
    y: Any,
    kept: Any,
    wanted: Sequence[bool],
    input: Any,
    h_0: Any,
    c_0: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    reverse: bool = False,
) -> Any:
    gates, cells, bent = kept
    length, batch, hidden = bent.shape
    i, f, candidate, o = gates.reshape(length, batch, 4, hidden).transpose(2, 0, 1, 3)
    slopes = np.empty((length, batch, 4, hidden), g.dtype)  # of i, f and g times dc, of o times dh
    np.multiply(i * (1 - i), candidate, out=slopes[:, :, 0])
    np.multiply(f * (1 - f), cells[:-1], out=slopes[:, :, 1])
    np.multiply(1 - candidate * candidate, i, out=slopes[:, :, 2])
    np.multiply(o * (1 - o), bent, out=slopes[:, :, 3])
    into_cell = o * (1 - bent * bent)
    to_gates = slopes.reshape(length, batch, 4 * hidden)
    upstream = _in_time(g[:-1], reverse)
    dh, dc = np.zeros_like(g[0]), g[-1].copy()
    for t in reversed(range(length)):
        dh += upstream[t]
        dc += dh * into_cell[t]
        slopes[t, :, :3] *= dc[:, None]
        slopes[t, :, 3] *= dh
        dc *= f[t]
        np.matmul(to_gates[t], weight_hh, out=dh)
    asked = wanted[0], *wanted[3:7]
    before = _before(h_0, _in_time(y[:-1], reverse))
    to_input, *to_weights = _to_the_rest(asked, input, reverse, before, weight_ih, to_gates, to_gates)
    return to_input, dh if wanted[1] else None, dc if wanted[2] else None, *to_weights


def lstm_steps(
    input: Any,
    h_0: Any,
    c_0: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    reverse: bool = False,
    weight_hr: Any = None,
) -> tuple[Any, Any]:
    """All outputs of an LSTM, and its last cell, in plain operations; with a projection of the outputs (weight_hr)."""
    hidden = weight_hh.shape[0] // 4
    h, c = _first(h_0, input, weight_hh.shape[1]), _first(c_0, input, hidden)
    sums, states = _linear(input, weight_ih, bias_ih), []
    for t in _steps(input, reverse):
        a = sums[t] + _linear(h, weight_hh, bias_hh)
        i, f, g, o = (a[:, k * hidden : (k + 1) * hidden] for k in range(4))
        c = autograd.sigmoid(f) * c + autograd.sigmoid(i) * autograd.tanh(g)
        h = autograd.sigmoid(o) * autograd.tanh(c)
        if weight_hr is not None:
            h = h @ weight_hr.T
        states.append(h)
    return autograd.stack(_in_time(states, reverse)), c


def _lstm_composition(
    input: Any,
    h_0: Any,
    c_0: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    reverse: bool = False,
) -> Any:
    states, c = lstm_steps(input, h_0, c_0, weight_ih, weight_hh, bias_ih, bias_hh, reverse)
    return autograd.cat([states, c[None]])


lstm = fused(
    "lstm",
    _lstm_forward,
    _lstm_backward,
    _lstm_composition,
    differentiable=7,
    keeps=True,
    looks_at=("input", "h_0", "c_0", "weight_ih", "weight_hh", "bias_ih", "bias_hh"),
    needs_output=True,
    module="nn.ops",
    pattern="swap",
    formula="c ← σ(f)·c + σ(i)·tanh(g), h ← σ(o)·tanh(c), with i, f, g, o = x·weight_ihᵀ + h·weight_hhᵀ + biases",
    gradients=("da·weight_ih with da, what reaches i, f, g and o", "da·weight_hh", "dc·σ(f)", *_SUMS),
    examples=(
        ((3, 2, 4), (2, 3), (2, 3), (12, 4), (12, 3), (12,), (12,)),
        ((3, 2, 4), None, None, (12, 4), (12, 3), None, None, True),
        ((1, 1, 1), None, (1, 1), (4, 1), (4, 1)),
    ),
    doc="All outputs of a layer in one direction, and after them its last cell (Hochreiter & Schmidhuber 1997).",
)


# --- gated recurrent units --------------------------------------------------------------------------------------------


def _gru_forward(
    input: Any,
    h_0: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    reverse: bool = False,
) -> Any:
    _check("gru", 3, input, (h_0,), (weight_ih, weight_hh, bias_ih, bias_hh))
    length, batch, _ = input.shape
    hidden = weight_hh.shape[1]
    two = 2 * hidden  # r and z lie in front of n
    gates = (_flat(_in_time(input, reverse)) @ weight_ih.T).reshape(length, batch, 3 * hidden)
    if bias_ih is not None:
        gates += bias_ih
    y = np.empty((length, batch, hidden), input.dtype)
    recalled = np.empty_like(y)
    product = np.empty((batch, 3 * hidden), input.dtype)
    h = np.zeros((batch, hidden), input.dtype) if h_0 is None else h_0
    for t, out in enumerate(_in_time(y, reverse)):
        np.matmul(h, weight_hh.T, out=product)
        if bias_hh is not None:
            product += bias_hh
        a, n = gates[t, :, :two], gates[t, :, two:]
        a += product[:, :two]
        a *= 0.5  # σ(a) = (1 + tanh(a/2))/2
        np.tanh(a, out=a)
        a += 1
        a *= 0.5
        n += np.multiply(a[:, :hidden], product[:, two:], out=out)
        np.tanh(n, out=n)
        recalled[t] = product[:, two:]
        np.subtract(h, n, out=out)
        out *= a[:, hidden:]
        out += n
        h = out
    return y, (gates, recalled)


def _gru_backward(
    g: Any,
    y: Any,
    kept: Any,
    wanted: Sequence[bool],
    input: Any,
    h_0: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    reverse: bool = False,
) -> Any:
    gates, recalled = kept
    length, batch, hidden = recalled.shape
    r, z, n = gates.reshape(length, batch, 3, hidden).transpose(2, 0, 1, 3)
    before = _before(h_0, _in_time(y, reverse))
    slopes = np.empty((length, batch, 3, hidden), g.dtype)  # of what the state gives to r, z and n, times dh
    to_n = (1 - z) * (1 - n * n)  # what the input gives to n passes no r
    np.multiply(to_n * recalled, r * (1 - r), out=slopes[:, :, 0])
    np.multiply(before - n, z * (1 - z), out=slopes[:, :, 1])
    np.multiply(to_n, r, out=slopes[:, :, 2])
    to_recurrent = slopes.reshape(length, batch, 3 * hidden)
    upstream = _in_time(g, reverse)
    dh = np.zeros_like(g[0])
    for t in reversed(range(length)):
        dh += upstream[t]
        slopes[t] *= dh[:, None]
        to_n[t] *= dh
        dh *= z[t]
        dh += to_recurrent[t] @ weight_hh
    to_gates = np.concatenate([to_recurrent[:, :, : 2 * hidden], to_n], -1)
    asked = wanted[0], *wanted[2:6]
    to_input, *to_weights = _to_the_rest(asked, input, reverse, before, weight_ih, to_gates, to_recurrent)
    return to_input, dh if wanted[1] else None, *to_weights


def _gru_steps(
    input: Any,
    h_0: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    reverse: bool = False,
) -> Any:
    hidden = weight_hh.shape[1]
    sums, h, states = _linear(input, weight_ih, bias_ih), _first(h_0, input, hidden), []
    for t in _steps(input, reverse):
        a, b = sums[t], _linear(h, weight_hh, bias_hh)
        (r, z, n), (hr, hz, hn) = ([x[:, k * hidden : (k + 1) * hidden] for k in range(3)] for x in (a, b))
        n = autograd.tanh(n + autograd.sigmoid(r + hr) * hn)
        h = n + autograd.sigmoid(z + hz) * (h - n)
        states.append(h)
    return autograd.stack(_in_time(states, reverse))


gru = fused(
    "gru",
    _gru_forward,
    _gru_backward,
    _gru_steps,
    differentiable=6,
    keeps=True,
    needs_output=True,
    module="nn.ops",
    pattern="swap",
    formula="h ← (1 − σ(z + zₕ))·tanh(n + σ(r + rₕ)·nₕ) + σ(z + zₕ)·h; r, z, n from x, rₕ, zₕ, nₕ from h",
    gradients=("da·weight_ih with da, what reaches r, z and n", "daₕ·weight_hh + dh·σ(z)", *_SUMS),
    examples=(
        ((3, 2, 4), (2, 3), (9, 4), (9, 3), (9,), (9,)),
        ((3, 2, 4), None, (9, 4), (9, 3), None, None, True),
        ((1, 1, 1), (1, 1), (3, 1), (3, 1)),
    ),
    doc="All states of a layer in one direction (Cho et al. 2014; with the reset after the product, as in cuDNN).",
)
