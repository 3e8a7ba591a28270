"""How far the judging of a unit has come, as data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["case", "mutants", "shrinking", "diagnosis"]


@dataclass(frozen=True)
class Progress:
    """So many `cases` of the unit are judged; in the stage `case`, `case` is the id of the one being judged now.

    In the stage `mutants`, `done` of `total` mutants are decided.
    """

    unit: str
    cases: int = 0
    stage: Stage = "case"
    case: str = ""
    done: int = 0
    total: int = 0

    @property
    def place(self) -> str:
        """The id of the case, or the stage; nothing before the first case."""
        return self.case or ("" if self.stage == "case" else self.stage)


Watch = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """Watch nothing."""
