"""Parts of a report as JSON has them: a number that is infinite becomes null."""

from typing import TYPE_CHECKING, Any

from ..cases.case import Case
from ..checks.failure import Failure
from ..exact import Certificate

if TYPE_CHECKING:
    from ..diagnosis import Diagnosis


def summarize_certificate(certificate: Certificate) -> dict[str, Any]:
    """Summarize a certificate without its list of cases."""
    return {
        "claim": certificate.claim,
        "cases": len(certificate.cases),
        "trials": certificate.trials,
        "degree": certificate.degree,
        "log2_bound": certificate.log2_bound,
        "rules": dict(certificate.rules),
        "sources": dict(certificate.sources),
        "versions": dict(certificate.versions),
        "seconds": round(certificate.seconds, 6),
    }


def failure_to_dict(finding: Failure | None, diagnosis: "Diagnosis | None") -> dict[str, Any] | None:
    if finding is None:
        return None
    return {
        "check": finding.check,
        "headline": finding.headline,
        "details": dict(finding.details),
        "opinions": {who: finite_or_none(value) for who, value in finding.opinions.items()},
        "ratio": finite_or_none(finding.ratio),
        "diagnosis": None if diagnosis is None else diagnosis.to_dict(),
        "tensors": [
            {
                "name": c.name,
                "over": c.count_above,
                "size": c.entry_count,
                "worst": [
                    {"index": list(e.index), "manual": number_to_json(e.manual), "judge": number_to_json(e.judge)}
                    | {"tolerance": finite_or_none(e.tolerance), "ratio": finite_or_none(e.ratio)}
                    for e in c.worst
                ],
                "steps": [finite_or_none(ratio) for ratio in c.steps],
            }
            for c in finding.comparisons
        ],
    }


def case_to_text(case: Case | None) -> str | None:
    return None if case is None else str(case)


def finite_or_none(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def number_to_json(value: complex) -> float | list[float | None] | None:
    if isinstance(value, complex):
        return [finite_or_none(value.real), finite_or_none(value.imag)]
    return finite_or_none(value)
