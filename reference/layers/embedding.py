"""Embedding as a product with one-hot vectors, and torch.nn.functional.embedding."""

from typing import Annotated, NamedTuple

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional


class EmbeddingOutput(NamedTuple):
    e: Float[Tensor, "T B I"]


def embedding(
    tokens: Annotated[Int[Tensor, "T B"], "0 <= tokens < V"], weight: Float[Tensor, "V I"]
) -> EmbeddingOutput:
    """e (T, B, I) of tokens (T, B)."""
    return EmbeddingOutput(functional.one_hot(tokens, len(weight)).to(weight.dtype) @ weight)


def third_party(
    tokens: Annotated[Int[Tensor, "T B"], "0 <= tokens < V"], weight: Float[Tensor, "V I"]
) -> EmbeddingOutput:
    """The same by torch.nn.functional.embedding."""
    return EmbeddingOutput(functional.embedding(tokens, weight))
