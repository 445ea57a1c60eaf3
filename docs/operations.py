"""Write docs/operations.md from the table of operations: ``python docs/operations.py``."""

from pathlib import Path

import nn.ops  # noqa: F401 (its rows are in the table)
from autograd import TABLE, Op

TARGET = Path(__file__).with_suffix(".md")

HEAD = """\
# The table of operations

Made from the table itself by `python docs/operations.py`; a test holds the two equal. In the rules g is the upstream
gradient and y the output. Elementwise rules are written out by calling the rule with symbols. Those of `nn.functional`
are fused: one node, with kernels of its own for both passes, for what can also be composed of the others.

| operation | sign | forward | backward, to each input | gate | for | at a tie or a kink |
|---|---|---|---|---|---|---|
"""


def row(op: Op) -> str:
    kinds = "Value, Tensor" if op.elementwise else "Value" if op.scalar else "Tensor"
    if op.composition is not None:
        kinds += f", in `{op.module}`"
    gradients = "<br>".join(f"`{rule}`" for rule in op.gradients)
    cells = (f"`{op.usage}`", f"`{op.sign}`", f"`{op.formula}`", gradients, op.pattern, kinds, op.at_kink)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def document() -> str:
    return HEAD + "".join(map(row, TABLE))


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
