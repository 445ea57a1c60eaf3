"""One neuron learns to tell spam from other mail: ``python examples/spam_neuron.py``.

A mail is three numbers between 0 and 1: how much it shouts, how many links it has, and how well the sender is known.
The mails are made: a hidden rule with some noise decides which are spam, and the neuron has to find the rule.
"""

import numpy as np

import nn
import nn.functional as F
from autograd import Tensor, no_grad


def mails(count: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Mails [count, 3] and whether each is spam [count, 1]."""
    x = rng.random((count, 3))
    score = x @ [1.5, 2.0, -3.0] - 0.5 + rng.normal(0, 0.3, count)
    return Tensor(x.astype("float32")), Tensor((score > 0)[:, None].astype("float32"))


def main() -> float:
    """Train, say what was learned, and return the share of new mails that are told apart."""
    nn.manual_seed(0)
    rng = np.random.default_rng(0)
    x, is_spam = mails(500, rng)
    neuron = nn.Linear(3, 1)
    optimizer = nn.optim.Adam(neuron.parameters(), lr=0.1)

    for step in range(300):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(neuron(x), is_spam)
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            print(f"step {step:3}  loss {loss.item():.4f}")

    new, truth = mails(500, rng)
    with no_grad():
        right = ((neuron(new) > 0).numpy() == truth.numpy()).mean()
    weights = ", ".join(f"{w:+.2f}" for w in neuron.weight.tolist()[0])
    print(f"loss {loss.item():.4f}; weights {weights} (shouting, links, known sender), bias {neuron.bias.item():+.2f}")
    print(f"right about {right:.1%} of 500 new mails")
    return float(right)


if __name__ == "__main__":
    main()
