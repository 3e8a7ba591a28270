"""A unit that does not return what it declares is a bad declaration, not a wrong unit."""

import pytest
import torch

from gradcheck import DeclarationError, Subject, check, examine
from tests.harness import elman, elman_reference
from tests.harness.plant import Edit, planted, planted_reference

GRADIENTS = "x, weight_ih, weight_hh, bias_ih, bias_hh, h_0"
UNITS: dict[str, tuple[Edit, str]] = {
    "an output is missing": (
        (
            "return Output(hs[1:].copy(), hs[-1].copy()), backward",
            "return NamedTuple('A', [('ys', Array)])(hs[1:]), backward",
        ),
        "output h_T: it is missing; return a Output",
    ),
    "an output has another shape": (
        ("Output(hs[1:].copy()", "Output(hs.copy()"),
        "output ys: it has shape (2, 1, 1), declared (T B H) = (1, 1, 1); "
        "return the declared shape, or declare the returned one",
    ),
    "an output has another dtype": (
        ("Output(hs[1:].copy()", "Output(hs[1:].astype(np.float16)"),
        "output ys: it is float16 where the inputs are float64; let buffers take their dtype from the inputs",
    ),
    "a gradient is missing": (
        ('"h_0": dh', ""),
        "gradient of h_0: backward does not return it; return one entry for each float input",
    ),
    "a gradient has another name": (
        ('"weight_ih": dweight_ih', '"W": dweight_ih'),
        f"gradient 'W': no float input has that name; name it after one of {GRADIENTS}",
    ),
    "a gradient has another shape": (
        ("dbias.copy()", "dbias[None]"),
        "gradient of bias_hh: it has shape (1, 1), declared (H) = (1,); "
        "sum it over the axes that the input does not have",
    ),
    "a gradient has another dtype": (
        ("dbias.copy()", "dbias.astype(np.float32)"),
        "gradient of bias_hh: it is float32 where the inputs are float64; let buffers take their dtype from the inputs",
    ),
    "backward returns a tuple": (
        ("return gradients |", "return tuple(gradients.values()) or"),
        "backward returns a tuple: gradients are returned by name; return a dict, one entry for each float input",
    ),
    "no backward is returned": (
        ("hs[-1].copy()), backward", "hs[-1].copy())"),
        "returns a Output: a unit returns (outputs, backward); return both",
    ),
}


WITHOUT_A_LINE = ("an output is missing", "a gradient is missing", "a gradient has another name")
"""What is not there is at no line."""


@pytest.mark.parametrize("bug", UNITS)
def test_is_a_bad_declaration(bug: str) -> None:
    edit, text = UNITS[bug]
    with pytest.raises(DeclarationError) as error:
        check(planted(edit), elman_reference.elman)
    said, *line = str(error.value).splitlines()
    assert said == f"elman: {text}"
    report = examine(Subject("elman", planted(edit), elman_reference.elman))
    assert report.verdict == "bad declaration"
    assert report.message == "\n".join([f"elman: {text} (case T=1,B=1,I=1,H=1,seed=0)", *line])
    assert [text.startswith("  line       ") for text in line] == [True] * (bug not in WITHOUT_A_LINE)
    assert [r.status for r in report.checks] == ["failed", *5 * ["not reached"], "not applicable", *2 * ["not reached"]]


def test_a_buffer_of_fixed_dtype_shows_in_the_other_precision() -> None:
    with pytest.raises(DeclarationError) as error:
        check(planted(("np.zeros((T + 1, B, H), x.dtype)", "np.zeros((T + 1, B, H))")), elman_reference.elman)
    said, line = str(error.value).splitlines()
    cure = "np.zeros is float64 by itself: give it the dtype of the inputs, np.zeros(..., dtype=x.dtype)"
    assert said == f"elman: output ys: it is float64 where the inputs are float32; {cure}"
    assert line.endswith("hs = np.zeros((T + 1, B, H))")


REFERENCES: dict[str, tuple[Edit, str]] = {
    "it raises": (
        ("    ys = []", "    ys = [][0]"),
        "it raised IndexError: list index out of range; fix the reference",
    ),
    "an output has another shape": (
        ("Output(torch.stack(ys)", "Output(torch.stack(ys + ys)"),
        "its output ys has shape (2, 1, 1), declared (1, 1, 1); fix the reference",
    ),
    "an output is no tensor": (
        ("torch.stack(ys), h)", "torch.stack(ys), None)"),
        "its output h_T has shape ('no tensor',), declared (1, 1); fix the reference",
    ),
}


@pytest.mark.parametrize("bug", REFERENCES)
def test_a_reference_that_cannot_judge_is_a_bad_declaration(bug: str) -> None:
    edit, text = REFERENCES[bug]
    with pytest.raises(DeclarationError) as error:
        check(elman.elman, planted_reference(edit))
    assert str(error.value) == f"elman: the reference: {text}"


def test_the_caller_may_have_switched_autograd_off() -> None:
    with torch.no_grad():
        assert check(elman.elman, elman_reference.elman, cases=10).verdict == "proved"


def test_a_later_call_of_backward_is_held_to_it_too() -> None:
    """The law that None counts as zeros calls backward again; at this seed, with None for ys."""
    late = planted(('"h_0": dh}', '"h_0": dh.astype(object) if d.ys is None else dh}'))
    with pytest.raises(DeclarationError) as error:
        check(late, elman_reference.elman, case="T=2,B=1,I=1,H=1,seed=0")
    reason = "it is object where the inputs are float64"
    said, line = str(error.value).splitlines()
    assert said == f"elman: gradient of h_0: {reason}; let buffers take their dtype from the inputs"
    assert "dh.astype(object)" in line
