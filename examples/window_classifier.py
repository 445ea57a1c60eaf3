"""Which words name a person, a place, an organisation? ``python examples/window_classifier.py``.

A window classifier: a word and its two neighbours on each side, each as a vector of 300 numbers, go through one hidden
layer of 100 neurons. The text is examples/data/tagged.txt. Some names of the test sentences were never seen in
training, so the network has to learn from the words around them.
"""

from pathlib import Path

import numpy as np

import nn
import nn.functional as F
from autograd import Tensor, no_grad

CLASSES = ["None", "Person", "Location", "Organization"]
SIGNS = {"P": 1, "L": 2, "O": 3}
REACH = 2
UNKNOWN, EDGE = 0, 1


def read(path: Path) -> list[list[tuple[str, int]]]:
    """The sentences, each a list of words with their classes."""
    sentences = []
    for line in path.read_text(encoding="utf-8").splitlines():
        words = (token.rpartition("/") if token[-2:-1] == "/" else (token, "", "") for token in line.split())
        sentences.append([(word, SIGNS.get(sign, 0)) for word, _, sign in words])
    return sentences


def windows(sentences: list[list[tuple[str, int]]], numbers: dict[str, int]) -> tuple[Tensor, Tensor]:
    """The numbers of the words around every word [count, 5], and its class [count]."""
    rows, classes = [], []
    for sentence in sentences:
        row = [EDGE] * REACH + [numbers.get(word, UNKNOWN) for word, _ in sentence] + [EDGE] * REACH
        rows += [row[i : i + 2 * REACH + 1] for i in range(len(sentence))]
        classes += [kind for _, kind in sentence]
    return Tensor(np.array(rows)), Tensor(np.array(classes))


class WindowClassifier(nn.Module):
    """Five words, each a vector of 300 numbers, to four classes; W₁ is [100, 1500]."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 300)
        self.hidden = nn.Linear((2 * REACH + 1) * 300, 100)
        self.drop = nn.Dropout(0.5)
        self.out = nn.Linear(100, len(CLASSES))
        nn.init.normal_(self.embedding.weight, std=0.1)

    def forward(self, words: Tensor) -> Tensor:
        x = self.embedding(words).flatten(1)
        return self.out(self.drop(F.relu(self.hidden(x))))


def main(epochs: int = 200) -> float:
    """Train on five sixths of the sentences; return the F1 score of the names in the others."""
    nn.manual_seed(0)
    rng = np.random.default_rng(0)
    sentences = read(Path(__file__).parent / "data" / "tagged.txt")
    rng.shuffle(sentences)
    test, train = sentences[: len(sentences) // 6], sentences[len(sentences) // 6 :]
    words = sorted({word for sentence in train for word, _ in sentence})
    numbers = {word: number for number, word in enumerate(words, start=2)}
    x, y = windows(train, numbers)

    model = WindowClassifier(len(words) + 2)
    optimizer = nn.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    for epoch in range(epochs):
        # some words are hidden, so that the network learns to tell an unknown one by those around it
        seen = Tensor(np.where((rng.random(x.shape) < 0.3) & (x.numpy() != EDGE), UNKNOWN, x.numpy()))
        optimizer.zero_grad()
        loss = F.cross_entropy(model(seen), y)
        loss.backward()
        optimizer.step()
        if epoch % 50 == 49:
            print(f"epoch {epoch + 1:3}  loss {loss.item():.4f}")

    model.eval()
    x, y = windows(test, numbers)
    with no_grad():
        told = model(x).argmax(1).numpy()
    truth = y.numpy()
    hits = ((told == truth) & (truth > 0)).sum()
    score = 2 * hits / ((told > 0).sum() + (truth > 0).sum())
    unseen = sum(word not in numbers for sentence in test for word, _ in sentence)
    for i, (word, kind) in enumerate(pair for sentence in test[:2] for pair in sentence):
        print(f"  {word:<12}{CLASSES[told[i]]:<14}{'' if told[i] == kind else 'wrong: ' + CLASSES[kind]}")
    right = (told == truth).mean()
    print(f"right about {right:.1%} of {len(truth)} words, {unseen} of them new; F1 of names {score:.2f}")
    return float(score)


if __name__ == "__main__":
    main()
