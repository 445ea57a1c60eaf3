"""micrograd's demo, on single numbers: a 2→16→16→1 network learns two moons: ``python examples/moons_scalar.py``.

Every number is a node of its own, as in micrograd; the weighted sum of a neuron is one node.
"""

import random

import nn
from autograd import Generator, Value
from nn.scalar import MLP


def main(steps: int = 60) -> float:
    """Train, and return the share of the 100 points that are classified rightly."""
    random.seed(1337)
    points, labels = nn.data.moons(100, noise=0.1, generator=Generator(1337))
    inputs = points.tolist()
    signs = [2 * label - 1 for label in labels.tolist()]
    model = MLP(2, [16, 16, 1])
    parameters = model.parameters()

    for step in range(steps):
        scores = [model([Value(x) for x in row]) for row in inputs]
        losses = [(1 - sign * score).relu() for sign, score in zip(signs, scores, strict=True)]
        penalty = 1e-4 * sum(p * p for p in parameters)
        total = sum(losses) * (1 / len(losses)) + penalty

        model.zero_grad()
        total.backward()
        learning_rate = 1.0 - 0.9 * step / steps
        for p in parameters:
            p.data -= learning_rate * p.grad

        right = sum((sign > 0) == (score.data > 0) for sign, score in zip(signs, scores, strict=True)) / len(signs)
        if step % 10 == 0 or step == steps - 1:
            print(f"step {step:2}  loss {total.data:.4f}  accuracy {right:.0%}")
    return right


if __name__ == "__main__":
    main()
