"""How far the verdict on a unit is, as data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["case", "mutants", "shrinking", "diagnosis"]


@dataclass(frozen=True)
class Progress:
    """`cases` are judged of the unit; `case` is the address of the one that is judged now, in the stage `case`.

    In the stage `mutants`, `done` of `total` faults are decided.
    """

    unit: str
    cases: int = 0
    stage: Stage = "case"
    case: str = ""
    done: int = 0
    total: int = 0


Watch = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """Watch nothing."""
