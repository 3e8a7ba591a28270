"""A sequence that is fed in pieces, each from the state that the last one left, gives the outputs of the whole."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from gradcheck import declare
from gradcheck.strategies import arrays
from manual.recurrent.gru import gru
from manual.recurrent.lstm import lstm
from manual.recurrent.rnn import rnn


class Pieces(RuleBasedStateMachine):
    """Subclasses name the unit, and its states: NAME_0 is an input, NAME_T the output that goes on from it."""

    unit = None
    states = ()

    @initialize(data=st.data())
    def start(self, data):
        drawn = data.draw(arrays(declare(self.unit)))
        self.inputs, self.options, self.at = drawn.inputs, drawn.options, 0
        self.x, self.pieces, self.carried = drawn.inputs["x"], [], {}
        self.whole = self.unit(**self.inputs, **self.options)[0]

    @rule(data=st.data())
    def feed(self, data):
        """Feed the next steps; once all are fed, the sequence begins again."""
        if self.at >= len(self.x):
            self.at, self.pieces, self.carried = 0, [], {}
        stop = data.draw(st.integers(min(self.at + 1, len(self.x)), len(self.x)))
        piece = {**self.inputs, **self.carried, "x": self.x[self.at : stop]}
        outputs, _ = self.unit(**piece, **self.options)
        self.pieces.append(outputs.ys)
        self.carried = {f"{name}_0": getattr(outputs, f"{name}_T") for name in self.states}
        self.at = stop
        self.compare(outputs)

    def compare(self, last):
        digits = 100 * np.finfo(self.x.dtype).eps * max(1.0, np.abs(self.whole.ys).max(initial=0.0))
        assert np.allclose(np.concatenate(self.pieces), self.whole.ys[: self.at], rtol=0, atol=digits * len(self.x))
        if self.at == len(self.x):
            for name in self.states:
                found, expected = getattr(last, f"{name}_T"), getattr(self.whole, f"{name}_T")
                assert np.allclose(found, expected, rtol=1e-4, atol=digits * len(self.x))


def of(unit, *states):
    return type("Pieces", (Pieces,), {"unit": staticmethod(unit), "states": states})


MACHINES = {"rnn": of(rnn, "h"), "gru": of(gru, "h"), "lstm": of(lstm, "h", "c")}


@pytest.mark.parametrize("name", MACHINES)
def test_pieces_make_the_whole(name):
    run_state_machine_as_test(MACHINES[name], settings=settings(stateful_step_count=5))


def test_a_state_that_is_not_handed_on_is_found():
    with pytest.raises(AssertionError):
        run_state_machine_as_test(of(lstm, "h"), settings=settings(stateful_step_count=5, database=None))
