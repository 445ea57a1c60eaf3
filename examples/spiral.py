"""Three spirals, wound round each other: ``python examples/spiral.py``.

What a line cannot separate: a linear classifier, then a network with one hidden layer, on the same points.
"""

import nn
import nn.functional as F
from autograd import Generator, no_grad


def trained(model: nn.Module, steps: int) -> float:
    """Train a model on the spirals, and return the share of new points that it classifies rightly."""
    x, y = nn.data.spiral(300, noise=0.05, classes=3, generator=Generator(1))
    optimizer = nn.optim.Adam(model.parameters(), lr=0.02, weight_decay=1e-4)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    new, truth = nn.data.spiral(900, noise=0.05, classes=3, generator=Generator(2))
    with no_grad():
        right = (model(new).argmax(1) == truth).numpy().mean()
    print(f"{model}\nloss {loss.item():.4f}, right about {right:.1%} of 900 new points\n")
    return float(right)


def main(steps: int = 1000) -> float:
    """Train both, and return what the network reaches."""
    nn.manual_seed(0)
    trained(nn.Linear(2, 3), steps)
    return trained(nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 3)), steps)


if __name__ == "__main__":
    main()
