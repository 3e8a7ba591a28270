"""What became of the mutants of a unit, as data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..edits import format_path
from .trial import MutantOutcome

MUTANT_VERDICTS = ("killed", "equivalent", "not told apart", "survived", "invalid")
ScoreVerdict = Literal["measured", "wrong", "bad declaration"]


@dataclass(frozen=True)
class Mutant:
    """An edit, where and what it is, and what became of it; `diff` is empty where it was killed."""

    file: str
    line: int
    kind: str
    diff: str
    outcome: MutantOutcome

    def __str__(self) -> str:
        return f"{format_path(self.file)}:{self.line}"


@dataclass
class MutationScore:
    """How many faults planted in a backward are seen.

    `mutants` can be planted, in lines that ran; `unreached` more in lines that did not.  `tried` says what became of
    those that were tried: all, or a sample.  Unless it was `measured`, `error` says why; of a wrong unit, `case` where.
    """

    name: str
    verdict: ScoreVerdict = "measured"
    mutants: int = 0
    not_run: int = 0
    results: list[Mutant] = field(default_factory=list)
    cases: int = 0
    seconds: float = 0.0
    error: str = ""
    case: str = ""

    def count_verdict(self, verdict: str) -> list[Mutant]:
        return [m for m in self.results if m.outcome.verdict == verdict]

    @property
    def count_killed(self) -> dict[str, int]:
        """How many were killed by each check, by a crash, by the time or by the memory they took; the most first."""
        return dict(Counter(m.outcome.killed_by for m in self.count_verdict("killed")).most_common())

    @property
    def survivors(self) -> list[Mutant]:
        return self.count_verdict("survived")

    @property
    def score(self) -> float | None:
        """Killed over killed and survived; None where there is none of them."""
        killed = len(self.count_verdict("killed"))
        faults = killed + len(self.survivors)
        return killed / faults if faults else None

    @property
    def has_no_survivor(self) -> bool:
        return self.verdict == "measured" and not self.survivors

    @property
    def describe_survivors(self) -> list[str]:
        """Each survivor: where and what, why nothing saw it, and its diff."""
        return [f"{self.name} survivor at {m} ({m.kind}): {m.outcome.reason}\n{m.diff}" for m in self.survivors]

    @property
    def exit_code(self) -> int:
        return 2 if self.verdict == "bad declaration" else 0 if self.has_no_survivor else 1

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "mutants": self.mutants,
            "tried": len(self.results),
            "unreached": self.not_run,
            "killed": sum(self.count_killed.values()),
            "killed_by": self.count_killed,
            "equivalent": len(self.count_verdict("equivalent")),
            "invalid": len(self.count_verdict("invalid")),
            "score": self.score,
            "cases": self.cases,
            "seconds": round(self.seconds, 6),
            "survivors": [format_survivor(m) for m in self.survivors],
            "equivalents": [format_survivor(m) for m in self.count_verdict("equivalent")],
            "error": self.error or None,
        }


def summarize_scores(measured: Sequence[MutationScore]) -> str:
    """What became of the mutants of all, in a line."""
    counts = ((verdict, sum(len(t.count_verdict(verdict)) for t in measured)) for verdict in MUTANT_VERDICTS)
    counted = ", ".join(f"{count} {verdict}" for verdict, count in counts if count)
    tried, mutants = sum(len(t.results) for t in measured), sum(t.mutants for t in measured)
    return f"{tried if tried == mutants else f'{tried} of {mutants}'} faults planted: {counted or 'none tried'}"


def format_survivor(mutant: Mutant) -> dict[str, Any]:
    reason = mutant.outcome.reason or None
    return {"file": mutant.file, "line": mutant.line, "kind": mutant.kind, "diff": mutant.diff, "reason": reason}
