"""Where a wrong backward pass is wrong, which cases show it, and what the fault looks like."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

from ..cases.case import Case
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..exact import Tie, Unsupported
from ..execution.run import Crash
from ..unit.subject import Subject
from .conclusions import Conclusions, conclude, first_wrong_lag
from .error_map import Table, table
from .evidence import Evidence
from .patterns.matching import looks_like
from .triggers import falls, grown, needs
from .wording import where

__all__ = ["Blame", "blame", "reason"]

OF_THE_UNIT = (
    Crash,
    DeclarationError,
    IllConditioned,
    NotApplicable,
    Tie,
    Unsupported,
    IndexError,
    KeyError,
    ValueError,
)
"""What a wrong unit raises, or makes of what it returns; any other exception is a defect of this harness."""


@dataclass(frozen=True)
class Blame:
    """What is known of a fault; as much as could be found out.

    case      the case that the table was made at: the smallest one grown, so that gates and lags can be told apart
    needs     what a case must have to show the fault, in words
    table     the map of right and wrong, None where backward gives nothing that could be judged
    step      what is concluded at T = 1, where the fault shows there
    looks_like the pattern that the residual matches to rounding, on three random cases, in every wrong tensor
    untold    what could not be found out, and why
    """

    case: Case
    needs: tuple[str, ...] = ()
    table: Table | None = None
    conclusions: Conclusions | None = None
    step: Conclusions | None = None
    looks_like: str = ""
    untold: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """One line: inputs and gates, lags, outputs, and which cases show it."""
        parts = []
        if self.conclusions is not None and self.conclusions.wrong:
            parts.append(where(self.conclusions, self.step))
        if self.needs:
            parts.append(f"only with {', '.join(self.needs)}")
        return "; ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it."""
        return {
            "case": str(self.case),
            "where": self.where or None,
            "needs": list(self.needs),
            "looks_like": self.looks_like or None,
            "untold": dict(self.untold),
            "conclusions": None if self.conclusions is None else asdict(self.conclusions),
            "step": None if self.step is None else asdict(self.step),
            "map": None if self.table is None else drawn(self.table),
        }


def drawn(found: Table) -> dict[str, Any]:
    names = [[{"name": b.name, "block": b.label} for b in blocks] for blocks in (found.rows, found.columns)]
    return {"arithmetic": found.arithmetic, "rows": names[0], "columns": names[1], "cells": found.cells}


def blame(subject: Subject, rung: str, case: Case) -> Blame:
    """Find out about the fault that makes a case fall from a rung.

    A unit that crashes, or returns what cannot be read, is said less of, and `untold` says why.  What is raised is a
    defect of this harness.
    """

    @cache
    def falling(address: str) -> bool:
        return falls(subject, rung, Case.parse(address, subject.declaration))

    def fell(candidate: Case) -> bool:
        return falling(str(candidate))

    untold: dict[str, str] = {}
    found = Blame(case, untold=untold)
    with telling(untold, "which cases show it"):
        found = replace(found, case=grown(case, fell))
        found = replace(found, needs=tuple(needs(subject, rung, found.case, fell)))
    if rung == "forward" or found.case.dtype != "float64":
        return found
    with telling(untold, "where it is wrong"):
        cells = table(subject, found.case)
        found = replace(found, table=cells, conclusions=conclude(cells))
        one = replace(found.case, sizes={**found.case.sizes, "T": 1})
        if found.case.sizes.get("T", 1) > 1 and fell(one):
            found = replace(found, step=conclude(table(subject, one)))
    with telling(untold, "what it looks like"):
        lag = None if found.conclusions is None else first_wrong_lag(found.conclusions)
        return replace(found, looks_like=looks_like(Evidence(subject, found.case), lag))
    return found


@contextmanager
def telling(untold: dict[str, str], what: str) -> Iterator[None]:
    """Notes why `what` could not be found out, where that is on account of the unit."""
    try:
        yield
    except OF_THE_UNIT as error:
        untold[what] = reason(error)


def reason(error: BaseException) -> str:
    """An exception in a line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
