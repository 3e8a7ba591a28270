"""An LSTM as a model of sequences: token ids to a scalar loss.

    e_t = W_e^T onehot(s_t)                          that is W_e[s_t]
    z_t = W_ih e_t + b_ih + W_hh h_{t-1} + b_hh      rows in the blocks i, f, g, o
    i_t, f_t, o_t = s(z_i), s(z_f), s(z_o)           g_t = tanh(z_g)
    c_t = f_t * c_{t-1} + i_t * g_t             h_t = o_t * tanh(c_t)
    q_t = V h_t + c                             p_t = softmax(q_t)
    L   = -sum_t w_t onehot(y_t)^T log p_t / N

s_t is a token, y_t its label: s is `tokens`, y is `labels`; s(.) is the logistic function.  w_t and N are those of
`softmax_cross_entropy`: mask, and sum or mean.  W_e (V, I) is `weight_embedding`, V (V, H) is `weight_output`, c (V) is
`bias_output`; the rest as in `lstm`.

Backward, from t = T down to 1, through loss, output layer, cell and embedding:

    dq_t  = (p_t - onehot(y_t)) * w_t / N * dL
    dV    = sum_t dq_t h_t^T                         dc    = sum_t dq_t
    dh_t  = V^T dq_t + W_hh^T dz_{t+1}               (the first term alone at t = T)
    dc_t  = dc_{t+1} * f_{t+1} + dh_t * o_t * (1 - tanh^2 c_t)             (the second term alone at t = T)
    dz_i  = dc_t * g_t * i_t (1 - i_t)               dz_f  = dc_t * c_{t-1} * f_t (1 - f_t)
    dz_g  = dc_t * i_t * (1 - g_t^2)                 dz_o  = dh_t * tanh(c_t) * o_t (1 - o_t)
    dW_ih = sum_t dz_t e_t^T                         dW_hh = sum_t dz_t h_{t-1}^T
    db_ih = db_hh = sum_t dz_t                       de_t  = W_ih^T dz_t
    dh_0  = W_hh^T dz_1                              dc_0  = dc_1 * f_1
    dW_e  = sum_t onehot(s_t) de_t^T

Source: Gers, Schmidhuber and Cummins (2000); Goodfellow, Bengio, Courville, Deep Learning (2016), section 10.10.
"""

from collections.abc import Callable
from typing import Annotated

from jaxtyping import Bool, Float, Int

from ..layers.embedding import EmbeddingOutput, embedding
from ..recurrent.lstm import LSTMOutput, lstm
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.head import UNUSED, Reduction, head
from ..shared.loss import Loss


@checked
def lstm_model(
    tokens: Annotated[Int[Array, "T B"], "0 <= tokens < V"],
    labels: Annotated[Int[Array, "T B"], "0 <= labels < V"],
    weight_embedding: Float[Array, "V I"],
    weight_ih: Float[Array, "ifgo=4*H I"],
    weight_hh: Float[Array, "ifgo=4*H H"],
    bias_ih: Float[Array, "ifgo=4*H"],
    bias_hh: Float[Array, "ifgo=4*H"],
    weight_output: Float[Array, "V H"],
    bias_output: Float[Array, " V"],
    h_0: Float[Array, "B H"] | None = None,
    c_0: Float[Array, "B H"] | None = None,
    mask: Bool[Array, "T B"] | None = None,
    *,
    reduction: Reduction = "mean",
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """The cross-entropy of an LSTM that reads tokens and tells labels.

    Shapes: tokens and labels (T, B), both from 0 to V - 1; weights (V, I), (4H, I), (4H, H), (V, H), biases (4H),
    (4H), (V); h_0 and c_0 (B, H), zeros if not given; mask (T, B), true where a position counts.  The loss is a scalar.
    """
    embedded, embedding_backward = embedding(tokens, weight_embedding)
    hidden, lstm_backward = lstm(embedded.e, weight_ih, weight_hh, bias_ih, bias_hh, h_0, c_0)
    loss, head_backward = head(hidden.ys, weight_output, bias_output, labels, mask, reduction)

    def backward(d: Loss) -> Gradients:
        dys, doutput = head_backward(d)
        dlstm = lstm_backward(LSTMOutput(dys, UNUSED, UNUSED))
        dembedding = embedding_backward(EmbeddingOutput(dlstm.pop("x")))
        return {"weight_embedding": dembedding["weight"], **dlstm, **doutput}

    return loss, backward
