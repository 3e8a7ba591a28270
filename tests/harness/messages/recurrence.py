"""A right recurrence in which the tests plant mistakes, and its reference."""

MANUAL = """from collections.abc import Callable
from typing import Any, NamedTuple
import numpy as np
from jaxtyping import Float
Array = np.ndarray


class Out(NamedTuple):
    hs: Float[Array, "T B H"]


def recurrence(
    x: Float[Array, "T B I"], W: Float[Array, "H I"], b: Float[Array, " H"], a: Float[Array, " H"]
) -> tuple[Out, Callable[[Out], dict[str, Any]]]:
    T, B, _ = x.shape
    H = len(b)
    hs = np.zeros((T + 1, B, H), x.dtype)
    for t in range(T):
        hs[t + 1] = np.tanh(x[t] @ W.T + b + a * hs[t])

    def backward(d):
        dhs = np.zeros_like(hs[1:]) if d.hs is None else d.hs
        dx, dW, db, da = np.zeros_like(x), np.zeros_like(W), np.zeros_like(b), np.zeros_like(a)
        dh = np.zeros((B, H), x.dtype)
        for t in reversed(range(T)):
            du = (dhs[t] + dh) * (1 - hs[t + 1] ** 2)
            dx[t] = du @ W
            dW += du.T @ x[t]
            db += du.sum(axis=0)
            da += (du * hs[t]).sum(axis=0)
            dh = du * a
        return {"x": dx, "W": dW, "b": db, "a": da}

    return Out(hs[1:].copy()), backward
"""
REFERENCE = """from typing import NamedTuple
import torch
from torch import Tensor
from jaxtyping import Float
class Out(NamedTuple):
    hs: Float[Tensor, "T B H"]

def recurrence(
    x: Float[Tensor, "T B I"], W: Float[Tensor, "H I"], b: Float[Tensor, " H"], a: Float[Tensor, " H"]
) -> Out:
    h, hs = x.new_zeros(x.shape[1], len(b)), []
    for t in range(len(x)):
        h = torch.tanh(x[t] @ W.T + b + a * h)
        hs.append(h)
    return Out(torch.stack(hs) if hs else x.new_zeros(0, x.shape[1], len(b)))
"""
