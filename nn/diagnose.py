"""What is wrong with a training run, in plain words, and what could be tried?

``diagnose(model, loss, batch)`` runs the checks that people with experience run before they train: is the loss at the
start that of a guess, can the model learn one batch by heart, how large are the gradients of each layer, does anything
begin symmetric, where does a nan come from, which learning rates work. All checks work on copies: model, gradients,
optimizer and random state are afterwards as they were before. ``recognise(history)`` reads the curves of a run.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from autograd import AnomalyError, ArgumentTypeError, ArgumentValueError, Tensor, detect_anomaly, no_grad
from autograd.functions.bare import bare
from autograd.random import preserved_state
from autograd.saved import mark_changed
from nn.curves import Pattern, recognise
from nn.module import Module
from nn.monitor import LIMITS, Monitor, Snapshot, gradient_norms, total_norm
from nn.optim import Adam

__all__ = ["Finding", "Pattern", "Report", "diagnose", "learning_rate_range", "recognise"]

Loss = Callable[[Any, Any], Tensor]
Severity = Literal["fine", "note", "warning", "problem"]
_MARKS: dict[Severity, str] = {"fine": "✓", "note": "·", "warning": "!", "problem": "✗"}


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: what was found, and what to try."""

    check: str
    severity: Severity
    what: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{_MARKS[self.severity]} {self.check}: {self.what}" + (
            f"\n    try: {self.advice}" if self.advice else ""
        )


@dataclass(frozen=True)
class Report:
    """What the checks found, the worst first when printed."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is worse than a note."""
        return not self.problems

    @property
    def problems(self) -> tuple[Finding, ...]:
        """Warnings and problems."""
        return tuple(finding for finding in self.findings if finding.severity in ("warning", "problem"))

    def __getitem__(self, check: str) -> Finding:
        """The worst finding of a check.

        Raises
        ------
        KeyError
            If there was no such check.
        """
        found = [finding for finding in self.findings if finding.check == check]
        if not found:
            raise KeyError(f"no check {check!r}; there are {', '.join(dict.fromkeys(f.check for f in self.findings))}")
        return max(found, key=lambda finding: list(_MARKS).index(finding.severity))

    def __str__(self) -> str:
        order = list(_MARKS)
        ranked = sorted(self.findings, key=lambda finding: -order.index(finding.severity))
        return "\n".join(map(str, ranked))


# --- the checks of a model, a loss and one batch --------------------------------------------------------------------


def diagnose(
    model: Module,
    loss: Loss,
    batch: tuple[Any, Any],
    optimizer: Any = None,
    *,
    train_step: Callable[[], Any] | None = None,
    classes: int | None = None,
    steps: int = 200,
) -> Report:
    """Run the sanity checks on a model before it is trained.

    Parameters
    ----------
    model : Module
    loss : callable
        ``loss(model(inputs), targets)`` is a scalar Tensor.
    batch : (inputs, targets)
        One batch; inputs may be a tuple of Tensors, for several arguments, or a mapping, for one.
    optimizer : Optimizer, optional
        Its learning rate is compared with the rates that work.
    train_step : callable, optional
        One step of your own loop on this batch: forward, backward, update. It is run twice, to see whether gradients
        pile up, and what it changed in the parameters is put back.
    classes : int, optional
        How many classes there are. By default it is taken from the outputs, where the targets are class indices.
    steps : int
        For how many steps the copy may try to learn the batch by heart.

    Returns
    -------
    Report
        Prints as a list of what was found and what to try.

    Raises
    ------
    ArgumentTypeError
        If the model is not a Module, the batch not a pair, or the loss not a scalar Tensor.
    """
    if not isinstance(model, Module):
        raise ArgumentTypeError(f"diagnose(): the model must be a Module, not {type(model).__name__}")
    if not (isinstance(batch, (tuple, list)) and len(batch) == 2):
        raise ArgumentTypeError("diagnose(): the batch must be a pair (inputs, targets)")
    run = _Run(loss, *batch)
    with preserved_state():
        findings = [*_data(run), *_initialisation(model)]
        broken = list(_nan(copy.deepcopy(model), run))
        findings += broken
        if not broken:
            findings += _first_loss(copy.deepcopy(model), run, classes)
            findings += _gradients(copy.deepcopy(model), run)
            findings += _one_batch(copy.deepcopy(model), run, steps)
            findings += _learning_rate(copy.deepcopy(model), run, optimizer)
        if train_step is not None:
            findings += _zero_grad(model, optimizer, train_step)
    return Report(tuple(findings))


@dataclass(frozen=True)
class _Run:
    """A loss on a batch."""

    loss: Loss
    inputs: Any
    targets: Any

    def outputs(self, model: Module) -> Any:
        return model(*self.inputs) if isinstance(self.inputs, (tuple, list)) else model(self.inputs)

    def __call__(self, model: Module) -> Tensor:
        value = self.loss(self.outputs(model), self.targets)
        if not isinstance(value, Tensor) or value.ndim or not value.requires_grad:
            raise ArgumentTypeError(
                "diagnose(): loss(model(inputs), targets) must be a scalar Tensor that depends on the parameters, not "
                f"{_described(value)}"
            )
        return value

    def arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        for name, part in (("inputs", self.inputs), ("targets", self.targets)):
            members = (
                part.values() if isinstance(part, Mapping) else part if isinstance(part, (tuple, list)) else [part]
            )
            for x in members:
                yield name, np.asarray(bare(x))


def _described(value: Any) -> str:
    if not isinstance(value, Tensor):
        return type(value).__name__
    return f"one of shape {value.shape}" if value.ndim else "one that requires no gradient: are all of them frozen?"


def _data(run: _Run) -> Iterator[Finding]:
    for name, array in run.arrays():
        if array.dtype.kind != "f" or not array.size:
            continue
        bad = ~np.isfinite(array)
        if bad.any():
            place = tuple(int(i) for i in np.argwhere(bad)[0])
            yield Finding(
                "data",
                "problem",
                f"{int(bad.sum())} of {array.size} entries of the {name} are nan or infinite, the first at {place}",
                "find out where they come from, and leave out or fill in these examples",
            )
        elif name == "inputs" and (abs(array.mean()) > 10 or array.std() > 10):
            yield Finding(
                "data",
                "warning",
                f"the inputs have mean {array.mean():.3g} and deviation {array.std():.3g}",
                "subtract the mean and divide by the deviation, as measured on the training set",
            )


def _initialisation(model: Module) -> Iterator[Finding]:
    weights = [(name, bare(p)) for name, p in model.named_parameters() if p.ndim >= 2]
    zero = [name for name, array in weights if array.size and not array.any()]
    same = [name for name, array in weights if name not in zero and len(array) > 1 and np.all(array == array[:1])]
    if zero:
        yield Finding(
            "initialisation",
            "problem",
            f"{', '.join(zero)} {'is' if len(zero) == 1 else 'are'} all zero: the neurons of such a layer get equal "
            "gradients (or none) and stay equal for ever",
            "nn.init.kaiming_normal_ before ReLU, nn.init.xavier_normal_ before tanh; only biases start at 0",
        )
    if same:
        yield Finding(
            "initialisation",
            "problem",
            f"all neurons of {', '.join(same)} begin with the same weights, so they stay equal for ever",
            "draw the weights at random, for example by nn.init.kaiming_normal_",
        )
    if not (zero or same):
        yield Finding("initialisation", "fine", f"no layer of {len(weights)} begins at zero or symmetric")


def _nan(model: Module, run: _Run) -> Iterator[Finding]:
    """Whether a forward or backward pass makes a nan, and where the first one arises."""
    try:
        with detect_anomaly():
            value = run(model)
            value.backward()
    except AnomalyError as problem:
        yield Finding(
            "nan",
            "problem",
            f"{problem}",
            "look at that operation's inputs: log(0), 0/0, sqrt of something negative, or exp of something large; use "
            "the stable forms (cross_entropy, binary_cross_entropy_with_logits, log_softmax)",
        )
        return
    if not math.isfinite(value.item()):
        yield Finding("nan", "problem", f"the loss is {value.item()}", "look for nan and infinities in the data")


def _first_loss(model: Module, run: _Run, classes: int | None) -> Iterator[Finding]:
    with no_grad():
        outputs = run.outputs(model)
        value = float(run.loss(outputs, run.targets).item())
    targets = np.asarray(bare(run.targets)) if not isinstance(run.targets, (tuple, list)) else None
    if classes is None and targets is not None and isinstance(outputs, Tensor):
        by_index = targets.dtype.kind in "iu" and outputs.ndim == targets.ndim + 1 and outputs.ndim > 1
        classes = outputs.shape[1] if by_index else None
    if classes is None or classes < 2:
        yield Finding("first loss", "note", f"{value:.4g} (say classes=K to compare it with a guess among K classes)")
        return
    guess = math.log(classes)
    what = f"{value:.4g}, and a guess among {classes} classes costs −ln(1/{classes}) = {guess:.4g}"
    if value > 1.5 * guess + 0.2:
        yield Finding(
            "first loss",
            "warning",
            f"{what}: the untrained model is sure of wrong answers",
            "smaller weights in the last layer, or normalised inputs; and no softmax before cross_entropy",
        )
    elif value < 0.5 * guess:
        yield Finding(
            "first loss",
            "warning",
            f"{what}: the model knows more than it can know before training",
            "check that the targets are not among the inputs, and that the batch is shuffled",
        )
    else:
        yield Finding("first loss", "fine", what)


def _gradients(model: Module, run: _Run) -> Iterator[Finding]:
    model.train()
    model.zero_grad()
    with Monitor(model) as monitor:
        run(model).backward()
        seen = monitor.snapshot()
    yield from _sizes(model, seen)
    for warning in seen.warnings:
        if "dead" in warning or "saturated" in warning:
            what, _, advice = warning.partition(". Try ")
            yield Finding("activations", "warning", what, advice)


def _sizes(model: Module, seen: Snapshot) -> Iterator[Finding]:
    missing = [name for name, p in model.named_parameters() if p.requires_grad and p.grad is None]
    if missing:
        yield Finding(
            "gradients",
            "warning",
            f"no gradient reaches {', '.join(missing)}: the loss does not depend on it",
            "use the layer in forward(), or leave it out; look for detach(), .data, item() and no_grad() on the way",
        )
    norms = {name: size for name, size in seen.gradient_norms.items() if name.endswith("weight")} or seen.gradient_norms
    if not norms:
        return
    first, last = next(iter(norms)), next(reversed(norms))
    total = seen.gradient_norm
    span = f"{total:.3g} in all, {norms[first]:.3g} at {first}, {norms[last]:.3g} at {last}"
    if not math.isfinite(total) or total > LIMITS.exploding:
        yield Finding(
            "gradients",
            "problem",
            f"they explode: {span} (above {LIMITS.exploding:g})",
            "smaller initial weights, normalisation layers, clip_grad_norm_, normalised inputs",
        )
    elif total < LIMITS.vanishing:
        yield Finding(
            "gradients",
            "problem",
            f"they vanish: {span} (below {LIMITS.vanishing:g})",
            "ReLU or GELU instead of sigmoid, residual connections, He or Xavier initialisation",
        )
    elif min(norms.values()) < 1e-5 * max(norms.values()):
        least = min(norms, key=norms.__getitem__)
        yield Finding(
            "gradients",
            "warning",
            f"they fade on the way back: {span}; {least} gets {min(norms.values()):.2g}",
            "ReLU or GELU instead of sigmoid, residual connections, normalisation layers",
        )
    else:
        yield Finding("gradients", "fine", span)


def _one_batch(model: Module, run: _Run, steps: int) -> Iterator[Finding]:
    """Can the model learn one batch by heart? If not, something between data and update is broken."""
    model.train()
    for module in model.modules():  # chance in the layers would keep the loss up
        if "Dropout" in type(module).__name__ or type(module).__name__ == "StochasticDepth":
            module.eval()
    best: list[float] = []
    for rate in (1e-2, 1e-3):
        losses = _losses(copy.deepcopy(model), run, rate, steps)
        if losses[0] <= 0:
            yield Finding(
                "one batch", "note", f"the loss starts at {losses[0]:.4g}; only from above 0 can it fall to 0"
            )
            return
        best = min(best or losses, losses, key=lambda curve: curve[-1] if math.isfinite(curve[-1]) else math.inf)
        if best[-1] < 0.1 * best[0]:
            yield Finding("one batch", "fine", f"learned by heart: the loss fell from {best[0]:.4g} to {best[-1]:.4g}")
            return
    course = f"in {len(best)} steps of Adam the loss went from {best[0]:.4g} to {best[-1]:.4g}"
    if best[-1] < 0.5 * best[0]:
        yield Finding(
            "one batch",
            "warning",
            f"not learned by heart, but partly: {course}",
            "more steps (steps=1000); a wider model, if it is to fit the data closely",
        )
        return
    yield Finding(
        "one batch",
        "problem",
        f"the model cannot learn one batch by heart: {course}",
        "check that inputs and targets belong together, that the loss fits the outputs (no softmax before "
        "cross_entropy), that the model is wide enough, and that every layer is used",
    )


def _losses(model: Module, run: _Run, rate: float, steps: int) -> list[float]:
    """The losses of a model in training on one batch, until it has learned it."""
    optimizer = Adam([p for p in model.parameters() if p.requires_grad], lr=rate)
    losses: list[float] = []
    while len(losses) < steps:
        optimizer.zero_grad()
        value = run(model)
        value.backward()
        optimizer.step()
        losses.append(value.item())
        if not math.isfinite(losses[-1]) or losses[-1] < 0.02 * losses[0]:
            break
    return losses


@dataclass(frozen=True)
class RateRange:
    """What `learning_rate_range` measured."""

    rates: list[float]
    losses: list[float]
    suggestion: float
    """A tenth of the rate at which the loss was lowest."""
    diverges: float
    """From here on the loss grows; infinity if it never did."""


def learning_rate_range(
    model: Module,
    loss: Loss,
    batch: tuple[Any, Any],
    optimizer: Any = None,
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = 80,
) -> RateRange:
    """Train a copy for some steps with a rate that grows from ``low`` to ``high``, and see where it works.

    Parameters
    ----------
    model : Module
    loss : callable
    batch : (inputs, targets)
    optimizer : Optimizer, optional
        Its kind and options are used (default: Adam).
    low, high : float
        The rates to try, spaced evenly on a logarithmic scale.
    steps : int

    References
    ----------
    Smith, "Cyclical learning rates for training neural networks", WACV 2017, section 3.3.
    """
    if not 0 < low < high:
        raise ArgumentValueError(f"learning_rate_range(): 0 < low < high is needed, not low={low}, high={high}")
    run = _Run(loss, *batch)
    with preserved_state():
        trial = copy.deepcopy(model)
        trial.train()
        parameters = [p for p in trial.parameters() if p.requires_grad]
        options: dict[str, Any] = {}
        if optimizer is not None:
            options = {name: value for name, value in optimizer.defaults.items() if name not in ("lr", "params")}
        stepper = (type(optimizer) if optimizer is not None else Adam)(parameters, lr=low, **options)
        rates, losses = [], []
        for rate in np.geomspace(low, high, steps).tolist():
            stepper.zero_grad()
            value = run(trial)
            rates.append(rate)
            losses.append(value.item())
            if not math.isfinite(losses[-1]) or losses[-1] > 4 * abs(losses[0]) + 1e-3:
                break
            value.backward()
            for group in stepper.param_groups:
                group["lr"] = rate
            stepper.step()
    lowest = int(np.nanargmin(np.where(np.isfinite(losses), losses, np.inf)))
    after = [rate for rate, value in zip(rates, losses, strict=True) if not value <= max(losses[0], 2 * losses[lowest])]
    after = [rate for rate in after if rate > rates[lowest]]
    return RateRange(rates, losses, rates[lowest] / 10, after[0] if after else math.inf)


def _learning_rate(model: Module, run: _Run, optimizer: Any) -> Iterator[Finding]:
    measured = learning_rate_range(model, run.loss, (run.inputs, run.targets), optimizer)
    what = f"rates work up to about {10 * measured.suggestion:.1g}; {measured.suggestion:.1g} is a good start"
    if optimizer is None:
        yield Finding("learning rate", "note", f"{what} (measured with Adam)")
        return
    rate = optimizer.param_groups[0]["lr"]
    if rate >= measured.diverges or rate > 100 * measured.suggestion:
        yield Finding("learning rate", "problem", f"{rate:g} is too high: {what}", f"lr={measured.suggestion:.1g}")
    elif rate < measured.suggestion / 1000:
        yield Finding("learning rate", "warning", f"{rate:g} is very low: {what}", f"lr={measured.suggestion:.1g}")
    else:
        yield Finding("learning rate", "fine", f"{rate:g}; {what}")


def _zero_grad(model: Module, optimizer: Any, train_step: Callable[[], Any]) -> Iterator[Finding]:
    """Do gradients of the step before remain in those of the next?"""
    parameters = [p for p in model.parameters() if p.requires_grad]
    kept = [(p, np.array(bare(p)), p.grad) for p in parameters]
    kept_buffers = [(b, np.array(bare(b))) for b in model.buffers()]
    state = None if optimizer is None else copy.deepcopy(optimizer.state_dict())
    rates = None if optimizer is None else [group["lr"] for group in optimizer.param_groups]
    try:
        for p in parameters:
            p.grad = None
        with preserved_state():  # the same draws in both steps
            train_step()
        first = gradient_norms(model)
        left = {name: np.array(bare(p.grad)) for name, p in model.named_parameters() if p.grad is not None}
        for p, before, _ in kept:  # the same weights, so that the second gradient is the same if nothing piles up
            _put(p, before)
        for b, before_buffer in kept_buffers:
            _put(b, before_buffer)
        with preserved_state():
            train_step()
        second = gradient_norms(model)
        piled = [
            name
            for name, p in model.named_parameters()
            if name in left and p.grad is not None and _is_doubled(bare(p.grad), left[name])
        ]
    finally:
        for p, before, grad in kept:
            _put(p, before)
            p.grad = grad
        for b, before_buffer in kept_buffers:
            _put(b, before_buffer)
        if optimizer is not None:
            optimizer.load_state_dict(state)
            for group, rate in zip(optimizer.param_groups, rates or (), strict=True):
                group["lr"] = rate
    if piled and len(piled) * 2 > len(left):
        yield Finding(
            "zero_grad",
            "problem",
            f"gradients pile up: on the same batch their norm went from {total_norm(first.values()):.3g} to "
            f"{total_norm(second.values()):.3g} in the second step",
            "call optimizer.zero_grad() in every step, before loss.backward()",
        )
    else:
        yield Finding("zero_grad", "fine", "the gradients of a step do not remain in the next")


def _put(tensor: Tensor, array: np.ndarray) -> None:
    bare(tensor)[...] = array
    mark_changed(bare(tensor))


def _is_doubled(second: np.ndarray, first: np.ndarray) -> bool:
    size = np.abs(first).max(initial=0.0)
    return bool(size > 0 and np.abs(second - 2 * first).max() < 0.2 * size)
