"""Layers of neuralnetlib: objects with a forward, a backward, and attributes that gradients are stored in.

    LayerNormalization, Attention   right
    GRUCell     clips what it pulls back at 5, so that its backward is not linear
    LSTMCell    adds 1e-7 to every derivative of an activation

The references compute what the package computes, the limits of its gates included.
"""

from functools import partial
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from neuralnetlib.layers import Attention, GRUCell, LayerNormalization, LSTMCell
from torch import Tensor

import gradcheck


class GRUOutput(NamedTuple):
    h: Float[Tensor, "B H"]


class Normalized(NamedTuple):
    y: Float[Tensor, "B H"]


class Attended(NamedTuple):
    y: Float[Tensor, "B T I"]


class LSTMOutput(NamedTuple):
    h: Float[Tensor, "B H"]
    c: Float[Tensor, "B H"]


def gate(z: Tensor, limit: float) -> Tensor:
    return torch.sigmoid(z).clamp(limit, 1 - limit)


def gru(
    x: Float[Tensor, "B I"],
    h_0: Float[Tensor, "B H"],
    Wr: Float[Tensor, "I H"],
    Wz: Float[Tensor, "I H"],
    Wh: Float[Tensor, "I H"],
    Ur: Float[Tensor, "H H"],
    Uz: Float[Tensor, "H H"],
    Uh: Float[Tensor, "H H"],
    br: Float[Tensor, "1 H"],
    bz: Float[Tensor, "1 H"],
    bh: Float[Tensor, "1 H"],
) -> GRUOutput:
    r = gate(x @ Wr + h_0 @ Ur + br, 1e-12)
    z = gate(x @ Wz + h_0 @ Uz + bz, 1e-12)
    n = torch.tanh(x @ Wh + (r * h_0) @ Uh + bh)
    return GRUOutput((1 - z) * h_0 + z * n)


def lstm(
    x: Float[Tensor, "B I"],
    h_0: Float[Tensor, "B H"],
    c_0: Float[Tensor, "B H"],
    Wf: Float[Tensor, "I H"],
    Wi: Float[Tensor, "I H"],
    Wc: Float[Tensor, "I H"],
    Wo: Float[Tensor, "I H"],
    Uf: Float[Tensor, "H H"],
    Ui: Float[Tensor, "H H"],
    Uc: Float[Tensor, "H H"],
    Uo: Float[Tensor, "H H"],
    bf: Float[Tensor, "1 H"],
    bi: Float[Tensor, "1 H"],
    bc: Float[Tensor, "1 H"],
    bo: Float[Tensor, "1 H"],
) -> LSTMOutput:
    f = gate(x @ Wf + h_0 @ Uf + bf, 1e-4)
    i = gate(x @ Wi + h_0 @ Ui + bi, 1e-4)
    c = f * c_0 + i * torch.tanh(x @ Wc + h_0 @ Uc + bc)
    o = gate(x @ Wo + h_0 @ Uo + bo, 1e-4)
    return LSTMOutput(o * torch.tanh(c), c)


def normalization(x: Float[Tensor, "B H"], gamma: Float[Tensor, " H"], beta: Float[Tensor, " H"]) -> Normalized:
    return Normalized(torch.nn.functional.layer_norm(x, x.shape[1:], gamma, beta, eps=1e-8))


def attention(x: Float[Tensor, "B T I"]) -> Attended:
    weights = torch.softmax(x @ x.mT / x.shape[2] ** 0.5, 2)
    return Attended(weights @ x)


def judge(name: str, make: Any, reference: Any, **maps: Any) -> gradcheck.Report:
    declared = gradcheck.declare(reference, returns_backward=False).inputs
    parameters = [n for n in declared if n not in ("x", "h_0", "c_0")]
    places = {n: f"d_{n}" if n in ("gamma", "beta") else f"d{n}" for n in parameters}
    unit = gradcheck.adapt_layer(
        make, like=reference, parameters={n: n for n in parameters}, gradients=places, name=name, **maps
    )
    return gradcheck.examine(gradcheck.Subject(name, unit, reference), cases=15)


def main() -> list[gradcheck.Report]:
    layer = {"forward": "forward_pass", "backward": "backward_pass"}
    reports = [
        judge("layer_normalization", LayerNormalization, normalization, **layer),
        judge("attention", partial(Attention, return_sequences=True), attention, dtypes=("float64",), **layer),
        judge("gru_cell", lambda H: GRUCell(H), gru, reset="_init_gradients"),
        judge("lstm_cell", lambda H: LSTMCell(H), lstm, reset="_init_gradients"),
    ]
    print("\n\n".join(map(str, reports)))
    return reports


if __name__ == "__main__":
    main()
