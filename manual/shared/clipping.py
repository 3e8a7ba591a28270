"""Gradient clipping, which keeps an exploding gradient from ruining a step.

By the global norm, all tensors together, so that the direction is kept:

    g <- g * min(1, theta / ||g||)        ||g||^2 = sum over tensors and entries of g^2

By value, each entry for itself, which changes the direction:

    g <- max(-theta, min(g, theta))

torch.nn.utils.clip_grad_norm_ scales by min(1, theta / (||g|| + 1e-6)) instead, so as not to divide by zero: its norm
ends below theta by a factor of 1 - 1e-6/||g||, and gradients with theta - 1e-6 < ||g|| <= theta are scaled, too.
Here nothing is added: the clipped norm is theta, what is within is left alone, and zero stays zero, for the division
is only made where ||g|| > theta.  The norm is worked out relative to the largest entry, so that squares neither
overflow nor underflow.

Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, ICML (2013), section 3.2;
Mikolov, Statistical language models based on neural networks (2012), section 3.2.2, for the clipping by value.
"""

from collections.abc import Mapping

import numpy as np

from .arrays import Array, Gradients
from .checks import require


def global_norm(gradients: Mapping[str, Array]) -> float:
    """The L2 norm of all gradients together, in double precision."""
    for name, g in gradients.items():
        require(
            bool(np.isfinite(g).all()), f"gradient of {name}", "it holds inf or nan", "find out where it overflowed"
        )
    largest = max((float(np.abs(g).max(initial=0)) for g in gradients.values()), default=0.0)
    if largest == 0:
        return 0.0
    scaled = [np.abs(g).astype(np.float64) / largest for g in gradients.values()]
    return largest * float(np.sqrt(sum(float((s * s).sum()) for s in scaled)))


def clip_by_global_norm(gradients: Mapping[str, Array], max_norm: float) -> tuple[Gradients, float]:
    """New gradients whose global L2 norm is at most `max_norm`, and the norm before.

    ValueError unless 0 < max_norm < inf, and for gradients that are not finite.
    """
    check_limit("max_norm", max_norm)
    norm = global_norm(gradients)
    if norm <= max_norm:
        return {name: g.copy() for name, g in gradients.items()}, norm
    return {name: (g * (max_norm / norm)).astype(g.dtype, copy=False) for name, g in gradients.items()}, norm


def clip_by_value(gradients: Mapping[str, Array], clip_value: float) -> Gradients:
    """New gradients with every entry between -clip_value and clip_value.

    ValueError unless 0 < clip_value < inf.
    """
    check_limit("clip_value", clip_value)
    return {name: np.clip(g, -clip_value, clip_value) for name, g in gradients.items()}


def check_limit(name: str, limit: float) -> None:
    require(0 < limit < np.inf, name, f"it is {limit}", "give a positive finite number")
