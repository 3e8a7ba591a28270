"""Elman's network from vectors to targets: squared error, or a logistic output with binary cross-entropy.

    h_t = phi(z_t)         z_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
    o_t = V h_t + c
    L   = sum_t w_t l_t / N

    squared_error:           l_t = 1/2 ||o_t - y_t||^2
    logistic_cross_entropy:  l_t = -y_t^T log p_t - (1 - y_t)^T log(1 - p_t)        p_t = s(o_t)

y is `target`, y_t (V); w_t and N are those of the losses: mask, and sum or mean.  V (V, H) is `weight_output`, c (V) is
`bias_output`; the rest as in `rnn`.

Backward, from t = T down to 1:

    squared_error:           do_t = (o_t - y_t) * w_t / N * dL        dy_t = -do_t
    logistic_cross_entropy:  do_t = (p_t - y_t) * w_t / N * dL        dy_t = -o_t * w_t / N * dL
    dV    = sum_t do_t h_t^T                         dc    = sum_t do_t
    dh_t  = V^T do_t + W_hh^T dz_{t+1}               (the first term alone at t = T)
    dz_t  = dh_t * phi'(z_t)                         db_ih = db_hh = sum_t dz_t
    dW_ih = sum_t dz_t x_t^T                         dW_hh = sum_t dz_t h_{t-1}^T
    dx_t  = W_ih^T dz_t                              dh_0  = W_hh^T dz_1

In print dh = V^T (s(o) - y) is found beside squared error of a logistic output; it belongs to the cross-entropy.

Source: Elman (1990); Bishop, Pattern Recognition and Machine Learning (2006), section 5.2.
"""

from collections.abc import Callable
from typing import Literal

from jaxtyping import Bool, Float

from ..layers.activation import Kind
from ..layers.output_layer import LayerOutput, output_layer
from ..losses.logistic_cross_entropy import logistic_cross_entropy
from ..losses.squared_error import squared_error
from ..recurrent.rnn import RNNOutput, rnn
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.head import UNUSED, Reduction
from ..shared.loss import Loss


@checked
def rnn_regression(
    x: Float[Array, "T B I"],
    target: Float[Array, "T B V"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, "H H"],
    bias_ih: Float[Array, " H"],
    bias_hh: Float[Array, " H"],
    weight_output: Float[Array, "V H"],
    bias_output: Float[Array, " V"],
    h_0: Float[Array, "B H"] | None = None,
    mask: Bool[Array, "T B"] | None = None,
    *,
    loss: Literal["squared_error", "logistic_cross_entropy"] = "squared_error",
    activation: Kind = "tanh",
    reduction: Reduction = "mean",
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """The loss of an Elman network that reads vectors and tells vectors.

    Shapes: x (T, B, I), target (T, B, V), weights (H, I), (H, H), (V, H), biases (H), (H), (V); h_0 (B, H), zeros if
    not given; mask (T, B), true where a position counts.  The loss is a scalar.
    """
    measure = squared_error if loss == "squared_error" else logistic_cross_entropy
    hidden, rnn_backward = rnn(x, weight_ih, weight_hh, bias_ih, bias_hh, h_0, activation=activation)
    output, layer_backward = output_layer(hidden.ys, weight_output, bias_output)
    total, loss_backward = measure(output.o, target, mask, reduction=reduction)

    def backward(d: Loss) -> Gradients:
        doutput, dtarget = loss_backward(d).values()
        dlayer = layer_backward(LayerOutput(doutput))
        drnn = rnn_backward(RNNOutput(dlayer["h"], UNUSED))
        return {**drnn, "weight_output": dlayer["weight"], "bias_output": dlayer["bias"], "target": dtarget}

    return total, backward
