"""A step of Adam on gradients that are clipped by their global L2 norm.

    g   <- g * min(1, theta / ||g||)
    m_k  = 0.9 m_{k-1} + 0.1 g              v_k = 0.999 v_{k-1} + 0.001 g^2
    p   <- p - rate * m_k / (1 - 0.9^k) / (sqrt(v_k / (1 - 0.999^k)) + 1e-8)

Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR (2015).
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from manual.shared.clipping import clip_by_global_norm, global_norm

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]


class Adam:
    """The moments of each parameter, and the number of steps so far."""

    def __init__(self, parameters: Mapping[str, Array]) -> None:
        self.mean = {name: np.zeros_like(p) for name, p in parameters.items()}
        self.square = {name: np.zeros_like(p) for name, p in parameters.items()}
        self.steps = 0

    def step(self, parameters: Mapping[str, Array], gradients: Mapping[str, Array], rate: float) -> Arrays:
        """The parameters after a step of size `rate` along these gradients."""
        self.steps += 1
        moved = {}
        for n, g in gradients.items():
            self.mean[n] = 0.9 * self.mean[n] + 0.1 * g
            self.square[n] = 0.999 * self.square[n] + 0.001 * g * g
            size = np.sqrt(self.square[n] / (1 - 0.999**self.steps)) + 1e-8
            moved[n] = parameters[n] - rate * self.mean[n] / (1 - 0.9**self.steps) / size
        return moved


def clip(gradients: Mapping[str, Array], largest_norm: float) -> tuple[Arrays, float]:
    """The gradients, clipped to `largest_norm` (math.inf: not at all), and the norm before."""
    if largest_norm == math.inf:
        return dict(gradients), global_norm(gradients)
    return clip_by_global_norm(gradients, largest_norm)
