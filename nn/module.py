"""What is a module: who owns the parameters, and how are they found, converted, saved and loaded?

A module's parameters, buffers and children are ordinary attributes, as fast to reach as any; beside them the module
keeps only a list of their names and kinds. PyTorch keeps them in three dictionaries and answers for them through
``__getattr__``; what can be seen from outside (names, order, errors) is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from autograd import ArgumentTypeError, ArgumentValueError, AutogradError, DtypeError, Tensor
from autograd.functions.bare import bare
from autograd.promotion import as_dtype
from autograd.saved import mark_changed
from nn.hooks import Hooks
from nn.parameter import Buffer, Parameter

if TYPE_CHECKING:
    import numpy.typing as npt

    from autograd.tensor import RemovableHook

__all__ = ["IncompatibleKeys", "Module", "RegistrationError", "StateDictError", "indented", "laid_out"]

_PARAMETER, _BUFFER, _TRANSIENT, _MODULE = "parameter", "buffer", "transient buffer", "module"
"""What an attribute can be registered as; a transient buffer stays out of the ``state_dict``."""

_EXTRA = "_extra_state"
"""The name in the ``state_dict`` of what a module keeps beside Tensors."""


class RegistrationError(AutogradError, AttributeError):
    """A parameter, buffer or module was looked for and is not there, or was assigned too early."""


class StateDictError(AutogradError, RuntimeError):
    """A state dict does not fit the module; the message lists everything that does not."""


class IncompatibleKeys(NamedTuple):
    """What ``load_state_dict`` found on one side only."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not any(self):
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Module:
    """Base of all layers and networks.

    A subclass calls ``super().__init__()``, assigns `Parameter` objects and other modules to attributes, and defines
    ``forward``; calling the module calls ``forward`` between its hooks.

    Examples
    --------
    >>> class Scale(Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.weight = Parameter([2.0])
    ...
    ...     def forward(self, x):
    ...         return x * self.weight
    >>> model = Scale()
    >>> [name for name, _ in model.named_parameters()]
    ['weight']
    """

    training: bool
    """Whether the module is in training mode, see `train`."""
    _member_kinds: dict[str, str]
    _module_hooks: Hooks | None = None

    def __init__(self) -> None:
        self._member_kinds = {}
        self._module_hooks = None
        self.training = True

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines its own."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(): define what it computes")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        hooks = self._module_hooks
        return self.forward(*args, **kwargs) if hooks is None else hooks.call(self, args, kwargs)

    # --- registration -----------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        registered = self.__dict__.get("_member_kinds")
        before = registered.get(name) if registered else None
        if isinstance(value, Parameter):
            kind = _PARAMETER
        elif isinstance(value, Module) and before != _PARAMETER:
            kind = _MODULE
        elif isinstance(value, Buffer) and before not in (_PARAMETER, _MODULE):
            kind = _BUFFER if value.persistent else _TRANSIENT
        else:
            if before is not None:
                _check_kind(self, name, value, before)
            object.__setattr__(self, name, value)
            return
        self._register_member(name, value, kind)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        self._member_kinds.pop(name, None)

    def _register_member(self, name: str, value: Any, kind: str) -> None:
        registered = self.__dict__.get("_member_kinds")
        if registered is None:
            raise RegistrationError(
                f"{type(self).__name__}: the {kind} {name!r} is assigned before super().__init__() was called; call it "
                "first in __init__"
            )
        if not isinstance(name, str):
            raise ArgumentTypeError(f"the name of a {kind} must be text, not {type(name).__name__} {name!r:.40}")
        if not name or "." in name:
            raise ArgumentValueError(f"the name of a {kind} must not be empty or contain a dot: {name!r}")
        if hasattr(type(self), name):
            raise ArgumentValueError(
                f"{type(self).__name__} already has an attribute {name!r} of its class: name the {kind} otherwise"
            )
        if registered.get(name) != kind:  # new ones go to the end
            registered.pop(name, None)
            registered[name] = kind
        if isinstance(value, Tensor) and not value.label:
            value.label = name
        object.__setattr__(self, name, value)

    def _register_new_member(self, name: str, value: Any, kind: str) -> None:
        """Register under a name that no ordinary attribute has."""
        if name in self.__dict__ and self.__dict__.get("_member_kinds", {}).get(name) != kind:
            raise ArgumentValueError(f"{type(self).__name__} already has an attribute {name!r}: delete it first")
        self._register_member(name, value, kind)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter; with None only its name, to be filled later.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            If it is not a `Parameter`, or if the name is taken, empty or has a dot in it.
        """
        _check_kind(self, name, param, _PARAMETER)
        self._register_new_member(name, param, _PARAMETER)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a Tensor that is kept and not trained.

        Parameters
        ----------
        name : str
        tensor : Tensor or None
        persistent : bool
            Whether it is part of ``state_dict``.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            As for `register_parameter`.
        """
        _check_kind(self, name, tensor, _BUFFER)
        registered = self.__dict__.get("_member_kinds", {})
        if registered.get(name) in (_BUFFER, _TRANSIENT):
            del self.__dict__[name], registered[name]
        self._register_new_member(name, tensor, _BUFFER if persistent else _TRANSIENT)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a child; the same as `add_module`.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            As for `register_parameter`.
        """
        _check_kind(self, name, module, _MODULE)
        self._register_new_member(name, module, _MODULE)

    add_module = register_module

    def _members_of(self, *kinds: str) -> list[tuple[str, Any]]:
        values = self.__dict__
        return [(name, values[name]) for name, kind in self._member_kinds.items() if kind in kinds]

    @property
    def _parameters(self) -> Mapping[str, Parameter | None]:
        return MappingProxyType(dict(self._members_of(_PARAMETER)))

    @property
    def _buffers(self) -> Mapping[str, Tensor | None]:
        return MappingProxyType(dict(self._members_of(_BUFFER, _TRANSIENT)))

    @property
    def _modules(self) -> Mapping[str, Module | None]:
        return MappingProxyType(dict(self._members_of(_MODULE)))

    # --- looking ----------------------------------------------------------------------------------------------

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """The module and all below it with their dotted names, parents first.

        Parameters
        ----------
        memo : set of Module, optional
            Those that are left out; what is found is added.
        prefix : str
            What the names begin with.
        remove_duplicate : bool
            Whether a module that is found in several places comes once only.
        """
        seen = set() if memo is None else memo
        stack = [(prefix, self)]
        while stack:
            path, module = stack.pop()
            if module in seen:
                continue
            if remove_duplicate:
                seen.add(module)
            yield path, module
            children = [(name, child) for name, child in module._members_of(_MODULE) if child is not None]
            stack += [(_dotted(path, name), child) for name, child in reversed(children)]

    def modules(self) -> Iterator[Module]:
        """The module and all below it, each once."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below this one with their names, each once."""
        seen = set()
        for name, child in self._members_of(_MODULE):
            if child is not None and child not in seen:
                seen.add(child)
                yield name, child

    def children(self) -> Iterator[Module]:
        """The modules directly below this one, each once."""
        return (child for _, child in self.named_children())

    def _named_tensors(
        self, kinds: tuple[str, ...], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen = set()
        places = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in places:
            for name, tensor in module._members_of(*kinds):
                if tensor is None or tensor in seen:
                    continue
                if remove_duplicate:
                    seen.add(tensor)
                yield _dotted(path, name), tensor

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their dotted names, in the order of registration; shared ones once.

        Parameters
        ----------
        prefix : str
            What the names begin with.
        recurse : bool
            Whether those of the modules below belong to them.
        remove_duplicate : bool
            Whether a parameter that is found in several places comes once only.
        """
        return self._named_tensors((_PARAMETER,), prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters, each once, see `named_parameters`."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their dotted names; arguments as for `named_parameters`."""
        return self._named_tensors((_BUFFER, _TRANSIENT), prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module of a dotted name; "" is this one.

        Raises
        ------
        RegistrationError
            If there is none.
        """
        module = self
        for name in target.split(".") if target else ():
            found = dict(module._members_of(_MODULE)).get(name)
            if found is None:
                raise RegistrationError(_no_such(self, "module", target, (name for name, _ in self.named_modules())))
            module = found
        return module

    def set_submodule(self, target: str, module: Module) -> None:
        """Put another module in the place of a dotted name, or a new one below an existing module.

        Raises
        ------
        RegistrationError
            If there is no module that it could be below.
        ArgumentTypeError, ArgumentValueError
            As for `register_module`.
        """
        path, _, name = target.rpartition(".")
        _check_kind(self, name, module, _MODULE)
        setattr(self.get_submodule(path), name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter of a dotted name.

        Raises
        ------
        RegistrationError
            If there is none.
        """
        for name, parameter in self.named_parameters(remove_duplicate=False):
            if name == target:
                return parameter
        raise RegistrationError(_no_such(self, "parameter", target, (name for name, _ in self.named_parameters())))

    def get_buffer(self, target: str) -> Tensor:
        """The buffer of a dotted name.

        Raises
        ------
        RegistrationError
            If there is none.
        """
        for name, buffer in self.named_buffers(remove_duplicate=False):
            if name == target:
                return buffer
        raise RegistrationError(_no_such(self, "buffer", target, (name for name, _ in self.named_buffers())))

    # --- changing ---------------------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Set training mode (dropout drops, batch statistics are taken) here and below, and return the module.

        Raises
        ------
        ArgumentTypeError
            If ``mode`` is not a bool.
        """
        if not isinstance(mode, bool):
            raise ArgumentTypeError(f"train(): the mode must be True or False, not {mode!r:.40}")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """Set evaluation mode, the opposite of `train`."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Say of all parameters whether gradients reach them."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters: to None, or to zeros where there are any."""
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad = Tensor(np.zeros(parameter.shape, parameter.dtype))

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call a function with every module, children first, and return the module."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert all floating-point parameters and buffers, in place; gradients too.

        Parameters
        ----------
        device : "cpu", optional
            There is no other.
        dtype : data-type, optional
            A floating-point one. A Tensor in its place stands for its own.

        Raises
        ------
        DtypeError, ArgumentValueError, ArgumentTypeError
            If the type is not a floating-point one, if the device is not the CPU, or at other arguments.
        """
        dtype = _wanted_dtype(args, kwargs)
        return self if dtype is None else self._cast_all(dtype, only_floating=True)

    def type(self, dst_type: npt.DTypeLike) -> Self:
        """Convert all parameters and buffers, in place, of whatever type they are."""
        return self._cast_all(as_dtype(dst_type), only_floating=False)

    def float(self) -> Self:
        """Convert to float32, see `to`."""
        return self._cast_all(np.dtype(np.float32))

    def double(self) -> Self:
        """Convert to float64, see `to`."""
        return self._cast_all(np.dtype(np.float64))

    def half(self) -> Self:
        """Convert to float16, see `to`."""
        return self._cast_all(np.dtype(np.float16))

    def cpu(self) -> Self:
        """Nothing to do: everything is on the CPU."""
        return self

    def _cast_all(self, dtype: np.dtype[Any], only_floating: bool = True) -> Self:
        for tensor in chain(self.parameters(), self.buffers()):
            for x in (tensor, tensor.grad):
                if isinstance(x, Tensor) and x.dtype != dtype and (x.dtype.kind == "f" or not only_floating):
                    x.data = bare(x).astype(dtype)
        return self

    # --- hooks ------------------------------------------------------------------------------------------------

    def _enter_hook(self, kind: str, hook: Callable[..., Any], *options: bool) -> RemovableHook:
        if self._module_hooks is None:
            self._module_hooks = Hooks()
        return self._module_hooks.add(kind, hook, *options)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHook:
        """Call ``hook(module, args)`` before ``forward``; what it returns (if not None) takes the arguments' place.

        Parameters
        ----------
        hook : callable
            With ``with_kwargs``, ``hook(module, args, kwargs)`` → None or ``(args, kwargs)``.
        prepend : bool
            Before the hooks that are there already.
        with_kwargs : bool
        """
        return self._enter_hook("forward_pre", hook, prepend, with_kwargs)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHook:
        """Call ``hook(module, args, output)`` after ``forward``; what it returns (if not None) takes its place.

        Parameters
        ----------
        hook : callable
            With ``with_kwargs``, ``hook(module, args, kwargs, output)``.
        prepend : bool
            Before the hooks that are there already.
        with_kwargs : bool
        always_call : bool
            Also if ``forward`` or a hook has raised an error; the output is None if there is none yet. What such a
            call raises itself is a warning then.
        """
        return self._enter_hook("forward", hook, prepend, with_kwargs, always_call)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHook:
        """Call ``hook(module, grad_output)`` when the gradients of the outputs are known; it may return others."""
        return self._enter_hook("backward_pre", hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHook:
        """Call ``hook(module, grad_input, grad_output)`` when the gradients of the inputs are known.

        Parameters
        ----------
        hook : callable
            Takes a tuple of gradients for the positional arguments and one for the outputs, with None for what
            requires no gradient. May return another tuple for the inputs.
        prepend : bool
            Before the hooks that are there already.
        """
        return self._enter_hook("backward", hook, prepend)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHook:
        """Call ``hook(module, prefix, keep_vars)`` before the module writes itself into a state dict."""
        return self._enter_hook("saving", hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHook:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` after that; it may change the state dict."""
        return self._enter_hook("saved", hook)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHook:
        """Call ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)``
        before the module takes its entries; it may rename them in the state dict, which is a copy.
        """
        return self._enter_hook("loading", hook)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHook:
        """Call ``hook(module, incompatible_keys)`` when the numbers are loaded; it may change the two lists.

        So a module with such a hook has taken over what fits before keys that are left in the lists are an error.
        """
        return self._enter_hook("loaded", hook)

    # --- the state dict ---------------------------------------------------------------------------------------

    def state_dict(
        self, *, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """The parameters and persistent buffers by their dotted names; shared ones under each.

        What a module's own ``get_extra_state()`` returns, if it has one, is its entry ``_extra_state``; loading hands
        it to ``set_extra_state(state)``.

        Parameters
        ----------
        destination : dict, optional
            Where they are entered, instead of a new dict.
        prefix : str
            What the names begin with.
        keep_vars : bool
            Give the parameters themselves; otherwise Tensors without history that share their memory.
        """
        state: dict[str, Any] = {} if destination is None else destination
        if self._module_hooks:
            self._module_hooks.run("saving", self, prefix, keep_vars)
        for name, tensor in self._members_of(_PARAMETER) + self._members_of(_BUFFER):
            if tensor is not None:
                state[prefix + name] = tensor if keep_vars else tensor.detach()
        if hasattr(self, "get_extra_state"):
            state[prefix + _EXTRA] = self.get_extra_state()
        for name, child in self._members_of(_MODULE):
            if child is not None:
                child.state_dict(destination=state, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        if self._module_hooks:
            self._module_hooks.run("saved", self, state, prefix, {})
        return state

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Take over the numbers of a state dict. If anything does not fit, nothing is taken.

        (Keys on one side only are looked at later if there are hooks, see `register_load_state_dict_post_hook`.)

        Parameters
        ----------
        state_dict : mapping of str to Tensor or array
            PyTorch's tensors will do.
        strict : bool
            Whether keys that are missing or unexpected are an error.
        assign : bool
            Put the given Tensors in the place of the module's, instead of copying numbers into these.

        Returns
        -------
        IncompatibleKeys
            The lists ``missing_keys`` and ``unexpected_keys``.

        Raises
        ------
        StateDictError
            Listing every missing and unexpected key (if strict), and every entry of another shape or kind.
        ArgumentTypeError
            If it is not a mapping.
        """
        if not isinstance(state_dict, Mapping):
            raise ArgumentTypeError(f"load_state_dict() takes a mapping of names to Tensors, not {state_dict!r:.60}")
        state = dict(state_dict)
        keys = IncompatibleKeys([], [])
        misfits: list[str] = []
        modules = list(self.named_modules(remove_duplicate=False))
        for path, module in modules:
            if module._module_hooks:
                prefix = f"{path}." if path else ""
                module._module_hooks.run("loading", module, state, prefix, {}, strict, *keys, misfits)
        places = {
            _dotted(path, name): (module, name)
            for path, module in modules
            for name, tensor in module._members_of(_PARAMETER) + module._members_of(_BUFFER)
            if tensor is not None
        }
        extras = {_dotted(path, _EXTRA): module for path, module in modules if hasattr(module, "set_extra_state")}
        expected = {**places, **extras}
        keys.missing_keys.extend(name for name in expected if name not in state)
        keys.unexpected_keys.extend(name for name in state if name not in expected)
        given = {}
        for key, (module, name) in places.items():
            if key in state:
                try:
                    given[key] = _array_from(state[key])
                except (TypeError, ValueError) as problem:
                    misfits.append(f"{key} is no array of numbers: {problem}")
                else:
                    misfits += _misfits(key, getattr(module, name), given[key])
        hooked = [
            (module, hooks) for _, module in reversed(modules) if (hooks := module._module_hooks) and hooks.loaded
        ]
        if misfits or (strict and any(keys) and not hooked):
            raise StateDictError(_all_that_is_wrong(self, keys if strict else IncompatibleKeys([], []), misfits))
        for key, array in given.items():
            module, name = places[key]
            if assign:
                module._take_in_place_of(name, state[key], array)
            else:
                _overwrite(getattr(module, name), array)
        for key, module in extras.items():
            if key in state:
                module.set_extra_state(state[key])
        for module, hooks in hooked:
            hooks.run("loaded", module, keys)
        if strict and any(keys):
            raise StateDictError(_all_that_is_wrong(self, keys, []))
        return keys

    def _take_in_place_of(self, name: str, value: Any, array: np.ndarray) -> None:
        before = getattr(self, name)
        tensor = value if isinstance(value, Tensor) else Tensor(array)
        if self._member_kinds[name] == _PARAMETER:
            tensor = tensor if isinstance(tensor, Parameter) else Parameter(tensor, before.requires_grad)
            tensor.requires_grad = before.requires_grad
        setattr(self, name, tensor)

    # --- text and copies --------------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands between the parentheses of the module's own line; layers put their arguments there."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        own = extra.split("\n") if extra else []
        children = [f"({name}): {indented(repr(child))}" for name, child in self._members_of(_MODULE)]
        return laid_out(self._get_name(), own, children)

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name.isidentifier()]

    def __getstate__(self) -> dict[str, Any]:
        """For copies and pickles: the list of names is the copy's own."""
        return {**self.__dict__, "_member_kinds": dict(self._member_kinds)}


def laid_out(name: str, own: list[str], children: list[str]) -> str:
    """A module as text: on one line if it has at most one line to say."""
    if not children and len(own) <= 1:
        return f"{name}({''.join(own)})"
    return "\n  ".join([f"{name}(", *own, *children]) + "\n)"


def indented(text: str) -> str:
    return text.replace("\n", "\n  ")


_WANTED: dict[str, tuple[type, str]] = {
    _PARAMETER: (Parameter, "a Parameter"),
    _BUFFER: (Tensor, "a Tensor"),
    _TRANSIENT: (Tensor, "a Tensor"),
    _MODULE: (Module, "a Module"),
}


def _dotted(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _check_kind(module: Module, name: str, value: Any, kind: str) -> None:
    wanted, described = _WANTED[kind]
    if value is not None and not isinstance(value, wanted):
        raise ArgumentTypeError(
            f"{type(module).__name__}.{name} is registered as a {kind} and takes {described} or None, not "
            f"{type(value).__name__} {value!r:.40}"
        )


def _no_such(module: Module, what: str, target: str, names: Iterator[str]) -> str:
    import difflib

    close = difflib.get_close_matches(target, list(names), n=3, cutoff=0.4)
    hint = f"; there is {', '.join(map(repr, close))}" if close else ""
    return f"{type(module).__name__} has no {what} {target!r}{hint}"


def _wanted_dtype(args: tuple[Any, ...], kwargs: dict[str, Any]) -> np.dtype[Any] | None:
    """The element type that the arguments of ``Module.to`` ask for."""
    named = dict(kwargs)
    named.pop("non_blocking", None)
    device, dtype = named.pop("device", None), named.pop("dtype", None)
    for x in args:
        if isinstance(x, Tensor):
            dtype = x.dtype
        elif isinstance(x, str) and x.partition(":")[0] in ("cpu", "cuda", "mps", "xpu", "meta"):
            device = x
        elif x is not None and not isinstance(x, bool):
            dtype = x
    if named:
        raise ArgumentTypeError(f"Module.to() takes a device, a dtype or a Tensor, not {', '.join(named)}")
    if device is not None and str(device).partition(":")[0] != "cpu":
        raise ArgumentValueError(f"there is no device but the CPU: .to({str(device)!r}) is not possible")
    if dtype is None:
        return None
    wanted = as_dtype(dtype)
    if wanted.kind != "f":
        raise DtypeError(f"Module.to() converts to floating-point types only, not to {wanted}")
    return wanted


def _array_from(value: Any) -> np.ndarray:
    """The numbers of an entry of a state dict."""
    if not isinstance(value, Tensor) and hasattr(value, "detach"):  # PyTorch's
        value = value.detach()
        if str(value.dtype) == "torch.bfloat16":  # which NumPy does not have
            value = value.float()
    return np.asarray(bare(value))


def _misfits(key: str, tensor: Tensor, array: np.ndarray) -> list[str]:
    if array.shape != tensor.shape:
        return [f"{key} has shape {tensor.shape} in the module and {array.shape} in the state dict"]
    if not np.can_cast(array.dtype, tensor.dtype, "same_kind"):
        return [f"{key} is {tensor.dtype} in the module and {array.dtype} in the state dict"]
    return []


def _all_that_is_wrong(module: Module, keys: IncompatibleKeys, misfits: list[str]) -> str:
    lines = [f"the state dict does not fit {type(module).__name__}:"]
    if keys.missing_keys:
        lines.append(f"missing in the state dict: {', '.join(keys.missing_keys)}")
    if keys.unexpected_keys:
        lines.append(f"unexpected, not in the module: {', '.join(map(str, keys.unexpected_keys))}")
    return "\n  ".join([*lines, *misfits])


def _overwrite(tensor: Tensor, array: np.ndarray) -> None:
    target = bare(tensor)
    if target.flags.writeable:
        np.copyto(target, array, casting="same_kind")
        mark_changed(target)
    else:  # expanded from fewer numbers
        tensor.data = array.astype(tensor.dtype)
