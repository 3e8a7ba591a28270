"""adapt_layer: right code is proved, planted bugs are caught, wrong places are told."""

from functools import partial

import numpy as np
import pytest

from gradcheck import DeclarationError, Subject, adapt_layer, examine
from tests.harness.adapters import foreign
from tests.harness.adapters.judging import caught, edited, judged
from tests.harness.adapters.references import one_bias

PLACES = {"weight_ih": "weights.input", "weight_hh": "weights.recurrent", "bias": "bias"}
STORED = {"weight_ih": "gradients.input", "weight_hh": "gradients.recurrent", "bias": "dbias"}
MAPS = {"inputs": ("x", "h_0"), "parameters": PLACES, "gradients": STORED, "reset": "zero_grad"}


def layer(made=foreign.Layer, **maps):
    return adapt_layer(lambda H: made(H), one_bias, **(MAPS | maps))


def test_a_right_layer_is_proved_though_its_gradients_add_up():
    assert judged(layer(), one_bias).verdict == "agrees"


@pytest.mark.parametrize(
    ("edit", "check", "start"),
    [
        (
            ('self.gradients["recurrent"] += dWh', 'self.gradients["recurrent"] += dWh.T'),
            "gradients",
            "unit dweight_hh[",
        ),
        (("self.dbias += db", "self.dbias += db[:1] + 0 * db"), "gradients", "unit dbias["),
        (("return dx, dh\n", "return dx, 2 * dh\n"), "gradients", "unit dh_0["),
        (
            ("self.dbias += db", "Layer.total = getattr(Layer, 'total', 0) + 1; self.dbias += db * Layer.total"),
            "purity",
            "",
        ),
    ],
)
def test_a_wrong_layer_is_caught(edit, check, start):
    caught(judged(layer(edited("Layer", edit)), one_bias), check, start)


def test_a_layer_is_made_of_sizes_inputs_and_what_a_partial_fixes():
    class Made(foreign.Layer):
        def __init__(self, scale, bias, H):
            super().__init__(H)
            assert scale == 3
            assert len(bias) == H
            self.bias = bias

    places = {"weight_ih": "weights.input", "weight_hh": "weights.recurrent"}
    unit = adapt_layer(partial(Made, 3), one_bias, **(MAPS | {"parameters": places}))
    assert judged(unit, one_bias).verdict == "agrees"


def test_the_faults_of_a_layer_are_planted_in_its_class():
    report = examine(Subject("unit", layer(), one_bias), cases=3, mutants=3)
    assert report.verdict == "proved"
    assert report.mutation_score.count_verdict("killed")


@pytest.mark.parametrize(
    ("maps", "words"),
    [
        (
            {"parameters": {"bais": "bias"} | PLACES},
            "parameters 'bais': no input of that name is declared; did you mean bias?",
        ),
        (
            {"gradients": {}},
            "gradient of weight_ih: it is not mapped to the code; list it in `gradients`, or in `missing` if",
        ),
        ({"returns": ("x",)}, "gradient of h_0: it is not mapped to the code"),
        ({"inputs": ("x",), "returns": ("x", "h_0")}, "input h_0: the code does not get it"),
    ],
)
def test_a_map_that_does_not_fit_is_told(maps, words):
    with pytest.raises(DeclarationError) as caught:
        layer(**maps)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("maps", "words"),
    [
        ({"parameters": PLACES | {"bias": "biases"}}, "biases: the Layer has no biases; did you mean bias"),
        (
            {"parameters": PLACES | {"weight_ih": "weights.inputs"}},
            "weights.inputs: the dict has no inputs; did you mean input?",
        ),
        ({"gradients": STORED | {"bias": "grad"}}, "grad: the Layer has no grad; did you mean "),
        ({"backward": "backwards"}, "backwards: the Layer has no backwards; did you mean backward"),
        ({"returns": ("x", "h_0", None)}, "backward returns 2 values: 3 are named (x, h_0, None)"),
    ],
)
def test_a_place_that_is_not_there_is_told(maps, words):
    report = examine(Subject("unit", layer(**maps), one_bias), cases=1)
    assert report.verdict == "bad declaration"
    assert words in report.message


def test_an_argument_of_make_that_nothing_fills_is_told():
    with pytest.raises(DeclarationError, match="make's argument units: it is neither a size letter nor an input"):
        adapt_layer(foreign.Layer, one_bias, **MAPS)


def test_what_a_partial_of_an_adapted_unit_fixes_is_no_input():
    from functools import partial as fix

    unit, reference = fix(layer(), h_0=np.zeros((1, 1))), fix(one_bias, h_0=np.zeros((1, 1)))
    with pytest.raises(DeclarationError, match="argument h_0: it is fixed to an array, but the size B changes"):
        Subject("unit", unit, reference)
