"""Units made of code that was written to another contract, so that nothing needs to be rewritten to be judged.

    adapt_pair     forward(...) -> (y, cache) and backward(dy, cache) -> gradients
    adapt_layer    an object with a forward, a backward and stored gradients
    adapt_torch    a torch.autograd.Function, a torch.nn.Module, or any function of tensors

Each takes `like`, an annotated function (the reference) that declares names, shapes and kinds, and maps from its names
to those of the code.
"""

from .layer import adapt_layer
from .pair import adapt_pair
from .pytorch import adapt_torch
from .unit import Adapted

__all__ = ["Adapted", "adapt_layer", "adapt_pair", "adapt_torch"]
