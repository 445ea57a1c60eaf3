"""Who else is called when a module is called, goes backward, is saved or loaded?

A module without hooks never comes here. Hooks of the backward pass need no support from the engine: the module's inputs
and outputs are passed through identities, and what reaches these are the gradients of the module as a whole.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import autograd
from autograd import ArgumentTypeError, Tensor, is_grad_enabled
from autograd.tensor import RemovableHook

if TYPE_CHECKING:
    from nn.module import Module

__all__ = ["Hooks"]


class _Call(NamedTuple):
    """A hook, and how it wants to be called."""

    function: Callable[..., Any]
    with_kwargs: bool = False
    always: bool = False


class Hooks:
    """The hooks of one module, in the order in which they are called."""

    def __init__(self) -> None:
        self.forward_pre: OrderedDict[int, _Call] = OrderedDict()
        self.forward: OrderedDict[int, _Call] = OrderedDict()
        self.backward_pre: OrderedDict[int, _Call] = OrderedDict()
        self.backward: OrderedDict[int, _Call] = OrderedDict()
        self.saving: OrderedDict[int, _Call] = OrderedDict()
        self.saved: OrderedDict[int, _Call] = OrderedDict()
        self.loading: OrderedDict[int, _Call] = OrderedDict()
        self.loaded: OrderedDict[int, _Call] = OrderedDict()

    def add(
        self,
        kind: str,
        hook: Callable[..., Any],
        prepend: bool = False,
        with_kwargs: bool = False,
        always: bool = False,
    ) -> RemovableHook:
        """Enter a hook.

        Raises
        ------
        ArgumentTypeError
            If it cannot be called.
        """
        if not callable(hook):
            raise ArgumentTypeError(f"a hook must be callable, not {type(hook).__name__} {hook!r:.40}")
        hooks = getattr(self, kind)
        handle = RemovableHook(hooks, _Call(hook, with_kwargs, always))  # type: ignore[arg-type]
        if prepend:
            hooks.move_to_end(handle._number, last=False)
        return handle

    def run(self, kind: str, *args: Any) -> None:
        """Call the hooks of a kind whose answers do not matter."""
        for hook in list(getattr(self, kind).values()):
            hook.function(*args)

    def call(self, module: Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The module's forward pass between its hooks."""
        if not any(vars(self).values()):  # all were removed: the next call is as fast as before
            module._hooks = None
            return module.forward(*args, **kwargs)
        pending = dict(self.forward)
        try:
            for hook in list(self.forward_pre.values()):
                args, kwargs = _before(hook, module, args, kwargs)
            through = _Passage(module, self) if (self.backward or self.backward_pre) and is_grad_enabled() else None
            if through:
                args = through.enter(args)
            out = module.forward(*args, **kwargs)
            for number in list(self.forward):
                hook = pending.pop(number)
                given = (args, kwargs) if hook.with_kwargs else (args,)
                changed = hook.function(module, *given, out)
                out = out if changed is None else changed
            return through.leave(out) if through else out
        except BaseException:
            for hook in pending.values():
                if hook.always:
                    hook.function(module, *((args, kwargs) if hook.with_kwargs else (args,)), None)
            raise


def _before(hook: _Call, module: Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The arguments as a hook before the forward pass leaves them."""
    if not hook.with_kwargs:
        changed = hook.function(module, args)
        return (args if changed is None else changed if isinstance(changed, tuple) else (changed,)), kwargs
    changed = hook.function(module, args, kwargs)
    if changed is None:
        return args, kwargs
    if isinstance(changed, tuple) and len(changed) == 2 and isinstance(changed[0], tuple):
        return changed
    raise ArgumentTypeError(
        f"a forward pre-hook with with_kwargs=True must return None or the pair (args, kwargs), not {changed!r:.60}"
    )


class _Passage:
    """One forward pass of a module through identities, and what the backward pass brings to them."""

    def __init__(self, module: Module, hooks: Hooks) -> None:
        self.module = module
        self.hooks = hooks
        self.grad_output: tuple[Any, ...] | None = None
        self.has_inputs = False

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as the module is to see them."""
        passed, joint, places = _pass_through(args)
        if joint is not None and self.hooks.backward:
            self.has_inputs = True
            joint.register_hook(lambda g: self._at_inputs(g, passed, places))
        return tuple(passed)

    def leave(self, out: Any) -> Any:
        """The output as the caller is to see it: a Tensor, or a tuple or list with Tensors in it."""
        several = isinstance(out, (tuple, list))
        passed, joint, places = _pass_through(out if several else (out,))
        if joint is None:
            return out
        joint.register_hook(lambda g: self._at_outputs(g, passed, places))
        if not several:
            return passed[0]
        return type(out)(*passed) if hasattr(out, "_fields") else type(out)(passed)

    def _at_outputs(self, gradient: Any, passed: Sequence[Any], places: list[int]) -> Any:
        grads = _apart(gradient, passed, places)
        for hook in list(self.hooks.backward_pre.values()):
            grads = _replaced(hook.function(self.module, grads), grads, "grad_output")
        self.grad_output = grads
        if not self.has_inputs:  # nothing flows into the module's inputs: this is the last place to call from
            for hook in list(self.hooks.backward.values()):
                if hook.function(self.module, (None,), grads) is not None:
                    raise ArgumentTypeError(
                        "a full backward hook returned gradients of inputs, but no input requires one: return None"
                    )
        return _together(grads, places)

    def _at_inputs(self, gradient: Any, passed: Sequence[Any], places: list[int]) -> Any:
        grads = _apart(gradient, passed, places)
        for hook in list(self.hooks.backward.values()):
            grads = _replaced(hook.function(self.module, grads, self.grad_output), grads, "grad_input")
        self.grad_output = None
        return _together(grads, places)


def _pass_through(items: Sequence[Any]) -> tuple[list[Any], Tensor | None, list[int]]:
    """The items through identities, the node that receives all their gradients at once, and which have a gradient.

    A single Tensor passes through a node of its own. Several are laid end to end and cut apart again, so that there
    is one node whose gradient is complete only when all of theirs are.
    """
    passed = list(items)
    places = [i for i, x in enumerate(items) if isinstance(x, Tensor) and x.requires_grad]
    if not places:
        return passed, None, places
    if len(places) == 1:
        joint = passed[places[0]] = items[places[0]].reshape(items[places[0]].shape)
        return passed, joint, places
    joint = autograd.cat([items[i].reshape(-1) for i in places])
    start = 0
    for i in places:
        shape, size = items[i].shape, items[i].numel()
        part = joint[start : start + size].reshape(shape)
        passed[i] = part if part.dtype == items[i].dtype else part.astype(items[i].dtype)
        start += size
    return passed, joint, places


def _apart(gradient: Tensor, passed: Sequence[Any], places: list[int]) -> tuple[Any, ...]:
    """The gradient of the joint node as one for each item, None for those that have none."""
    grads: list[Any] = [None] * len(passed)
    start = 0
    for i in places:
        size = passed[i].numel()
        grads[i] = gradient if len(places) == 1 else gradient[start : start + size].reshape(passed[i].shape)
        start += size
    return tuple(grads)


def _together(grads: tuple[Any, ...], places: list[int]) -> Any:
    """The other way round."""
    return grads[places[0]] if len(places) == 1 else autograd.cat([grads[i].reshape(-1) for i in places])


def _replaced(changed: Any, grads: tuple[Any, ...], what: str) -> tuple[Any, ...]:
    """The gradients as a hook wants them to go on.

    Raises
    ------
    ArgumentTypeError
        If they are not as many, or not Tensors where there were Tensors.
    """
    if changed is None:
        return grads
    new = changed if isinstance(changed, tuple) else (changed,)
    if len(new) != len(grads):
        raise ArgumentTypeError(f"a backward hook returned {len(new)} gradients in the place of {len(grads)} ({what})")
    for before, after in zip(grads, new, strict=True):
        if (before is not None) and not isinstance(after, Tensor):
            raise ArgumentTypeError(
                f"a backward hook returned {after!r:.40} in the place of a gradient ({what}); return a Tensor for "
                "each, or None to leave them all"
            )
    return new
