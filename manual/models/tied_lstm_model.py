"""A language model whose input embedding is its output layer: one matrix, read by rows and multiplied by.

    e_t = W^T onehot(s_t)        x_t = e_t        h_t, c_t as in `lstm`
    q_t = W h_t + c              p_t = softmax(q_t)
    L   = -sum_t w_t onehot(y_t)^T log p_t / N

This is `lstm_model` with W_e = V = W, so that a token's vector has the size H of the state.  W (V, H) is `weight`,
c (V) is `bias_output`, s is `tokens`, y is `labels`.

The gradient of a weight that is used twice is the sum of the gradients of its uses:

    dW    = dW_e + dV
    dW_e  = sum_t onehot(s_t) de_t^T                 dV    = sum_t dq_t h_t^T

All others are those of `lstm_model`:

    dq_t  = (p_t - onehot(y_t)) * w_t / N * dL       dc    = sum_t dq_t
    dys_t = W^T dq_t                                 then as in `lstm`
    de_t  = dx_t

Source: Press and Wolf, Using the output embedding to improve language models, EACL (2017); Inan, Khosravi and Socher,
Tying word vectors and word classifiers, ICLR (2017).
"""

from collections.abc import Callable
from typing import Annotated

from jaxtyping import Bool, Float, Int

from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.head import Reduction
from ..shared.loss import Loss
from .lstm_model import lstm_model


@checked
def tied_lstm_model(
    tokens: Annotated[Int[Array, "T B"], "0 <= tokens < V"],
    labels: Annotated[Int[Array, "T B"], "0 <= labels < V"],
    weight: Float[Array, "V H"],
    weight_ih: Float[Array, "ifgo=4*H H"],
    weight_hh: Float[Array, "ifgo=4*H H"],
    bias_ih: Float[Array, "ifgo=4*H"],
    bias_hh: Float[Array, "ifgo=4*H"],
    bias_output: Float[Array, " V"],
    h_0: Float[Array, "B H"] | None = None,
    c_0: Float[Array, "B H"] | None = None,
    mask: Bool[Array, "T B"] | None = None,
    *,
    reduction: Reduction = "mean",
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """The cross-entropy of an LSTM that reads tokens and tells labels through one matrix.

    Shapes: tokens and labels (T, B), both from 0 to V - 1; weight (V, H), the rest as in `lstm_model` with I = H.
    """
    cell = weight_ih, weight_hh, bias_ih, bias_hh
    states = h_0, c_0
    loss, model_backward = lstm_model(
        tokens, labels, weight, *cell, weight, bias_output, *states, mask, reduction=reduction
    )

    def backward(d: Loss) -> Gradients:
        gradients = model_backward(d)
        return {"weight": gradients.pop("weight_embedding") + gradients.pop("weight_output"), **gradients}

    return loss, backward
