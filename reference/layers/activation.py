"""Elementwise activations, by torch's own functions."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

Kind = Literal["tanh", "logistic", "relu", "leaky_relu", "identity"]


class ActivationOutput(NamedTuple):
    y: Float[Tensor, "T B H"]


def activation(z: Float[Tensor, "T B H"], *, kind: Kind = "tanh") -> ActivationOutput:
    """y (T, B, H) of z (T, B, H)."""
    return ActivationOutput(phi(z, kind))


def phi(z: Tensor, kind: str) -> Tensor:
    functions = {
        "tanh": torch.tanh,
        "logistic": torch.sigmoid,
        "relu": torch.relu,
        "leaky_relu": functional.leaky_relu,
        "identity": torch.clone,
    }
    return functions[kind](z)
