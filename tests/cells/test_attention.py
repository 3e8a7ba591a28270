"""Padding gets and gives nothing, positions have no order, and every decoder step reaches every encoder state."""

import functools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradcheck import Case, declare, draw_arrays
from gradcheck.exact import build_exact_map
from gradcheck.strategies import cases
from manual import _seq2seq
from manual._attention import AttentionOutput
from manual._seq2seq import Seq2SeqOutput, Tokens, Weights, attention
from manual.additive_attention import additive_attention
from manual.dot_attention import dot_attention
from manual.seq2seq_gru import seq2seq_gru
from manual.seq2seq_lstm import seq2seq_lstm
from reference import _seq2seq as reference
from reference import gru as gru_reference
from reference import lstm as lstm_reference
from reference import rnn as rnn_reference
from tests.cells.test_deep_and_wide import CELLS, H, I, setting

ATTENTIONS = (dot_attention, additive_attention)
MODELS = (seq2seq_lstm, seq2seq_gru)
FORMS = ("dot", "scaled_dot", "additive")
each_attention = pytest.mark.parametrize("unit", ATTENTIONS, ids=lambda unit: unit.__name__)
each_model = pytest.mark.parametrize("unit", MODELS, ids=lambda unit: unit.__name__)


def arrays_of(unit, data):
    return draw_arrays(declare(unit), data.draw(cases(declare(unit))))


def arrays_at(unit, **sizes):
    declaration = declare(unit)
    return draw_arrays(declaration, Case({**dict.fromkeys(declaration.letters, 3), **sizes}))


def evaluated(unit, arrays, **inputs):
    """Outputs and gradients by name."""
    outputs, backward = unit(**{**arrays.inputs, **inputs}, **arrays.options)
    gradients = backward(type(outputs)(**arrays.upstream))
    return outputs, gradients


def moved(array, where, rng):
    """Other numbers where `where`, in the same layout."""
    array[np.broadcast_to(where, array.shape)] = rng.normal(size=np.broadcast_to(where, array.shape).sum())
    return array


@each_attention
@given(data=st.data())
def test_padding_has_no_weight_and_no_gradient_and_its_content_no_effect(unit, data):
    arrays = arrays_of(unit, data)
    key = arrays.inputs["key"]
    rng = np.random.default_rng(1)
    mask = arrays.inputs.setdefault("mask", rng.integers(0, 2, key.shape[:2]).astype(bool))
    outputs, gradients = evaluated(unit, arrays, key=key.copy(), value=arrays.inputs["value"].copy())
    assert (outputs.weights[:, ~mask.T] == 0).all()
    assert (gradients["key"][~mask] == 0).all()
    assert (gradients["value"][~mask] == 0).all()
    other = {name: moved(arrays.inputs[name].copy(), ~mask[..., None], rng) for name in ("key", "value")}
    outputs_other, gradients_other = evaluated(unit, arrays, **other)
    assert all(np.array_equal(a, b) for a, b in zip(outputs, outputs_other, strict=True))
    assert all(np.array_equal(gradients[n], gradients_other[n]) for n in gradients)


@each_attention
@given(data=st.data())
def test_a_row_without_a_source_attends_to_nothing(unit, data):
    arrays = arrays_of(unit, data)
    arrays.inputs["mask"] = np.zeros(arrays.inputs["key"].shape[:2], bool)
    with np.errstate(all="raise"):
        outputs, gradients = evaluated(unit, arrays)
    assert not any(array.any() for array in (*outputs, *gradients.values()))


@each_attention
@given(data=st.data())
def test_weights_sum_to_one_wherever_there_is_a_source(unit, data):
    arrays = arrays_of(unit, data)
    outputs, _ = evaluated(unit, arrays)
    some = arrays.inputs.get("mask", np.ones(arrays.inputs["key"].shape[:2], bool)).any(axis=0)
    total = outputs.weights.sum(axis=2)
    assert (outputs.weights >= 0).all()
    np.testing.assert_allclose(total, np.broadcast_to(some, total.shape), rtol=32 * np.finfo(total.dtype).eps)


@each_attention
@given(data=st.data())
def test_permuted_positions_have_permuted_gradients(unit, data):
    arrays = arrays_of(unit, data)
    S = len(arrays.inputs["key"])
    order = np.array(data.draw(st.permutations(range(S))))
    outputs, gradients = evaluated(unit, widened(arrays))
    permuted = widened(arrays)
    for name in {"key", "value", "mask"} & permuted.inputs.keys():
        permuted.inputs[name] = permuted.inputs[name][order]
    if permuted.upstream["weights"] is not None:
        permuted.upstream["weights"] = permuted.upstream["weights"][..., order]
    outputs_permuted, gradients_permuted = evaluated(unit, permuted)
    expected = {**gradients, "key": gradients["key"][order], "value": gradients["value"][order]}
    close(outputs_permuted.context, outputs.context)
    close(outputs_permuted.weights, outputs.weights[..., order])
    for name, gradient in expected.items():
        close(gradients_permuted[name], gradient)


def widened(arrays):
    def wide(array):
        return array.astype(np.float64) if array is not None and array.dtype.kind == "f" else array

    return type(arrays)(
        {n: wide(a) for n, a in arrays.inputs.items()}, arrays.options, {n: wide(a) for n, a in arrays.upstream.items()}
    )


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12 * max(1.0, np.abs(expected).max(initial=0)))


@each_attention
def test_every_step_of_the_query_reaches_every_position_that_counts_and_no_other(unit):
    arrays = arrays_at(unit, T=4, S=3, B=1)
    arrays.inputs["mask"] = np.array([[True], [False], [True]])
    table = build_exact_map(unit, arrays.inputs, {"context": 4, "weights": 4, "key": 3, "value": 3})
    assert table.wrong() == []
    for (output, *_), line in zip(table.rows, table.cells, strict=True):
        for (name, position, _), cell in zip(table.columns, line, strict=True):
            if name in ("key", "value"):
                reached = position != 1 and (name == "key" or output == "context")
                assert cell == ("right" if reached else "zero"), (output, name, position)


@pytest.mark.parametrize("form", FORMS)
@each_model
def test_every_step_of_the_decoder_reaches_every_state_of_the_encoder(unit, form):
    """Seen at tokens that differ: the row of `weight_source` of the last position is read by its state alone."""
    arrays = arrays_at(unit, T=4, S=3, B=1, V=5)
    inputs = {**arrays.inputs, "source": np.array([[3], [1], [4]]), "source_lengths": np.array([3])}
    table = build_exact_map(functools.partial(unit, attention=form), inputs, {"logits": 4, "weight_source": 5})
    assert table.wrong() == []
    cells = {
        (row, column): cell
        for row, line in zip(table.rows, table.cells, strict=True)
        for column, cell in zip(table.columns, line, strict=True)
    }
    for t in range(4):
        for token in range(5):
            reached = cells[("logits", t, t + 1), ("weight_source", token, token + 1)]
            assert reached == ("right" if token in (1, 3, 4) else "zero"), (t, token)


@each_model
def test_an_encoder_that_hears_from_the_last_step_alone_is_caught_at_every_other_step(unit, monkeypatch):
    def deaf(*arguments):
        output, backward = attention(*arguments)

        def last_step_only(d):
            dcontext = d.context * (np.arange(len(d.context)) == len(d.context) - 1)[:, None, None]
            last = backward(AttentionOutput(dcontext, None))
            return {**backward(d), "key": last["key"], "value": last["value"]}

        return output, last_step_only

    monkeypatch.setattr(_seq2seq, "attention", deaf)
    arrays = arrays_at(unit, T=4, S=3, B=1, V=5)
    table = build_exact_map(unit, arrays.inputs, {"logits": 4}, given=("logits",))
    wrong = {(t, name) for (_, t, _), (name, *_), _ in table.wrong()}
    assert {t for t, _ in wrong} == {0, 1, 2}
    assert {name for _, name in wrong} == {n for n in arrays.inputs if "encoder" in n} | {"weight_source"}


def reference_of(name):
    kind, *form = name.split()
    if kind == "lstm":
        return lstm_reference.lstm
    if kind == "rnn":
        return functools.partial(rnn_reference.rnn, activation=form[0])
    return functools.partial(gru_reference.gru, reset=form[0], z_weighs=form[1])


@pytest.mark.parametrize("name", CELLS)
def test_any_cell_encodes_and_decodes(name):
    (V, P), rng = (4, 3), np.random.default_rng(0)
    sides = [setting(name, seed)[2] for seed in (1, 2)]
    tables, scores, layer = ((V, I), (V + 1, I)), ((P, H), (P, H)), ((V, 2 * H), (V,))
    drawn = [[rng.normal(size=shape) for shape in shapes] for shapes in (tables, layer, (*scores, (P,)))]
    (tables, layer, (*scores, weight_v)) = drawn
    weights = Weights(*tables, *sides[0], *sides[1], *scores, *layer, weight_v)
    tokens = Tokens(*(rng.integers(0, V, (n, 2)) for n in (5, 4)), np.array([2, 5]), rng.random((4, 2)) < 0.7)
    output, backward = _seq2seq.seq2seq(setting(name)[0], CELLS[name][3], weights, tokens, "additive")
    gradients = backward(Seq2SeqOutput(np.ones(()), None, None))
    leaves = Weights(*(torch.from_numpy(w).requires_grad_() for w in weights))
    theirs = reference.seq2seq(
        reference_of(name),
        CELLS[name][3],
        tuple(map(torch.from_numpy, tokens)),
        leaves[:2],
        leaves[2:6],
        leaves[6:10],
        (*leaves[10:12], leaves.weight_v),
        leaves[12:14],
        "additive",
    )
    theirs.loss.backward()
    close(output.logits, theirs.logits.detach().numpy())
    for n, leaf in leaves._asdict().items():
        close(gradients[n], leaf.grad.numpy())


@each_model
@given(data=st.data())
def test_source_tokens_beyond_the_length_change_nothing(unit, data):
    arrays = arrays_of(unit, data)
    source = arrays.inputs["source"]
    lengths = arrays.inputs.setdefault("source_lengths", np.full(source.shape[1], (len(source) + 1) // 2))
    padding = np.arange(len(source))[:, None] >= lengths
    other = np.where(padding, 0, source)
    outputs, gradients = evaluated(unit, arrays)
    outputs_other, gradients_other = evaluated(unit, arrays, source=other)
    assert all(np.array_equal(a, b) for a, b in zip(outputs, outputs_other, strict=True))
    assert (outputs.attention[:, padding.T] == 0).all()
    assert all(np.array_equal(gradients[n], gradients_other[n]) for n in gradients)


@each_model
def test_a_mixed_batch_is_its_rows_run_alone_without_padding(unit):
    arrays = arrays_at(unit, T=5, S=4, B=3, V=4)
    inputs = {**arrays.inputs, "source_lengths": np.array([4, 1, 2])}
    whole, _ = unit(**inputs, attention="additive")
    for b, length in enumerate(inputs["source_lengths"]):
        alone = {**inputs, "source": inputs["source"][:length, [b]], "target": inputs["target"][:, [b]]}
        alone |= {"mask": inputs["mask"][:, [b]], "source_lengths": None}
        row, _ = unit(**alone, attention="additive")
        np.testing.assert_allclose(row.logits[:, 0], whole.logits[:, b], rtol=1e-12)
        np.testing.assert_allclose(row.attention[:, 0], whole.attention[:, b, :length], rtol=1e-12)


@each_model
@pytest.mark.parametrize("letter", ["T", "B"])
def test_nothing_to_say_gives_no_loss_and_zero_gradients(unit, letter):
    arrays = arrays_at(unit, **{letter: 0})
    with np.errstate(all="raise"):
        outputs, gradients = evaluated(unit, arrays)
    assert outputs.loss == 0
    assert {n: g.shape for n, g in gradients.items()} == {n: arrays.inputs[n].shape for n in gradients}
    assert not any(g.any() for g in gradients.values())


@each_attention
def test_a_source_of_no_position_is_named(unit):
    inputs = arrays_at(unit, H=2, I=4).inputs
    nothing = {name: inputs[name][:0] for name in ("key", "value", "mask")}
    with pytest.raises(ValueError, match=r"^value: it has no source position; give at least one, masked if need be"):
        unit(**{**inputs, **nothing})


@each_model
def test_a_model_without_a_source_is_named(unit):
    inputs = arrays_at(unit).inputs
    with pytest.raises(ValueError, match=r"^source: it has no position; give at least one token a row"):
        unit(**{**inputs, "source": inputs["source"][:0], "source_lengths": None})
