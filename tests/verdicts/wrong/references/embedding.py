from typing import Annotated, NamedTuple

from jaxtyping import Float, Int
from torch import Tensor


class Output(NamedTuple):
    ys: Float[Tensor, "T B H"]


def embedding(table: Float[Tensor, "V H"], tokens: Annotated[Int[Tensor, "T B"], "0 <= tokens < V"]) -> Output:
    padding = (tokens == -1)[..., None]
    return Output(table[tokens.clamp(min=0)].masked_fill(padding, 0))
