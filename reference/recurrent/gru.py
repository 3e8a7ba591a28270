"""The gated recurrent unit in its four forms: a plain loop, and torch.nn.GRU for the form it has."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ..shared.torch_nn import torch_nn


class GRUOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


def gru(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "3*H I"],
    weight_hh: Float[Tensor, "3*H H"],
    bias_ih: Float[Tensor, "3*H"],
    bias_hh: Float[Tensor, "3*H"],
    h_0: Float[Tensor, "B H"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
    z_weighs: Literal["state", "candidate"] = "state",
) -> GRUOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    h = x.new_zeros(x.shape[1], weight_hh.shape[1]) if h_0 is None else h_0
    hidden, W_hn, b_hn = weight_hh.T, weight_hh.chunk(3)[2].T, bias_hh.chunk(3)[2]
    ys = []
    for a_t in x @ weight_ih.T + bias_ih:
        a_r, a_z, a_n = a_t.chunk(3, dim=1)
        u_r, u_z, u_n = torch.addmm(bias_hh, h, hidden).chunk(3, dim=1)
        r, z = (a_r + u_r).sigmoid(), (a_z + u_z).sigmoid()
        u_n = r * u_n if reset == "after" else torch.addmm(b_hn, r * h, W_hn)
        n = (a_n + u_n).tanh()
        h = (1 - z) * n + z * h if z_weighs == "state" else (1 - z) * h + z * n
        ys.append(h)
    return GRUOutput(torch.stack(ys), h)


def third_party(
    *, reset: Literal["after"] = "after", z_weighs: Literal["state"] = "state", **inputs: Tensor
) -> GRUOutput:
    """The same by torch.nn.GRU."""
    return GRUOutput(*torch_nn(torch.nn.GRU, inputs))
