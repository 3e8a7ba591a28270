"""Elman's network as a model of sequences: token ids to a scalar loss.

    e_t = W_e^T onehot(s_t)                          that is W_e[s_t]
    h_t = phi(z_t)         z_t = W_ih e_t + b_ih + W_hh h_{t-1} + b_hh
    o_t = V h_t + c        p_t = softmax(o_t)
    L   = -sum_t w_t onehot(y_t)^T log p_t / N

s_t is a token, y_t its label: s is `tokens`, y is `labels`; w_t and N are those of `softmax_cross_entropy`: mask, and
sum or mean.  W_e (V, I) is `weight_embedding`, V (V, H) is `weight_output`, c (V) is `bias_output`; the rest as in
`rnn`.

Backward, from t = T down to 1, through loss, output layer, cell and embedding:

    do_t  = (p_t - onehot(y_t)) * w_t / N * dL
    dV    = sum_t do_t h_t^T                         dc    = sum_t do_t
    dh_t  = V^T do_t + W_hh^T dz_{t+1}               (the first term alone at t = T)
    dz_t  = dh_t * phi'(z_t)                         db_ih = db_hh = sum_t dz_t
    dW_ih = sum_t dz_t e_t^T                         dW_hh = sum_t dz_t h_{t-1}^T
    de_t  = W_ih^T dz_t                              dh_0  = W_hh^T dz_1
    dW_e  = sum_t onehot(s_t) de_t^T

In print dh_t = V^T do_t is found at every t: the carry from t+1 is missing.

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 10.2.2.
"""

from collections.abc import Callable
from typing import Annotated

from jaxtyping import Bool, Float, Int

from ..layers.activation import Kind
from ..layers.embedding import EmbeddingOutput, embedding
from ..recurrent.rnn import RNNOutput, rnn
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.head import UNUSED, Reduction, head
from ..shared.loss import Loss


@checked
def rnn_model(
    tokens: Annotated[Int[Array, "T B"], "0 <= tokens < V"],
    labels: Annotated[Int[Array, "T B"], "0 <= labels < V"],
    weight_embedding: Float[Array, "V I"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, "H H"],
    bias_ih: Float[Array, " H"],
    bias_hh: Float[Array, " H"],
    weight_output: Float[Array, "V H"],
    bias_output: Float[Array, " V"],
    h_0: Float[Array, "B H"] | None = None,
    mask: Bool[Array, "T B"] | None = None,
    *,
    activation: Kind = "tanh",
    reduction: Reduction = "mean",
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """The cross-entropy of an Elman network that reads tokens and tells labels.

    Shapes: tokens and labels (T, B), both from 0 to V - 1; weights (V, I), (H, I), (H, H), (V, H), biases (H), (H),
    (V); h_0 (B, H), zeros if not given; mask (T, B), true where a position counts.  The loss is a scalar.
    """
    embedded, embedding_backward = embedding(tokens, weight_embedding)
    hidden, rnn_backward = rnn(embedded.e, weight_ih, weight_hh, bias_ih, bias_hh, h_0, activation=activation)
    loss, head_backward = head(hidden.ys, weight_output, bias_output, labels, mask, reduction)

    def backward(d: Loss) -> Gradients:
        dys, doutput = head_backward(d)
        drnn = rnn_backward(RNNOutput(dys, UNUSED))
        dembedding = embedding_backward(EmbeddingOutput(drnn.pop("x")))
        return {"weight_embedding": dembedding["weight"], **drnn, **doutput}

    return loss, backward
