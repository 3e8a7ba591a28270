"""Recording is not seen by the unit, and is gone afterwards."""

import pickle
import threading
import traceback

import numpy as np
import pytest

from gradcheck import Case
from gradcheck.checks import EXACT_CHECKS
from gradcheck.exact import decide_adjoint
from gradcheck.execution.run import Run
from gradcheck.reach import Recorder, format_missing
from gradcheck.unit.discovery import choose_units, discover
from tests.harness.reach.projects import project, recorder_of  # noqa: F401

SIZES = {"T": 5, "B": 2, "I": 3}


def results(subject):
    run = Run(subject, Case({n: SIZES.get(n, 4) for n in subject.declaration.letters}))
    return {**run.outputs, **{f"d{n}": g for n, g in run.gradients.items()}}


@pytest.mark.parametrize("name", ["lstm", "lru", "layer_norm_lstm"])
def test_results_are_the_same_to_the_bit(name):
    subject = choose_units(discover(), [name])[0].load()
    before = results(subject)
    with Recorder(subject).recording() as recorded:
        during = results(subject)
    assert recorded.reach.reached
    for found in (during, results(subject)):
        assert {n: a.tobytes() for n, a in found.items()} == {n: a.tobytes() for n, a in before.items()}


class Truth:
    """Something whose truth is asked for, and may not be told."""

    def __init__(self, value):
        self.value, self.asked = value, 0

    def __bool__(self):
        self.asked += 1
        if self.value is None:
            raise ArithmeticError("the truth of a number")
        return self.value

    def __gt__(self, other):
        return self


TRUTHS = """
def f(x):
    if x > 0 and x:
        return "both"
    y = x or "neither"
    return [y if x else "no", x > 1]
"""


@pytest.mark.parametrize(("value", "asked"), [(True, 2), (False, 3)])
def test_a_truth_is_asked_as_often_as_the_unit_asks(project, value, asked):  # noqa: F811
    module, truths = project(unit=TRUTHS), (Truth(value), Truth(value))
    before = module.f(truths[0])
    with recorder_of(module).recording():
        during = module.f(truths[1])
    assert [t.asked for t in truths] == [asked, asked]
    assert str(before).replace(str(truths[0]), "") == str(during).replace(str(truths[1]), "")


def test_an_exception_is_the_units_own_and_the_code_is_put_back(project):  # noqa: F811
    module = project(unit=TRUTHS)
    code, recorded = module.f.__code__, recorder_of(module)
    with recorded.recording():
        assert module.f.__code__ is not code
        with pytest.raises(ArithmeticError) as raised:
            module.f(Truth(None))
    assert module.f.__code__ is code
    with pytest.raises(KeyboardInterrupt), recorded.recording():
        raise KeyboardInterrupt
    assert module.f.__code__ is code
    frames = traceback.extract_tb(raised.tb)
    assert [(f.name, f.lineno) for f in frames][1] == ("f", 4)


def test_equal_code_of_another_file_is_told_apart(project):  # noqa: F811
    text = "def f(x):\n    return np.where(x > 9, x, 0)\n"
    module = project(unit=text + "from . import other\n", other=text)
    first, second = recorder_of(module), recorder_of(module.other)
    for recorded, f in ((first, module.f), (second, module.other.f)):
        for x in (0, 10):
            with recorded.recording():
                f(np.array([x]))
        assert recorded.complete


def test_functions_with_nothing_more_to_reach_run_unmarked(project):  # noqa: F811
    module = project(unit="def f(x):\n    return np.where(x > 0, x, 0)\n")
    code, recorded = module.f.__code__, recorder_of(module)
    with recorded.recording():
        module.f(np.array([-1.0, 1.0]))
    with recorded.recording():
        assert module.f.__code__ is code
    assert recorded.complete


def test_reach_adds_up_over_processes(project):  # noqa: F811
    module = project(unit="def f(x):\n    if x > 2:\n        return 1\n    return 2\n")
    parts = []
    for x in (1, 3):
        recorded = recorder_of(module)
        with recorded.recording():
            module.f(x)
        assert not recorded.complete
        reach = recorded.reach
        parts.append(pickle.loads(pickle.dumps(reach)))
    assert (parts[0] + parts[1]).complete
    assert parts[0].ran(module.__file__, 4) is False
    assert parts[0].ran(module.__file__, 5) is True
    assert parts[0].ran(module.__file__, 1) is None


def test_what_threads_of_the_unit_run_is_recorded(project):  # noqa: F811
    module = project(unit="def f(x):\n    return 1 if x > 500 else 2\n")
    recorded = recorder_of(module)
    with recorded.recording():
        threads = [threading.Thread(target=module.f, args=(x,)) for x in (0, 1000)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert recorded.complete


def test_an_exact_run_records_too():
    subject = choose_units(discover(), ["rnn"])[0].load()
    recorded = Recorder(subject)
    with recorded.recording():
        EXACT_CHECKS[0].run(Run(subject, Case(dict.fromkeys(subject.declaration.letters, 2))))
    assert recorded.reach.reached


def test_what_was_recorded_is_forgotten(project):  # noqa: F811
    module = project(unit=TRUTHS)
    recorded = recorder_of(module)
    for x in (1, 0):
        recorded.forget()
        with recorded.recording():
            module.f(x)
        missing = format_missing(recorded.reach)
        once = recorder_of(module)
        with once.recording():
            module.f(x)
        assert missing == format_missing(once.reach) != []


CLIPPED = """
from typing import Any, NamedTuple
from jaxtyping import Float

class Output(NamedTuple):
    y: Float[np.ndarray, "B"]

def f(x: Float[np.ndarray, "B"]) -> Any:
    y = np.clip(0.25 * x + 0.5, 0, 1)
    return Output(y), lambda d: {"x": np.zeros_like(x) if d.y is None else d.y * 0.25 * ((y > 0) & (y < 1))}
"""


def test_exact_arithmetic_sees_no_comparison_that_is_not_the_units_own(project):  # noqa: F811
    module = project(unit=CLIPPED)
    recorded, x = recorder_of(module), np.array([-5.0, 0.5, 5.0])
    plain = decide_adjoint(module.f, {"x": x}, seed=1)
    with recorded.recording():
        during = decide_adjoint(module.f, {"x": x}, seed=1)
    assert (during.verdict, during.branches, during.path) == ("equal", plain.branches, plain.path)
    assert not [text for text in format_missing(recorded.reach) if "0.25 * x" in text]
