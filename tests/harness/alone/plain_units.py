"""Plain functions with their backward: right ones as users write them, and wrong ones."""

import numpy as np

MATRIX, WEIGHT, BIAS = np.ones((4, 3)), np.ones((2, 3)), np.ones(2)


def softplus(x):
    return np.log1p(np.exp(x)), lambda dy: dy / (1 + np.exp(-x))


def stable_softplus(x):
    """NumPy's logaddexp does not take complex numbers."""
    return np.logaddexp(x, np.zeros_like(x)), lambda dy: dy / (1 + np.exp(-x))


def relu(x):
    return np.maximum(x, 0), lambda dy: dy * (x > 0)


def absolute(x):
    """On complex numbers np.abs is another function."""
    return np.abs(x), lambda dy: dy * np.sign(x)


def affine(x, w, b):
    return x @ w.T + b, lambda dy: (dy @ w, dy.T @ x, dy.sum(axis=0))


def two_outputs(x, power=2):
    def backward(d):
        dy, dz = d
        return np.cumsum(dy[::-1], axis=0)[::-1] + dz * power * x ** (power - 1)

    return (np.cumsum(x, axis=0), (x**power).sum()), backward


def lookup(table, index):
    def backward(dy):
        dtable = np.zeros_like(table)
        np.add.at(dtable, index, dy)
        return {"table": dtable}

    return table[index], backward


def centred(x):
    """Its rows depend on each other, so the gradient of a slice is not the slice of the gradient."""
    return x - x.mean(axis=0), lambda dy: dy - dy.mean(axis=0)


def joined(x, y):
    return np.concatenate((x, y)), lambda dz: (dz[: len(x)].copy(), dz[len(x) :].copy())


def outer(x, y):
    return np.outer(x, y).ravel(), lambda dz: (dz.reshape(len(x), -1) @ y, dz.reshape(len(x), -1).T @ x)


def spectrum(x):
    """|FFT|: a direction of ones sees only its mean."""
    if not len(x):
        return x * 1.0, lambda dy: dy * 1.0
    f = np.fft.fft(x)
    y = np.abs(f)

    def backward(dy):
        with np.errstate(all="ignore"):
            weighed = np.where(y > 0, dy * f / np.where(y > 0, y, 1), 0)
        return (np.real(np.fft.ifft(weighed)) * len(x)).astype(x.dtype)

    return y.astype(x.dtype), backward


RIGHT = {
    spectrum: [np.ones(3)],
    softplus: [np.ones(3)],
    stable_softplus: [np.ones((2, 3))],
    relu: [MATRIX],
    absolute: [MATRIX],
    affine: [MATRIX, WEIGHT, BIAS],
    two_outputs: [MATRIX],
    lookup: {"table": MATRIX, "index": np.array([0, 1, 3, 2, 1])},
    centred: [MATRIX],
    joined: [np.ones(3), np.ones(4)],
    outer: [np.ones(3), np.ones(4)],
}


def wrong_softplus(x):
    return np.log1p(np.exp(x)), lambda dy: dy / (1 + np.exp(x))


def wrong_stable_softplus(x):
    return np.logaddexp(x, np.zeros_like(x)), lambda dy: dy / (1.0001 + np.exp(-x))


def wrong_relu(x):
    return np.maximum(x, 0), lambda dy: dy * (x >= -1)


def wrong_affine(x, w, b):
    def backward(dy):
        dw = (dy.T @ x) * 1.0001
        return dy @ w, dw, dy.sum(axis=0)

    return x @ w.T + b, backward


def wrong_two_outputs(x):
    """The second output's gradient is forgotten."""
    return (np.cumsum(x, axis=0), (x**2).sum()), lambda d: np.cumsum(d[0][::-1], axis=0)[::-1]


def wrong_lookup(table, index):
    """A row that is looked up twice keeps one gradient."""

    def backward(dy):
        dtable = np.zeros_like(table)
        dtable[index] = dy
        return dtable

    return table[index], backward


def wrong_centred(x):
    return x - x.mean(axis=0), lambda dy: dy


def wrong_for_many(x):
    """Wrong for more numbers than each take a complex step of their own."""
    return np.tanh(x), lambda dy: dy * (1 - np.tanh(x) ** 2) * (1 if x.size <= 64 else 1.001)


def infinite(x):
    """The gradient divides by zero where the forward does not."""
    return x * x, lambda dy: dy * 2 * x * x / x


def careless(x):
    x += 1
    return x * x, lambda dy: 2 * x * dy


def clipped(x):
    return x * x, lambda dy: np.clip(2 * x * dy, -5, 5)


def wrong_sinc(x):
    """Smooth at 0, where the backward jumps."""
    safe = np.where(x == 0, 1, x)
    y = np.where(x == 0, 1, np.sin(safe) / safe).astype(x.dtype)
    return y, lambda dy: dy * np.where(x == 0, 1, (safe * np.cos(safe) - np.sin(safe)) / safe**2)


def wrong_padding(x, w):
    """A row of zeros is left out, though its gradient by w x is not zero."""
    return x @ w.T, lambda dy: ((dy @ w) * (x != 0), dy.T @ x)


def wrong_first_of_many(x):
    def backward(dy):
        g = 2 * x * dy
        if len(x) > 64:
            g[0] = np.nan
        return g

    return x * x, backward


def wrong_overflow(x):
    """logaddexp takes no complex numbers, and here the backward is no number."""
    y = np.logaddexp(x * x, -x * x)

    def backward(dy):
        with np.errstate(all="ignore"):
            a, b = np.exp(x * x), np.exp(-x * x)
            return dy * 2 * x * (a - 1.01 * b) / (a + b)

    return y, backward


def cached_in_half_precision(x):
    y = np.tanh(x)
    kept = y.astype(np.float16)
    return y, lambda dy: dy * (1 - kept.astype(x.dtype) ** 2)


WRONG = {
    wrong_sinc: [np.ones(3)],
    wrong_padding: [MATRIX, WEIGHT],
    wrong_first_of_many: [np.ones(3)],
    wrong_overflow: [np.ones(3)],
    wrong_softplus: [np.ones(3)],
    wrong_stable_softplus: [np.ones(3)],
    wrong_relu: [MATRIX],
    wrong_affine: [MATRIX, WEIGHT, BIAS],
    wrong_two_outputs: [MATRIX],
    wrong_lookup: [MATRIX, np.array([0, 1, 3, 2, 1])],
    wrong_centred: [MATRIX],
    wrong_for_many: [MATRIX],
    infinite: [MATRIX],
    careless: [MATRIX],
    clipped: [MATRIX],
}
