"""A recurrent module of torch.nn run on given parameters, as an implementation that is not ours."""

from typing import Any

from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

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


def run_deep(
    module: nn.RNNBase, x: Tensor, parameters: dict[str, Tensor], state_0: Any, lengths: Tensor | None = None
) -> tuple[Tensor, Any]:
    """Outputs (T, B, D*H), zero in the padding, and last states (L*D, B, H) of a module of any depth, packed."""
    if lengths is None:
        ys, state_n = functional_call(module, parameters, (x, state_0), strict=True)
        return ys, state_n
    packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
    ys, state_n = functional_call(module, parameters, (packed, state_0), strict=True)
    return pad_packed_sequence(ys, total_length=len(x))[0], state_n
