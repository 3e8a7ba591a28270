"""y_t = table[token], zeros where the token is -1; a row's gradient is the sum over its places."""

# ruff: noqa: RUF059 -- the faults that are planted here name every size

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    ys: Float[Array, "T B H"]


def embedding(
    table: Float[Array, "V H"], tokens: Annotated[Int[Array, "T B"], "0 <= tokens < V"]
) -> tuple[Output, Callable[[Output], Gradients]]:
    V, H = table.shape
    kept = tokens != -1
    ys = np.where(kept[..., None], table[np.where(kept, tokens, 0)], 0 * table.sum(axis=0))

    def backward(d: Output) -> Gradients:
        dys = np.zeros_like(ys) if d.ys is None else d.ys
        flat = tokens[kept]
        rows = dys[kept]
        dtable = np.zeros_like(table)
        np.add.at(dtable, flat, rows)
        return {"table": dtable}

    return Output(ys), backward
