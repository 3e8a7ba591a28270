"""dL/dw of the scalar recurrence forward in time: by the recursion for dh_t/dw, and by its closed form.

    a_t = b_t + c_t a_{t-1},   a_0 = 0               the recursion
    a_t = sum_{i=1..t} (prod_{j=i+1..t} c_j) b_i     its solution: one term for each start time i

With b_t = phi'(z_t) h_{t-1} and c_t = phi'(z_t) w, a_t is dh_t/dw, and dL/dw = 1/N sum_t (o_t - y_t) v a_t.
The arguments are those of `scalar_recurrence`; b, c and a have the shape (T, B).

Source: Zhang, Lipton, Li and Smola, Dive into Deep Learning (2023), section 9.7.1.
"""

from collections.abc import Callable

import numpy as np

from ..layers.activation import DERIVATIVE, Kind
from ..recurrent.scalar_recurrence import states
from .arrays import Array

Route = Callable[[Array, Array], Array]


def by_recursion(b: Array, c: Array) -> Array:
    a = np.zeros(b.shape, b.dtype)
    for t in range(len(b)):
        a[t] = b[t] + c[t] * a[t - 1] if t else b[t]
    return a


def by_closed_form(b: Array, c: Array) -> Array:
    a = np.zeros(b.shape, b.dtype)
    for t in range(len(b)):
        for i in range(t + 1):
            a[t] = a[t] + c[i + 1 : t + 1].prod(axis=0) * b[i]
    return a


def dweight_hh(
    route: Route,
    x: Array,
    target: Array,
    weight_ih: Array,
    weight_hh: Array,
    weight_output: Array,
    h_0: Array | None = None,
    activation: Kind = "tanh",
) -> Array:
    """dL/dw, a scalar, by either route."""
    zs, hs = states(x, weight_ih, weight_hh, h_0, activation)
    slope = DERIVATIVE[activation](zs, hs[1:])
    a = route(slope * hs[:-1], slope * weight_hh)
    error = hs[1:] * weight_output - target
    return np.asarray((error * weight_output * a).sum() / max(x.size, 1))
