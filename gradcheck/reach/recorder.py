"""Records what runs of a unit's own code, by marks in its loaded functions; no file is written."""

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, FunctionType
from weakref import ref

from ..edits.live import CodePath, list_code_objects
from ..errors import DeclarationError, IllConditioned
from ..execution.run import Run, UnitRaised
from ..judges.oracle import Upstream
from ..unit.subject import Subject
from ..unit.unrecorded import WATCHERS
from .expressions import HITS, LIMIT, MARKS, SIDES, TRUTHS
from .marks import Hits, Marks, Truths
from .own_code import OwnCode, find_own_code
from .point import Point
from .reach import Reach
from .statements import instrument
from .validation import Validation

Replacement = tuple["ref[FunctionType]", CodeType, CodeType]
"""A function, its own code, and that with the marks.  The closures of a call that is over need not live on."""


class Recorder:
    """What runs of a unit while recording, added up.

    Make it once the unit is imported, and while no edit of its code is in force.  A closure that is made while
    recording goes on to record.  What two threads judge at once must not share code.
    """

    def __init__(self, subject: Subject) -> None:
        own = find_own_code(subject)
        self.roots, self.own, self.unknown = own.roots, own.own, tuple(own.unknown)
        validation = Validation.read(source.tree for source in own.sources.values())
        self.marks: dict[str, Marks] = {}
        self.points: dict[str, tuple[Point, ...]] = {}
        self.all: list[Replacement] = []
        self.caches: list[Hits | Truths] = []
        for file, source in own.sources.items():
            code, self.points[file] = instrument(file, source.text, validation.used_in(source.text))
            self.marks[file] = Marks(len(self.points[file]))
            hits, truths = Hits(self.marks[file]), Truths(self.marks[file])
            self.caches += [hits, truths]
            marked = list_code_objects(with_constants(code, list_constants(self.marks[file], hits, truths)))
            self.all += list_replacements(own, file, marked)
        self.replacements, self.reached = self.all, 0

    def forget(self) -> None:
        """Begin anew, as if nothing had run."""
        for marks in self.marks.values():
            marks[:] = bytes(len(marks))
        for cache in self.caches:
            cache.clear()
        self.replacements, self.reached = self.all, 0

    @contextmanager
    def recording(self) -> Iterator["Recorder"]:
        """Record what runs in the block.  The functions are as they were afterwards, whatever happens."""
        changed: list[tuple[FunctionType, CodeType]] = []
        WATCHERS.append(self)
        try:
            for reference, before, code in self.replacements:
                function = reference()
                if function is not None and function.__code__ is before:
                    changed.append((function, before))
                    function.__code__ = code
            yield self
        finally:
            WATCHERS.remove(self)
            for function, before in changed:
                function.__code__ = before
            self.leave_out_reached()

    def save(self) -> dict[str, bytes]:
        """Return what was reached so far, by file."""
        return {file: bytes(marks) for file, marks in self.marks.items()}

    def restore(self, saved: dict[str, bytes]) -> None:
        """Forget what was reached since."""
        for file, marks in self.marks.items():
            if bytes(marks) != saved[file]:
                marks[:] = saved[file]
                for cache in self.caches:
                    cache.clear()

    def record_passes(self, run: Run, *upstreams: Upstream) -> None:
        """Record a forward, and a backward of each of these; a case that the unit refuses runs no more than it does."""
        try:
            with self.recording():
                _, backward = run.forward()
                for upstream in upstreams:
                    backward(upstream)
        except (UnitRaised, DeclarationError, IllConditioned, ValueError):
            pass

    @property
    def reach(self) -> Reach:
        """What was reached so far."""
        reached = [
            p for file, points in self.points.items() for p, m in zip(points, self.marks[file], strict=True) if m
        ]
        points = frozenset(p for points in self.points.values() for p in points)
        return Reach(points, frozenset(reached), self.roots, self.own, self.unknown)

    @property
    def complete(self) -> bool:
        return self.reach.complete

    def leave_out_reached(self) -> None:
        """Leave out functions with nothing more to reach: most are done within a few cases, and then cost nothing."""
        reached = sum(map(sum, self.marks.values()))
        if reached != self.reached:
            self.reached = reached
            left = {
                file: {point.line for point, mark in zip(points, self.marks[file], strict=True) if not mark}
                for file, points in self.points.items()
            }
            self.replacements = [r for r in self.replacements if left[r[1].co_filename] & lines_of(r[1])]


def list_replacements(own: OwnCode, file: str, marked: Mapping[CodePath, CodeType]) -> list[Replacement]:
    """The loaded functions of a file that have something to reach."""
    functions = [(marked[path], own.codes[file][path], loaded) for path, loaded in own.functions[file].items()]
    return [(ref(f), f.__code__, new) for new, old, loaded in functions if new != old for f in loaded]


def list_constants(marks: Marks, hits: Hits, truths: Truths) -> dict[int, object]:
    """What the constants in the marked code stand for."""
    return {MARKS: marks, HITS: hits, TRUTHS: truths, SIDES: marks.note_sides, LIMIT: marks.note_limit}


@functools.cache
def lines_of(code: CodeType) -> frozenset[int]:
    """The lines of a function and of those within it.  Codes of two files may be equal: the lines are then, too."""
    inner = [lines_of(c) for c in code.co_consts if isinstance(c, CodeType)]
    return frozenset(line for _, _, line in code.co_lines() if line is not None).union(*inner)


def with_constants(code: CodeType, values: dict[int, object]) -> CodeType:
    """The code, and that within it, with constants that stand for something replaced by that."""
    constants = [
        with_constants(c, values) if isinstance(c, CodeType) else values.get(c, c) if type(c) is int else c
        for c in code.co_consts
    ]
    return code.replace(co_consts=tuple(constants))
