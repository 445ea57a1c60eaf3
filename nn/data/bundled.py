"""Which small sets of real samples are at hand without a download? Those that come with scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import AutogradError
from autograd.tensor import _wrap

__all__ = ["MissingPackageError", "digits", "iris"]


class MissingPackageError(AutogradError, ImportError):
    """Something was asked for that takes a package which is not installed."""


def digits() -> tuple[Tensor, Tensor]:
    """Handwritten digits.

    Returns
    -------
    X : Tensor [1797, 1, 8, 8], float32
        Grey values from 0 (paper) to 1 (ink): 17 steps.
    y : Tensor [1797], int64
        The digit.

    Raises
    ------
    MissingPackageError
        If scikit-learn is not installed.

    Notes
    -----
    The test part of "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak 1998, UCI repository), as it comes
    with scikit-learn.
    """
    data = _datasets("digits").load_digits()
    return _wrap((data.images[:, None] / 16).astype(np.float32)), _wrap(data.target.astype(np.int64))


def iris() -> tuple[Tensor, Tensor]:
    """Measures of 150 flowers of three species.

    Returns
    -------
    X : Tensor [150, 4], float32
        Length and width of sepal and petal, in centimetres.
    y : Tensor [150], int64
        0 setosa, 1 versicolor, 2 virginica; 50 of each, in order.

    Raises
    ------
    MissingPackageError
        If scikit-learn is not installed.

    Notes
    -----
    Fisher 1936, as it comes with scikit-learn.
    """
    data = _datasets("iris").load_iris()
    return _wrap(data.data.astype(np.float32)), _wrap(data.target.astype(np.int64))


def _datasets(name: str) -> Any:
    try:
        from sklearn import datasets
    except ImportError as problem:
        raise MissingPackageError(
            f"nn.data.{name}() takes its samples from scikit-learn, which is not installed: pip install scikit-learn"
        ) from problem
    return datasets
