"""A GPT of about 4,200 parameters learns to make up names: ``python examples/names.py [FILE]``.

One block of four heads, 16 wide, RMSNorm, no biases, trained by Adam one name at a time, as in Karpathy's microgpt.
FILE is a list of names, one a line (default: examples/data/names.txt, some hundreds of made-up ones).
"""

import argparse
import time
from pathlib import Path

import numpy as np

import nn
import nn.functional as F
from autograd import Generator, Tensor, no_grad
from nn.data import Vocabulary, read_lines

HEADS, WIDTH, LONGEST = 4, 16, 16


class GPT(nn.Module):
    """Letters in, scores of the next letter out: [length] → [length, letters]."""

    def __init__(self, letters: int) -> None:
        super().__init__()
        self.letters = nn.Embedding(letters, WIDTH)
        self.places = nn.Embedding(LONGEST, WIDTH)
        self.attention = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.mix = nn.Linear(WIDTH, WIDTH, bias=False)
        self.up = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.down = nn.Linear(4 * WIDTH, WIDTH, bias=False)
        self.head = nn.Linear(WIDTH, letters, bias=False)
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=0.08)

    def forward(self, tokens: Tensor) -> Tensor:
        length = tokens.shape[0]
        x = F.rms_norm(self.letters(tokens) + self.places.weight[:length], (WIDTH,))
        parts = self.attention(F.rms_norm(x, (WIDTH,)))
        query, key, value = parts.view(length, 3, HEADS, WIDTH // HEADS).permute(1, 2, 0, 3).unbind(0)
        seen = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.mix(seen.transpose(0, 1).reshape(length, WIDTH))
        x = x + self.down(F.relu(self.up(F.rms_norm(x, (WIDTH,)))))
        return self.head(x)


def sample(model: GPT, vocabulary: Vocabulary, generator: Generator, temperature: float) -> str:
    """A new name, drawn letter by letter."""
    tokens = [vocabulary.bos]
    with no_grad():
        while len(tokens) < LONGEST:
            logits = model(Tensor(np.array(tokens)))[-1] / temperature
            chances = F.softmax(logits, dim=0).numpy().astype("float64")
            tokens.append(int(generator.numpy.choice(len(chances), p=chances / chances.sum())))
            if tokens[-1] == vocabulary.eos:
                break
    return vocabulary.decode(tokens)


def main(path: Path | None = None, steps: int = 3000, samples: int = 12, seed: int = 0) -> float:
    """Train, print new names, and return the mean loss over the last names, in nats per letter."""
    lines = read_lines(path or Path(__file__).parent / "data" / "names.txt")
    names = [name for name in lines if len(name) < LONGEST]
    if not names:
        raise ValueError(f"{path} has no name of less than {LONGEST} letters")
    vocabulary = Vocabulary(names, bos="<end>", eos="<end>")  # one token on both sides
    nn.manual_seed(seed)
    generator = Generator(seed)
    order = generator.numpy.permutation(len(names))
    model = GPT(len(vocabulary))
    size = sum(int(np.prod(p.shape)) for p in model.parameters())
    left_out = f" ({len(lines) - len(names)} longer ones left out)" if len(names) < len(lines) else ""
    print(f"{len(names)} names{left_out}, {len(vocabulary) - 1} letters and a sign for the end, {size} parameters")
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
    schedule = nn.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)

    losses = []
    start = time.perf_counter()
    for step in range(steps):
        tokens = Tensor(np.array(vocabulary.encode(names[order[step % len(names)]], ends=True)))
        optimizer.zero_grad()
        loss = F.cross_entropy(model(tokens[:-1]), tokens[1:])
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 500 == 499:
            print(f"step {step + 1:4}  loss {np.mean(losses[-500:]):.3f}")
    seconds = time.perf_counter() - start

    for _ in range(samples):
        print(f"  {sample(model, vocabulary, generator, temperature=0.7)}")
    final = float(np.mean(losses[-len(names) :]))
    print(f"{1e3 * seconds / steps:.2f} ms a name; loss {final:.3f} (by chance: {np.log(len(vocabulary)):.3f})")
    return final


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="?", type=Path, help="a file of names, one a line")
    parser.add_argument("--steps", type=int, default=3000, help="names to train on, at least 1")
    parser.add_argument("--samples", type=int, default=12, help="names to make up")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if given.steps < 1:
        parser.error("--steps must be at least 1")
    try:
        main(given.names, given.steps, given.samples, given.seed)
    except (OSError, ValueError) as mistake:  # a file that is not there, or is no list of names
        parser.exit(1, f"{mistake}\n")
