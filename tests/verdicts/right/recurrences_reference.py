"""The twins of recurrences.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import recurrences
from tests.verdicts.right.twin import twin


def elman(x, w, h):
    ys = []
    for x_t in x:
        h = torch.tanh(x_t + h @ w.T)
        ys.append(h)
    return torch.stack(ys), h


@twin(recurrences.fed_first_state)
def fed_first_state(x, w, u, h_0):
    return elman(x + u * h_0, w, h_0)


@twin(recurrences.reads_two_inputs)
def reads_two_inputs(x, w, v, h_0):
    h, before, ys = h_0, torch.zeros_like(x[0]), []
    for x_t in x:
        h = h / 2 + torch.tanh(x_t @ w.T + before @ v.T)
        before = x_t
        ys.append(h)
    return torch.stack(ys), h


@twin(recurrences.reversed_time)
def reversed_time(x, w, h_0):
    ys, h = elman(x.flip(0), w, h_0)
    return ys.flip(0), h


@twin(recurrences.lstm_cell_out)
def lstm_cell_out(x, w, b, h_0, c_0):
    h, c, ys = h_0, c_0, []
    for x_t in x:
        i, f, o, g = (torch.cat((x_t, h), dim=1) @ w.T + b).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        ys.append(h)
    return torch.stack(ys), c


@twin(recurrences.skip_connection)
def skip_connection(x, w, v):
    hs = [torch.zeros_like(x[0])] * 3
    for x_t in x:
        hs.append(torch.tanh(x_t + hs[-1] @ w.T + hs[-3] @ v.T))
    return torch.stack(hs[3:])


@twin(recurrences.clockwork)
def clockwork(x, w, h_0):
    h, ys = h_0, []
    for t, x_t in enumerate(x):
        h = h if t % 2 else torch.tanh(x_t + h @ w.T)
        ys.append(h)
    return torch.stack(ys), h


@twin(recurrences.leapfrog)
def leapfrog(force, k, h_0, v_0):
    h, v, ys = h_0, v_0, []
    for f in force:
        v = v + 0.1 * (f - functional.softplus(k) * h.sin())
        h = h + 0.1 * v
        ys.append(h)
    return torch.stack(ys), h, v


@twin(recurrences.gated_batch_first)
def gated_batch_first(x, w_z, w_n):
    h, ys = torch.zeros_like(x[:, 0]), []
    for x_t in x.unbind(1):
        z = torch.sigmoid(x_t + h @ w_z.T)
        h = z * h + (1 - z) * torch.tanh(x_t + h @ w_n.T)
        ys.append(h)
    return torch.stack(ys, dim=1)


@twin(recurrences.both_directions)
def both_directions(x, w_f, w_b):
    start = torch.zeros_like(x[0])
    return torch.cat((elman(x, w_f, start)[0], elman(x.flip(0), w_b, start)[0].flip(0)), dim=2)


@twin(recurrences.column_vectors)
def column_vectors(x, U, W, V):
    h, outputs = x.new_zeros(len(W), 1), []
    for x_t in x:
        h = torch.tanh(U @ x_t + W @ h)
        outputs.append(V @ h)
    return torch.stack(outputs)


@twin(recurrences.recursive)
def recursive(x, w):
    return elman(x, w, torch.zeros_like(x[0]))[0]
