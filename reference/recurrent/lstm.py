"""Long short-term memory: a plain loop, and torch.nn.LSTM."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ..shared.torch_nn import torch_nn


class LSTMOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]
    c_T: Float[Tensor, "B H"]


def lstm(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "4*H I"],
    weight_hh: Float[Tensor, "4*H H"],
    bias_ih: Float[Tensor, "4*H"],
    bias_hh: Float[Tensor, "4*H"],
    h_0: Float[Tensor, "B H"] | None = None,
    c_0: Float[Tensor, "B H"] | None = None,
) -> LSTMOutput:
    """ys (T, B, H), h_T and c_T (B, H) of x (T, B, I)."""
    zeros = x.new_zeros(x.shape[1], weight_hh.shape[1])
    h, c = zeros if h_0 is None else h_0, zeros if c_0 is None else c_0
    ys, hidden = [], weight_hh.T
    for a_t in x @ weight_ih.T + bias_ih + bias_hh:
        z_i, z_f, z_g, z_o = torch.addmm(a_t, h, hidden).chunk(4, dim=1)
        c = z_f.sigmoid() * c + z_i.sigmoid() * z_g.tanh()
        h = z_o.sigmoid() * c.tanh()
        ys.append(h)
    return LSTMOutput(torch.stack(ys), h, c)


def third_party(**inputs: Tensor) -> LSTMOutput:
    """The same by torch.nn.LSTM."""
    return LSTMOutput(*torch_nn(torch.nn.LSTM, inputs))
