"""The verdicts on released packages, and why those on the wrong ones are true."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

has_thinc = pytest.mark.skipif(sys.version_info >= (3, 13), reason="thinc 9.1.1 has no wheel for Python 3.13")
SCRIPTS = Path(__file__).resolve().parents[2] / "examples" / "foreign"


def script(name):
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def verdicts(reports):
    return {r.name: (r.verdict, r.failure.check if r.failure else None) for r in reports}


def test_every_script_is_held():
    assert {p.stem for p in SCRIPTS.glob("*.py")} == {"thinc_lstm", "neuralnetlib_layers", "entmax_functions"}


@has_thinc
def test_thinc():
    reports = script("thinc_lstm").main()
    assert verdicts(reports) == {
        "thinc_numpy_ops": ("wrong", "gradients"),
        "thinc_ops_one_sequence": ("wrong", "gradients"),
        "thinc_ops": ("wrong", "gradients"),
    }
    notes = [r.notes[0] for r in reports]
    assert notes[:2] == ["the forward equals the reference's in 10 cases"] * 2
    assert notes[2].startswith("the forward is wrong too: forward ys[0,1,")
    assert "looks like it is zero" in reports[1].message


def test_neuralnetlib(capsys):
    reports = script("neuralnetlib_layers").main()
    assert verdicts(reports) == {
        "layer_normalization": ("proved", None),
        "attention": ("proved", None),
        "gru_cell": ("wrong", "vjp laws"),
        "lstm_cell": ("wrong", "gradients"),
    }
    gru_cell, lstm_cell = reports[2:]
    assert gru_cell.notes[0] == "the forward equals the reference's in 15 cases"
    assert lstm_cell.notes[0].startswith("the forward is wrong too: forward c["), "it limits c to 1000"
    assert "manual -1.00000e+03" in lstm_cell.notes[0]
    assert all(str(r) in capsys.readouterr().out for r in reports[:1])


def test_entmax():
    reports = script("entmax_functions").main()
    assert verdicts(reports) == {"sparsemax": ("agrees", None), "entmax15": ("agrees", None)}


@has_thinc
@pytest.mark.parametrize("back_end", ["NumpyOps", "Ops"])
def test_thinc_contradicts_itself(back_end):
    """Central differences of its own forward, in its own single precision: at T = 1 it says that dx is zero."""
    module = script("thinc_lstm")
    forward, backward = module.pair(getattr(module, back_end)())
    x, *weights = drawn((1, 1, 1), (8, 1), (8, 2), (8,))
    h = np.float32(2.0**-5)
    slope = (forward(x + h, *weights)[0] - forward(x - h, *weights)[0]).sum() / (2 * h)
    ys, cache = forward(x, *weights)
    assert abs(slope) > 0.01
    assert backward(np.ones_like(ys), cache)[0] == 0


@has_thinc
def test_what_thinc_returns_is_what_the_page_says():
    """Longhand: no gates at the first step, weights plus gradients, gates beside the output of the same step."""
    module = script("thinc_lstm")
    forward, backward = module.pair(module.NumpyOps())
    x, dys, *weights = drawn((4, 2, 3), (4, 2, 2), (8, 3), (8, 2), (8,))
    _, cache = forward(x, *weights)
    dx, *dweights = backward(dys, cache)
    ys, dgates, due = longhand(*map(torch.from_numpy, (x, dys, *weights)))
    assert np.allclose(dx[1:], due[1:], rtol=1e-4, atol=1e-6)
    assert np.abs(dx[0]).max() == 0 < 0.01 < np.abs(due[0]).max()
    late = [(dgates[t], x[t], ys[t]) for t in (1, 2, 3)]
    sums = sum(g.T @ a for g, a, _ in late), sum(g.T @ y for g, _, y in late), sum(g.sum(0) for g, _, _ in late)
    for found, weight, total in zip(dweights, weights, sums, strict=True):
        assert np.allclose(found, weight + total, rtol=1e-4, atol=1e-6)


def longhand(x, dys, weight_ih, weight_hh, bias):
    """The outputs, the gradients of the gates' pre-activations and of x, by autograd."""
    x.requires_grad_()
    h = c = torch.zeros(x.shape[1], weight_hh.shape[1])
    ys, gates = [], []
    for x_t in x:
        gates.append(x_t @ weight_ih.T + h @ weight_hh.T + bias)
        f, i, o, z = gates[-1].chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * z.tanh()
        ys.append(o.sigmoid() * c.tanh())
        h = ys[-1]
    *dgates, dx = torch.autograd.grad(ys, [*gates, x], [*dys])
    return [y.detach().numpy() for y in ys], [g.numpy() for g in dgates], dx.numpy()


def drawn(*shapes):
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(np.float32) for shape in shapes]


def test_neuralnetlib_contradicts_itself():
    """The GRU cell: twice the upstream gradient is not twice the gradient.  The LSTM cell: complex numbers."""
    module = script("neuralnetlib_layers")
    x, h_0, c_0 = (np.full((1, 1), v) for v in (0.5, -0.25, 0.75))
    gru, lstm = module.GRUCell(1, random_state=0), module.LSTMCell(1, random_state=0)
    gru.forward(x, h_0)
    assert gru.backward(np.full((1, 1), 8.0))[1] != 2 * gru.backward(np.full((1, 1), 4.0))[1]
    step = 1e-30
    slope = lstm.forward(x + 1j * step, h_0, c_0)[0].imag / step
    lstm.forward(x, h_0, c_0)
    dx = lstm.backward(np.ones((1, 1)), np.zeros((1, 1)))[0]
    assert 1e-8 < abs(dx / slope - 1).item() < 1e-5
