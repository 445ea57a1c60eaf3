"""How are modules put together: one after another, in lists and dictionaries, round a shortcut?

Names, and so the keys of a ``state_dict``, are PyTorch's: the members of a sequence are called "0", "1" …
"""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Self

from autograd import ArgumentTypeError, AutogradError, BoundsError, ShapeError, Tensor
from nn.module import Module, indented, laid_out
from nn.parameter import Parameter

__all__ = [
    "Flatten",
    "Identity",
    "MemberError",
    "ModuleDict",
    "ModuleList",
    "ParameterDict",
    "ParameterList",
    "Residual",
    "Sequential",
    "Unflatten",
]


class MemberError(AutogradError, KeyError):
    """There is no member of this name."""

    __str__ = Exception.__str__  # a KeyError's would put the message in quotes


class _Members(Module):
    """Members under registered names, in order."""

    _kind = "module"

    def _member(self, value: Any) -> Any:
        """What is registered for a value."""
        if not isinstance(value, Module):
            advice = f"; unpack it: {type(self).__name__}(*…)" if isinstance(value, (list, tuple)) else ""
            raise ArgumentTypeError(
                f"{type(self).__name__} holds modules, not {type(value).__name__} {value!r:.40}{advice}"
            )
        return value

    def _add(self, name: str, value: Any) -> None:
        self._register_new_member(name, self._member(value), self._kind)

    def _names(self) -> list[str]:
        return [name for name, kind in self._member_kinds.items() if kind == self._kind]

    def __len__(self) -> int:
        return len(self._names())


class _Parameters(_Members):
    """Members that are parameters."""

    _kind = "parameter"

    def _member(self, value: Any) -> Parameter:
        if not isinstance(value, Tensor):
            raise ArgumentTypeError(f"{type(self).__name__} holds Tensors, not {type(value).__name__} {value!r:.40}")
        return value if isinstance(value, Parameter) else Parameter(value)

    def extra_repr(self) -> str:
        return "\n".join(
            f"  ({name}): Parameter containing: [{self._described(parameter)}]"
            for name, parameter in self._members_of(self._kind)
        )

    def _described(self, parameter: Parameter) -> str:
        return f"{parameter.dtype} of size {'x'.join(map(str, parameter.shape))}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        raise ArgumentTypeError(f"a {type(self).__name__} is a container of parameters: it cannot be called")


class _Sequence(_Members):
    """Members by position."""

    def _name_at(self, position: Any) -> str:
        names = self._names()
        try:
            return names[operator.index(position)]
        except TypeError:
            raise ArgumentTypeError(
                f"{type(self).__name__} is indexed by integers and slices, not {type(position).__name__}"
            ) from None
        except IndexError:
            raise BoundsError(f"{type(self).__name__} has {len(names)} members: there is none at {position}") from None

    def _refill(self, members: Iterable[Any]) -> None:
        """Other members in the place of all, numbered anew."""
        members = list(members)
        for name in self._names():
            delattr(self, name)
        self.extend(members)

    def __iter__(self) -> Iterator[Any]:
        return iter([value for _, value in self._members_of(self._kind)])

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])  # type: ignore[call-arg]
        return getattr(self, self._name_at(index))

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, self._name_at(index), self._member(value))

    def __delitem__(self, index: Any) -> None:
        if not isinstance(index, slice):
            self._name_at(index)
        members = list(self)
        del members[index]
        self._refill(members)

    def __add__(self, other: Iterable[Any]) -> Self:
        return type(self)([*self, *_iterable(self, other)])  # type: ignore[call-arg]

    def __iadd__(self, other: Iterable[Any]) -> Self:
        return self.extend(other)

    def append(self, value: Any) -> Self:
        """Add a member at the end."""
        self._add(str(len(self)), value)
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add members at the end.

        Raises
        ------
        ArgumentTypeError
            If these are not an iterable of what belongs here; nothing is added then.
        """
        for value in [self._member(value) for value in _iterable(self, values)]:
            self.append(value)
        return self

    def insert(self, index: int, value: Any) -> Self:
        """Add a member before a position.

        Raises
        ------
        BoundsError
            If there is no such position.
        """
        members = list(self)
        if not -len(members) <= index <= len(members):
            raise BoundsError(f"{type(self).__name__} has {len(members)} members: nothing can be inserted at {index}")
        members.insert(index, self._member(value))
        self._refill(members)
        return self

    def pop(self, index: Any = -1) -> Any:
        """Remove a member, or a slice of them, and return it."""
        value = self[index]
        del self[index]
        return value


def _iterable(container: Module, values: Any) -> Iterable[Any]:
    if isinstance(values, (str, Tensor)) or not hasattr(values, "__iter__"):
        raise ArgumentTypeError(f"{type(container).__name__} is extended by an iterable, not {type(values).__name__}")
    return list(values)


class Sequential(_Sequence):
    """Modules one after another: the output of each is the input of the next.

    Parameters
    ----------
    *args : Module
        Or a single dict of names to modules.

    Raises
    ------
    ArgumentTypeError
        If something is not a module.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], dict):
            for name, module in args[0].items():
                self._add(name, module)
        else:
            self.extend(args)

    def forward(self, input: Any) -> Any:
        """The input through all modules."""
        x, values = input, self.__dict__
        for name, kind in self._member_kinds.items():
            if kind == "module":
                x = values[name](x)
        return x

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):  # names stay
            return type(self)(OrderedDict(self._members_of("module")[index]))
        return super().__getitem__(index)

    def __add__(self, other: Iterable[Any]) -> Sequential:
        return Sequential(*self, *_iterable(self, other))


class ModuleList(_Sequence):
    """Modules in a list; what is done with them is said elsewhere.

    Parameters
    ----------
    modules : iterable of Module, optional

    Raises
    ------
    ArgumentTypeError
        If something is not a module.
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __repr__(self) -> str:
        """Equal neighbours are written once."""
        lines = []
        for text, group in groupby(enumerate(map(repr, self)), lambda numbered: numbered[1]):
            places = [place for place, _ in group]
            if len(places) == 1:
                lines.append(f"({places[0]}): {indented(text)}")
            else:
                lines.append(f"({places[0]}-{places[-1]}): {len(places)} x {indented(text)}")
        return laid_out(self._get_name(), [], lines)


class ParameterList(_Parameters, _Sequence):
    """Parameters in a list.

    Parameters
    ----------
    values : iterable of Tensor, optional
        Tensors that are no parameters become some, and share their memory.

    Raises
    ------
    ArgumentTypeError
        If something is not a Tensor.
    """

    def __init__(self, values: Iterable[Tensor] | None = None) -> None:
        super().__init__()
        if values is not None:
            self.extend(values)


class _Keyed(_Members):
    """Members by key."""

    def __getitem__(self, key: str) -> Any:
        if self._member_kinds.get(key) != self._kind:
            there = ", ".join(map(repr, self._names())) or "no members"
            raise MemberError(f"{type(self).__name__} has no {key!r}; it has {there}")
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        self._add(key, value)

    def __delitem__(self, key: str) -> None:
        self[key]
        delattr(self, key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __contains__(self, key: object) -> bool:
        return key in self._names()

    def keys(self) -> Iterable[str]:
        """The names."""
        return dict(self._members_of(self._kind)).keys()

    def values(self) -> Iterable[Any]:
        """The members."""
        return dict(self._members_of(self._kind)).values()

    def items(self) -> Iterable[tuple[str, Any]]:
        """Names and members."""
        return dict(self._members_of(self._kind)).items()

    def get(self, key: str, default: Any = None) -> Any:
        """A member, or the default where there is none."""
        return getattr(self, key) if key in self else default

    def pop(self, key: str) -> Any:
        """Remove a member and return it."""
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        """Remove all members."""
        for name in self._names():
            delattr(self, name)

    def update(self, members: Any) -> None:
        """Add the members of a mapping or of an iterable of pairs; those of the same name are replaced.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            If it is neither, or a member or a name will not do.
        """
        for key, value in self._pairs(members):
            self[key] = value

    def _pairs(self, members: Any) -> list[tuple[str, Any]]:
        if isinstance(members, (Mapping, _Keyed)):
            return list(members.items())
        try:
            return [(key, value) for key, value in members]
        except (TypeError, ValueError):
            raise ArgumentTypeError(
                f"{type(self).__name__} is made from a mapping or from pairs (name, member), not {members!r:.60}"
            ) from None


class ModuleDict(_Keyed):
    """Modules by name.

    Parameters
    ----------
    modules : mapping of str to Module, or iterable of pairs, optional

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If something is not a module, or a name is taken by the class ("items", "forward" …), empty or has a dot.
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)


class ParameterDict(_Parameters, _Keyed):
    """Parameters by name.

    Parameters
    ----------
    parameters : mapping of str to Tensor, or iterable of pairs, optional
        Tensors that are no parameters become some. A plain dict is taken in the order of its sorted names, as in
        PyTorch; an OrderedDict, pairs and another ParameterDict keep theirs.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If something is not a Tensor, or as for `ModuleDict`.
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        if parameters is not None:
            self.update(parameters)

    def _pairs(self, members: Any) -> list[tuple[str, Any]]:
        pairs = super()._pairs(members)
        is_unordered = isinstance(members, Mapping) and not isinstance(members, OrderedDict)
        return sorted(pairs, key=operator.itemgetter(0)) if is_unordered else pairs

    def _described(self, parameter: Parameter) -> str:
        return f"{type(parameter).__name__} of size {'x'.join(map(str, parameter.shape))}"


class Identity(Module):
    """What comes in, goes out. Arguments are accepted and have no effect."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The input itself."""
        return input


class Flatten(Module):
    """Lay several axes into one.

    Parameters
    ----------
    start_dim, end_dim : int
        The first and the last of them. By default all but the first axis: (batch, …) → (batch, features).
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """The same entries in fewer axes."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Cut an axis into several.

    Parameters
    ----------
    dim : int
        The axis.
    unflattened_size : tuple of int
        The lengths it becomes; -1 stands for what is left.

    Raises
    ------
    ArgumentTypeError
        If these are not integers.
    """

    def __init__(self, dim: int, unflattened_size: tuple[int, ...] | list[int]) -> None:
        super().__init__()
        if not isinstance(unflattened_size, (tuple, list)) or not all(isinstance(n, int) for n in unflattened_size):
            raise ArgumentTypeError(f"Unflatten: the lengths must be a tuple of integers, not {unflattened_size!r:.40}")
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        """The same entries in more axes."""
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class Residual(Module):
    """A shortcut round a module: x + fn(x) (He et al. 2015, equation 1).

    Parameters
    ----------
    fn : Module
        Its output has the shape of its input. Its parameters are called ``fn.…``.

    Raises
    ------
    ArgumentTypeError
        If it is not a module.
    """

    def __init__(self, fn: Module) -> None:
        super().__init__()
        if not isinstance(fn, Module):
            raise ArgumentTypeError(f"Residual goes round a module, not {type(fn).__name__} {fn!r:.40}")
        self.fn = fn

    def forward(self, input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """The sum; further arguments go to ``fn``.

        Raises
        ------
        ShapeError
            If ``fn`` changes the shape.
        """
        out = self.fn(input, *args, **kwargs)
        shortcut, given = (x.shape if isinstance(x, Tensor) else f"a {type(x).__name__}" for x in (input, out))
        if not isinstance(shortcut, tuple) or given != shortcut:
            raise ShapeError(
                f"Residual: the shortcut carries {shortcut}, and {type(self.fn).__name__} gives {given}; they must be "
                "Tensors of one shape"
            )
        return input + out
