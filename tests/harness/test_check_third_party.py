"""Manual and reference share a fault that the third party has not: only the check `third party` sees it."""

import functools
from collections.abc import Callable
from typing import Any

import torch

import manual.recurrent.gru
import reference.recurrent.gru
from gradcheck import Subject, examine
from tests.harness import elman, elman_reference
from tests.harness.plant import Unit, caught, details, planted, planted_reference


def test_a_layout_that_is_not_torchs_is_caught() -> None:
    unit = planted(
        ("hs[t] @ weight_hh.T", "hs[t] @ weight_hh"),
        ("dweight_hh += dz.T @ hs[t]", "dweight_hh += hs[t].T @ dz"),
        ("dh = dz @ weight_hh\n", "dh = dz @ weight_hh.T\n"),
    )
    theirs = planted_reference(("h @ weight_hh.T", "h @ weight_hh"))
    words = (": manual ", ", third party ", " x tolerance")
    options: dict[str, Any] = {
        "verdict": "judges split",
        "reference": theirs,
        "third_party": elman_reference.third_party,
    }
    report = caught(unit, "third party", *words, **options)
    odd = "the third-party implementation is the odd one out (manual, autograd and complex step agree)"
    assert details(report)["verdict"] == odd
    assert report.smallest.sizes["H"] == 2


def exchanged(unit: Unit) -> Unit:
    """A GRU whose update gate plays the other part."""

    @functools.wraps(unit)
    def changed(*args: Any, z_weighs: str, **inputs: Any) -> Any:
        return unit(*args, z_weighs="candidate" if z_weighs == "state" else "state", **inputs)

    return changed


def test_the_other_role_of_the_update_gate_is_caught() -> None:
    theirs, third_party = exchanged(reference.recurrent.gru.gru), reference.recurrent.gru.third_party
    options: dict[str, Any] = {"verdict": "judges split", "reference": theirs, "third_party": third_party}
    caught(exchanged(manual.recurrent.gru.gru), "third party", "unit ", ": manual ", ", third party ", **options)


def test_a_form_that_the_third_party_does_not_have_is_said_not_passed() -> None:
    report = examine(
        Subject("gru", manual.recurrent.gru.gru, reference.recurrent.gru.gru, reference.recurrent.gru.third_party),
        cases=30,
    )
    (check,) = (r for r in report.checks if r.name == "third party")
    assert set(check.reasons) == {
        "the third-party implementation has no reset=before",
        "the third-party implementation has no z_weighs=candidate",
    }
    assert check.passed + sum(check.reasons.values()) == report.cases == 30


def test_an_input_that_the_third_party_does_not_take_is_said_not_passed() -> None:
    def third_party(*, h_0: None = None, **inputs: torch.Tensor) -> elman_reference.Output:
        assert "h_0" not in inputs
        return elman_reference.third_party(**inputs)

    report = examine(Subject("unit", elman.elman, elman_reference.elman, third_party), cases=30)
    (check,) = (r for r in report.checks if r.name == "third party")
    assert set(check.reasons) == {"the third-party implementation takes no h_0"}
    assert check.passed
    assert report.good


def test_a_package_that_is_not_installed_is_said_not_passed() -> None:
    def third_party(**inputs: torch.Tensor) -> elman_reference.Output:
        import no_such_package  # noqa: F401

        return elman_reference.third_party(**inputs)

    report = examine(Subject("unit", elman.elman, elman_reference.elman, third_party), cases=20)
    (check,) = (r for r in report.checks if r.name == "third party")
    assert check.reasons == {"the third-party implementation needs no_such_package, which is not installed": 20}
    assert report.verdict == "proved"


def test_a_third_party_that_fails_is_no_third_party_that_is_missing() -> None:
    def third_party(**inputs: torch.Tensor) -> elman_reference.Output:
        raise ValueError(f"cannot take {len(inputs)} inputs")

    report = examine(Subject("unit", elman.elman, elman_reference.elman, third_party), cases=5)
    assert report.verdict == "bad declaration"
    assert "it raised ValueError: cannot take" in report.error


def third_party_of(change: Callable[[torch.Tensor], torch.Tensor]) -> Unit:
    """torch.nn's, every input and output of it changed."""

    def third_party(**inputs: torch.Tensor) -> elman_reference.Output:
        outputs = elman_reference.third_party(**{name: change(a) for name, a in inputs.items()})
        return elman_reference.Output(*map(change, outputs))

    third_party.__annotations__ = {"inputs": torch.Tensor, "return": elman_reference.Output}
    return third_party


def cancelling(a: torch.Tensor) -> torch.Tensor:
    """The same number, ten bits of it rounded away."""
    return (a + 1024) - 1024


def test_a_third_party_that_rounds_otherwise_is_right_within_its_own_rounding() -> None:
    subject = Subject("unit", elman.elman, elman_reference.elman, third_party_of(cancelling))
    report = examine(subject, cases=10)
    assert report.verdict == "proved", report.message


def test_an_error_is_seen_through_the_rounding_of_a_third_party() -> None:
    third_party = third_party_of(lambda a: cancelling(a) * (1 + 1e-9))
    caught(elman.elman, "third party", ", third party ", verdict="judges split", third_party=third_party)


def test_a_third_party_in_single_precision_excuses_nothing() -> None:
    third_party = third_party_of(lambda a: a.float().to(a.dtype))
    caught(elman.elman, "third party", ", third party ", verdict="judges split", third_party=third_party)


def test_a_third_party_without_a_digit_is_said_not_passed() -> None:
    third_party = third_party_of(lambda a: (a + 2.0**40) - 2.0**40)
    report = examine(Subject("unit", elman.elman, elman_reference.elman, third_party), cases=5)
    (check,) = (r for r in report.checks if r.name == "third party")
    assert all("in the third-party implementation rounding grows" in reason for reason in check.reasons)
    assert sum(check.reasons.values()) == 5


def test_no_third_party_is_said_not_passed() -> None:
    report = examine(Subject("unit", elman.elman, elman_reference.elman), cases=5)
    (check,) = (r for r in report.checks if r.name == "third party")
    assert check.reasons == {"no third-party implementation is given": 5}
