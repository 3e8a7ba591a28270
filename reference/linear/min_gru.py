"""The minimal GRU: a plain loop for either form, and the package minGRU-pytorch."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.func import functional_call


class MinGRUOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]


def min_gru(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "2*H I"],
    bias_ih: Float[Tensor, "2*H"],
    h_0: Float[Tensor, "B H"] | None = None,
    *,
    form: Literal["stepwise", "parallel"] = "stepwise",
    candidate: Literal["identity", "positive"] = "identity",
) -> MinGRUOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    h = x.new_zeros(x.shape[1], len(bias_ih) // 2) if h_0 is None else h_0
    p, q = (x @ weight_ih.T + bias_ih).chunk(2, dim=2)
    ys, candidates = [], q if candidate == "identity" else torch.where(q >= 0, q + 0.5, q.sigmoid())
    for z, n in zip(p.sigmoid(), candidates, strict=True):
        h = (1 - z) * h + z * n
        ys.append(h)
    return MinGRUOutput(torch.stack(ys), h)


def third_party(
    *,
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "2*H I"],
    bias_ih: Float[Tensor, "2*H"],
    h_0: None = None,
    form: Literal["stepwise", "parallel"] = "stepwise",
    candidate: Literal["positive"] = "positive",
) -> MinGRUOutput:
    """The same by minGRU-pytorch, a scan of logarithms: the positive candidate only, and no h_0, of any sign here.

    It has no bias, which is the weight of one more input that is 1 here, and its first block is the candidate's.
    """
    from minGRU_pytorch import minGRU

    inputs = torch.cat((x, torch.ones_like(x[..., :1])), dim=2)
    gate, hidden = torch.cat((weight_ih, bias_ih[:, None]), dim=1).chunk(2)
    H, dim = gate.shape
    layer = minGRU(dim, expansion_factor=(H + 0.5) / dim, proj_out=False)
    parameters = {"to_hidden_and_gate.weight": torch.cat((hidden, gate))}
    ys = functional_call(layer, parameters, (inputs.transpose(0, 1),), strict=True).transpose(0, 1)
    return MinGRUOutput(ys, ys[-1])
