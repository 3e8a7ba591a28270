"""Long short-term memory with peepholes: a plain loop."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class PeepholeLSTMOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]
    c_T: Float[Tensor, "B H"]


def peephole_lstm(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "4*H I"],
    weight_hh: Float[Tensor, "4*H H"],
    bias_ih: Float[Tensor, "4*H"],
    bias_hh: Float[Tensor, "4*H"],
    weight_ci: Float[Tensor, " H"],
    weight_cf: Float[Tensor, " H"],
    weight_co: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"] | None = None,
    c_0: Float[Tensor, "B H"] | None = None,
) -> PeepholeLSTMOutput:
    """ys (T, B, H), h_T and c_T (B, H) of x (T, B, I)."""
    zeros = x.new_zeros(x.shape[1], weight_hh.shape[1])
    h, c = zeros if h_0 is None else h_0, zeros if c_0 is None else c_0
    ys, hidden = [], weight_hh.T
    for a_t in x @ weight_ih.T + bias_ih + bias_hh:
        z_i, z_f, z_g, z_o = torch.addmm(a_t, h, hidden).chunk(4, dim=1)
        i, f = (z_i + weight_ci * c).sigmoid(), (z_f + weight_cf * c).sigmoid()
        c = f * c + i * z_g.tanh()
        h = (z_o + weight_co * c).sigmoid() * c.tanh()
        ys.append(h)
    return PeepholeLSTMOutput(torch.stack(ys), h, c)
