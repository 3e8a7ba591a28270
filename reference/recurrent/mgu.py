"""The minimal gated unit: a plain loop, and the package torchrecurrent."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ..shared.torchrecurrent import torchrecurrent


class MGUOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


def mgu(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "2*H I"],
    weight_hh: Float[Tensor, "2*H H"],
    bias_ih: Float[Tensor, "2*H"],
    bias_hh: Float[Tensor, "2*H"],
    h_0: Float[Tensor, "B H"] | None = None,
) -> MGUOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    h = x.new_zeros(x.shape[1], weight_hh.shape[1]) if h_0 is None else h_0
    W_hf, W_hn = weight_hh.chunk(2)
    b_hf, b_hn = bias_hh.chunk(2)
    ys = []
    for a_t in x @ weight_ih.T + bias_ih:
        a_f, a_n = a_t.chunk(2, dim=1)
        f = (a_f + h @ W_hf.T + b_hf).sigmoid()
        n = (a_n + (f * h) @ W_hn.T + b_hn).tanh()
        h = (1 - f) * h + f * n
        ys.append(h)
    return MGUOutput(torch.stack(ys), h)


def third_party(
    *, x: Float[Tensor, "T B I"], h_0: Float[Tensor, "B H"] | None = None, **parameters: Tensor
) -> MGUOutput:
    """The same by torchrecurrent.MGU."""
    return MGUOutput(*torchrecurrent("MGU", x, parameters["weight_hh"].shape[1], parameters, h_0))
