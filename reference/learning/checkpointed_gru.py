"""The gradient of a checkpointed GRU is that of the plain one; torch.utils.checkpoint as an outside opinion."""

from typing import Annotated, Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from ..recurrent import gru as plain
from ..recurrent.gru import GRUOutput
from ..shared.torch_nn import torch_nn


def checkpointed_gru(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "3*H I"],
    weight_hh: Float[Tensor, "3*H H"],
    bias_ih: Float[Tensor, "3*H"],
    bias_hh: Float[Tensor, "3*H"],
    k: Annotated[int, "1 <= k <= T"],
    h_0: Float[Tensor, "B H"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
) -> GRUOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    return plain.gru(x, weight_ih, weight_hh, bias_ih, bias_hh, h_0, reset=reset)


def third_party(*, reset: Literal["after"] = "after", **inputs: Tensor) -> GRUOutput:
    """The same by torch.nn.GRU, checkpointed by torch.utils.checkpoint."""

    def block(x: Tensor, h: Tensor | None) -> tuple[Tensor, ...]:
        return torch_nn(torch.nn.GRU, {**inputs, "x": x, "h_0": h})

    h: Any = inputs.get("h_0")
    ys = []
    for part in torch.split(inputs["x"], int(inputs["k"])):
        block_ys, h = checkpoint(block, part, h, use_reentrant=False)
        ys.append(block_ys)
    return GRUOutput(torch.cat(ys), h)
