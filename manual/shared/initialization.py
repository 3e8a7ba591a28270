"""First weights of a recurrent network that neither shrink nor grow a gradient.

    orthogonal    W^T W = I (or W W^T = I, for fewer rows than columns): all singular values are 1, so that in a linear
                  network a gradient keeps its length over any number of steps
    identity      W = I, for ReLU or a linear network: the state is carried along as it is
    forget bias   b_f = 1 or more: an LSTM's forget gate starts near s(1) = 0.73, or nearer to 1, and not at 1/2

An orthogonal matrix drawn uniformly (by Haar's measure) is the Q of A = Q R for a normal A, with the signs of its
columns set so that the diagonal of R is positive; without that, the distribution is whatever the algorithm makes of
it.  The matrix of a gated cell is a stack of H x H blocks, one for each gate, each drawn for itself: a (4H, H) matrix
with orthonormal columns would have blocks that shrink by about a half.

torch.nn has two biases, and the gate sees their sum: the forget bias is set in one, and the other left at zero.

Source: Saxe, McClelland and Ganguli (2014); Mezzadri, Notices of the AMS 54 (2007); Le, Jaitly and Hinton (2015);
Gers, Schmidhuber and Cummins (2000); Jozefowicz, Zaremba and Sutskever (2015).
"""

import numpy as np

from .arrays import Array
from .checks import require


def orthogonal(rows: int, columns: int, rng: np.random.Generator, gain: float = 1.0) -> Array:
    """A matrix (rows, columns) with orthonormal columns, or rows if these are fewer, times `gain`."""
    check_size("rows", rows)
    check_size("columns", columns)
    q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
    return gain * (q if rows >= columns else q.T)


def orthogonal_blocks(gates: int, H: int, rng: np.random.Generator, gain: float = 1.0) -> Array:
    """A recurrent weight (gates*H, H), a stack of orthogonal blocks drawn one by one."""
    check_size("gates", gates)
    return np.concatenate([orthogonal(H, H, rng, gain) for _ in range(gates)])


def identity(H: int, gain: float = 1.0) -> Array:
    """The identity (H, H), times `gain`."""
    check_size("H", H)
    return gain * np.eye(H)


def forget_bias(H: int, value: float = 1.0) -> Array:
    """The bias (4*H) of an LSTM, `value` in the block f of i, f, g, o and 0 elsewhere; leave the other bias at zero."""
    check_size("H", H)
    require(bool(np.isfinite(value)), "value", f"it is {value}", "give a finite number")
    bias = np.zeros(4 * H)
    bias[H : 2 * H] = value
    return bias


def check_size(name: str, size: int) -> None:
    require(size >= 1, name, f"it is {size}", "give a natural number above 0")
