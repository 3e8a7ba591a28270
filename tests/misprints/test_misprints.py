"""Every printed form is refuted, with a diagnosis, at the smallest case; every corrected one is proved."""

from typing import get_args

import pytest

from gradcheck import Case, DeclarationError, GradientMismatch, Subject, check, declare, draw_arrays, examine, prove
from gradcheck.exact import build_exact_map
from tests.harness.plant import details, first_line, planted
from tests.misprints import bases, references
from tests.misprints.catalog import FORWARD, GRADIENTS, MISPRINTS

SIZES = {"T": 3, "B": 2, "I": 3, "H": 3, "V": 2}
CORRECTED = {id(m.corrected): m.corrected for m in MISPRINTS.values()}


def list_caught_by(check_name):
    return [name for name, misprint in MISPRINTS.items() if misprint.check == check_name]


@pytest.mark.parametrize("name", MISPRINTS)
def test_the_smallest_case_is_the_one_that_the_catalog_names_and_shows_it_again(name):
    misprint = MISPRINTS[name]
    report = examine(misprint.subject)
    assert str(report.smallest) == misprint.smallest
    assert {r.name: r.failed for r in report.checks if r.failed} == {misprint.check: 1}
    subject = misprint.subject
    with pytest.raises((GradientMismatch, DeclarationError)):
        check(subject.unit, subject.reference, third_party=subject.third_party, case=misprint.smallest)


@pytest.mark.parametrize("name", list_caught_by("gradients"))
def test_a_wrong_derivative_is_found_in_the_printed_form_by_every_judge(name):
    misprint = MISPRINTS[name]
    report = examine(misprint.subject, case=misprint.smallest)
    assert report.verdict == "wrong"
    assert first_line(report).startswith("printed d")
    assert all(word in first_line(report) for word in (": manual ", ", autograd ", ", complex step ", " x tolerance"))
    assert details(report)["verdict"] == GRADIENTS
    assert details(report)["exact"] == "manual's backward is not the adjoint of its forward"


@pytest.mark.parametrize("name", list_caught_by("gradients"))
def test_exact_arithmetic_alone_names_the_gradients_that_are_wrong(name):
    misprint = MISPRINTS[name]
    declaration = declare(misprint.printed)
    case = Case({letter: SIZES[letter] for letter in declaration.letters})
    wrong = {
        column[0] for _, column, _ in build_exact_map(misprint.printed, draw_arrays(declaration, case).inputs).wrong()
    }
    assert wrong == set(misprint.wrong)
    report = prove(misprint.subject)
    assert (report.verdict, report.failure.check) == ("wrong", "exact")


@pytest.mark.parametrize("name", list_caught_by("forward"))
def test_another_function_is_the_odd_one_out_beside_torch_nn(name):
    misprint = MISPRINTS[name]
    report = examine(misprint.subject, case=misprint.smallest)
    assert report.verdict == "wrong"
    assert first_line(report).startswith("printed forward ")
    assert details(report)["verdict"] == FORWARD


@pytest.mark.parametrize("name", list_caught_by("forward"))
def test_the_gradients_of_another_function_are_right_for_that_function(name):
    assert prove(MISPRINTS[name].subject, cases=4).verdict == "proved"


def test_a_wrong_shape_is_a_bad_declaration_where_it_shows_and_right_where_it_does_not():
    misprint = MISPRINTS["M9"]
    report = examine(misprint.subject, case=misprint.smallest)
    assert report.verdict == "bad declaration"
    assert "gradient of weight_hh: it has shape (1, 2), declared (H H) = (1, 1)" in report.error
    assert examine(misprint.subject, case="T=3,B=2,I=4,H=4").good


@pytest.mark.parametrize("subject", CORRECTED.values(), ids=lambda subject: subject.name)
def test_the_corrected_form_is_proved(subject):
    report = examine(subject, cases=100)
    assert report.verdict == "proved", report.message or report.reason
    assert report.certificate.log2_bound <= -128


@pytest.mark.parametrize("form", get_args(bases.Form))
def test_the_short_form_holds_for_a_log_likelihood_and_for_no_squared_error(form):
    only = (f'Form = "{bases.activated_output.__kwdefaults__["form"]}"', f'Literal["{form}"] = "{form}"')
    printed = planted(("difference * derivative", "difference"), only, module=bases, name="activated_output")
    reference = planted(only, module=references, name="activated_output")
    report = prove(Subject("printed", printed, reference))
    if form.endswith("squared"):
        assert (report.verdict, report.failure.check) == ("wrong", "exact")
    else:
        assert report.checks[-2].status == "passed"
        assert report.verdict == "agrees"
        assert "never ran" in report.reason
