"""The twins of activations.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import activations
from tests.verdicts.right.twin import twin


@twin(activations.tanh_by_cosh)
def tanh_by_cosh(x):
    return x.tanh()


@twin(activations.recurrent_tanh_by_cosh)
def recurrent_tanh_by_cosh(x, w):
    h, ys = torch.zeros_like(x[0]), []
    for x_t in x:
        h = torch.tanh(x_t + h @ w.T)
        ys.append(h)
    return torch.stack(ys)


@twin(activations.softplus_plain)
def softplus_plain(x):
    return functional.softplus(x)


@twin(activations.softplus_by_abs)
def softplus_by_abs(x):
    return functional.softplus(x)


@twin(activations.softplus_logaddexp)
def softplus_logaddexp(x):
    return functional.softplus(x)


@twin(activations.sigmoid_logaddexp)
def sigmoid_logaddexp(x):
    return x.sigmoid()


@twin(activations.sigmoid_of_both_signs)
def sigmoid_of_both_signs(x):
    return x.sigmoid()


@twin(activations.gelu)
def gelu(x):
    return functional.gelu(x)


@twin(activations.gelu_tanh)
def gelu_tanh(x):
    return functional.gelu(x, approximate="tanh")


@twin(activations.swish)
def swish(x, beta):
    return x * torch.sigmoid(beta * x)


@twin(activations.mish)
def mish(x):
    return x * functional.softplus(x).tanh()


@twin(activations.elu)
def elu(x):
    return functional.elu(x)


@twin(activations.selu)
def selu(x):
    return functional.selu(x)


@twin(activations.leaky)
def leaky(x, slope):
    return functional.prelu(x, slope)


@twin(activations.hard_sigmoid)
def hard_sigmoid(x):
    return (x / 4 + 0.5).clamp(0, 1)


@twin(activations.gated_linear)
def gated_linear(x):
    return functional.glu(x)


@twin(activations.softsign)
def softsign(x):
    return functional.softsign(x)


@twin(activations.arctangent)
def arctangent(x):
    return x.atan()


@twin(activations.maxout)
def maxout(x):
    a, b = x.chunk(2, dim=1)
    return torch.maximum(a, b)


@twin(activations.softmax_jacobian)
def softmax_jacobian(x):
    return x.softmax(dim=1)


@twin(activations.log_softmax)
def log_softmax(x):
    return x.log_softmax(dim=1)


@twin(activations.sparsemax)
def sparsemax(x):
    z, _ = x.sort(dim=1, descending=True)
    sums, k = z.cumsum(dim=1), torch.arange(1, x.shape[1] + 1)
    count = (1 + k * z > sums).sum(dim=1, keepdim=True)
    return (x - (sums.gather(1, count - 1) - 1) / count).relu()
