"""The twins of foreign.py under autograd."""

import torch

from tests.verdicts.right import foreign
from tests.verdicts.right.twin import twin


@twin(foreign.own_weights)
def own_weights(x, w):
    return torch.tanh(x @ w)


@twin(foreign.two_biases)
def two_biases(x, b_ih, b_hh):
    return torch.tanh(x + b_ih + b_hh)


@twin(foreign.residual)
def residual(x, w):
    return x + x.sin() * w
