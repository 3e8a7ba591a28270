"""The Elman network of tests/harness in the forms of other people's code; bugs are planted by editing this source."""

import numpy as np
import torch


def forward(x, h0, Wx, Wh, bx, bh):
    hs = [np.zeros_like(x[0] @ Wx.T) if h0 is None else h0]
    for x_t in x:
        hs.append(np.tanh(x_t @ Wx.T + bx + hs[-1] @ Wh.T + bh))
    return (np.stack(hs[1:]), hs[-1] + 0), (x, Wx, Wh, hs)


def backward(dy, cache):
    dys, dh = dy
    x, Wx, Wh, hs = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wh[0])
    for t in reversed(range(len(x))):
        dz = (dh + dys[t]) * (1 - hs[t + 1] * hs[t + 1])
        dx[t] = dz @ Wx
        dWx = dWx + dz.T @ x[t]
        dWh = dWh + dz.T @ hs[t]
        db = db + dz.sum(axis=0)
        dh = dz @ Wh
    return dx, dh, dWx, dWh, db, db.copy()


class Layer:
    def __init__(self, units, slope=1.0):
        self.units, self.slope = units, slope
        self.weights = {"input": None, "recurrent": None}
        self.bias = None
        self.gradients = {"input": 0.0, "recurrent": 0.0}
        self.dbias = 0.0

    def zero_grad(self):
        self.gradients = {"input": 0.0, "recurrent": 0.0}
        self.dbias = 0.0

    def forward(self, x, h0):
        bias = self.bias
        y, self.cache = forward(x, h0, self.weights["input"], self.weights["recurrent"], bias, bias * 0)
        return y

    def backward(self, dys, dh):
        dx, dh, dWx, dWh, db, _ = backward((dys, dh), self.cache)
        self.gradients["input"] += dWx
        self.gradients["recurrent"] += dWh
        self.dbias += db
        return dx, dh


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * x * w

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return 2 * x * w * dy, (x * x * dy).sum(0)
