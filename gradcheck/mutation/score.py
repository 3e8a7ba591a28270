"""The outcomes of the mutants of a unit, as data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..edits import format_path
from .trial import MutantOutcome

MUTANT_VERDICTS = ("killed", "equivalent", "not told apart", "survived", "invalid")
ScoreVerdict = Literal["measured", "wrong", "bad declaration"]


@dataclass(frozen=True)
class Mutant:
    """An edit: its place, its kind, and its outcome; `diff` is empty if the mutant was killed."""

    file: str
    line: int
    kind: str
    diff: str
    outcome: MutantOutcome

    @property
    def reason(self) -> str:
        """Why no check noticed a survivor."""
        return self.outcome.reason

    def __str__(self) -> str:
        return f"{format_path(self.file)}:{self.line}"


@dataclass
class MutationScore:
    """How many of the faults planted in a backward the checks notice.

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
    def killed_by(self) -> dict[str, int]:
        """Count the mutants killed by each check, by a crash, by time or by memory; the largest count first."""
        return dict(Counter(m.outcome.killed_by for m in self.count_verdict("killed")).most_common())

    @property
    def tried(self) -> int:
        return len(self.results)

    @property
    def counts(self) -> dict[str, int]:
        """Count the mutants of each verdict."""
        return {verdict: len(self.count_verdict(verdict)) for verdict in MUTANT_VERDICTS}

    @property
    def equivalents(self) -> list[Mutant]:
        return self.count_verdict("equivalent")

    @property
    def survivors(self) -> list[Mutant]:
        return self.count_verdict("survived")

    @property
    def score(self) -> float | None:
        """The share of killed mutants among the killed and the survivors; None if there are none."""
        faults = self.counts["killed"] + self.counts["survived"]
        return self.counts["killed"] / faults if faults else None

    @property
    def has_no_survivor(self) -> bool:
        return self.verdict == "measured" and not self.survivors

    @property
    def describe_survivors(self) -> list[str]:
        """A text for each survivor: its place and kind, why no check noticed it, and its diff."""
        return [f"{self.name} survivor at {m} ({m.kind}): {m.reason}\n{m.diff}" for m in self.survivors]

    @property
    def exit_code(self) -> int:
        return 2 if self.verdict == "bad declaration" else 0 if self.has_no_survivor else 1


def summarize_scores(measured: Sequence[MutationScore]) -> str:
    """Summarize the outcomes of the mutants of all units in a line."""
    counts = ((verdict, sum(t.counts[verdict] for t in measured)) for verdict in MUTANT_VERDICTS)
    counted = ", ".join(f"{count} {verdict}" for verdict, count in counts if count)
    tried, mutants = sum(t.tried for t in measured), sum(t.mutants for t in measured)
    return f"{tried if tried == mutants else f'{tried} of {mutants}'} faults planted: {counted or 'none tried'}"
