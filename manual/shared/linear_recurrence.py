"""Linear recurrences, elementwise, step by step and by a parallel scan.

    h_t = a_t * h_{t-1} + b_t                        t = 1..T

Its backward is a linear recurrence too, run from the end: with dhs_t the gradient arriving at h_t, dh_T one more at
the last, and g_t all of what reaches h_t,

    g_T  = dhs_T + dh_T         g_t = dhs_t + conj(a_{t+1}) * g_{t+1}         dh_0 = conj(a_1) * g_1
    db_t = g_t                  da_t = g_t * conj(h_{t-1})

(conj only matters where numbers are complex; the gradient of z is dL/dRe z + i dL/dIm z, as in PyTorch.)

The scan: a step is the map h -> a h + b, and two steps are one, first (a, b), then (a', b'):

    (a', b') o (a, b) = (a' a, a' b + b')

This is associative, so that the maps of the steps 1 to t, for all t, take log2 T rounds, in each of which step t is
joined to what step t - 2^k has gathered.  h_0 goes through the finished maps, h_t = A_t h_0 + B_t: a scan that leaves
A_t out, or gives h_0 to it as one more b, is another function, as soon as h_0 is not 0.

Source: Hillis and Steele, Data parallel algorithms (1986); Martin and Cundy, Parallelizing linear recurrent neural
nets over sequence length (2018).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .arrays import Array

Run = Callable[[Array, Array, Array], Array]


class RecurrenceGradients(NamedTuple):
    a: Array
    b: Array
    h_0: Array


def linear_recurrence(
    run: Run, a: Array, b: Array, h_0: Array
) -> tuple[Array, Callable[[Array, Array], RecurrenceGradients]]:
    """The states (T+1, ...) of b (T, ...) from h_0, slot 0 the initial one; a broadcasts against b.

    `run` is `stepwise` or `parallel`.  The backward takes the gradients of every step (T, ...) and one more of the last
    state; that of a has the shape of b.
    """
    hs = run(a, b, h_0)

    def backward(dhs: Array, dh_T: Array) -> RecurrenceGradients:
        arriving = np.concatenate((np.zeros_like(hs[:1]), dhs))
        arriving[-1] = arriving[-1] + dh_T
        g = run(a[::-1].conj(), arriving[-2::-1], arriving[-1])[::-1]
        return RecurrenceGradients(g[1:] * hs[:-1].conj(), g[1:], g[0])

    return hs, backward


def stepwise(a: Array, b: Array, h_0: Array) -> Array:
    hs = np.empty((len(b) + 1, *h_0.shape), np.result_type(a, b, h_0))
    hs[0] = h_0
    for t in range(len(b)):
        hs[t + 1] = a[t] * hs[t] + b[t]
    return hs


def parallel(a: Array, b: Array, h_0: Array) -> Array:
    gap = 1
    while gap < len(b):
        b = np.concatenate((b[:gap], a[gap:] * b[:-gap] + b[gap:]))
        a = np.concatenate((a[:gap], a[gap:] * a[:-gap]))
        gap *= 2
    return np.concatenate((h_0[None], a * h_0 + b))
