"""How are weights and the state of a training written to a file, and read from one that nobody can vouch for?

Everything is safetensors: a header in JSON, then bare numbers, so reading a file runs none of its contents. What is not
an array (counters, options, histories) is JSON inside the header. A file appears under its name when it is complete, or
not at all.
"""

from __future__ import annotations

import json
import math
import os
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from autograd import ArgumentTypeError, ArgumentValueError, DtypeError, InterchangeError, Tensor
from autograd.functions.bare import bare
from autograd.graph import Node
from autograd.tensor import _wrap
from nn.module import Module

__all__ = ["load", "load_checkpoint", "save", "save_checkpoint"]

_VERSION = "1"
"""Of what we write into the metadata. Readers refuse a later one in a checkpoint, which they could misunderstand."""

_ABOUT = {"format": "np", "writer": "micrograph", "version": _VERSION}
_FACTS = frozenset((*_ABOUT, "checksum", "structure"))
"""The names in the metadata that are no second names of arrays."""
_LONGEST_HEADER = 100_000_000
"""In bytes; the limit of the format."""
_DEEPEST = 100
"""How deep lists and dicts may be nested in a checkpoint."""
_MOST_PLACES = 8
"""In how many places of a checkpoint one array of the file may be, so that no small file can fill the memory."""

_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "u1",
}
"""How the numbers of a type lie in the file. bfloat16 is the upper half of float32, and is read as that."""

if TYPE_CHECKING:
    StrPath = str | os.PathLike[str]


def save(model: Module | Mapping[str, Any], path: StrPath) -> None:
    """Write the weights of a model into a safetensors file, which PyTorch and others can read.

    Parameters
    ----------
    model : Module or mapping of str to Tensor or array
        A module, or its ``state_dict``. What shares memory is written once, the other names in the metadata, as
        ``safetensors.torch.save_model`` does.
    path : str or path

    Raises
    ------
    ArgumentTypeError, DtypeError
        If there is something that is no array of numbers; for such there is `save_checkpoint`.
    OSError, InterchangeError
        If the file cannot be written; one that was there is still there then.
    """
    state = model.state_dict() if isinstance(model, Module) else model
    if not isinstance(state, Mapping):
        raise ArgumentTypeError(f"save() takes a Module or a state dict, not {type(model).__name__} {model!r:.40}")
    arrays: dict[str, np.ndarray] = {}
    metadata = dict(_ABOUT)
    names: dict[Any, str] = {}
    for key, value in state.items():
        if not isinstance(key, str):
            raise ArgumentTypeError(f"save(): the names of a state dict are text, not {type(key).__name__} {key!r:.40}")
        if not isinstance(value, (Tensor, np.ndarray)):
            raise ArgumentTypeError(
                f"save(): {key!r} is no Tensor but {type(value).__name__} {value!r:.40}; use save_checkpoint() for "
                "numbers, lists and dicts"
            )
        array = _checked(bare(value), key)
        first = names.setdefault(_memory(array), key)
        if first == key or key in _FACTS:
            arrays[key] = array
        else:
            metadata[key] = first
    _write(path, arrays, metadata)


def load(path: StrPath) -> dict[str, Tensor]:
    """Read the weights from a safetensors file, whoever has written it.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    dict of str to Tensor
        For ``load_state_dict``. Numbers of type bfloat16, which NumPy does not have, come as float32, unchanged. A
        name that the metadata gives as another one's second name is the same Tensor.

    Raises
    ------
    InterchangeError
        If the file is damaged, cut off, or does not keep to the format.
    OSError
        If it cannot be opened.
    """
    arrays, metadata = _read(path)
    state = {name: _wrap(array) for name, array in arrays.items()}
    for name, first in metadata.items():
        if name not in _FACTS and name not in arrays and first in arrays:
            state[name] = state[first]
    return state


def save_checkpoint(path: StrPath, state: Any) -> None:
    """Write a nested structure of arrays and plain values into a file.

    Parameters
    ----------
    path : str or path
    state : dict, list, tuple, Tensor, array, number, str, bool or None
        Nested as you like; the keys of a dict can be text, numbers, None and tuples of them. Give modules and
        optimizers by their ``state_dict()``.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError, DtypeError
        If there is something else in it, or it is nested deeper than 100 times (or contains itself).
    OSError, InterchangeError
        If the file cannot be written; one that was there is still there then.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "checkpoint.safetensors")
    ...     save_checkpoint(path, {"step": 7, "betas": (0.9, 0.999), "m": {0: Tensor([1.0])}})
    ...     load_checkpoint(path)
    {'step': 7, 'betas': (0.9, 0.999), 'm': {0: Tensor([1.])}}
    """
    writer = _Writer()
    try:
        structure = json.dumps(writer.encoded(state, ()), allow_nan=False, separators=(",", ":"))
    except ValueError as problem:  # an integer of thousands of digits
        raise ArgumentValueError(f"save_checkpoint(): {problem}") from problem
    if len(structure) > _LONGEST_HEADER // 2:
        raise ArgumentValueError(
            f"a checkpoint cannot hold {len(structure):,} characters beside its arrays: put long lists of numbers into "
            "arrays"
        )
    _write(path, writer.arrays, {**_ABOUT, "structure": structure})


def load_checkpoint(path: StrPath) -> Any:
    """Read what `save_checkpoint` has written.

    Returns
    -------
    object
        The same structure: Tensors (without gradients) where there were Tensors, arrays where there were arrays.

    Raises
    ------
    InterchangeError
        If the file is damaged, cut off, hostile, no checkpoint, or from a later version.
    OSError
        If it cannot be opened.
    """
    arrays, metadata = _read(path)
    if "structure" not in metadata:
        raise InterchangeError(f"{_shown(path)} is no checkpoint: it holds weights only; read it with load()")
    if metadata.get("version") != _VERSION:
        raise InterchangeError(
            f"{_shown(path)} is a checkpoint of version {metadata.get('version')!r:.20}; this program reads {_VERSION}"
        )
    return _Reader(path, arrays).decoded(_parsed(path, metadata["structure"]))


# --- structures as JSON -------------------------------------------------------------------------------------------

# What JSON does not have is an object with a single key that begins with "$"; a dict with such keys of its own is
# written as pairs.


class _Writer:
    """Takes a structure apart into JSON and arrays."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self._names: dict[Any, str] = {}
        self._places: Counter[str] = Counter()

    def encoded(self, x: Any, path: tuple[Any, ...]) -> Any:
        if len(path) > _DEEPEST:
            raise ArgumentValueError(f"save_checkpoint(): {_at(path)} is nested deeper than {_DEEPEST} times")
        if isinstance(x, (Tensor, np.ndarray, np.generic)):
            kind = "$tensor" if isinstance(x, Tensor) else "$array" if isinstance(x, np.ndarray) else "$scalar"
            return {kind: self._entered(np.asarray(bare(x)), path)}
        if x is None or isinstance(x, (bool, str)):
            return x
        if isinstance(x, int):
            return int(x)
        if isinstance(x, float):
            return float(x) if math.isfinite(x) else {"$float": repr(float(x))}
        if isinstance(x, (list, tuple)):
            members = [self.encoded(member, (*path, i)) for i, member in enumerate(x)]
            return members if isinstance(x, list) else {"$tuple": members}
        if isinstance(x, Mapping):
            return self._mapping(x, path)
        advice = "; give its state_dict()" if hasattr(x, "state_dict") else ""
        raise ArgumentTypeError(
            f"save_checkpoint(): {_at(path)} is of {type(x)}, which is no array, number, text, list or dict{advice}"
        )

    def _mapping(self, x: Mapping[Any, Any], path: tuple[Any, ...]) -> Any:
        for key in x:
            if isinstance(key, (Node, np.ndarray)):
                raise ArgumentTypeError(f"save_checkpoint(): an array cannot be a key, as it is in {_at(path)}")
        members = {key: self.encoded(value, (*path, key)) for key, value in x.items()}
        if all(isinstance(key, str) and not key.startswith("$") for key in members):
            return members
        return {"$dict": [[self.encoded(key, (*path, "key")), value] for key, value in members.items()]}

    def _entered(self, array: np.ndarray, path: tuple[Any, ...]) -> str:
        _checked(array, _at(path))
        memory = _memory(array)
        known = self._names.get(memory)
        if known is None or self._places[known] == _MOST_PLACES:
            name = plain = ".".join(map(str, path)) or "data"
            number = 1
            while name in self.arrays or name == "__metadata__":
                number += 1
                name = f"{plain}#{number}"
            self.arrays[name] = array
            known = self._names[memory] = name
        self._places[known] += 1
        return known


class _Reader:
    """Puts a structure together again."""

    def __init__(self, path: StrPath, arrays: dict[str, np.ndarray]) -> None:
        self._path = path
        self._arrays = arrays
        self._places: Counter[str] = Counter()
        self._kinds: dict[str, Callable[[Any, int], Any]] = {
            "$tensor": lambda x, _: _wrap(self._array(x)),
            "$array": lambda x, _: self._array(x),
            "$scalar": lambda x, _: self._array(x)[()],
            "$float": lambda x, _: self._float(x),
            "$tuple": lambda x, depth: tuple(self._list(x, depth)),
            "$dict": self._pairs,
        }

    def decoded(self, x: Any, depth: int = 0) -> Any:
        if depth > 3 * _DEEPEST:  # a dict by pairs is three levels of JSON
            raise self._error("it is nested too deep")
        if isinstance(x, list):
            return self._list(x, depth)
        if not isinstance(x, dict):
            return x
        if len(x) == 1 and (kind := next(iter(x))).startswith("$"):
            if kind not in self._kinds:
                raise self._error(f"there is no kind of value {kind!r:.40}")
            return self._kinds[kind](x[kind], depth)
        return {key: self.decoded(value, depth + 1) for key, value in x.items()}

    def _error(self, problem: str) -> InterchangeError:
        return InterchangeError(f"{_shown(self._path)} is no sound checkpoint: {problem}")

    def _list(self, x: Any, depth: int) -> list[Any]:
        if not isinstance(x, list):
            raise self._error(f"there is {x!r:.40} where a list belongs")
        return [self.decoded(member, depth + 1) for member in x]

    def _pairs(self, x: Any, depth: int) -> dict[Any, Any]:
        made = {}
        for pair in self._list(x, depth):
            if not isinstance(pair, list) or len(pair) != 2:
                raise self._error(f"there is {pair!r:.40} where a key and its value belong")
            try:
                if pair[0] in made:
                    raise self._error(f"the key {pair[0]!r:.40} comes twice")
                made[pair[0]] = pair[1]
            except TypeError:
                raise self._error(f"{pair[0]!r:.40} cannot be a key") from None
        return made

    def _float(self, x: Any) -> float:
        if x not in ("nan", "inf", "-inf"):
            raise self._error(f"there is {x!r:.40} where nan or inf belongs")
        return float(x)

    def _array(self, name: Any) -> np.ndarray:
        if not isinstance(name, str) or name not in self._arrays:
            raise self._error(f"there is no array {name!r:.40}")
        self._places[name] += 1
        if self._places[name] > _MOST_PLACES:
            raise self._error(f"the array {name!r:.40} is in more than {_MOST_PLACES} places")
        array = self._arrays[name]
        return array if self._places[name] == 1 else array.copy()  # the places go their own ways from here


def _at(path: tuple[Any, ...]) -> str:
    return "what is to be saved" if not path else f"the entry {'.'.join(map(str, path[:8]))!r:.80}"


# --- files --------------------------------------------------------------------------------------------------------


def _checked(array: np.ndarray, where: str) -> np.ndarray:
    """An array that the format has a type for."""
    if array.dtype.newbyteorder("<") not in map(np.dtype, _DTYPES.values()) and array.dtype != bool:
        raise DtypeError(f"{where}: arrays of {array.dtype} cannot be saved; convert it to float64, int64 …")
    return array


def _memory(array: np.ndarray) -> Any:
    """Equal for arrays that are the same numbers at the same place."""
    place = array.__array_interface__["data"][0] if array.size else id(array)
    return place, array.shape, array.strides, array.dtype


def _write(path: StrPath, arrays: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    """Write a file beside its place, and put it there when it is complete."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    if "__metadata__" in arrays:
        raise ArgumentValueError("'__metadata__' cannot be the name of an array in a safetensors file")
    # the library writes out whatever lies in memory from the first entry on
    packed = {
        name: np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(array.shape)
        for name, array in arrays.items()
    }
    metadata = {**metadata, "checksum": _checksum(packed, metadata)}
    place = Path(path).resolve()
    beside = place.with_name(f".{place.name[:100]}.{os.urandom(8).hex()}.tmp")
    try:
        try:
            save_file(packed, beside, metadata)
        except (SafetensorError, ValueError) as problem:
            if not place.parent.is_dir():
                raise FileNotFoundError(f"there is no folder {str(place.parent)!r} to write into") from problem
            raise InterchangeError(f"{_shown(path)} cannot be written: {problem}") from problem
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def _read(path: StrPath) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The arrays and the metadata of a file, of which nothing is believed."""
    from safetensors import SafetensorError, safe_open

    with Path(path).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, _LONGEST_HEADER):
            raise InterchangeError(
                f"{_shown(path)} is no safetensors file, or cut off: its {size:,} bytes cannot begin with a header of "
                f"{length:,}"
            )
        header = _parsed(path, file.read(length))
        try:
            with safe_open(path, framework="np") as checked:  # sizes, offsets, types: the library is strict
                metadata = checked.metadata() or {}
        except (SafetensorError, ValueError, TypeError, AttributeError) as problem:
            raise InterchangeError(f"{_shown(path)} is damaged or no safetensors file: {problem}") from problem
        header.pop("__metadata__", None)
        arrays = {name: _array(path, file, 8 + length, name, entry) for name, entry in header.items()}
    checksum = metadata.pop("checksum", None)
    if metadata.get("writer") == _ABOUT["writer"] and checksum not in (None, _checksum(arrays, metadata)):
        raise InterchangeError(
            f"{_shown(path)} is damaged, or another program has changed it and left our metadata in it: it does not "
            "hold what was written (the checksum differs)"
        )
    return arrays, metadata


def _checksum(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> str:
    """Of all numbers, names, types and shapes. It finds damage; it does not protect from people who mean harm."""
    facts = [(name, array.dtype.name, array.shape) for name, array in sorted(arrays.items())]
    checksum = zlib.crc32(json.dumps([facts, sorted(metadata.items())]).encode())
    for name, *_ in facts:
        checksum = zlib.crc32(arrays[name].reshape(-1).view(np.uint8).data, checksum)
    return f"{checksum:08x}"


def _array(path: StrPath, file: BinaryIO, start: int, name: str, entry: Any) -> np.ndarray:
    """The numbers of one entry, whose size the library has compared with the file's."""
    kind = entry["dtype"]
    if kind not in _DTYPES:
        raise InterchangeError(f"{_shown(path)}: {name!r:.80} is of type {kind}, which NumPy does not have")
    first, last = entry["data_offsets"]
    file.seek(start + first)
    data = np.empty(last - first, np.uint8)
    file.readinto(data)  # type: ignore[attr-defined]
    try:
        array = data.view(_DTYPES[kind]).reshape(entry["shape"])
    except ValueError as problem:  # more than 64 axes
        raise InterchangeError(f"{_shown(path)}: {name!r:.80} cannot be read: {problem}") from problem
    if kind == "BF16":
        return (array.astype(np.uint32) << 16).view(np.float32)
    if kind == "BOOL":
        if array.size and array.max() > 1:
            raise InterchangeError(f"{_shown(path)}: {name!r:.80} is damaged: there are booleans other than 0 and 1")
        return array.view(np.bool_)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _parsed(path: StrPath, text: str | bytes) -> Any:
    """JSON that says every thing once, and has no numbers but numbers."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise ValueError("a name comes twice")
        return made

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no number")

    try:
        parsed = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except (ValueError, RecursionError) as problem:
        raise InterchangeError(f"{_shown(path)} is damaged or hostile, its header cannot be read: {problem}") from None
    if isinstance(text, bytes) and not isinstance(parsed, dict):
        raise InterchangeError(f"{_shown(path)} is no safetensors file: its header is no JSON object")
    return parsed


def _shown(path: StrPath) -> str:
    return repr(os.fspath(path))
