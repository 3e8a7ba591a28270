"""Long short-term memory with a projection: a plain loop, and torch.nn.LSTM."""

import warnings
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from ..shared.torch_nn import torch_nn


class ProjectedLSTMOutput(NamedTuple):
    ys: Float[Tensor, "T B P"]
    h_T: Float[Tensor, "B P"]
    c_T: Float[Tensor, "B H"]


def projected_lstm(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "4*H I"],
    weight_hh: Float[Tensor, "4*H P"],
    bias_ih: Float[Tensor, "4*H"],
    bias_hh: Float[Tensor, "4*H"],
    weight_hr: Float[Tensor, "P H"],
    h_0: Float[Tensor, "B P"] | None = None,
    c_0: Float[Tensor, "B H"] | None = None,
) -> ProjectedLSTMOutput:
    """ys (T, B, P), h_T (B, P) and c_T (B, H) of x (T, B, I)."""
    P, H = weight_hr.shape
    h = x.new_zeros(x.shape[1], P) if h_0 is None else h_0
    c = x.new_zeros(x.shape[1], H) if c_0 is None else c_0
    ys, hidden = [], weight_hh.T
    for a_t in x @ weight_ih.T + bias_ih + bias_hh:
        z_i, z_f, z_g, z_o = torch.addmm(a_t, h, hidden).chunk(4, dim=1)
        c = z_f.sigmoid() * c + z_i.sigmoid() * z_g.tanh()
        h = (z_o.sigmoid() * c.tanh()) @ weight_hr.T
        ys.append(h)
    return ProjectedLSTMOutput(torch.stack(ys), h, c)


def third_party(**inputs: Tensor) -> ProjectedLSTMOutput:
    """The same by torch.nn.LSTM, which wants P < H: P cells are added that stay zero and reach nothing."""
    P, H = inputs["weight_hr"].shape
    wide = dict(inputs)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        gates = inputs[name].chunk(4)
        wide[name] = torch.cat([part for gate in gates for part in (gate, gate.new_zeros(P, *gate.shape[1:]))])
    wide |= {name: pad(inputs[name], (0, P)) for name in ("weight_hr", "c_0") if name in inputs}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "LSTM with projections is not supported with oneDNN")
        ys, h_T, c_T = torch_nn(torch.nn.LSTM, wide)
    return ProjectedLSTMOutput(ys, h_T, c_T[:, :H])
