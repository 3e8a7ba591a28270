"""The linear recurrent unit: a complex diagonal linear recurrence inside the unit circle, read by a real output.

    lambda = exp(-exp(nu) + i exp(theta))            i the imaginary unit
    u_t = exp(gamma) * B x_t
    h_t = lambda * h_{t-1} + u_t                     t = 1..T
    y_t = Re(C h_t) + D x_t

x_t (I) and y_t (V) are real, h_t, u_t and lambda (H) complex, for each row of the batch.  nu, theta and gamma (H) are
`nu_log`, `theta_log` and `gamma_log`, real; B (H, I) is `weight_ih`, C (V, H) is `weight_output`, complex; D (V, I) is
`weight_skip`, real.  |lambda| < 1 for every nu.

The gradient of a complex z is dL/dRe z + i dL/dIm z, PyTorch's convention; then of y = w z it is dz = conj(w) dy, of
y = Re z it is dz = dy, and a real z that became complex takes the real part of what comes back.

Backward, with g_t all of what reaches h_t (see `shared.linear_recurrence`) and dys_t the gradient arriving at output t:

    g_t = C^H dys_t + conj(lambda) * g_{t+1}         (plus dh_T at t = T)        dh_0 = conj(lambda) * g_1
    dlambda = sum_t g_t * conj(h_{t-1})              du_t = g_t
    de  = dlambda * conj(lambda)                     e the exponent of lambda
    dnu = -Re(de) * exp(nu)                          dtheta = Im(de) * exp(theta)
    dgamma = sum_t Re(du_t * conj(u_t))              dBx_t = exp(gamma) * du_t
    dB  = sum_t dBx_t x_t^T                          dC = sum_t dys_t h_t^H      dD = sum_t dys_t x_t^T
    dx_t = Re(B^H dBx_t) + D^T dys_t

JAX gives the conjugate of these for B, C and h_0: a formula from there descends only after conjugation.

Source: Orvieto, Smith, Gu, Fernando, Gulcehre, Pascanu and De, Resurrecting recurrent neural networks for long
sequences (2023), section 3 and appendix A.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Complex, Float

from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked
from ..shared.linear_recurrence import linear_recurrence, stepwise
from .linear_rnn import outer


class LRUOutput(NamedTuple):
    ys: Float[Array, "T B V"]
    h_T: Complex[Array, "B H"]


@checked
def lru(
    x: Float[Array, "T B I"],
    nu_log: Float[Array, " H"],
    theta_log: Float[Array, " H"],
    gamma_log: Float[Array, " H"],
    weight_ih: Complex[Array, "H I"],
    weight_output: Complex[Array, "V H"],
    weight_skip: Float[Array, "V I"],
    h_0: Complex[Array, "B H"] | None = None,
) -> tuple[LRUOutput, Callable[[LRUOutput], Gradients]]:
    """Run a linear recurrent unit over a batch of sequences.

    Shapes: x (T, B, I), nu_log, theta_log and gamma_log (H), weight_ih (H, I), weight_output (V, H), weight_skip
    (V, I), h_0 (B, H), zeros if not given; ys (T, B, V), and h_T (B, H), the last state.
    """
    decay, frequency, scale = np.exp(nu_log), np.exp(theta_log), np.exp(gamma_log)
    eigenvalues = np.exp(-decay + 1j * frequency)
    u = scale * (x @ weight_ih.T)
    if h_0 is None:
        h_0 = np.zeros(u.shape[1:], u.dtype)
    each_step = np.broadcast_to(eigenvalues, (len(x), 1, len(eigenvalues)))
    hs, recurrence_backward = linear_recurrence(stepwise, each_step, u, h_0)
    ys = (hs[1:] @ weight_output.T).real + x @ weight_skip.T

    def backward(d: LRUOutput) -> Gradients:
        dys = or_zeros(d.ys, ys)
        deigenvalues, du, dh_0 = recurrence_backward(dys @ weight_output.conj(), or_zeros(d.h_T, hs[0]))
        dexponent = deigenvalues.sum(axis=(0, 1)) * eigenvalues.conj()
        dinput = scale * du
        return {
            "x": (dinput @ weight_ih.conj()).real + dys @ weight_skip,
            "nu_log": -dexponent.real * decay,
            "theta_log": dexponent.imag * frequency,
            "gamma_log": (du * u.conj()).real.sum(axis=(0, 1)),
            "weight_ih": outer(dinput, x),
            "weight_output": outer(dys, hs[1:].conj()),
            "weight_skip": outer(dys, x),
            "h_0": dh_0,
        }

    return LRUOutput(ys, hs[-1].copy()), backward
