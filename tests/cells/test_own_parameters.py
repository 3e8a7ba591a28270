"""A cell with parameters of its own is truncated, checkpointed, made deep and given lengths like any other."""

import numpy as np
import pytest

import manual.recurrent.peephole_lstm as peephole
import manual.shared.recurrence as recurrences
from gradcheck import Subject, examine
from manual.recurrent.layer_norm_lstm import LayerNormParameters, layer_norm_cell, layer_norm_lstm
from manual.recurrent.projected_lstm import ProjectedParameters, projected_cell
from manual.shared.deep import Deep
from manual.shared.recurrence import checkpointed, chunked, full, windowed
from reference.recurrent.layer_norm_lstm import layer_norm_lstm as normalised_reference
from reference.recurrent.peephole_lstm import peephole_lstm as reference
from tests.harness.test_truncated_learning import planted

T, B, I, H, P = 5, 3, 3, 2, 3  # noqa: E741
LENGTHS = np.array([3, 5, 1])
GATES, BIASES = {"weight_ih": (4 * H, I), "weight_hh": (4 * H, H)}, {"bias_ih": (4 * H,), "bias_hh": (4 * H,)}
GAINS = {"ln_i": (4 * H,), "ln_h": (4 * H,), "ln_c": (H,)}
NORMALISED = {f"{kind}_{name}": shape for kind in ("weight", "bias") for name, shape in GAINS.items()}
PEEPHOLES = {f"weight_c{n}": (H,) for n in "ifo"}
PROJECTED = {"weight_hh": (4 * H, P), "weight_hr": (P, H)}
CELLS = {
    "peephole": (peephole.peephole_cell, peephole.PeepholeParameters, {**GATES, **BIASES, **PEEPHOLES}, H),
    "projected": (projected_cell, ProjectedParameters, {**GATES, **BIASES, **PROJECTED}, P),
    "layer norm raw": (layer_norm_cell("raw"), LayerNormParameters, {**GATES, **NORMALISED}, H),
    "layer norm": (layer_norm_cell("normalized"), LayerNormParameters, {**GATES, **NORMALISED}, H),
}
INNER = {
    "full": lambda r: r,
    "chunked": lambda r: chunked(r, 2),
    "windowed": lambda r: windowed(r, 2),
    "checkpointed": lambda r: checkpointed(r, 2),
}


def slopes(name, wrap):
    """Of two layers with lengths, along a random direction: by their backward, and by complex step."""
    cell, kind, shapes, width = CELLS[name]
    rng, step = np.random.default_rng(1), 1e-30
    shapes = [*(shapes | {"weight_ih": (4 * H, n)} for n in (I, width))]
    layers = [kind(**{n: rng.normal(size=s) / 2 for n, s in shape.items()}) for shape in shapes]
    states = [rng.normal(size=(2, B, n)) for n in (width, H)]
    point = [rng.normal(size=(T, B, I)), *(p for layer in layers for p in layer), *states]

    def net(arrays):
        x, *flat = arrays
        count = len(kind._fields)
        parameters = [kind(*flat[:count]), kind(*flat[count : 2 * count])]
        return Deep(wrap(full(cell)), x, parameters, flat[2 * count :], lengths=LENGTHS)

    direction = [rng.normal(size=a.shape) for a in point]
    moved = net([a + 1j * step * v for a, v in zip(point, direction, strict=True)])
    plain = net(point)
    dys, dlast = rng.normal(size=plain.ys.shape), [rng.normal(size=s.shape) for s in plain.state_n]
    loss = (moved.ys * dys).sum() + sum((s * d).sum() for s, d in zip(moved.state_n, dlast, strict=True))
    named, dstate_0 = plain.backward(dys, dlast)
    found = [named["x"], *(named[f"{n}_l{k}"] for k in (0, 1) for n in kind._fields), *dstate_0]
    return sum((g * v).sum() for g, v in zip(found, direction, strict=True)), loss.imag / step


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("inner", INNER)
def test_the_gradient_is_the_derivative_of_the_forward(name, inner):
    by_backward, by_complex_step = slopes(name, INNER[inner])
    assert by_backward == pytest.approx(by_complex_step, rel=1e-11)


@pytest.mark.parametrize("name", CELLS)
def test_a_block_whose_own_parameters_are_forgotten_is_caught(name):
    edit = ("total += named[name]", "total += named[name] * (name[-2:] in ('ih', 'hh') or begin == 0)")
    faulty = planted(recurrences, *edit)["checkpointed"]
    by_backward, by_complex_step = slopes(name, lambda r: faulty(r, 2))
    assert by_backward != pytest.approx(by_complex_step, rel=1e-6)


def test_a_product_whose_gradient_is_forgotten_has_none():
    """Zero, and not what was in memory: the verdict is a wrong gradient, not one that changes from call to call."""
    forgetful = planted(peephole, ' + hidden_vjp(dz_o, "co")', "")["peephole_lstm"]
    report = examine(Subject("peephole_lstm", forgetful, reference), cases=20, seed=1)
    assert report.failure.check == "gradients"
    assert report.message.startswith("peephole_lstm dweight_co[0]: manual +0.00000e+00, autograd ")


@pytest.mark.parametrize(
    "case",
    [
        "T=32,B=1,I=1,H=1,seed=1400288812,layout=fortran",
        "T=200,B=1,I=3,H=1,seed=2722379480,layout=strided,none=h_T",
    ],
)
def test_a_small_carry_beside_the_normalisation_of_one_number_is_no_false_alarm(case):
    """In a campaign both failed: the reference added g - mean(g), which is 0, to a carry of 1e-22 step by step."""
    subject = Subject("layer_norm_lstm", layer_norm_lstm, normalised_reference)
    assert examine(subject, case=case).good
