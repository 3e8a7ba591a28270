"""`gradcheck flow`: its numbers by the contract alone, its picture, and what it says of a wrong request."""

import itertools
import sys
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from jaxtyping import Float

from gradcheck import DeclarationError, declare
from gradcheck.cli import main as cli
from gradcheck.flow.gates import find_forget_gates
from gradcheck.flow.gradient_flow import GradientFlow, flow
from gradcheck.flow.start import prepare_inputs
from gradcheck.reporting.flow_table import format_flow_head, format_flow_row
from manual.layers import output_layer
from manual.layers.activation import logistic
from manual.linear import gated_linear_attention, lru, min_gru
from manual.recurrent import coupled_lstm, gru, indrnn, layer_norm_lstm, lstm, mgu, peephole_lstm, rnn
from reference.recurrent import lstm as lstm_reference
from tests.harness import elman
from tests.harness.plant import planted

T, H = 7, 3


def draw_inputs(unit):
    return prepare_inputs(declare(unit), T, 1.0, H, 0.0, 1.0, 0)


class LeakyOutput(NamedTuple):
    h_T: Float[np.ndarray, "B H"]


def leaky(x: Float[np.ndarray, "T B H"], h_0: Float[np.ndarray, "B H"]) -> tuple[LeakyOutput, Any]:
    """h_t = h_{t-1} / 2 + x_t."""
    h = h_0
    for x_t in x:
        h = h / 2 + x_t
    return LeakyOutput(h), lambda d: {"x": None, "h_0": d.h_T * 0.5 ** len(x)}


def test_a_leak_of_one_half_halves_at_every_lag():
    found = flow(leaky, T=T, hidden=H)
    assert found.norms_by_lag.tolist() == [0.5**lag for lag in range(T + 1)]
    assert np.isnan(found.norms[np.triu_indices(T + 1, 1)]).all()
    assert [format_flow_head(T).split(), format_flow_row(found).split()] == [
        ["unit", "radius", "forget", "bias", "lag", "1", "lag", "4", "lag", "7", "a", "step"],
        ["leaky", "none", "none", "5.0e-01", "6.2e-02", "7.8e-03", "x", "0.500"],
    ]


def test_the_norms_by_lag_are_the_norms_of_each_step_read_backwards():
    found = flow(rnn.rnn, T=T, hidden=H)
    for t in range(T + 1):
        assert found.lagged_norms[t, : t + 1].tolist() == found.norms[t, t::-1].tolist()
        assert np.isnan(found.lagged_norms[t, t + 1 :]).all()


@pytest.mark.parametrize("radius", [0.5, 1.1])
def test_the_linear_network_falls_or_grows_as_the_powers_of_its_matrix(radius):
    linear = planted(("np.tanh(", "("), (" * (1 - hs[t + 1] * hs[t + 1])", ""))
    found = flow(linear, T=60, radius=radius, hidden=H)
    step = found.jacobians[0]
    assert np.abs(np.linalg.eigvals(step)).max() == pytest.approx(radius, rel=1e-12)
    expected = [np.linalg.norm(np.linalg.matrix_power(step, lag), 2) for lag in range(61)]
    np.testing.assert_allclose(found.norms_by_lag, expected, rtol=1e-10)
    assert found.rate == pytest.approx(radius, rel=1e-10)


def test_every_block_of_a_recurrent_matrix_is_orthogonal_times_the_radius():
    weight = prepare_inputs(declare(lstm.lstm), T, 0.7, H, 0.0, 1.0, 0)["weight_hh"]
    for block in weight.reshape(4, H, H):
        np.testing.assert_allclose(block.T @ block, 0.49 * np.eye(H), atol=1e-14)
    assert not np.allclose(weight[:H], weight[H : 2 * H])


def test_the_products_are_autograds_over_every_sub_length():
    found = flow(lstm.lstm, T=T, hidden=H)
    inputs = {n: torch.from_numpy(a) for n, a in draw_inputs(lstm.lstm).items()}
    inputs["bias_ih"][H : 2 * H] += 1
    x, h_0, c_0 = inputs.pop("x"), inputs.pop("h_0"), inputs.pop("c_0")
    h, c = h_0, c_0
    for k in range(T):

        def last(h, c, start=k):
            return torch.cat(lstm_reference.lstm(x[start:], **inputs, h_0=h, c_0=c)[1:], dim=1)

        blocks = torch.func.jacrev(last, argnums=(0, 1))(h, c)
        whole = torch.cat(blocks, dim=-1)[0, :, 0].numpy()
        assert found.norms[T, k] == pytest.approx(np.linalg.norm(whole, 2), rel=1e-12)
        _, h, c = lstm_reference.lstm(x[k : k + 1], **inputs, h_0=h, c_0=c)


def test_a_wrong_carry_shows_in_the_flow():
    dropped = planted(("dh = dz @ weight_hh\n", "dh = 0 * dz\n"))
    assert flow(dropped, T=T, hidden=H).norms_by_lag[1:].tolist() == [0.0] * T
    assert flow(elman.elman, T=T, hidden=H).norms_by_lag[1] > 0.1


FORGET_GATES = {
    "the block f of an LSTM": (lstm.lstm, ("bias_ih", H, 1)),
    "f beside peepholes": (peephole_lstm.peephole_lstm, ("bias_ih", H, 1)),
    "f behind a normalization": (layer_norm_lstm.layer_norm_lstm, ("bias_ln_i", H, 1)),
    "z of a GRU, which weighs the old state": (gru.gru, ("bias_ih", H, 1)),
    "f of the minimal gated unit, which weighs the new one": (mgu.mgu, ("bias_ih", 0, -1)),
    "z of the minimal GRU, as well": (min_gru.min_gru, ("bias_ih", 0, -1)),
    "i of a coupled LSTM, whose f is 1 - i": (coupled_lstm.coupled_lstm, ("bias_ih", 0, -1)),
}


@pytest.mark.parametrize("gate", FORGET_GATES)
def test_the_forget_gate_is_found_by_what_it_does(gate):
    unit, expected = FORGET_GATES[gate]
    assert [(g.bias, g.rows.start, g.side) for g in find_forget_gates(unit, declare(unit), draw_inputs(unit))] == [
        expected
    ]


@pytest.mark.parametrize(
    "unit", [rnn.rnn, indrnn.indrnn, lru.lru, leaky, gated_linear_attention.gated_linear_attention]
)
def test_a_unit_without_a_forget_gate_has_none(unit):
    assert find_forget_gates(unit, declare(unit), draw_inputs(unit)) == ()
    assert flow(unit, T=T, hidden=H).forget_bias is None
    with pytest.raises(DeclarationError, match=r"it has no forget gate: no bias keeps a state as it is; leave the"):
        flow(unit, T=T, hidden=H, forget_bias=1.0)


@pytest.mark.parametrize("gate", FORGET_GATES)
def test_a_larger_forget_bias_keeps_more_whatever_the_sign_of_the_gate(gate):
    unit, _ = FORGET_GATES[gate]
    far = [flow(unit, T=20, hidden=H, forget_bias=b).norms_by_lag[20] for b in (0.0, 1.0, 3.0)]
    assert far[2] > 1.2 * far[1] > 1.5 * far[0]
    assert flow(unit, T=20, hidden=H).norms_by_lag[20] == far[1]


def test_the_forget_bias_is_added_to_the_forget_gate_alone():
    """At rest, the step of an LSTM multiplies its cell by s(both biases and the forget bias)."""
    found = flow(lstm.lstm, T=1, hidden=H, bias=0.5, forget_bias=2.0, input_scale=0.0)
    np.testing.assert_allclose(found.jacobians[0][H:, H:], logistic(np.array(0.5 + 0.5 + 2)) * np.eye(H), rtol=1e-14)


@pytest.mark.parametrize("seed", range(4))
def test_at_the_defaults_the_gates_make_it_better(seed):
    far = {u.__name__: flow(u, seed=seed).norms_by_lag[60] for u in (rnn.rnn, lstm.lstm, gru.gru)}
    assert min(far["lstm"], far["gru"]) > 1000 * far["rnn"]


def test_a_complex_state_counts_as_its_two_parts():
    found = flow(lru.lru, T=T, hidden=H)
    inputs = draw_inputs(lru.lru)
    eigenvalues = np.exp(-np.exp(inputs["nu_log"]) + 1j * np.exp(inputs["theta_log"]))
    blocks = np.array([[eigenvalues.real, -eigenvalues.imag], [eigenvalues.imag, eigenvalues.real]])
    for n in range(H):
        here = slice(2 * n, 2 * n + 2)
        np.testing.assert_allclose(found.jacobians[0][here, here], blocks[:, :, n], atol=1e-15)
    assert np.count_nonzero(found.jacobians[0]) == 4 * H
    assert format_flow_row(found).split()[:3] == ["lru", "none", "none"]


def test_a_state_may_be_a_matrix():
    unit = gated_linear_attention.gated_linear_attention
    found = flow(unit, T=T, hidden=H)
    gates = logistic(draw_inputs(unit)["gate"])
    np.testing.assert_allclose(found.jacobians, [np.diag(np.repeat(g, H)) for g in gates[:, 0]], atol=1e-15)


def test_a_unit_without_states_says_so():
    with pytest.raises(DeclarationError, match=r"output_layer: it is not recurrent: it has no input h_0 \(B H\)"):
        flow(output_layer.output_layer)


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["gradcheck", "flow", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err

    return run


def test_the_command_prints_a_line_a_unit_and_radius_and_draws(run, tmp_path):
    code, out, _ = run("rnn", "gru", "--T", 8, "--hidden", 3, "--radius", "0.9,1.1", "--out", tmp_path / "flow.svg")
    assert code == 0
    head, *rows = out.splitlines()
    assert head.split() == ["unit", "radius", "forget", "bias", "lag", "1", "lag", "4", "lag", "8", "a", "step"]
    assert [row.split()[:3] for row in rows] == [
        [unit, radius, bias] for unit, bias in (("rnn", "none"), ("gru", "1")) for radius in ("0.9", "1.1")
    ]
    assert (tmp_path / "flow.svg").stat().st_size > 10_000


def test_a_forget_bias_is_for_the_units_that_have_the_gate(run):
    code, out, _ = run("rnn", "lstm", "--T", 3, "--hidden", 2, "--radius", 1, "--forget-bias", 2.5, "--input-scale", 0)
    assert code == 0
    assert [row.split()[:4] for row in out.splitlines()[1:]] == [
        ["rnn", "1", "none", "1.0e+00"],
        ["lstm", "1", "2.5", "1.2e+00"],
    ]


def test_a_radius_that_scales_nothing_is_not_named(run):
    code, out, _ = run("min_gru", "--T", 3, "--hidden", 2, "--radius", "0.9,1.1")
    assert code == 0
    assert [line.split()[:3] for line in out.splitlines()[1:]] == [["min_gru", "none", "1"]]


def draw_two_units():
    from gradcheck.flow.plot import draw_flows

    flows = [flow(u, T=T, hidden=H, radius=r) for u in (rnn.rnn, lstm.lstm) for r in (0.9, 1.0, 1.1)]
    return flows, draw_flows(flows).axes


def test_the_picture_has_titles_units_and_a_log_axis():
    flows, panels = draw_two_units()
    lines, heat = panels[0], panels[2]
    assert [panel.get_title() for panel in panels[:4]] == [
        "rnn", "lstm, forget bias 1", "rnn, radius 0.9", "lstm, radius 0.9",
    ]  # fmt: skip
    assert (lines.get_xlabel(), lines.get_yscale()) == ("lag $t-k$ (steps)", "log")
    assert [text.get_text() for text in lines.get_legend().get_texts()] == ["radius 0.9", "radius 1", "radius 1.1"]
    np.testing.assert_allclose(heat.images[0].get_array()[T, T], np.log10(flows[0].norms[T, 0]))


def test_all_panels_have_one_axis_of_lags():
    _, (*panels, colors) = draw_two_units()
    columns = [[panel.get_position() for panel in panels[k::2]] for k in (0, 1)]
    assert {panel.get_xlabel() for panel in panels} == {"lag $t-k$ (steps)"}
    assert len({panel.get_xlim() for panel in panels}) == 1
    assert all(
        len({round(p.x0, 9) for p in column}) == len({round(p.width, 9) for p in column}) == 1 for column in columns
    )
    assert colors.get_ylabel() == "$\\log_{10}$ of the norm, in the maps"


def measure_lightness(color):
    """Relative luminance as WCAG 2 defines it, 0 black to 1 white."""
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_no_line_differs_by_hue_alone():
    """Lines differ in dash, marker and lightness, and each is seen on white: a contrast of 3 to 1 or more."""
    from matplotlib.figure import Figure

    from gradcheck.flow.plot import draw_lag_lines

    panel = Figure().subplots()
    draw_lag_lines(panel, [flow(leaky, T=T, hidden=H)] * 4, (1e-3, 10))
    lines = panel.lines[:4]
    assert len({line.get_linestyle() for line in lines}) == len({line.get_marker() for line in lines}) == 4
    lightness = [measure_lightness(line.get_color()) for line in lines]
    assert all(before > after + 0.03 for before, after in itertools.pairwise(lightness))
    assert all(1.05 / (light + 0.05) >= 3 for light in lightness)


def is_even_in_lightness(name):
    from matplotlib import colormaps

    lightness = [measure_lightness(color) for color in colormaps[name](np.linspace(0, 1, 256))]
    return bool((np.diff(lightness) < 0.001).all() and lightness[0] > lightness[-1] + 0.5)


def test_the_map_gets_darker_from_the_smallest_norm_to_the_largest():
    from gradcheck.flow.plot import COLORS

    assert is_even_in_lightness(COLORS)
    assert not is_even_in_lightness("jet")
    assert not is_even_in_lightness("coolwarm")


def test_a_panel_without_a_flow_is_not_drawn():
    from gradcheck.flow.plot import draw_flows

    shown = [p.get_visible() for p in draw_flows([flow(rnn.rnn, T=3), flow(leaky, T=3)]).axes[:6]]
    assert shown == [True, True, True, False, False, True]


def test_a_vanished_gradient_is_drawn_too(tmp_path):
    from gradcheck.flow.plot import plot_flows

    plot_flows([GradientFlow("nothing", 1.0, np.zeros((3, 2, 2)))], tmp_path / "flow.png")
    assert (tmp_path / "flow.png").stat().st_size > 10_000


def test_without_matplotlib_the_extra_is_named(run, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    code, _, err = run("rnn", "--T", 2, "--hidden", 2, "--out", tmp_path / "flow.png")
    assert code == 2
    assert "matplotlib is not installed; pip install 'gradcheck[plots]'" in err


REQUESTS = {
    "rnn --T 0": "--T 0: it is too small; give 1 or more",
    "rnn --hidden 0": "--hidden 0: it is too small; give 1 or more",
    "rnn --radius 0.9,x": "--radius 0.9,x: 'x' is not a positive number; write it as 0.9,1.0,1.1",
    "rnn --radius 0": "'0' is not a positive number",
    "rnn --radius inf": "'inf' is not a positive number",
    "rnn --bias nan": "--bias nan: it is not a finite number",
    "lstm --forget-bias inf": "--forget-bias inf: it is not a finite number",
    "lstm --input-scale nan": "--input-scale nan: it is not a finite number",
    "rnn indrnn --forget-bias 2": "--forget-bias 2: rnn, indrnn: no bias keeps a state as it is, so there is no forget "
    "gate; leave it out, or name a unit such as an LSTM",
    "rnn --out flow.txt": "'.txt' is not a format for plots; use .png, .svg, .pdf",
    "rnn --out nowhere/flow.png": "--out nowhere/flow.png: it cannot be written (No such file or directory); "
    "name a file in a folder that exists",
    "rnm": "unit 'rnm': there is no such unit; did you mean rnn?",
    "chunked_lstm": "chunked_lstm: argument tau: it counts the steps of the whole sequence, but flow runs",
    "squared_error": "squared_error: it is not recurrent: it has no input h_0 (B H), output h_T (B H) and",
}


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_wrong_request_exits_with_2_and_says_why(run, request_):
    code, out, err = run(*request_.split())
    assert (code, out) == (2, "")
    assert REQUESTS[request_] in err
