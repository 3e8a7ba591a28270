"""The numbers at which the flow of a unit is computed, drawn in the same way for every cell so that they compare."""

from typing import Any

import numpy as np

from ..cases.arrays import Array, draw_arrays, is_recurrent_weight
from ..cases.case import Case
from ..unit.declaration import Declaration


def prepare_inputs(
    declaration: Declaration, steps: int, radius: float, hidden: int, bias: float, input_scale: float, seed: int
) -> dict[str, Any]:
    """Draw the inputs over `steps` steps, every size except T and B `hidden`; masks and lengths are left out."""
    sizes = {letter: {"T": steps, "B": 1}.get(letter, hidden) for letter in declaration.letters}
    absent = tuple(n for n in declaration.optional if not declaration.inputs[n].differentiable)
    inputs = draw_arrays(declaration, Case(sizes, seed, absent=absent)).inputs
    for name, spec in declaration.inputs.items():
        if not spec.differentiable:
            continue
        if is_recurrent_weight(spec):
            inputs[name] = radius * make_orthogonal_blocks(inputs[name])
        elif name.startswith("bias"):
            inputs[name] = np.full_like(inputs[name], bias)
        elif not name.startswith("weight"):
            inputs[name] = inputs[name] * input_scale
    return inputs


def make_orthogonal_blocks(weight: Array) -> Array:
    """Each square block of a random matrix (G*H, H) made orthogonal: the Q of its QR factorization.

    The diagonal of R is made positive, so that Q is drawn uniformly.  Source: Mezzadri (2007).
    """
    blocks = weight.reshape(-1, weight.shape[1], weight.shape[1])
    q, r = np.linalg.qr(blocks)
    signs = np.where(np.diagonal(r, axis1=1, axis2=2) < 0, -1.0, 1.0)
    orthogonal: Array = (q * signs[:, None, :]).reshape(weight.shape)
    return orthogonal
