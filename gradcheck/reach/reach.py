"""Which points of a unit's own code have run, added up over cases and processes, and a sentence for what has not."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .point import Place, Point

Function = tuple[str, int, str]
"""File, first line and name."""


@dataclass(frozen=True)
class Reach:
    """What has run of a unit's own code.  `+` adds up what was seen in several processes.

    points   everything there is to reach in the files of the unit
    reached  those that were
    roots    the functions that the unit begins with; others count once they have run
    own      the files in which every branch is the unit's own; other files may serve several units
    unknown  what could not be watched, a sentence each
    """

    points: frozenset[Point] = frozenset()
    reached: frozenset[Point] = frozenset()
    roots: frozenset[Function] = frozenset()
    own: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    def __add__(self, other: "Reach") -> "Reach":
        unknown = tuple(sorted({*self.unknown, *other.unknown}))
        return Reach(
            self.points | other.points,
            self.reached | other.reached,
            self.roots | other.roots,
            self.own | other.own,
            unknown,
        )

    @cached_property
    def known(self) -> frozenset[Point]:
        """The points of the functions that have run and of the roots, and in the unit's own files of those within."""
        ran = {(p.file, *p.function) for p in self.reached} | self.roots
        around = {function for function in ran if function[0] in self.own}
        return frozenset(
            p for p in self.points if (p.file, *p.function) in ran or (p.outer and (p.file, *p.outer) in around)
        )

    @cached_property
    def required(self) -> frozenset[Point]:
        """All known points of the unit's own files, and those of other files that are no choice of the caller."""
        evaluated = {(p.file, p.place, p.text) for p in self.reached}
        left = set[tuple[str, Place]]()
        required = set[Point]()
        for p in sorted(self.known):
            behind = p.need == "if evaluated" and (p.file, p.place, p.text) not in evaluated
            if p in self.reached or p.file in self.own:
                required.add(p)
            elif p.need == "by choice" or behind or (p.file, p.under) in left:
                # What is under a statement that need not run need not run either; it comes after in the file.
                left |= {(p.file, p.place)} if p.kind == "statement" else set()
            else:
                required.add(p)
        return frozenset(required)

    @cached_property
    def unreached(self) -> frozenset[Point]:
        """All required points that were not reached, those that follow from another included."""
        return self.required - self.reached

    @property
    def complete(self) -> bool:
        """Whether everything was watched, something ran, and all that is required was reached."""
        return bool(self.reached) and not self.unknown and not self.unreached

    def missing(self) -> list[Point]:
        """The points to tell of, in order: where a statement never ran, not those that would have run after it."""
        stopped = {(p.file, p.place) for p in self.unreached if p.kind == "statement"}
        return sorted(p for p in self.unreached if (p.file, p.under) not in stopped)

    def ran(self, file: str, line: int) -> bool | None:
        """Whether the innermost statement on a line ran; None where the line is not watched."""
        here = [p for p in self.points if p.file == file and p.kind == "statement" and p.line <= line <= p.last]
        if not here:
            return None
        innermost = max(here, key=lambda p: p.place)
        return innermost in self.reached


def format_missing(reach: Reach) -> list[str]:
    """A sentence for each point to tell of, then those for what could not be watched."""
    if not reach.points and reach.unknown:
        return list(reach.unknown)
    if not reach.reached:
        names = sorted({name for _, _, name in reach.roots})
        return [f"{', '.join(names) or 'the unit'} never ran", *reach.unknown]
    missing = reach.missing()
    sides = Counter((p.file, p.place, p.text) for p in missing if p.kind != "statement")
    sentences = [format_point(p, both=sides[p.file, p.place, p.text] == 2) for p in missing]
    return [*dict.fromkeys(sentences), *reach.unknown]


def describe_reach(reach: Reach) -> str:
    """How much of the unit's own code ran, for example: 47 of 47 statements and 21 of 22 sides of conditions ran."""
    statements, sides = Counter[bool](), Counter[bool]()
    for point in reach.required:
        (statements if point.kind == "statement" else sides)[point in reach.reached] += 1
    counts = ((statements, "statements"), (sides, "sides of conditions"))
    told = [f"{count[True]} of {count.total()} {name}" for count, name in counts if count]
    return f"{' and '.join(told)} of its code ran" if told else ""


def list_unreached(reach: Reach, file: str, lines: Set[int]) -> list[str]:
    """A sentence for each side of a condition on these lines, and each part of them, that did not run."""
    points = sorted(p for p in reach.points - reach.reached if p.file == file and p.line in lines and p.last in lines)
    return list(dict.fromkeys(map(format_point, points)))


def format_point(point: Point, both: bool = False) -> str:
    """For example: line 44 of lstm.py never ran (len(x) > 64); z > 20 at line 12 of cell.py was never true."""
    file = Path(point.file).name
    if point.kind != "statement":
        return f"{point.text} at line {point.line} of {file} " + ("never ran" if both else f"was never {point.side}")
    lines = f"line {point.line}" if point.end == point.line else f"lines {point.line} to {point.end}"
    return f"{lines} of {file} never ran" + (f" ({point.text})" if point.text else "")
