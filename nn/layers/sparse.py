"""Tables of vectors that are looked up by number."""

from __future__ import annotations

from typing import Any, Self

from autograd import Tensor, empty, no_grad
from autograd.errors import ArgumentValueError, ShapeError
from nn import functional as F
from nn import init
from nn.functional.sparse import padding_row
from nn.module import Module
from nn.parameter import Parameter

__all__ = ["Embedding"]


class Embedding(Module):
    """A table with a vector for each index: words, characters, positions.

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        Rows and columns of the table.
    padding_idx : int, optional
        A row that starts at 0 and receives no gradient; negative ones count from the end.
    max_norm, norm_type, scale_grad_by_freq, sparse
        See `nn.functional.embedding`.
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [num_embeddings, embedding_dim]
        Drawn from N(0, 1), as in PyTorch.

    Raises
    ------
    BoundsError, ShapeError, ArgumentValueError
        If there is no row ``padding_idx``, if a given weight has another shape, or if ``sparse`` is asked for.

    Notes
    -----
    x: integers [...] → [..., embedding_dim]
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if sparse:
            raise ArgumentValueError("Embedding: there are no sparse gradients; pass sparse=False")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = padding_row(padding_idx, num_embeddings)
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        if _weight is None:
            table = empty(num_embeddings, embedding_dim, device=device, dtype=dtype)
            self.weight = Parameter(table, requires_grad=not _freeze)
            self.reset_parameters()
        else:
            wanted = (num_embeddings, embedding_dim)
            if _weight.shape != wanted:
                raise ShapeError(f"Embedding: the given weight has shape {_weight.shape}, not {wanted}")
            self.weight = Parameter(_weight, requires_grad=not _freeze)

    def reset_parameters(self) -> None:
        """Draw the table anew; the padding row is 0."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Self:
        """A layer around a table that exists already, whose memory it shares; nothing in it is set to 0.

        Parameters
        ----------
        embeddings : Tensor [num_embeddings, embedding_dim]
        freeze : bool
            Do not train it.
        padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse
            As for the class.

        Raises
        ------
        ShapeError
            If it has not two axes.
        """
        if embeddings.ndim != 2:
            raise ShapeError(
                f"Embedding.from_pretrained: the table has shape {embeddings.shape}; it must have two axes"
            )
        rows, width = embeddings.shape
        return cls(
            rows,
            width,
            padding_idx,
            max_norm,
            norm_type,
            scale_grad_by_freq,
            sparse,
            _weight=embeddings,
            _freeze=freeze,
        )

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(
            input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
        )

    def extra_repr(self) -> str:
        said = [str(self.num_embeddings), str(self.embedding_dim)]
        defaults = {"padding_idx": None, "max_norm": None, "norm_type": 2, "scale_grad_by_freq": False}
        said += [
            f"{name}={getattr(self, name)}" for name, default in defaults.items() if getattr(self, name) != default
        ]
        return ", ".join(said)
