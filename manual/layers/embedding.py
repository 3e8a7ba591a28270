"""Embedding: the vector of each token, a row of a table.

    e_t = W^T onehot(s_t)                  that is W[s_t]

    dW = sum_t onehot(s_t) de_t^T          that is, dW[v] is the sum of de_t over the positions with s_t = v

s_t is a token: s is `tokens`, W (V, I) is `weight`.  The gradient of a row adds up over every position that reads the
row; an assignment dW[s_t] = de_t keeps only the last of them.

Source: Bengio, Ducharme, Vincent and Jauvin, A neural probabilistic language model, JMLR 3 (2003);
torch.nn.Embedding.
"""

from collections.abc import Callable
from typing import Annotated, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked


class EmbeddingOutput(NamedTuple):
    e: Float[Array, "T B I"]


@checked
def embedding(
    tokens: Annotated[Int[Array, "T B"], "0 <= tokens < V"], weight: Float[Array, "V I"]
) -> tuple[EmbeddingOutput, Callable[[EmbeddingOutput], Gradients]]:
    """Look up the row of each token.

    Shapes: tokens (T, B) with 0 <= tokens < V, weight (V, I); e (T, B, I).
    """
    e = weight[tokens]

    def backward(d: EmbeddingOutput) -> Gradients:
        dweight = np.zeros(weight.shape, weight.dtype)
        np.add.at(dweight, tokens, or_zeros(d.e, e))
        return {"weight": dweight}

    return EmbeddingOutput(e), backward
