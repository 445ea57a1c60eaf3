"""What else did HIPS autograd offer: flattening of parameters, and simple optimizers."""

from autograd.misc.flatten import flatten, flatten_func

__all__ = ["flatten", "flatten_func"]
