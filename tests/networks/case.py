"""What is a case of `nn`: a module or a function that means the same here and in PyTorch?

A function's case is a `cases.case.Case` whose name stands in ``nn.functional``, or with dots below ``nn``. A module's
case says how the module is made and what it is called with; its parameters and running statistics are filled with
numbers drawn from the case's own text.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from cases.case import A, Array, Case, Of, _text

__all__ = ["A", "Array", "Case", "ModuleCase", "Of", "functional", "loss", "module", "refused"]


@dataclass(frozen=True, repr=False)
class ModuleCase:
    """A module, what it is called with, and how far the two sides are compared.

    ``args`` and ``options`` make the module, ``inputs`` and ``call`` are what it is called with; each may hold `Array`
    descriptions, also in tuples and lists. A case among the arguments stands for the module it makes, or for the
    function it names. ``state`` says how the entries of a parameter or buffer are drawn (its name, or the last part of
    it), ``calls`` how often the module is called in one run, each time with other numbers. ``order`` is 1 for outputs,
    gradients, and buffers, 2 also for gradients of gradients; 0 for outputs and buffers alone. ``outputs`` are the
    results compared, where others are left open by PyTorch. A ``differs`` says in words why ours is another.
    """

    name: str
    args: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[Any, ...] = ()
    call: dict[str, Any] = field(default_factory=dict)
    modes: tuple[str, ...] = ("train", "eval")
    calls: int = 1
    state: dict[str, Array] = field(default_factory=dict)
    order: int = 1
    outputs: tuple[int, ...] | None = None
    refused: bool = False
    differs: str = ""

    def values_only(self, *outputs: int) -> ModuleCase:
        return replace(self, order=0, outputs=outputs or None)

    def up_to(self, order: int) -> ModuleCase:
        return replace(self, order=order)

    def but(self, reason: str) -> ModuleCase:
        return replace(self, differs=reason)

    def __str__(self) -> str:
        said = {"calls": self.calls} if self.calls > 1 else {}
        said |= {"state": self.state} if self.state else {}
        said |= {"modes": "/".join(self.modes)} if len(self.modes) == 1 and self.modes != ("train",) else {}
        made = Case(self.name, self.args, self.options)
        called = str(Case("", self.inputs, self.call)) if self.inputs or self.call else ""
        return f"{made}{called}" + "".join(f" {name}={_text(x)}" for name, x in said.items())

    __repr__ = __str__


def module(
    name: str,
    *args: Any,
    inputs: Any = (),
    call: dict[str, Any] | None = None,
    modes: tuple[str, ...] = ("train", "eval"),
    calls: int = 1,
    state: dict[str, Array] | None = None,
    order: int = 1,
    **options: Any,
) -> ModuleCase:
    """A case of a module: ``nn.<name>(*args, **options)``, called with the inputs in train and in eval mode."""
    return ModuleCase(name, args, options, tuple(inputs), call or {}, tuple(modes), calls, state or {}, order)


def loss(name: str, *args: Any, inputs: Any = (), order: int = 2, **options: Any) -> ModuleCase:
    """A case of a loss: a module that does not tell train from eval mode; gradients of gradients too."""
    return module(name, *args, inputs=inputs, modes=("train",), order=order, **options)


def functional(name: str, *args: Any, **options: Any) -> Case:
    """A case of a function in ``nn.functional``: values, gradients, and gradients of gradients."""
    return Case(name, args, options)


def refused(name: str, *args: Any, **options: Any) -> Case | ModuleCase:
    """What both sides refuse: a function's call, or a module's making or call."""
    made = module(name, *args, **options) if name[0].isupper() else functional(name, *args, **options)
    return replace(made, refused=True)
