"""The linear recurrent unit: a plain loop, and the package LRU-pytorch."""

from typing import NamedTuple

import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.func import functional_call


class LRUOutput(NamedTuple):
    ys: Float[Tensor, "T B V"]
    h_T: Complex[Tensor, "B H"]


def lru(
    x: Float[Tensor, "T B I"],
    nu_log: Float[Tensor, " H"],
    theta_log: Float[Tensor, " H"],
    gamma_log: Float[Tensor, " H"],
    weight_ih: Complex[Tensor, "H I"],
    weight_output: Complex[Tensor, "V H"],
    weight_skip: Float[Tensor, "V I"],
    h_0: Complex[Tensor, "B H"] | None = None,
) -> LRUOutput:
    """ys (T, B, V) and h_T (B, H) of x (T, B, I)."""
    h = weight_ih.new_zeros(x.shape[1], len(nu_log)) if h_0 is None else h_0
    eigenvalues = torch.polar((-nu_log.exp()).exp(), theta_log.exp())
    ys = []
    for x_t in x:
        h = eigenvalues * h + gamma_log.exp() * (x_t.to(h.dtype) @ weight_ih.T)
        ys.append((h @ weight_output.T).real + x_t @ weight_skip.T)
    return LRUOutput(torch.stack(ys), h)


def third_party(
    *,
    x: Float[Tensor, "T B I"],
    weight_ih: Complex[Tensor, "H I"],
    weight_output: Complex[Tensor, "V H"],
    weight_skip: Float[Tensor, "V I"],
    h_0: Complex[Tensor, "B H"] | None = None,
    **parameters: Tensor,
) -> LRUOutput:
    """The same by LRU-pytorch, row by row, for it gives a state to the first row only.

    It returns no state: further outputs read its real and its imaginary part.
    """
    from LRU_pytorch import LRU

    V, H = weight_output.shape
    unit = torch.eye(H, dtype=weight_output.dtype)
    parameters |= {
        "B": weight_ih,
        "C": torch.cat((weight_output, unit, -1j * unit)),
        "D": torch.cat((weight_skip, weight_skip.new_zeros(2 * H, x.shape[2]))),
    }
    states = weight_ih.new_zeros(x.shape[1], H) if h_0 is None else h_0
    default = torch.get_default_dtype()
    torch.set_default_dtype(x.dtype)  # that of its buffers
    try:
        layer = LRU(x.shape[2], V + 2 * H, H)
        rows = [functional_call(layer, parameters, row, strict=True) for row in zip(x.unbind(1), states, strict=True)]
    finally:
        torch.set_default_dtype(default)
    ys = torch.stack(rows, dim=1)
    return LRUOutput(ys[..., :V], torch.complex(ys[-1, :, V : V + H], ys[-1, :, V + H :]))
