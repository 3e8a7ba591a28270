"""Units that faults are planted in by editing their source, or by changing the gradients they give."""

import functools

from gradcheck import Subject
from manual.deep import ragged_lstm
from manual.recurrent import lstm
from reference.deep import ragged_lstm as ragged_reference
from reference.recurrent import lstm as lstm_reference
from tests.harness import elman_reference
from tests.harness.plant import planted


def elman_subject(*edits):
    return Subject("elman", planted(*edits), elman_reference.elman)


def lstm_subject(*edits):
    return Subject("lstm", planted(*edits, module=lstm, name="lstm"), lstm_reference.lstm)


def ragged_subject(holds):
    """The bias's gradient is doubled where this holds of the lengths."""
    unit = ragged_lstm.ragged_lstm

    @functools.wraps(unit)
    def changed(**inputs):
        outputs, backward = unit(**inputs)

        def doubled(d):
            gradients = backward(d)
            return {**gradients, "bias_ih": gradients["bias_ih"] * (1 + holds(inputs["lengths"], len(inputs["x"])))}

        return outputs, doubled

    return Subject("ragged_lstm", changed, ragged_reference.ragged_lstm)
