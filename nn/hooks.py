"""Who else is called when a module is called, goes backward, is saved or loaded?

A module that never had hooks does not come here. Hooks of the backward pass need no support from the engine: the
module's inputs and outputs are passed through identities, and what reaches these are the gradients of the module as a
whole.
"""

from __future__ import annotations

import math
import warnings
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
        if not (self.forward_pre or self.forward or self.backward_pre or self.backward):  # all were removed
            return module.forward(*args, **kwargs)
        called: set[int] = set()
        out = None
        try:
            for hook in list(self.forward_pre.values()):
                args, kwargs = _before(hook, module, args, kwargs)
            through = _Passage(module, self) if (self.backward or self.backward_pre) and is_grad_enabled() else None
            if through:
                args = through.enter(args)
            out = module.forward(*args, **kwargs)
            for number, hook in list(self.forward.items()):
                called.add(number)
                changed = _after(hook, module, args, kwargs, out)
                out = out if changed is None else changed
            return through.leave(out) if through else out
        except BaseException:
            for number, hook in list(self.forward.items()):
                if hook.always and number not in called:
                    try:
                        _after(hook, module, args, kwargs, out)
                    except Exception as second:  # it must not hide the first
                        warnings.warn(f"a forward hook with always_call=True failed, too: {second!r}", stacklevel=2)
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


def _after(hook: _Call, module: Module, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> Any:
    return hook.function(module, *((args, kwargs) if hook.with_kwargs else (args,)), out)


class _Passage:
    """One forward pass of a module through identities, and what the backward pass brings to them."""

    def __init__(self, module: Module, hooks: Hooks) -> None:
        self.module = module
        self.hooks = hooks
        self.grad_output: tuple[Any, ...] | None = None
        self.has_inputs = False
        self.count = 0

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as the module is to see them."""
        self.count = len(args)
        passed, joint, layout = _pass_through(args)
        if joint is not None and self.hooks.backward:
            self.has_inputs = True
            joint.register_hook(lambda g: self._at_inputs(g, layout))
        return tuple(passed)

    def leave(self, out: Any) -> Any:
        """The output as the caller is to see it: a Tensor, or a tuple or list with Tensors in it."""
        several = isinstance(out, (tuple, list))
        passed, joint, layout = _pass_through(out if several else (out,))
        if joint is None:
            return out
        joint.register_hook(lambda g: self._at_outputs(g, layout))
        if not several:
            return passed[0]
        return type(out)(*passed) if hasattr(out, "_fields") else type(out)(passed)

    def _at_outputs(self, gradient: Any, layout: _Layout) -> Any:
        grads = layout.apart(gradient)
        for hook in list(self.hooks.backward_pre.values()):
            grads = _replaced(hook.function(self.module, grads), grads, "grad_output")
        self.grad_output = grads
        if not self.has_inputs:  # nothing flows into the module's inputs: this is the last place to call from
            for hook in list(self.hooks.backward.values()):
                if hook.function(self.module, (None,) * self.count, grads) is not None:
                    raise ArgumentTypeError(
                        "a full backward hook returned gradients of inputs, but no input requires one: return None"
                    )
        return layout.together(grads)

    def _at_inputs(self, gradient: Any, layout: _Layout) -> Any:
        if self.grad_output is None:  # nothing came through the outputs, as when a gradient is differentiated
            return None
        grads = layout.apart(gradient)
        for hook in list(self.hooks.backward.values()):
            grads = _replaced(hook.function(self.module, grads, self.grad_output), grads, "grad_input")
        self.grad_output = None
        return layout.together(grads)


class _Layout(NamedTuple):
    """How the gradients of several items lie in that of the joint node."""

    items: int
    """How many items there are, Tensors or not."""
    parts: list[tuple[int, tuple[int, ...], Any]]
    """For those that require a gradient: which item it is, its shape and its element type."""

    def apart(self, gradient: Tensor) -> tuple[Any, ...]:
        """The gradient of the joint node as one for each item, None for those that have none."""
        grads: list[Any] = [None] * self.items
        start = 0
        for i, shape, dtype in self.parts:
            size = math.prod(shape)
            part = gradient if len(self.parts) == 1 else gradient[start : start + size].reshape(shape)
            grads[i] = part if part.dtype == dtype else part.astype(dtype)
            start += size
        return tuple(grads)

    def together(self, grads: tuple[Any, ...]) -> Any:
        """The other way round."""
        parts = [grads[i] for i, _, _ in self.parts]
        return parts[0] if len(parts) == 1 else autograd.cat([part.reshape(-1) for part in parts])


def _pass_through(items: Sequence[Any]) -> tuple[list[Any], Tensor | None, _Layout]:
    """The items through identities, the node that receives all their gradients at once, and how these lie in it.

    A single Tensor passes through a node of its own. Several are laid end to end and cut apart again, so that there
    is one node whose gradient is complete only when all of theirs are.
    """
    passed = list(items)
    tensors = {i: x for i, x in enumerate(items) if isinstance(x, Tensor) and x.requires_grad}
    layout = _Layout(len(items), [(i, x.shape, x.dtype) for i, x in tensors.items()])
    if not tensors:
        return passed, None, layout
    if len(tensors) == 1:
        ((i, x),) = tensors.items()
        joint = passed[i] = x.reshape(x.shape)
        return passed, joint, layout
    joint = autograd.cat([x.reshape(-1) for x in tensors.values()])
    for i, part in enumerate(layout.apart(joint)):
        passed[i] = passed[i] if part is None else part
    return passed, joint, layout


def _replaced(changed: Any, grads: tuple[Any, ...], what: str) -> tuple[Any, ...]:
    """The gradients as a hook wants them to go on.

    Raises
    ------
    ArgumentTypeError
        If they are not as many, or not Tensors of the same shapes where there were Tensors.
    """
    if changed is None:
        return grads
    new = changed if isinstance(changed, tuple) else (changed,)
    if len(new) != len(grads):
        raise ArgumentTypeError(f"a backward hook returned {len(new)} gradients in the place of {len(grads)} ({what})")
    for before, after in zip(grads, new, strict=True):
        if before is not None and not (isinstance(after, Tensor) and after.shape == before.shape):
            raise ArgumentTypeError(
                f"a backward hook returned {after!r:.40} in the place of a gradient of shape {before.shape} ({what}); "
                "return a Tensor of that shape for each, or None to leave them all"
            )
    return new
