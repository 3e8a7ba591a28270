"""Reports as JSON takes them: an infinite ratio is null."""

from typing import TYPE_CHECKING, Any

from ..cases.case import Case
from ..checks.finding import Finding
from ..exact import Certificate

if TYPE_CHECKING:
    from ..diagnosis import Blame


def summary(certificate: Certificate) -> dict[str, Any]:
    """The certificate without what it says of each case."""
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


def failure(finding: Finding | None, blame: "Blame | None") -> dict[str, Any] | None:
    if finding is None:
        return None
    return {
        "rung": finding.rung,
        "headline": finding.headline,
        "details": dict(finding.details),
        "opinions": {who: finite(value) for who, value in finding.opinions.items()},
        "ratio": finite(finding.ratio),
        "blame": None if blame is None else blame.to_dict(),
        "tensors": [
            {
                "name": c.name,
                "over": c.over,
                "size": c.size,
                "worst": [
                    {"index": list(e.index), "manual": number(e.manual), "judge": number(e.judge)}
                    | {"tolerance": finite(e.tolerance), "ratio": finite(e.ratio)}
                    for e in c.worst
                ],
                "steps": [finite(ratio) for ratio in c.steps],
            }
            for c in finding.comparisons
        ],
    }


def text(case: Case | None) -> str | None:
    return None if case is None else str(case)


def finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def number(value: complex) -> float | list[float | None] | None:
    if isinstance(value, complex):
        return [finite(value.real), finite(value.imag)]
    return finite(value)
