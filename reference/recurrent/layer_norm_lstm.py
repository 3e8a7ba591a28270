"""Long short-term memory with layer normalisation: a plain loop.

Not by torch.nn.functional.layer_norm: its gradient of the gain of a row of one number is rounding noise, and not 0.
"""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

EPSILON = 1e-5


class LayerNormLSTMOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_T: Float[Tensor, "B H"]
    c_T: Float[Tensor, "B H"]


def layer_norm_lstm(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "4*H I"],
    weight_hh: Float[Tensor, "4*H H"],
    weight_ln_i: Float[Tensor, "4*H"],
    weight_ln_h: Float[Tensor, "4*H"],
    weight_ln_c: Float[Tensor, " H"],
    bias_ln_i: Float[Tensor, "4*H"],
    bias_ln_h: Float[Tensor, "4*H"],
    bias_ln_c: Float[Tensor, " H"],
    h_0: Float[Tensor, "B H"] | None = None,
    c_0: Float[Tensor, "B H"] | None = None,
    *,
    carried: Literal["raw", "normalized"] = "raw",
) -> LayerNormLSTMOutput:
    """ys (T, B, H), h_T and c_T (B, H) of x (T, B, I)."""
    zeros = x.new_zeros(x.shape[1], weight_hh.shape[1])
    h, c = zeros if h_0 is None else h_0, zeros if c_0 is None else c_0
    ys = []
    for n_i in layer_norm(x @ weight_ih.T, weight_ln_i, bias_ln_i):
        n_h = layer_norm(h @ weight_hh.T, weight_ln_h, bias_ln_h)
        z_i, z_f, z_g, z_o = (n_i + n_h).chunk(4, dim=1)
        r = z_f.sigmoid() * c + z_i.sigmoid() * z_g.tanh()
        q = layer_norm(r, weight_ln_c, bias_ln_c)
        c = r if carried == "raw" else q
        h = z_o.sigmoid() * q.tanh()
        ys.append(h)
    return LayerNormLSTMOutput(torch.stack(ys), h, c)


def layer_norm(v: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    # of a row of one number it is 0: g - mean(g), added to a small carry one after the other, would swallow it
    centred = v - v.mean(dim=-1, keepdim=True) if v.shape[-1] > 1 else 0 * v
    return weight * centred / (centred.square().mean(dim=-1, keepdim=True) + EPSILON).sqrt() + bias
