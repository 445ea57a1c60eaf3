"""How do parameters learn from their gradients? PyTorch's ``torch.optim``."""

from nn.optim import lr_scheduler
from nn.optim.adagrad import Adagrad
from nn.optim.adam import Adam, AdamW
from nn.optim.optimizer import Optimizer
from nn.optim.penalties import l1_penalty, l2_penalty
from nn.optim.rmsprop import RMSprop
from nn.optim.sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "l1_penalty", "l2_penalty", "lr_scheduler"]
