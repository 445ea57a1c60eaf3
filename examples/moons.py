"""Two moons on tensors: a network of the size of moons_scalar's: ``python examples/moons.py``.

A step is one operation a layer for all points at once, not one a neuron for each point: over a hundred times as fast.
"""

import time

import nn
import nn.functional as F
from autograd import Generator, no_grad


def main(steps: int = 500) -> float:
    """Train, and return the share of new points that are classified rightly."""
    nn.manual_seed(0)
    x, y = nn.data.moons(200, noise=0.1, generator=Generator(1))
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = nn.optim.Adam(model.parameters(), lr=0.02)

    start = time.perf_counter()
    for step in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        if step % 100 == 0 or step == steps - 1:
            print(f"step {step:3}  loss {loss.item():.4f}")
    seconds = time.perf_counter() - start

    new, truth = nn.data.moons(1000, noise=0.1, generator=Generator(2))
    with no_grad():
        right = (model(new).argmax(1) == truth).numpy().mean()
    print(f"{steps} steps in {seconds:.2f} s; right about {right:.1%} of 1000 new points")
    return float(right)


if __name__ == "__main__":
    main()
