"""A recurrent module of torch.nn run on given parameters, as an implementation that is not ours."""

from typing import Any

from torch import Tensor, nn
from torch.func import functional_call

NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def run(module: nn.RNNBase, x: Tensor, parameters: tuple[Tensor, ...], state_0: Any) -> tuple[Tensor, Any]:
    """Outputs (T, B, H) and last states of x (T, B, I); `state_0` (B, H), a pair of them, or None for zeros."""
    state: Any
    if isinstance(state_0, tuple):
        state = tuple(s[None] for s in state_0)
    else:
        state = None if state_0 is None else state_0[None]
    ys, state_T = functional_call(module, dict(zip(NAMES, parameters, strict=True)), (x, state), strict=True)
    return ys, state_T
