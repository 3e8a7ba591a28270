"""Small units of the contract: forward returns (outputs, backward), plain NumPy, dtype of the inputs."""

from typing import Any, NamedTuple

import numpy as np


class Sequence(NamedTuple):
    ys: Any
    h_T: Any


class LSTMOutput(NamedTuple):
    ys: Any
    h_T: Any
    c_T: Any


class One(NamedTuple):
    y: Any


def logistic(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def logistic_exp(z):
    return 1 / (1 + np.exp(-z))


def logistic_ratio(z):
    e = np.exp(z)
    return e / (1 + e)


def lstm_with(sigmoid, bug="", window=None):
    """An LSTM whose backward has one named bug planted, or reaches back `window` steps only."""

    def lstm(x, weight_ih, weight_hh, bias_ih, bias_hh, h_0, c_0):
        T, B, _ = x.shape
        H = h_0.shape[1]
        h = np.empty((T + 1, B, H), dtype=x.dtype)
        c = np.empty((T + 1, B, H), dtype=x.dtype)
        gates = np.empty((T, B, 4 * H), dtype=x.dtype)
        h[0], c[0] = h_0, c_0
        xs = x @ weight_ih.T + (bias_ih + bias_hh)
        for t in range(T):
            z = xs[t] + h[t] @ weight_hh.T
            i, f, g, o = (z[:, k * H : (k + 1) * H] for k in range(4))
            i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
            c[t + 1] = f * c[t] + i * g
            h[t + 1] = o * np.tanh(c[t + 1])
            gates[t] = np.concatenate([i, f, g, o], axis=1)

        def backward(d):
            dys = np.zeros((T, B, H), dtype=x.dtype) if d.ys is None else d.ys
            dh = np.zeros((B, H), dtype=x.dtype) if d.h_T is None else d.h_T
            dc = np.zeros((B, H), dtype=x.dtype) if d.c_T is None else d.c_T
            dz = np.empty((T, B, 4 * H), dtype=x.dtype)
            for t in reversed(range(T)):
                if window is not None and t == T - 1 - window:
                    dh, dc = dh * 0, dc * 0
                i, f, g, o = (gates[t][:, k * H : (k + 1) * H] for k in range(4))
                dh = dh + dys[t]
                tanh_c = np.tanh(c[t + 1])
                do = dh * tanh_c
                dc = dc + dh * o * (1 - tanh_c**2 if bug != "no_tanh_derivative" else 1 - c[t + 1] ** 2)
                di, df, dg = dc * g, dc * c[t if bug != "c_instead_of_c_prev" else t + 1], dc * i
                one = 1 if bug != "sigmoid_sign" else -1
                dz[t] = np.concatenate(
                    [di * i * (1 - i), df * f * (one - f), dg * (1 - g * g), do * o * (1 - o)], axis=1
                )
                if bug == "g_slope":
                    dz[t][:, 2 * H : 3 * H] = dg * (1 - g)
                dc = dc * f
                dh = dz[t] @ weight_hh
                if bug == "no_carry":
                    dh = dh * 0
                if bug == "small":
                    dh = dh * (1 + 2.0**-40)
            flat = dz.reshape(T * B, 4 * H)
            previous = h[:-1] if bug != "h_instead_of_h_prev" else h[1:]
            bias = flat.sum(axis=0)
            return {
                "x": dz @ weight_ih,
                "weight_ih": flat.T @ x.reshape(T * B, -1),
                "weight_hh": flat.T @ previous.reshape(T * B, H),
                "bias_ih": bias,
                "bias_hh": bias.copy() if bug != "one_bias" else bias * 0,
                "h_0": dh if bug != "dh_0" else dh.copy()[::-1],
                "c_0": dc,
            }

        return LSTMOutput(h[1:], h[-1], c[-1]), backward

    return lstm


def lstm_inputs(T=4, B=2, I=3, H=3, seed=0):  # noqa: E741
    rng = np.random.default_rng(seed)
    shapes = {
        "x": (T, B, I),
        "weight_ih": (4 * H, I),
        "weight_hh": (4 * H, H),
        "bias_ih": (4 * H,),
        "bias_hh": (4 * H,),
        "h_0": (B, H),
        "c_0": (B, H),
    }
    return {name: 0.5 * rng.standard_normal(shape) for name, shape in shapes.items()}


def gru(bug=""):
    """torch.nn's GRU (reset after the product) with one named bug planted in its backward."""

    def unit(x, weight_ih, weight_hh, bias_ih, bias_hh, h_0):
        T, H = x.shape[0], h_0.shape[1]
        h, saved = [h_0], []
        for t in range(T):
            a, b = x[t] @ weight_ih.T + bias_ih, h[-1] @ weight_hh.T + bias_hh
            r = logistic_exp(a[:, :H] + b[:, :H])
            z = logistic_exp(a[:, H : 2 * H] + b[:, H : 2 * H])
            n = np.tanh(a[:, 2 * H :] + r * b[:, 2 * H :])
            saved.append((r, z, n, b[:, 2 * H :]))
            h.append((1 - z) * n + z * h[-1])

        def backward(d):
            dh = np.zeros_like(h_0) if d.h_T is None else d.h_T
            arrays = {"x": x, "weight_ih": weight_ih, "weight_hh": weight_hh, "bias_ih": bias_ih, "bias_hh": bias_hh}
            grads = {name: np.zeros_like(array) for name, array in arrays.items()}
            for t in reversed(range(T)):
                r, z, n, bn = saved[t]
                dh = dh + (0 if d.ys is None else d.ys[t])
                dz = dh * (h[t] - n) * z * (1 - z)
                dn = dh * (1 - z) * (1 - n**2)
                dr = dn * bn * r * (1 - r)
                if bug == "update_sign":
                    dz = -dz
                da = np.concatenate([dr, dz, dn], axis=1)
                db = np.concatenate([dr, dz, dn * r if bug != "reset_forgotten" else dn], axis=1)
                grads["x"][t] = da @ weight_ih
                grads["weight_ih"] = grads["weight_ih"] + da.T @ x[t]
                grads["weight_hh"] = grads["weight_hh"] + db.T @ h[t]
                grads["bias_ih"] = grads["bias_ih"] + da.sum(0)
                grads["bias_hh"] = grads["bias_hh"] + (da if bug == "tied_bias" else db).sum(0)
                dh = db @ weight_hh + (dh * z if bug != "no_leak" else 0)
            return {**grads, "h_0": dh}

        return Sequence(np.stack(h[1:]), h[-1]), backward

    return unit


def gru_inputs(T=3, B=2, I=2, H=2, seed=1):  # noqa: E741
    rng = np.random.default_rng(seed)
    shapes = {
        "x": (T, B, I),
        "weight_ih": (3 * H, I),
        "weight_hh": (3 * H, H),
        "bias_ih": (3 * H,),
        "bias_hh": (3 * H,),
        "h_0": (B, H),
    }
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def rnn(activation="tanh", bug="", window=None):
    """h_t = phi(x_t W^T + h_{t-1} U^T); the slope from the value, so that its branch is decided a second time."""
    phi = {
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "identity": lambda z: z,
        "leaky": lambda z: np.where(z > 0, z, 0.01 * z),
    }[activation]
    slope = {
        "tanh": lambda h: 1 - h * h,
        "relu": lambda h: h > 0,
        "identity": lambda h: 1,
        "leaky": lambda h: np.where(h > 0, 1.0, 0.01),
    }[activation]

    def unit(x, weight_ih, weight_hh, h_0):
        T = x.shape[0]
        h = np.empty((T + 1, *h_0.shape), dtype=x.dtype)
        h[0] = h_0
        for t in range(T):
            h[t + 1] = phi(x[t] @ weight_ih.T + h[t] @ weight_hh.T)

        def backward(d):
            dh = np.zeros_like(h_0) if d.h_T is None else d.h_T
            dz = np.zeros((T, *h_0.shape), dtype=x.dtype)
            for t in reversed(range(T)):
                if window is not None and t == T - 1 - window:
                    dh = dh * 0
                dh = dh + (0 if d.ys is None else d.ys[t])
                dz[t] = dh * slope(h[t + 1] if bug != "slope_of_previous" else h[t])
                dh = dz[t] @ (weight_hh if bug != "transpose" else weight_hh.T)
            return {
                "x": dz @ weight_ih,
                "weight_ih": np.einsum("tbh,tbi->hi", dz, x),
                "weight_hh": np.einsum("tbh,tbk->hk", dz, h[:-1]),
                "h_0": dh,
            }

        return Sequence(h[1:], h[-1]), backward

    return unit


def rnn_inputs(T=4, B=2, I=2, H=2, seed=2):  # noqa: E741
    rng = np.random.default_rng(seed)
    shapes = {"x": (T, B, I), "weight_ih": (H, I), "weight_hh": (H, H), "h_0": (B, H)}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def elementwise_unit(value, derivative):
    """y = value(x) with dx = dy * derivative(x, y)."""

    def unit(x):
        y = value(x)
        return One(y), lambda d: {"x": d.y * derivative(x, y)}

    return unit


def cross_entropy(probabilities="exp of log"):
    """Masked, averaged, from a max-shifted log-softmax; targets by take_along_axis."""

    def unit(z, targets, mask):
        shifted = z - z.max(axis=-1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
        count = mask.sum()

        def backward(d):
            if probabilities == "exp of log":
                p = np.exp(log_p)
            else:
                e = np.exp(shifted)
                p = e / e.sum(axis=-1, keepdims=True)
            dz = p.copy()
            np.put_along_axis(dz, targets[..., None], np.take_along_axis(dz, targets[..., None], -1) - 1, axis=-1)
            return {"z": dz * (mask / count)[..., None] * d.y}

        return One(-(picked * (mask / count)).sum()), backward

    return unit


def masked_softmax(fill):
    def unit(s, mask):
        s = np.where(mask, s, fill)
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        p = e / e.sum(axis=-1, keepdims=True)

        def backward(d):
            return {"s": np.where(mask, p * (d.y - (p * d.y).sum(axis=-1, keepdims=True)), 0)}

        return One(p), backward

    return unit


def log_sum_exp(x):
    m = x.max(axis=-1, keepdims=True)
    y = (m + np.log(np.exp(x - m).sum(axis=-1, keepdims=True)))[..., 0]
    return One(y), lambda d: {"x": d.y[..., None] * np.exp(x - y[..., None])}


def layer_norm(form="compact"):
    def unit(x, weight, bias):
        mean = x.mean(axis=-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True) + 1e-5
        inverse = 1 / np.sqrt(variance)
        normal = (x - mean) * inverse

        def backward(d):
            dn = d.y * weight
            if form == "compact":
                dx = inverse * (dn - dn.mean(-1, keepdims=True) - normal * (dn * normal).mean(-1, keepdims=True))
            elif form == "variance":
                centred = x - mean
                dx = inverse * (
                    dn - dn.mean(-1, keepdims=True) - centred / variance * (dn * centred).mean(-1, keepdims=True)
                )
            else:
                dv = (dn * (x - mean)).sum(-1, keepdims=True) * -0.5 * variance**-1.5
                dx = dn * inverse + dv * 2 * (x - mean) / x.shape[-1]
                dx = dx - dx.mean(-1, keepdims=True)
            return {"x": dx, "weight": (d.y * normal).sum(0), "bias": d.y.sum(0)}

        return One(normal * weight + bias), backward

    return unit


def clipped(x):
    y = np.clip(x, -1, 1)
    return One(np.cumsum(y, axis=0)), lambda d: {"x": np.cumsum(d.y[::-1], axis=0)[::-1] * ((x > -1) & (x < 1))}


def hinge(x, signs):
    y = np.maximum(0, 1 - signs * x)
    return One(y), lambda d: {"x": np.where(signs * x < 1, -signs, 0) * d.y}


def huber(x):
    y = np.where(np.abs(x) <= 1, 0.5 * x**2, np.abs(x) - 0.5)
    return One(y), lambda d: {"x": d.y * np.clip(x, -1, 1)}


def attention(q, k):
    scores = np.einsum("bsh,bh->bs", k, q)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    context = np.einsum("bs,bsh->bh", p, k)

    def backward(d):
        dp = np.einsum("bh,bsh->bs", d.y, k)
        ds = p * (dp - (p * dp).sum(axis=1, keepdims=True))
        dk = p[..., None] * d.y[:, None, :] + ds[..., None] * q[:, None, :]
        return {"q": np.einsum("bs,bsh->bh", ds, k), "k": dk}

    return One(context), backward


def lru(bug=""):
    """h_t = lambda h_{t-1} + B x_t, y_t = Re(C h_t), with lambda = exp(-exp(nu) + i theta), complex and diagonal."""

    def unit(x, nu, theta, B, C, h_0):
        lam = np.exp(-np.exp(nu) + 1j * theta)
        T = x.shape[0]
        h = [h_0]
        for t in range(T):
            h.append(lam * h[-1] + B @ x[t])
        y = np.stack([(C @ h[t + 1]).real for t in range(T)])

        def backward(d):
            dx, dB, dC = np.zeros_like(x), np.zeros_like(B), np.zeros_like(C)
            dlam, dh = np.zeros_like(h_0), np.zeros_like(h_0)
            for t in reversed(range(T)):
                dh = dh + C.conj().T @ d.y[t]
                dC = dC + np.outer(d.y[t], h[t + 1].conj())
                dB = dB + np.outer(dh, x[t])
                dx[t] = (B.conj().T @ dh).real
                dlam = dlam + dh * (h[t].conj() if bug != "no_conjugate" else h[t])
                dh = lam.conj() * dh
            dlog = dlam * lam.conj()
            return {"x": dx, "nu": -np.exp(nu) * dlog.real, "theta": dlog.imag, "B": dB, "C": dC, "h_0": dh}

        return One(y), backward

    return unit


def lru_inputs(T=3, I=2, H=2, seed=3):  # noqa: E741
    rng = np.random.default_rng(seed)

    def z(*shape):
        return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)

    return {
        "x": rng.standard_normal((T, I)),
        "nu": rng.standard_normal(H),
        "theta": rng.standard_normal(H),
        "B": z(H, I),
        "C": z(2, H),
        "h_0": z(H),
    }
