"""TBPTT(k1, k2) of an Elman network: each segment of k1 steps from the detached state k2 steps before its end."""

from typing import Annotated

import torch
from jaxtyping import Float
from torch import Tensor

from ..layers.activation import Kind
from ..recurrent.rnn import RNNOutput, rnn


def tbptt_rnn(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "H I"],
    weight_hh: Float[Tensor, "H H"],
    bias_ih: Float[Tensor, " H"],
    bias_hh: Float[Tensor, " H"],
    k1: Annotated[int, "1 <= k1 <= 3"],
    k2: Annotated[int, "3 <= k2 <= T // 8 + 5"],
    h_0: Float[Tensor, "B H"] | None = None,
    *,
    activation: Kind = "tanh",
) -> RNNOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    start = x.new_zeros(x.shape[1], weight_hh.shape[1]) if h_0 is None else h_0
    with torch.no_grad():
        states = rnn(x, *parameters, start, activation=activation).ys
    ys: list[Tensor] = []
    for end in range(k1, len(x) + k1, k1):
        begin = max(end - k2, 0)
        h = states[begin - 1] if begin else start
        window = rnn(x[begin:end], *parameters, h, activation=activation).ys
        ys += window[end - k1 - begin :]
    return RNNOutput(torch.stack(ys), ys[-1])
