"""What there is to reach in a source file: statements, and the two sides of branches and comparisons."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["statement", "branch", "comparison"]
Side = Literal["ran", "true", "false"]
Need = Literal["always", "if evaluated", "by choice"]
"""What a function that units share must show for each: numbers on both sides; numbers, where a choice of the caller
made it look at them at all; nothing, where the condition is such a choice."""

Place = tuple[int, int]
"""A line, counted from 1, and a column."""


@dataclass(frozen=True, order=True)
class Point:
    """One thing to reach: a statement that runs, or one side of a branch or comparison.

    text      the condition; of a statement, the one under which it runs, empty where it runs with those before it
    last      the last line of the statement itself
    end       the last line of the block that the statement is in: none of it has run where the statement has not
    under     the statement that must run first: the one before it in its block, else the one around it
    function  the first line and the name of the innermost function around it, as its code object has them
    outer     the same of the function around that one, if there is one
    need      what is required of it in a file that is not the unit's own alone
    """

    file: str
    line: int
    column: int
    kind: Kind
    side: Side
    text: str
    last: int
    end: int
    under: Place
    function: tuple[int, str]
    outer: tuple[int, str] | None
    need: Need

    @property
    def place(self) -> Place:
        return self.line, self.column
