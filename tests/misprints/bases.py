"""The corrected forms that `manual/` does not have, as units; the printed ones are edits of these."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from manual.layers.activation import logistic
from manual.layers.output_layer import LayerOutput, output_layer
from manual.losses.logistic_cross_entropy import logistic_cross_entropy
from manual.losses.softmax_cross_entropy import softmax_cross_entropy

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]
Form = Literal["logistic_squared", "tanh_squared", "logistic_likelihood", "softmax_likelihood"]


class Loss(NamedTuple):
    loss: Float[Array, ""]


class Output(NamedTuple):
    y: Float[Array, "B H"]


def elman_softmax(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, "H H"],
    bias: Float[Array, " H"],
    weight_o: Float[Array, "V H"],
    bias_o: Float[Array, " V"],
    labels: Annotated[Int[Array, "T B"], "0 <= labels < V"],
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """h_t = tanh(U x_t + W h_{t-1} + b), o_t = V h_t + c, L = -sum_t log softmax(o_t)[y_t]."""
    hs = np.zeros((len(x) + 1, x.shape[1], len(weight_hh)), x.dtype)
    for t in range(len(x)):
        hs[t + 1] = np.tanh(x[t] @ weight_ih.T + hs[t] @ weight_hh.T + bias)
    (o,), output_backward = output_layer(hs[1:], weight_o, bias_o)
    (loss,), loss_backward = softmax_cross_entropy(o, labels, reduction="sum")

    def backward(d: Loss) -> Gradients:
        do = output_backward(LayerOutput(loss_backward(d)["logits"]))
        dz, carry = np.zeros_like(hs[1:]), np.zeros_like(hs[0])
        for t in reversed(range(len(x))):
            dh = do["h"][t] + carry
            dz[t] = dh * (1 - hs[t + 1] * hs[t + 1])
            carry = dz[t] @ weight_hh
        rows = dz.reshape(-1, len(weight_hh))
        return {
            "x": (rows @ weight_ih).reshape(x.shape),
            "weight_ih": rows.T @ x.reshape(len(rows), -1),
            "weight_hh": rows.T @ hs[:-1].reshape(rows.shape),
            "bias": rows.sum(axis=0),
            "weight_o": do["weight"],
            "bias_o": do["bias"],
        }

    return Loss(loss), backward


def activated_output(
    h: Float[Array, "T B H"],
    weight: Float[Array, "V H"],
    bias: Float[Array, " V"],
    target: Float[Array, "T B V"],
    labels: Annotated[Int[Array, "T B"], "0 <= labels < V"],
    *,
    form: Form = "logistic_squared",
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """y = s(V h + c) and a loss: sum (y - target)^2 / 2, or minus the log-likelihood of target or of labels."""
    (o,), output_backward = output_layer(h, weight, bias)
    if form == "softmax_likelihood":
        shifted, onehot = o - o.max(axis=2, keepdims=True), labels[..., None] == np.arange(o.shape[2])
        exponential = np.exp(shifted)
        total = exponential.sum(axis=2, keepdims=True)
        value = (np.log(total) - (shifted * onehot).sum(axis=2, keepdims=True)).sum()
        slope, dtarget = exponential / total - onehot, 0 * target
    elif form == "logistic_likelihood":
        (value,), _ = logistic_cross_entropy(o, target, reduction="sum")
        slope, dtarget = logistic(o) - target, -o
    else:
        y = logistic(o) if form == "logistic_squared" else np.tanh(o)
        derivative = y * (1 - y) if form == "logistic_squared" else 1 - y * y
        difference = y - target
        value = (difference * difference).sum() / 2
        slope, dtarget = difference * derivative, -difference

    def backward(d: Loss) -> Gradients:
        dloss = np.zeros_like(value) if d.loss is None else d.loss
        return {**output_backward(LayerOutput(slope * dloss)), "target": dtarget * dloss}

    return Loss(np.asarray(value)), backward


def two_layers(
    x: Float[Array, "B H"], weight_1: Float[Array, "H H"], weight_2: Float[Array, "H H"]
) -> tuple[Output, Callable[[Output], Gradients]]:
    """y = F(W1 f(W2 x)) with F = f = tanh, square so that an exchange of names cannot show in the shapes."""
    f = np.tanh(x @ weight_2.T)
    y = np.tanh(f @ weight_1.T)

    def backward(d: Output) -> Gradients:
        outer = np.zeros_like(y) if d.y is None else d.y * (1 - y * y)
        inner = (outer @ weight_1) * (1 - f * f)
        return {"x": inner @ weight_2, "weight_1": outer.T @ f, "weight_2": inner.T @ x}

    return Output(y), backward
