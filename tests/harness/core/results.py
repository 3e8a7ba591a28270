"""Results of cases that were never judged, as Hypothesis draws them: for sums, which do not ask where they are from."""

from dataclasses import dataclass

from hypothesis import strategies as st

from gradcheck import Case
from gradcheck.checks import NUMERIC_CHECKS
from gradcheck.checks.failure import CheckFailed, Failure
from gradcheck.checks.outcome import CheckOutcome
from gradcheck.exact import CaseProof
from gradcheck.verdict.case_result import CaseResult, CheckResult
from gradcheck.verdict.tally import Tally

*NAMES, LAST = (check.name for check in NUMERIC_CHECKS)
RATIOS = st.sampled_from([0.0, 0.25, 0.5, 0.75, float("inf")])
WORDS = st.sampled_from(["", "", "one", "other"])
REASONS = st.sampled_from(["no law", "no axis"])
STEPS = st.lists(RATIOS, max_size=3).map(tuple)


@dataclass(frozen=True)
class Compared:
    """What a sum reads of a tensor that was compared."""

    ratio: float
    steps: tuple[float, ...] = ()


def make_proof(case):
    return CaseProof(str(case), {"x": (1, 2)}, (7,), 3, -130.0, {"line": [1]}, (), 0.5)


CASES = st.builds(lambda T, seed: Case({"T": T, "B": 1}, seed), st.integers(0, 3), st.integers(0, 30))
COMPARED = st.dictionaries(st.sampled_from(["ys", "dx"]), st.builds(Compared, RATIOS, STEPS))
OUTCOMES = st.builds(CheckOutcome, RATIOS, COMPARED, explanation=WORDS, imprecise=WORDS)
PASSED = st.builds(CheckResult, st.sampled_from(NAMES), OUTCOMES)
INAPPLICABLE = st.builds(CheckResult, st.sampled_from(NAMES), reason=REASONS)
CHECK_RESULTS = st.lists(PASSED | INAPPLICABLE, max_size=3, unique_by=lambda result: result.name).map(tuple)


def make_numeric_result(case, results, kind):
    error = CheckFailed(Failure(LAST, "wrong", f"is wrong at {case}"))
    rest = {"passed": {}, "failed": {"failed": LAST, "error": error}, "skipped": {"skipped": "rounding"}}
    return CaseResult(case, results, **rest[kind])


def make_exact_result(case):
    return CaseResult(case, (CheckResult("exact", CheckOutcome(proof=make_proof(case))),))


NUMERIC = st.builds(
    make_numeric_result, CASES, CHECK_RESULTS, st.sampled_from(["passed", "passed", "failed", "skipped"])
)
EXACT = st.builds(make_exact_result, CASES)
RESULTS = st.lists(NUMERIC | EXACT, max_size=8, unique_by=lambda result: str(result.case)).map(
    lambda results: sorted(results, key=lambda result: str(result.case))
)
"""Of some cases, in the order of their ids: that is the order in which a sum has the proofs."""


def note_all(results):
    tally = Tally()
    for result in results:
        tally.note(result)
    return tally
