"""A unit that raises is wrong: the message names the exception and the line, and how to see it again."""

import inspect
from pathlib import Path

import pytest

from gradcheck import GradientMismatch, Subject, check, examine
from tests.harness import elman, elman_reference
from tests.harness.plant import Edit, Unit, caught, details, first_line, planted

BUGS: dict[str, tuple[Edit, str]] = {
    "backward, where h_0 is absent": (
        ('"h_0": dh', '"h_0": dh.reshape(h_0.shape)'),
        "unit backward raised AttributeError: 'NoneType' object has no attribute 'shape'",
    ),
    "forward, where the batch is more than one row": (
        ("    hs = np", "    x.reshape(T, x.shape[2])\n    hs = np"),
        "unit forward raised ValueError: cannot reshape array of size ",
    ),
    "forward, where it is short": (("    hs = np", "    x[1]\n    hs = np"), "unit forward raised IndexError: index 1"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_is_wrong_at_the_first_check(bug: str) -> None:
    edit, headline = BUGS[bug]
    report = caught(planted(edit), "shapes", headline)
    (raised,) = details(report).values()
    assert raised.startswith("planted_")
    assert " in backward: " in raised if "backward" in bug else " in elman: " in raised


def test_a_crash_on_a_none_that_only_the_laws_give_is_caught_too() -> None:
    edit = ("np.zeros_like(hs[0]) if d.h_T is None else d.h_T.copy()", "d.h_T.copy()")
    report = examine(Subject("unit", planted(edit), elman_reference.elman))
    assert (report.verdict, report.failure.check) == ("wrong", "vjp laws")
    assert first_line(report) == "unit backward raised AttributeError: 'NoneType' object has no attribute 'copy'"


def inside_numpy() -> Unit:
    return planted(("dbias.copy()", "np.split(dbias, len(dbias) + 1)[0]"))


def test_a_crash_inside_numpy_names_the_line_of_the_unit() -> None:
    report = caught(
        inside_numpy(), "shapes", "unit backward raised ValueError: array split does not result in an equal"
    )
    assert "np.split(dbias, len(dbias) + 1)" in details(report)["raised"]


def broken(x, weight_ih, weight_hh, bias_ih, bias_hh, h_0=None):
    outputs, _ = elman.elman(x, weight_ih, weight_hh, bias_ih, bias_hh, h_0)

    def backward(d: elman.Output) -> dict[str, elman.Array]:
        raise KeyError("dbias")

    return outputs, backward


broken.__annotations__ = elman.elman.__annotations__


def test_the_whole_message() -> None:
    with pytest.raises(GradientMismatch) as error:
        check(broken, elman_reference.elman)
    line = inspect.getsourcelines(broken)[1] + 4
    file = Path(__file__)
    assert str(error.value).splitlines() == [
        "broken backward raised KeyError: 'dbias'",
        f'  raised     {file}:{line} in backward: raise KeyError("dbias")',
        "  smallest   T=1 B=1 I=1 H=1 seed=0",
        '  rerun      gradcheck.check(broken, elman, case="T=1,B=1,I=1,H=1,seed=0")',
    ]
    assert isinstance(error.value.report.cause.__cause__, KeyError)
