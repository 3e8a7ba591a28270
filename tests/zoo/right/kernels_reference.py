"""The twins of kernels.py under autograd."""

from typing import Annotated, Literal, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional


class Ys(NamedTuple):
    ys: Float[Tensor, "T B H"]


class Attended(NamedTuple):
    ys: Float[Tensor, "T H"]


class Losses(NamedTuple):
    losses: Float[Tensor, "T B"]


class Loss(NamedTuple):
    loss: Float[Tensor, ""]


class Clipped(NamedTuple):
    weight: Float[Tensor, "H I"]
    bias: Float[Tensor, " H"]


class Convolved(NamedTuple):
    ys: Float[Tensor, "T B H"]
    state_T: Float[Tensor, "3 B H"]


def token_losses(
    h: Float[Tensor, "T B H"],
    weight: Float[Tensor, "V H"],
    labels: Annotated[Int[Tensor, "T B"], "0 <= labels < V"],
) -> Losses:
    logits = (h @ weight.T).reshape(-1, len(weight))
    return Losses(functional.cross_entropy(logits, labels.reshape(-1), reduction="none").reshape(labels.shape))


def squared_loss(
    h: Float[Tensor, "T B H"], target: Float[Tensor, "T B H"], *, reduction: Literal["mean", "sum"] = "mean"
) -> Loss:
    loss = (h - target).square().sum() / 2
    return Loss(loss / h.shape[1] if reduction == "mean" else loss)


def rms_norm(x: Float[Tensor, "T B H"], weight: Float[Tensor, " H"]) -> Ys:
    return Ys(weight * x * torch.rsqrt(x.square().mean(dim=2, keepdim=True) + 1e-5))


def causal_convolution(
    x: Float[Tensor, "T B H"], weight: Float[Tensor, "4 H"], state_0: Float[Tensor, "3 B H"]
) -> Convolved:
    padded = torch.cat((state_0, x))
    return Convolved((padded.unfold(0, 4, 1) * weight.T).sum(dim=3), padded[-3:])


def clip_by_norm(weight: Float[Tensor, "H I"], bias: Float[Tensor, " H"]) -> Clipped:
    norm = torch.sqrt(weight.square().sum() + bias.square().sum())
    return Clipped(weight / norm, bias / norm)


def dropped_attention(
    scores: Float[Tensor, "T S"], values: Float[Tensor, "S H"], keep: Bool[Tensor, "T S"]
) -> Attended:
    return Attended(torch.where(keep, 2 * scores.softmax(dim=1), 0) @ values)
