from typing import Annotated, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor


class Output(NamedTuple):
    losses: Float[Tensor, " N"]
    mean: Float[Tensor, ""]


def cross_entropy(logits: Float[Tensor, "N V"], labels: Annotated[Int[Tensor, " N"], "0 <= labels < V"]) -> Output:
    losses = torch.nn.functional.cross_entropy(logits, labels, ignore_index=-100, reduction="none")
    return Output(losses, losses.sum() / (labels != -100).sum().clamp(min=1))
