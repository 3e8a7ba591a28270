"""The equations in the headers of `manual/` are what the code computes, and each of them is needed for it."""

import ast
import inspect
import re
from itertools import product
from pathlib import Path

import pytest

import gradcheck
from tests.headers.comparison import compare, judge_header
from tests.headers.expressions import Tree, UnreadableError

PAIRS = {pair.name: pair for pair in gradcheck.discover(Path(__file__).parents[2])}
SUBJECTS = {name: pair.load() for name, pair in PAIRS.items()}
ELSEWHERE = "its equations are those of another unit, which its header names, and what is said beside them is in words"
DECODER = "what it adds to its cell and its attention is in words, and in programs such as ds_t += ..."
NOT_EVALUATED = {
    "bidirectional_gru": ELSEWHERE,
    "chunked_lstm": ELSEWHERE,
    "deep_bidirectional_rnn": ELSEWHERE,
    "deep_lstm": ELSEWHERE,
    "ragged_lstm": ELSEWHERE,
    "rtrl_gru": ELSEWHERE,
    "seq2seq_gru": DECODER,
    "seq2seq_lstm": DECODER,
    "tbptt_rnn": "its windows have steps of their own, which the grammar does not have",
    "windowed_gru": ELSEWHERE,
}
EVALUATED = sorted(SUBJECTS.keys() - NOT_EVALUATED.keys())
CLOSE = 1e-10


def read_docstring(name):
    source = Path(inspect.getsourcefile(inspect.unwrap(SUBJECTS[name].unit)))
    return ast.get_docstring(ast.parse(source.read_text(encoding="utf-8")))


DOCSTRINGS = {name: read_docstring(name) for name in SUBJECTS}


def list_options(name):
    """Every combination of the options of a unit."""
    options = SUBJECTS[name].declaration.options
    return [dict(zip(options, values, strict=True)) for values in product(*options.values())]


def judge(name, options, *edits):
    docstring = DOCSTRINGS[name]
    for old, new in edits:
        assert docstring.count(old) == 1, f"{old!r} occurs {docstring.count(old)} times"
        docstring = docstring.replace(old, new)
    return judge_header(SUBJECTS[name], docstring, options, DOCSTRINGS)


def find_wrong(judged):
    return {difference.name for difference in compare(judged) if not difference.size < CLOSE}


@pytest.mark.parametrize("name", EVALUATED)
def test_a_header_gives_every_output_and_gradient_of_its_unit(name):
    for options in list_options(name):
        assert find_wrong(judge(name, options)) == set(), options


def is_needed(judged, equation):
    """Whether another value of an equation, or the lack of what arrives at the last state, changes a result."""
    changed = [equation._replace(value=Tree("another value", (equation.value,)))]
    changed += [equation._replace(at_the_end="")] if equation.at_the_end else []
    return all(
        find_wrong(judged._replace(header=judged.header._replace(equations=judged.header.equations | {e.name: e})))
        for e in changed
    )


@pytest.mark.parametrize("name", EVALUATED)
def test_every_equation_of_a_header_is_needed_for_it(name):
    needed, given = set(), set()
    for options in list_options(name):
        judged = judge(name, options)
        given |= judged.header.own
        needed |= {n for n in judged.header.own if is_needed(judged, judged.header.equations[n])}
    assert needed == given


PLANTS = {
    "the mean over time alone": ("linear_rnn", {}, ("1/(T B) (o_t - y_t)", "1/T (o_t - y_t)")),
    "nothing arrives at the last state": ("mgu", {}, ("(dh_T instead of what", "(instead of what")),
    "a square too many": ("lstm", {}, ("(1 - tanh^2 c_t)", "(1 - tanh^2 c_t)^2")),
    "the state on both sides of a sum": ("rnn", {}, ("dz_t h_{t-1}^T", "dz_t h_t^T")),
    "a carry that is left out": ("rnn", {}, ("dys_t + W_hh^T dz_{t+1}", "dys_t")),
    "the other sign": ("gru", {"z_weighs": "candidate"}, ("da_z = -dk_t", "da_z = dk_t")),
    "two biases that are one": ("gru", {}, ("db_hh = sum_t du_t", "db_hh = sum_t da_t")),
    "the other cell's slope": ("preactivation_rnn", {}, ("phi'(h_t) * da_t", "phi'(h_{t+1}) * da_t")),
    "a conjugate": ("lru", {}, ("g_t * conj(h_{t-1})", "g_t * h_{t-1}")),
    "a gate for another": ("peephole_lstm", {}, ("w_cf * dz_{f,t+1}", "w_cf * dz_{i,t+1}")),
    "a softmax taken entry by entry": ("dot_attention", {}, ("(dp_ti - sum_j p_tj dp_tj)", "(dp_ti - p_ti dp_ti)")),
    "one use of two": ("tied_lstm_model", {}, ("dW    = dW_e + dV", "dW    = dV")),
    "a factor of another step": ("randomized_lstm", {}, ("xi_{t+1} W_hh^T", "xi_t W_hh^T")),
    "a mean that is forgotten": ("layer_norm_lstm", {}, ("(dn - mean dn - n(v)", "(dn - n(v)")),
}


@pytest.mark.parametrize("plant", PLANTS)
def test_a_wrong_header_is_caught(plant):
    name, options, edit = PLANTS[plant]
    assert find_wrong(judge(name, options, edit))


def test_a_forward_that_is_printed_wrong_shows_in_the_outputs():
    assert {"ys", "h_T"} <= find_wrong(judge("lstm", {}, ("f_t * c_{t-1} + i_t * g_t", "f_t * h_{t-1} + i_t * g_t")))


@pytest.mark.parametrize(
    "edit",
    [
        ("dz_t  ", "dz_t  ="),
        ("phi(z_t)", "phi(z_t"),
        ("phi(z_t)", "psi(y_t)"),
        ("b_ih + W_hh", "b_ih + as above, W_hh"),
    ],
)
def test_what_cannot_be_read_is_no_equation(edit):
    docstring = DOCSTRINGS["rnn"].replace(*edit, 1)
    with pytest.raises(UnreadableError):
        compare(judge_header(SUBJECTS["rnn"], docstring, {}, DOCSTRINGS))


@pytest.mark.parametrize("name", NOT_EVALUATED)
def test_a_header_that_is_listed_as_not_evaluated_cannot_be(name):
    with pytest.raises(UnreadableError):
        compare(judge(name, {}))


@pytest.mark.parametrize("name", [name for name, why in NOT_EVALUATED.items() if why == ELSEWHERE])
def test_a_header_that_leaves_equations_to_another_unit_names_it(name):
    assert any(re.search(rf"`{unit}`|\b{unit}\(", DOCSTRINGS[name]) for unit in EVALUATED)
