"""Long short-term memory with coupled input and forget gate: a plain loop, and torch.nn.LSTM."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ..shared.torch_nn import PARAMETERS, torch_nn


class CoupledLSTMOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]
    c_T: Float[Tensor, "B H"]


def coupled_lstm(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "3*H I"],
    weight_hh: Float[Tensor, "3*H H"],
    bias_ih: Float[Tensor, "3*H"],
    bias_hh: Float[Tensor, "3*H"],
    h_0: Float[Tensor, "B H"] | None = None,
    c_0: Float[Tensor, "B H"] | None = None,
) -> CoupledLSTMOutput:
    """ys (T, B, H), h_T and c_T (B, H) of x (T, B, I)."""
    zeros = x.new_zeros(x.shape[1], weight_hh.shape[1])
    h, c = zeros if h_0 is None else h_0, zeros if c_0 is None else c_0
    ys, hidden = [], weight_hh.T
    for a_t in x @ weight_ih.T + bias_ih + bias_hh:
        z_i, z_g, z_o = torch.addmm(a_t, h, hidden).chunk(3, dim=1)
        i = z_i.sigmoid()
        c = (1 - i) * c + i * z_g.tanh()
        h = z_o.sigmoid() * c.tanh()
        ys.append(h)
    return CoupledLSTMOutput(torch.stack(ys), h, c)


def third_party(**inputs: Tensor) -> CoupledLSTMOutput:
    """The same by torch.nn.LSTM, whose forget gate is 1 - i where its rows are the negative of those of i."""
    four = {name: uncoupled(array) if name in PARAMETERS else array for name, array in inputs.items()}
    return CoupledLSTMOutput(*torch_nn(torch.nn.LSTM, four))


def uncoupled(array: Tensor) -> Tensor:
    """Rows i, -i, g, o of an array with the rows i, g, o."""
    i, g, o = array.chunk(3)
    return torch.cat((i, -i, g, o))
