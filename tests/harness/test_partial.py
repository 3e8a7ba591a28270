"""functools.partial: the name and the annotations of the function within; what is fixed is no input."""

from functools import partial

import numpy as np
import pytest

from gradcheck import DeclarationError, Subject, check, declare, examine
from tests.harness.elman import elman
from tests.harness.elman_reference import elman as reference
from tests.harness.plant import planted


def test_the_declaration_is_that_of_the_function_without_what_is_fixed():
    whole, part = declare(elman), declare(partial(elman, h_0=None))
    assert part.name == "elman"
    assert [*part.inputs] == [n for n in whole.inputs if n != "h_0"]
    assert part.fixed == ("h_0",)
    assert declare(partial(partial(elman, bias_ih=None), h_0=None)).fixed == ("bias_ih", "h_0")


def test_a_partial_is_proved_and_named():
    report = check(partial(elman, h_0=None), partial(reference, h_0=None), cases=20)
    assert (report.name, report.verdict) == ("elman", "proved")
    assert report.certificate.unit == "elman"
    assert "tests.harness.elman" in report.certificate.sources


def test_a_wrong_partial_is_caught():
    wrong = partial(planted(("dh = dz @ weight_hh", "dh = dz @ weight_hh.T")), h_0=None)
    report = examine(Subject("elman", wrong, partial(reference, h_0=None)), cases=10, diagnose=False)
    assert report.verdict == "wrong"
    assert report.message.startswith("elman d")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"h0": None},
            "elman: functools.partial: the fixed arguments do not fit the function (got an unexpected keyword",
        ),
        (
            {"bias_ih": np.zeros(3)},
            "elman: argument bias_ih: it is fixed to an array, but the size H changes from case to case",
        ),
    ],
)
def test_a_partial_that_does_not_fit_is_told(given, words):
    with pytest.raises(DeclarationError) as caught:
        declare(partial(elman, **given))
    assert words in str(caught.value)
