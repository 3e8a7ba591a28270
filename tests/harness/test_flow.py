"""`gradcheck flow`: its numbers by the contract alone, its picture, and what it says of a wrong request."""

import sys
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from jaxtyping import Float

from gradcheck import DeclarationError, declare
from gradcheck.cli import main as cli
from gradcheck.flow.gradient_flow import GradientFlow, flow, prepare_inputs, summarize_flow
from manual.layers import output_layer
from manual.layers.activation import logistic
from manual.linear import gated_linear_attention, lru
from manual.recurrent import gru, lstm, rnn
from reference.recurrent import lstm as lstm_reference
from tests.harness import elman
from tests.harness.plant import planted

T, H = 7, 3


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
    assert summarize_flow(found) == (
        "leaky        no recurrent matrix   lag 1: 5.00e-01, lag 4: 6.25e-02, lag 7: 7.81e-03   times 0.500 a step"
    )


@pytest.mark.parametrize("radius", [0.5, 1.1])
def test_the_linear_network_falls_or_grows_as_the_powers_of_its_matrix(radius):
    linear = planted(("np.tanh(", "("), (" * (1 - hs[t + 1] * hs[t + 1])", ""))
    found = flow(linear, T=60, radius=radius, hidden=H)
    step = found.jacobians[0]
    assert np.abs(np.linalg.eigvals(step)).max() == pytest.approx(radius, rel=1e-12)
    expected = [np.linalg.norm(np.linalg.matrix_power(step, lag), 2) for lag in range(61)]
    np.testing.assert_allclose(found.norms_by_lag, expected, rtol=1e-10)
    assert f"times {radius:.3f}"[:-2] in summarize_flow(found)


def test_the_products_are_autograds_over_every_sub_length():
    found = flow(lstm.lstm, T=T, hidden=H)
    inputs = {n: torch.from_numpy(a) for n, a in prepare_inputs(declare(lstm.lstm), T, 1.0, H, 0.0, 0).items()}
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


def test_a_larger_bias_keeps_the_gates_of_an_lstm_and_a_gru_open():
    for unit in (lstm.lstm, gru.gru):
        assert flow(unit, T=20, hidden=H, bias=1.5).norms_by_lag[20] > 100 * flow(unit, T=20, hidden=H).norms_by_lag[20]


def test_a_complex_state_counts_as_its_two_parts():
    found = flow(lru.lru, T=T, hidden=H)
    inputs = prepare_inputs(declare(lru.lru), T, 1.0, H, 0.0, 0)
    eigenvalues = np.exp(-np.exp(inputs["nu_log"]) + 1j * np.exp(inputs["theta_log"]))
    blocks = np.array([[eigenvalues.real, -eigenvalues.imag], [eigenvalues.imag, eigenvalues.real]])
    for n in range(H):
        here = slice(2 * n, 2 * n + 2)
        np.testing.assert_allclose(found.jacobians[0][here, here], blocks[:, :, n], atol=1e-15)
    assert np.count_nonzero(found.jacobians[0]) == 4 * H
    assert summarize_flow(found).startswith("lru          no recurrent matrix   lag 1: ")


def test_a_state_may_be_a_matrix():
    unit = gated_linear_attention.gated_linear_attention
    found = flow(unit, T=T, hidden=H)
    gates = logistic(prepare_inputs(declare(unit), T, 1.0, H, 0.0, 0)["gate"])
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
    assert [line.split()[:3] for line in out.splitlines()] == [
        [unit, "radius", radius] for unit in ("rnn", "gru") for radius in ("0.9", "1.1")
    ]
    assert (tmp_path / "flow.svg").stat().st_size > 10_000


def test_a_radius_that_scales_nothing_is_not_named(run):
    code, out, _ = run("min_gru", "--T", 3, "--hidden", 2, "--radius", "0.9,1.1")
    assert code == 0
    assert [line.split()[:4] for line in out.splitlines()] == [["min_gru", "no", "recurrent", "matrix"]]


def test_the_picture_has_titles_units_and_a_log_axis():
    from matplotlib.figure import Figure

    from gradcheck.flow.plot import draw_lag_lines, draw_norm_map

    flows = [flow(rnn.rnn, T=T, hidden=H, radius=r) for r in (0.9, 1.1)]
    lines, heat = Figure().subplots(1, 2)
    draw_lag_lines(lines, flows, (1e-3, 10))
    assert (lines.get_title(), lines.get_xlabel(), lines.get_yscale()) == ("rnn", "lag $t-k$ (steps)", "log")
    assert [text.get_text() for text in lines.get_legend().get_texts()] == ["radius 0.9", "radius 1.1"]
    assert len({line.get_linestyle() for line in lines.lines}) == 2
    image = draw_norm_map(heat, flows[0], (-3, 1))
    assert heat.get_title() == "rnn, radius 0.9"
    np.testing.assert_allclose(image.get_array()[T, 0], np.log10(flows[0].norms[T, 0]))


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
