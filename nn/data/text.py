"""How does text become numbers to learn from?"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ArgumentValueError, AutogradError
from autograd.functions.bare import bare
from autograd.tensor import _wrap
from nn.data.dataset import TensorDataset
from nn.data.sampler import positive

__all__ = ["CharacterText", "TextFileError", "Vocabulary", "read_lines"]

_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, ends of lines that are none here, and characters that turn the direction of what follows, so that
text reads otherwise than it is."""


class TextFileError(AutogradError, ValueError):
    """A file does not hold the text that was expected."""


class Vocabulary:
    """Characters and their numbers.

    Parameters
    ----------
    text : str or iterable of str
        Every character that occurs gets a number, in the order of their code points.
    bos, eos : str, optional
        How the tokens for beginning and end are written. They get the numbers after the characters'; written alike,
        as in ``Vocabulary(names, bos=".", eos=".")``, they are one token.

    Attributes
    ----------
    itos : list of str
        What each number stands for.
    stoi : dict of str to int
        The number of each character and token.
    bos, eos : int or None
        The numbers of these tokens.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If there are no characters, or a token is written like one of them.

    Examples
    --------
    >>> names = Vocabulary(["anna", "nora"], bos="<bos>", eos="<eos>")
    >>> names.itos
    ['a', 'n', 'o', 'r', '<bos>', '<eos>']
    >>> names.encode("nora", ends=True)
    [4, 1, 2, 3, 0, 5]
    """

    def __init__(self, text: str | Iterable[str], bos: str | None = None, eos: str | None = None) -> None:
        pieces = list(text) if isinstance(text, Iterable) and not isinstance(text, str) else [text]
        if not all(isinstance(piece, str) for piece in (*pieces, bos or "", eos or "")):
            raise ArgumentTypeError("Vocabulary() takes a text, or several, and tokens that are texts")
        characters = sorted(set().union(*pieces))
        if not characters:
            raise ArgumentValueError("Vocabulary(): there is no character in the text")
        tokens = list(dict.fromkeys(token for token in (bos, eos) if token is not None))
        for token in tokens:
            if not token or token in characters:
                raise ArgumentValueError(
                    f"Vocabulary(): the token {token!r} cannot be told from the text: write it otherwise"
                )
        self.itos = characters + tokens
        self.stoi = {token: number for number, token in enumerate(self.itos)}
        self.bos = None if bos is None else self.stoi[bos]
        self.eos = None if eos is None else self.stoi[eos]

    def __len__(self) -> int:
        return len(self.itos)

    def encode(self, text: str, ends: bool = False) -> list[int]:
        """The numbers of a text's characters.

        Parameters
        ----------
        text : str
        ends : bool
            Put the tokens for beginning and end around them, as far as the vocabulary has them.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            If it is no text, or a character is not in the vocabulary.
        """
        if not isinstance(text, str):
            raise ArgumentTypeError(f"encode() takes a text, not {type(text).__name__} {text!r:.40}")
        try:
            numbers = [self.stoi[character] for character in text]
        except KeyError as problem:
            (character,) = problem.args
            raise ArgumentValueError(
                f"the character {character!r} at position {text.index(character)} is not in the vocabulary, which has "
                f"{''.join(self.itos[:80])!r}"
            ) from None
        if not ends:
            return numbers
        return [x for x in (self.bos, *numbers, self.eos) if x is not None]

    def decode(self, numbers: Any, tokens: bool = False) -> str:
        """The text of some numbers.

        Parameters
        ----------
        numbers : Tensor or array [n], or iterable of int
        tokens : bool
            Whether tokens for beginning and end are written out, or left out.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            If they are no row of integers, or one is not the number of a character.
        """
        try:
            chosen = [operator.index(x) for x in bare(numbers)]
        except TypeError as problem:
            raise ArgumentTypeError(f"decode() takes a row of integers, not {numbers!r:.80}") from problem
        for number in chosen:
            if not 0 <= number < len(self):
                raise ArgumentValueError(
                    f"{number} is not the number of a character: they run from 0 to {len(self) - 1}"
                )
        return "".join(self.itos[x] for x in chosen if tokens or x not in (self.bos, self.eos))


class CharacterText(TensorDataset):
    """Windows of a text, to learn the next character.

    Parameters
    ----------
    text : str
    block_size : int
        How many characters a window has.
    vocabulary : Vocabulary, optional
        Default: that of the text.

    Attributes
    ----------
    vocabulary : Vocabulary

    Raises
    ------
    ArgumentValueError
        If the text is not longer than a window, or has characters that the vocabulary does not have.

    Notes
    -----
    Sample i is the pair x, y: Tensors [block_size] of int64. x begins at the i-th character, y one later: ``y[t]`` is
    what follows ``x[: t + 1]``. The windows overlap, and share the memory of the text.
    """

    def __init__(self, text: str, block_size: int, vocabulary: Vocabulary | None = None) -> None:
        size = positive("CharacterText", "block_size", block_size)
        if len(text) <= size:
            raise ArgumentValueError(
                f"CharacterText: a window of {size} characters, and one that follows, do not fit in {len(text)}"
            )
        self.vocabulary = vocabulary or Vocabulary(text)
        numbers = np.array(self.vocabulary.encode(text), np.int64)
        windows = np.lib.stride_tricks.sliding_window_view(numbers, size)
        super().__init__(_wrap(windows[:-1]), _wrap(windows[1:]))


def read_lines(path: Any, max_bytes: int = 10_000_000) -> list[str]:
    """The lines of a text file, as of a list of names; blank ones and spaces around them are left out.

    Parameters
    ----------
    path : str or Path
    max_bytes : int
        How large the file may be.

    Raises
    ------
    TextFileError
        If it is not a file, is too large or not UTF-8, has no text, or has characters that are no text: control
        characters, and such as turn the direction of writing.
    OSError
        If it cannot be opened.
    """
    positive("read_lines", "max_bytes", max_bytes)
    file = Path(path)
    if file.exists() and not file.is_file():
        raise TextFileError(f"{file} is not a file")
    with file.open("rb") as opened:
        content = opened.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise TextFileError(f"{file} is larger than {max_bytes} bytes; if that is right, pass a larger max_bytes")
    try:
        text = content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise TextFileError(
            f"{file} is not UTF-8 text: line {line}, byte {problem.start}: {problem.reason}; save it as UTF-8"
        ) from problem
    lines = []
    for number, whole in enumerate(text.split("\n"), 1):
        stripped = whole.strip()
        if strange := _NO_TEXT.search(stripped):
            raise TextFileError(f"{file}, line {number}: {strange.group()!a} is not a character of text: remove it")
        if stripped:
            lines.append(stripped)
    if not lines:
        raise TextFileError(f"{file} has no line of text")
    return lines
