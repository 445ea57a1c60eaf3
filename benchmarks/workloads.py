"""What is computed, whatever engine computes it?

Networks and chains with their data and their first weights, in NumPy; `engines` has the programs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["CHAINS", "NETWORKS", "Chain", "Network"]


@dataclass(frozen=True)
class Network:
    """A training step of a multilayer perceptron: forward, backward, update, always on the same batch.

    Parameters
    ----------
    batch : int
    widths : tuple of int
        The sizes of the input, of the hidden layers, and of the output.
    hidden : {"tanh", "relu"}
        The activation of the hidden layers.
    loss : {"mse", "cross_entropy"}
        The mean squared error, or softmax and cross-entropy of classes; both are means over the batch.
    rate : float
        The learning rate of plain gradient descent.
    """

    batch: int
    widths: tuple[int, ...]
    hidden: str = "tanh"
    loss: str = "mse"
    rate: float = 0.01

    @property
    def name(self) -> str:
        return f"{self.batch}×({'-'.join(map(str, self.widths))}) {self.hidden}"

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (batch, widths[0]), and targets (batch, widths[-1]) or classes (batch,)."""
        rng = np.random.default_rng(1)
        inputs = rng.standard_normal((self.batch, self.widths[0]), dtype=np.float32)
        if self.loss == "mse":
            return inputs, rng.standard_normal((self.batch, self.widths[-1]), dtype=np.float32)
        return inputs, rng.integers(0, self.widths[-1], self.batch)

    def weights(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each layer the matrix (inputs, outputs), as He et al. draw it, and the bias (outputs,)."""
        rng = np.random.default_rng(2)
        layers = []
        for fan_in, fan_out in zip(self.widths, self.widths[1:], strict=False):
            matrix = rng.standard_normal((fan_in, fan_out), dtype=np.float32) * np.float32(np.sqrt(2 / fan_in))
            layers.append((matrix, np.zeros(fan_out, dtype=np.float32)))
        return layers


@dataclass(frozen=True)
class Chain:
    """Forward and backward through ``y = y * w; y = y + c; y = tanh(y); y = sin(y)``, over and over, to a sum.

    Parameters
    ----------
    operations : int
        How many in all; a multiple of four.
    size : int
        How many numbers the arrays have.
    shared : bool
        Whether w and c get gradients too, which then add up from every place where they are used. The step is asked
        for the gradient of w then, otherwise for that of the first y.
    """

    operations: int = 100
    size: int = 16
    shared: bool = False

    @property
    def name(self) -> str:
        return f"chain of {self.operations}" + (", shared parameters" if self.shared else "")

    def data(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The first y, w and c: such that after a hundred operations the gradient is neither lost nor large."""
        rng = np.random.default_rng(3)
        y = rng.uniform(-0.3, 0.3, self.size).astype(np.float32)
        w = rng.uniform(0.95, 1.05, self.size).astype(np.float32)
        c = rng.uniform(0.0, 0.02, self.size).astype(np.float32)
        return y, w, c


NETWORKS = (
    Network(100, (2, 16, 16, 1), "tanh", "mse"),
    Network(32, (64, 64, 64, 10), "relu", "cross_entropy"),
    Network(128, (784, 512, 512, 10), "relu", "cross_entropy"),
)
CHAINS = (Chain(), Chain(shared=True))
