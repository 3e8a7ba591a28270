"""How gradients flow back through time: Jacobians between states, their norms, bounds and spectra.

    ds_t/ds_k = J_t J_{t-1} ... J_{k+1},   J_t = ds_t/ds_{t-1}           k < t;  the identity for k = t
    ||ds_t/ds_k|| <= prod_{j=k+1..t} ||J_j||                             2-norms: the largest singular value

Elman network:   J_t = diag(phi'(z_t)) W_hh; the linear one: ds_t/ds_k = W_hh^(t-k), for an orthogonal W_hh of norm 1
                 at every lag.
Any cell:        s_t is all states of step t side by side; row n of J_t is the step's backward of the unit vector e_n.
LSTM:            along the cell alone dc_t/dc_k is diag(f_t * ... * f_{k+1}), elementwise.  In total it is the block
                 (c, c) of ds_t/ds_k, and for k >= 1, where c_k makes h_k as well, the block (c, h) times
                 diag(o_k (1 - tanh^2 c_k)) besides.
By lag:          dW_hh = sum_lag G_lag,   G_lag = sum_t (phi'(z_s) * (dh_t/dh_s)^T dys_t) h_{s-1}^T,   s = t - lag

Shapes: Jacobians (T, B, S, S), products (T+1, T+1, B, S, S) by t and k, zero for k > t; states (T+1, B, H).

Source: Bengio, Simard, Frasconi (1994); Pascanu, Mikolov, Bengio, On the difficulty of training recurrent neural
networks (2013); Hochreiter and Schmidhuber (1997) for the path through the cell.
"""

from typing import NamedTuple

import numpy as np

from .arrays import Array
from .time_loop import Cell, HiddenProducts, Parameters, State, plus


class Spectrum(NamedTuple):
    """Of a square matrix: the largest modulus of an eigenvalue, the largest and the smallest singular value."""

    radius: float
    largest: float
    smallest: float


class CellPath(NamedTuple):
    """dc_t/dc_k by t and k: `direct` (T+1, T+1, B, H) along the cell alone, `total` (T+1, T+1, B, H, H), and `share`
    (T+1, T+1, B), what the other paths are of both, by Frobenius norms: 0 none, 1 all; 0 for k > t.
    """

    direct: Array
    total: Array
    share: Array


def spectrum(weight: Array) -> Spectrum:
    """The spectrum of a square matrix (H, H)."""
    singular = np.linalg.svd(weight, compute_uv=False)
    return Spectrum(float(np.abs(np.linalg.eigvals(weight)).max()), float(singular[0]), float(singular[-1]))


def rnn_jacobians(slopes: Array, weight_hh: Array) -> Array:
    """J_t = diag(phi'(z_t)) W_hh, shape (T, B, H, H), of the slopes phi'(z_t) (T, B, H)."""
    jacobians: Array = slopes[..., None] * weight_hh
    return jacobians


def step_jacobians(
    cell: Cell, x: Array, parameters: Parameters, state_0: State, stages: tuple[int, ...] | None = None
) -> tuple[State, Array]:
    """The states (T+1, B, H) of any cell of the time loop and its J_t (T, B, S, S), all states side by side."""
    hidden = HiddenProducts(parameters, stages)
    states, jacobians = [tuple(s.T for s in state_0)], []
    for x_t in x:
        state, vjp = cell(plus(parameters.weight_ih @ x_t.T, parameters.bias_ih), states[-1], hidden)
        rows = [np.concatenate(vjp(unit, hidden.vjp)[1]) for unit in unit_vectors(state)]
        jacobians.append(np.stack(rows).transpose(2, 0, 1))
        states.append(state)
    size = sum(s.shape[1] for s in state_0)
    trajectory = tuple(np.stack(slot).transpose(0, 2, 1) for slot in zip(*states, strict=True))
    return trajectory, np.array(jacobians, x.dtype).reshape(len(x), x.shape[1], size, size)


def unit_vectors(state: State) -> list[State]:
    """Every unit vector of the states (H, B) one above the other, for each column, as upstream gradients."""
    cuts = np.cumsum([len(s) for s in state])
    return [
        tuple(np.broadcast_to(part, s.shape) for part, s in zip(np.split(unit, cuts[:-1]), state, strict=True))
        for unit in np.eye(cuts[-1], dtype=state[0].dtype)[:, :, None]
    ]


def products(jacobians: Array) -> Array:
    """ds_t/ds_k of all t and k."""
    steps, batch, size, _ = jacobians.shape
    result = np.zeros((steps + 1, steps + 1, batch, size, size), jacobians.dtype)
    for t in range(steps + 1):
        result[t, t] = np.eye(size, dtype=jacobians.dtype)
        if t:
            result[t, :t] = jacobians[t - 1] @ result[t - 1, :t]
    return result


def norms(flow: Array) -> Array:
    """||ds_t/ds_k||, the largest singular value, (T+1, T+1, B); zero for k > t."""
    largest: Array = np.linalg.norm(flow, 2, axis=(-2, -1))
    return largest


def bounds(jacobians: Array) -> Array:
    """prod_{j=k+1..t} ||J_j||, (T+1, T+1, B); zero for k > t."""
    largest = np.linalg.norm(jacobians, 2, axis=(-2, -1))
    return products(largest[..., None, None])[..., 0, 0]


def cell_path(flow: Array, f: Array, o: Array, c: Array) -> CellPath:
    """How much of dc_t/dc_k runs along the cell of an LSTM.

    Shapes: flow (T+1, T+1, B, 2H, 2H) of the states h, c; the gates f and o (T, B, H); c (T+1, B, H).
    """
    H = f.shape[2]
    direct = np.stack([products(f[:, :, n, None, None])[..., 0, 0] for n in range(H)], axis=-1)
    total = flow[..., H:, H:].copy()
    slope = o * (1 - np.tanh(c[1:]) ** 2)
    for t in range(2, len(c)):
        total[t, 1:t] += flow[t, 1:t, :, H:, :H] * slope[: t - 1, :, None, :]
    others = np.linalg.norm(total - direct[..., None] * np.eye(H), axis=(-2, -1))
    both = others + np.linalg.norm(direct, axis=-1)
    return CellPath(direct, total, np.divide(others, both, out=np.zeros_like(both), where=both > 0))


def weight_gradient_by_lag(flow: Array, slopes: Array, hs: Array, dys: Array) -> Array:
    """G_lag (T, H, H) of an Elman network: what dys (T, B, H) says of W_hh as it was used `lag` steps before.

    Shapes: flow (T+1, T+1, B, H, H), the slopes phi'(z_t) (T, B, H), the states hs (T+1, B, H).
    """
    result = np.zeros((len(dys), hs.shape[2], hs.shape[2]), dys.dtype)
    for t in range(1, len(hs)):
        for s in range(1, t + 1):
            dh = (dys[t - 1][:, None, :] @ flow[t, s])[:, 0]
            result[t - s] += (slopes[s - 1] * dh).T @ hs[s - 1]
    return result
