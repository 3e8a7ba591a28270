"""Three LSTM layers with dropout masks between them, and torch.nn.LSTM with num_layers=3 where there is no mask."""

from typing import Annotated, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ..recurrent.lstm import lstm
from ..shared.torch_nn import torch_nn


class DeepLSTMOutput(NamedTuple):
    ys: Float[Tensor, "T B H"]
    h_n: Float[Tensor, "3 B H"]
    c_n: Float[Tensor, "3 B H"]


def deep_lstm(
    x: Float[Tensor, "T B I"],
    weight_ih_l0: Float[Tensor, "4*H I"],
    weight_hh_l0: Float[Tensor, "4*H H"],
    bias_ih_l0: Float[Tensor, "4*H"],
    bias_hh_l0: Float[Tensor, "4*H"],
    weight_ih_l1: Float[Tensor, "4*H H"],
    weight_hh_l1: Float[Tensor, "4*H H"],
    bias_ih_l1: Float[Tensor, "4*H"],
    bias_hh_l1: Float[Tensor, "4*H"],
    weight_ih_l2: Float[Tensor, "4*H H"],
    weight_hh_l2: Float[Tensor, "4*H H"],
    bias_ih_l2: Float[Tensor, "4*H"],
    bias_hh_l2: Float[Tensor, "4*H"],
    percent: Annotated[int, "0 <= percent < 100"],
    keep: Bool[Tensor, "2 T B H"] | None = None,
    h_0: Float[Tensor, "3 B H"] | None = None,
    c_0: Float[Tensor, "3 B H"] | None = None,
) -> DeepLSTMOutput:
    """ys (T, B, H), h_n and c_n (3, B, H) of x (T, B, I)."""
    layers = (
        (weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0),
        (weight_ih_l1, weight_hh_l1, bias_ih_l1, bias_hh_l1),
        (weight_ih_l2, weight_hh_l2, bias_ih_l2, bias_hh_l2),
    )
    ys, h_n, c_n = x, [], []
    for n, parameters in enumerate(layers):
        if n and keep is not None:
            ys = torch.where(keep[n - 1], ys, 0) / (1 - percent / 100)
        ys, h, c = lstm(ys, *parameters, None if h_0 is None else h_0[n], None if c_0 is None else c_0[n])
        h_n.append(h)
        c_n.append(c)
    return DeepLSTMOutput(ys, torch.stack(h_n), torch.stack(c_n))


def third_party(*, keep: None = None, **inputs: Tensor) -> DeepLSTMOutput:
    """The same by torch.nn.LSTM, which draws its own masks, so without."""
    return DeepLSTMOutput(*torch_nn(torch.nn.LSTM, inputs, num_layers=3))
