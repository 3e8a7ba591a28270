"""A unit that raises NotImplementedError itself is unfinished: the verdict says where and what is to be written."""

from gradcheck import Subject, examine, prove
from tests.harness import elman, elman_reference
from tests.harness.plant import planted, planted_reference

FORWARD = ("    hs = np", '    raise NotImplementedError("write hs")\n    hs = np')
BACKWARD = (
    "            dh = dh + dys",
    '            raise NotImplementedError("write\\n  it")\n            dh = dh + dys',
)


def judged(unit=elman.elman, reference=elman_reference.elman):
    return examine(Subject("unit", unit, reference))


def test_the_forward_comes_first():
    report = judged(planted(FORWARD, BACKWARD))
    assert report.verdict == "bad declaration"
    assert " is not written yet; write hs" in report.message
    assert "\n" not in report.message


def test_then_the_reference():
    edit = ("    h = x", '    raise NotImplementedError("write h")\n    h = x')
    report = judged(planted(BACKWARD), planted_reference(edit))
    assert report.verdict == "bad declaration"
    assert report.message.endswith(" is not written yet; write h")


def test_then_a_forward_that_is_another_function():
    report = judged(planted(BACKWARD, ("hs[t + 1] = np.tanh(", "hs[t + 1] = np.sin(")))
    assert report.verdict == "judges split"
    assert report.message.startswith("unit forward ")
    assert "and manual's backward is not written yet" in report.message


def test_then_the_backward():
    report = judged(planted(BACKWARD))
    assert report.verdict == "bad declaration"
    assert report.message.endswith(" is not written yet; write it")


def test_a_proof_says_the_same():
    report = prove(Subject("unit", planted(BACKWARD), elman_reference.elman), cases=1)
    assert report.verdict == "bad declaration"
    assert report.message.endswith(" is not written yet; write it")


def test_what_a_library_does_not_implement_is_a_crash():
    """The exception comes from no `raise` of a file, as one from C."""
    report = judged(planted(("    hs = np", "    exec(\"raise NotImplementedError('not for int8')\")\n    hs = np")))
    assert report.verdict == "wrong"
    assert report.message.startswith("unit forward raised NotImplementedError: not for int8")
