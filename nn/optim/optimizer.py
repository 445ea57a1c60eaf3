"""What have all optimizers in common: parameter groups, states, and how both are kept?"""

from __future__ import annotations

import copy
import functools
from collections import defaultdict
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any, ClassVar

import numpy as np

from autograd import Tensor, enable_grad
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, GraphError, ShapeError
from autograd.functions.bare import bare
from autograd.saved import mark_all_changed
from autograd.tensor import RemovableHook
from nn.optim.update import state_type

__all__ = ["Optimizer"]

Row = tuple[Tensor, np.ndarray, np.ndarray]
"""A parameter, its array, and its gradient's."""


def _watched(step: Callable[..., Any]) -> Callable[..., Any]:
    """A ``step`` with the hooks around it, that is counted."""

    @functools.wraps(step)
    def watched(self: Optimizer, *args: Any, **keywords: Any) -> Any:
        if type(self).step is not watched:  # called by a derived class, whose own step is the one that counts
            return step(self, *args, **keywords)
        for hook in list(self._before.values()) if self._before else ():
            changed = hook(self, args, keywords)
            if changed is not None:
                if not (isinstance(changed, tuple) and len(changed) == 2):
                    raise ArgumentTypeError(
                        f"a step_pre_hook must return None or a pair (args, kwargs), not {changed!r:.80}"
                    )
                args, keywords = changed
        out = step(self, *args, **keywords)
        self.steps_taken += 1
        for hook in list(self._after.values()) if self._after else ():
            hook(self, args, keywords)
        return out

    return watched


class Optimizer:
    """Changes parameters in the direction that their gradients tell. Base of all optimizers.

    Parameters
    ----------
    params : iterable of Tensor, of (str, Tensor), or of dict
        What to optimize; dicts are parameter groups, each with its ``params`` and with options of its own.
    defaults : dict
        The options of groups that do not say otherwise.

    Attributes
    ----------
    param_groups : list of dict
        May be changed between steps, as in ``optimizer.param_groups[0]["lr"] = 0.01``.
    state : dict
        For each parameter a dict of what the optimizer remembers: Tensors, and ``step``, a number.
    steps_taken : int
        How often ``step`` was called.

    Raises
    ------
    ArgumentTypeError
        If something is no Tensor, or if ``params`` has no order.
    ArgumentValueError
        If there are no parameters, if one is in two groups, or if an option is out of its range.
    GraphError
        If a parameter was computed from others: it is no leaf, and has no gradient of its own.

    Notes
    -----
    An optimizer of your own derives from this class and defines ``step``, as in PyTorch. A gradient that does not fit
    its parameter is an error, and then nothing has been changed. Writing into a parameter between the forward and the
    backward pass is noticed, see `autograd.saved`.
    """

    states: ClassVar[tuple[str, ...]] = ()
    """What the optimizer may remember of a parameter in arrays of its shape."""
    needed: ClassVar[frozenset[str]] = frozenset()
    """What it remembers in any case, once it has begun."""

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, (Tensor, dict, str)):
            raise ArgumentTypeError(
                f"params must be an iterable of Tensors or of dicts, such as [x], not a {type(params).__name__}"
            )
        self.defaults = defaults
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self.steps_taken = 0
        self._before: dict[int, Callable[..., Any]] = {}
        self._after: dict[int, Callable[..., Any]] = {}
        try:
            groups = list(params)
        except TypeError as problem:
            raise ArgumentTypeError(f"params must be an iterable of Tensors or of dicts: {problem}") from problem
        if not groups:
            raise ArgumentValueError(
                "there are no parameters to optimize; was model.parameters(), an iterator, used up before?"
            )
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def __init_subclass__(cls) -> None:
        if "step" in vars(cls):
            cls.step = _watched(cls.step)  # type: ignore[method-assign]

    # --- groups -----------------------------------------------------------------------------------------------

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters, with their options.

        Parameters
        ----------
        param_group : dict
            ``params``: a Tensor, or a list of Tensors or of pairs (name, Tensor); other keys are options.
        """
        if not isinstance(param_group, dict) or "params" not in param_group:
            raise ArgumentTypeError(f"a parameter group is a dict with 'params', not {param_group!r:.80}")
        given = param_group["params"]
        if isinstance(given, (set, frozenset)):
            raise ArgumentTypeError("the parameters come in a set, whose order changes from run to run: pass a list")
        items = [given] if isinstance(given, Tensor) else list(given)
        names = [item[0] for item in items if isinstance(item, tuple) and len(item) == 2]
        if names and len(names) != len(items):
            raise ArgumentValueError(f"{len(names)} of {len(items)} parameters have names: name all of them, or none")
        params = [item[1] for item in items] if names else items
        for position, p in enumerate(params):
            _check_parameter(p, names[position] if names else position)
        if self.param_groups and bool(names) != ("param_names" in self.param_groups[0]):
            raise ArgumentValueError("some parameter groups have names and others do not: name all of them, or none")
        known = {p for group in self.param_groups for p in group["params"]}
        for position, p in enumerate(params):
            if p in known:
                raise ArgumentValueError(
                    f"parameter {names[position] if names else position}, of shape {p.shape}, is listed twice: it "
                    "would be updated twice a step"
                )
            known.add(p)
        group = {**self.defaults, **param_group, "params": params}
        if names:
            group["param_names"] = names
        self._check(group)
        lr = group.get("lr")
        if isinstance(lr, (int, float)) and lr < 0:
            raise ArgumentValueError(f"lr={lr}: it must be at least 0; to go uphill, pass maximize=True")
        self.param_groups.append(group)

    def _check(self, group: dict[str, Any]) -> None:
        """Refuse options that make no sense."""

    # --- steps ------------------------------------------------------------------------------------------------

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Parameters
        ----------
        set_to_none : bool
            Rather than writing zeros into them.
        """
        zeroed = []
        for p in self._parameters():
            if set_to_none or p.grad is None:
                p.grad = None
            elif isinstance(p.grad, Tensor) and p.grad.is_leaf:
                p.grad._data[...] = 0
                zeroed.append(p.grad._data)
            else:  # of a recorded backward pass, which may need its numbers
                p.grad = Tensor(np.zeros_like(p._data))
        mark_all_changed(zeroed)

    @_watched
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient.

        Parameters
        ----------
        closure : callable, optional
            Called first; computes the loss anew, goes backward, and returns the loss.

        Returns
        -------
        What ``closure`` returned.

        Raises
        ------
        ShapeError, DtypeError
            If a gradient is not of its parameter's shape and type. Then nothing has been changed.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        found = [(group, self._with_gradient(group)) for group in self.param_groups]
        try:
            for group, rows in found:
                if rows:
                    self._update(group, rows)
        finally:
            mark_all_changed([x for _, rows in found for _, x, _ in rows])
        return loss

    def _with_gradient(self, group: dict[str, Any]) -> list[Row]:
        rows = []
        for p in group["params"]:
            grad = p.grad
            if grad is None:
                continue
            x = p._data
            g = grad._data if type(grad) is Tensor else bare(grad)
            if type(g) is not np.ndarray:
                g = _array_of_gradient(p, g)
            if g.shape != x.shape or g.dtype != x.dtype:
                raise _misfit(p, g)
            rows.append((p, x, g))
        return rows

    def _update(self, group: dict[str, Any], rows: list[Row]) -> None:
        """Write the new numbers of a group's parameters."""
        raise NotImplementedError(f"{type(self).__name__} must define step()")

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHook:
        """Call ``hook(optimizer, args, kwargs)`` before every step; it may return other ``(args, kwargs)``."""
        return RemovableHook(self._before, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHook:
        """Call ``hook(optimizer, args, kwargs)`` after every step."""
        return RemovableHook(self._after, hook)

    # --- keeping ----------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on later, in PyTorch's layout.

        Returns
        -------
        dict
            ``state``: by the number of the parameter, what the optimizer remembers, not copied; ``param_groups``: the
            options, and the numbers of the parameters.
        """
        numbers = {p: number for number, p in enumerate(self._parameters())}
        return {
            "state": {numbers.get(p, p): dict(state) for p, state in self.state.items() if state or p not in numbers},
            "param_groups": [{**group, "params": [numbers[p] for p in group["params"]]} for group in self.param_groups],
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another optimizer was.

        Parameters
        ----------
        state_dict : dict
            As `state_dict` gives it, ours or PyTorch's; Tensors or arrays. It is copied.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            If it is no such dict, or of another optimizer, or for other groups.
        ShapeError
            If what was remembered is of another shape than its parameter. Then nothing has been changed.
        """
        saved = _groups_of(state_dict)
        if len(saved) != len(self.param_groups):
            raise ArgumentValueError(
                f"the state has {len(saved)} parameter groups, the optimizer {len(self.param_groups)}"
            )
        by_number: dict[Any, Tensor] = {}
        groups = []
        for position, (group, other) in enumerate(zip(self.param_groups, saved, strict=True)):
            if len(other["params"]) != len(group["params"]):
                raise ArgumentValueError(
                    f"the state has {len(other['params'])} parameters in group {position}, the optimizer "
                    f"{len(group['params'])}"
                )
            by_number.update(zip(other["params"], group["params"], strict=True))
            names = {"param_names": group["param_names"]} if "param_names" in group else {}
            options = copy.deepcopy({key: value for key, value in other.items() if key != "params"})
            groups.append({**self.defaults, **names, **options, "params": group["params"]})
            self._check(groups[-1])
        state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        for number, entries in state_dict["state"].items():
            key = int(number) if isinstance(number, str) and number.isdecimal() else number  # as JSON writes numbers
            if key in by_number:
                state[by_number[key]] = self._loaded(by_number[key], key, entries)
            else:
                state[key] = copy.deepcopy(entries)
        self.state, self.param_groups = state, groups

    def _loaded(self, p: Tensor, number: Any, entries: dict[str, Any]) -> dict[str, Any]:
        """What is remembered of one parameter, copied and checked."""
        found: dict[str, Any] = {}
        if entries and not self.needed <= entries.keys():
            raise ArgumentValueError(
                f"the state lacks {', '.join(sorted(self.needed - entries.keys()))} for parameter {number}, which "
                f"{type(self).__name__} needs"
            )
        for name, value in entries.items():
            if value is None:
                continue
            if name == "step":
                found[name] = int(as_number(name, value))
            elif not self.states:  # of an optimizer of one's own
                is_array = isinstance(value, (Tensor, np.ndarray))
                found[name] = Tensor(bare(value), dtype=state_type(p._data)) if is_array else copy.deepcopy(value)
            elif name in self.states:
                found[name] = Tensor(bare(value), dtype=state_type(p._data))
                if found[name].shape != p.shape:
                    raise ShapeError(
                        f"{name} of parameter {number} has shape {found[name].shape} in the state, the parameter "
                        f"{p.shape}"
                    )
            else:
                raise ArgumentValueError(
                    f"the state has {name!r} for parameter {number}, which {type(self).__name__} does not know; its "
                    f"states are {', '.join(('step', *self.states))}: was it saved by another optimizer?"
                )
        return found

    def _parameters(self) -> Iterable[Tensor]:
        return (p for group in self.param_groups for p in group["params"])

    def _remember(self, p: Tensor, *names: str, value: float = 0.0) -> dict[str, Any]:
        """Begin to remember: a Tensor of the parameter's shape under each name."""
        state = self.state[p]
        for name in names:
            if name not in state:
                state[name] = Tensor(np.full_like(p._data, value, dtype=state_type(p._data)))
        return state

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            count = sum(p._data.size for p in group["params"])
            options = {key: group[key] for key in group if key not in ("params", "param_names", *_WITHOUT_EFFECT)}
            lines.append(f"  group {number}: {len(group['params'])} parameters, {count:,} numbers")
            lines.append("    " + ", ".join(f"{key}={value}" for key, value in options.items()))
        return "\n".join([*lines, ")"])


_WITHOUT_EFFECT = ("foreach", "fused", "capturable", "differentiable")
"""PyTorch's choices between its own kernels: they change no number, here or there."""


def _check_parameter(p: Any, name: Any) -> None:
    if not isinstance(p, Tensor):
        raise ArgumentTypeError(f"parameter {name} is a {type(p).__name__}; only Tensors can be optimized")
    if not p.is_leaf:
        raise GraphError(
            f"parameter {name}, of shape {p.shape}, was computed by {p.op.name}: it is no leaf, and has no gradient of "
            "its own; optimize what it was computed from, or .detach() it"
        )


def _array_of_gradient(p: Tensor, g: Any) -> np.ndarray:
    if isinstance(g, np.ndarray):  # of a derived class
        return np.asarray(g)
    if not isinstance(g, (np.generic, float, int)):
        raise ArgumentTypeError(f"the .grad of a parameter of shape {p.shape} is a {type(g).__name__}, not a Tensor")
    return np.asarray(g, p.dtype)


def _misfit(p: Tensor, g: np.ndarray) -> Exception:
    what = f"the gradient of a parameter{f' {p.label!r}' if p.label else ''}"
    if g.shape != p.shape:
        return ShapeError(f"{what} has shape {g.shape}, the parameter {p.shape}: nothing was updated")
    return DtypeError(f"{what} is of {g.dtype}, the parameter of {p.dtype}: nothing was updated; convert the gradient")


def _groups_of(state_dict: Any) -> list[dict[str, Any]]:
    """The parameter groups of a state, once it is known to be one."""
    if not isinstance(state_dict, dict) or not {"state", "param_groups"} <= state_dict.keys():
        raise ArgumentTypeError("the state of an optimizer is a dict with 'state' and 'param_groups'")
    groups = state_dict["param_groups"]
    if not isinstance(state_dict["state"], dict) or not isinstance(groups, (list, tuple)):
        raise ArgumentTypeError("in the state of an optimizer 'state' is a dict, and 'param_groups' a list")
    for position, group in enumerate(groups):
        if not isinstance(group, dict) or not isinstance(group.get("params"), (list, tuple)):
            raise ArgumentTypeError(f"parameter group {position} of the state is not a dict with a list of 'params'")
    return list(groups)


# --- options --------------------------------------------------------------------------------------------------------


def check_range(group: dict[str, Any], *names: str) -> None:
    """Refuse options of a group that are no finite numbers of at least 0; Tensors of one entry become plain numbers.

    ``lr`` is one of them in any case, and may be less than 0: some schedules end there, and a run goes on from it.
    """
    for name in ("lr", *names):
        group[name] = value = as_number(name, group[name])
        if not isfinite(value) or (value < 0 and name != "lr"):
            raise ArgumentValueError(f"{name}={value}: it must be finite and at least 0")


def as_number(name: str, value: Any) -> Any:
    """The plain number of an option or a metric, which may be a Tensor or an array of one entry."""
    number = bare(value)
    if isinstance(number, (np.ndarray, np.generic)) and number.size == 1:
        number = number.item()
    if not isinstance(number, (int, float)):
        raise ArgumentTypeError(f"{name} must be a number, not {type(value).__name__} {value!r:.40}")
    return number


def check_forms(group: dict[str, Any]) -> None:
    """Refuse what PyTorch's choices of a kernel cannot mean here."""
    if group["differentiable"]:
        raise ArgumentValueError(
            "differentiable=True is not supported: a step is not recorded; write the update as Tensors, x - lr * g, to "
            "differentiate through it"
        )
    if group["foreach"] and group.get("fused"):
        raise ArgumentValueError("foreach and fused cannot both be True")
