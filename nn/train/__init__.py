"""How does a model learn? Five lines, for every batch ::

    for x, y in data:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()

`fit` is this loop with what one wants around it: a progress bar, validation, schedules, early stopping, checkpoints
that resume exactly, a history.
"""

from nn.train.callbacks import Callback, EarlyStopping, LambdaCallback
from nn.train.checkpoints import Checkpointer
from nn.train.evaluation import evaluate
from nn.train.finite import NonFiniteError
from nn.train.fitting import fit
from nn.train.history import History, Records
from nn.train.run import Run
from nn.train.tensorboard import TensorBoard

__all__ = [
    "Callback",
    "Checkpointer",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "NonFiniteError",
    "Records",
    "Run",
    "TensorBoard",
    "evaluate",
    "fit",
]
