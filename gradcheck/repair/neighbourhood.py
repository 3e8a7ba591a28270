"""The single edits of a wrong backward that could mend it, those that cannot left out without a trial."""

import ast
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..edits import FAULTS, INSERTIONS, Edit, Live, Region, Source, mutants
from ..errors import DeclarationError
from ..run import Crash
from ..workers import Lost, run
from .locate import Need, Prober
from .material import standing
from .omissions import OMISSIONS
from .oracle import Oracle
from .synthesis import synthesize
from .taps import Place, Taps

MEMORY = 2**30
SECONDS = 5.0
ODD = ("term subtracted", "difference taken", "divisor added")
UNLIKELY = 6
TOKENS = re.compile(r"\w+|[^\w\s]")
Progress = Callable[[str, int, int], None]


INSERTED = (*INSERTIONS, *OMISSIONS)


@dataclass
class Neighbourhood:
    """Edits in two tiers, likeliest first: made to measure and faults undone; then what may have been left out.

    barren   the characters of each file within which no edit can mend
    crash    the lines by which an exception came, where the unit raises one
    """

    regions: Sequence[Region]
    made: list[Edit] = field(default_factory=list)
    barren: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    crash: set[tuple[str, int]] = field(default_factory=set)

    def tiers(self) -> Iterator[list[Edit]]:
        faults = [*self.made, *self.fertile(mutants(self.regions, FAULTS).edits)]
        if self.crash:
            insertions = mutants(self.regions, INSERTED).edits
            yield sorted({e for e in (*faults, *insertions) if self.is_near(e)}, key=self.order)
        yield sorted(set(faults), key=self.order)
        yield sorted(self.fertile(mutants(self.regions, INSERTED).edits), key=self.order)

    def is_near(self, edit: Edit) -> bool:
        return (edit.file, edit.line(self.source(edit).text)) in self.crash

    def source(self, edit: Edit) -> Source:
        return next(r.source for r in self.regions if r.source.file == edit.file)

    def fertile(self, edits: Sequence[Edit]) -> list[Edit]:
        return [e for e in edits if not any(a <= e.start and e.end <= b for a, b in self.barren.get(e.file, ()))]

    def order(self, edit: Edit) -> tuple[int, int, int, int, Edit]:
        """Small edits first, of like ones those of the unit's own file: others may share its helpers."""
        files = [region.source.file for region in self.regions]
        size = weight(edit, self.source(edit)) + (UNLIKELY if edit.kind in ODD else 0)
        return size, files.index(edit.file), edit.start, -edit.end, edit


def weight(edit: Edit, source: Source) -> int:
    """How many characters an edit takes away and puts in, and twice the words and signs by which the code grows.

    So that dropping `1 *` goes before writing it.
    """
    old, new = source.text[edit.start : edit.end], edit.text
    grown = len(TOKENS.findall(new)) - len(TOKENS.findall(old))
    same = next((k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    old, new = old[same:][::-1], new[same:][::-1]
    same = next((k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return len(old) + len(new) - 2 * same + 2 * grown


def neighbourhood(
    regions: Sequence[Region], live: Live, oracle: Oracle, workers: int, progress: Progress
) -> Neighbourhood:
    """Ask every place of the regions what it needs; where the unit cannot be run with taps, leave nothing out."""
    result, taps, check = Neighbourhood(regions), Taps(regions), oracle.small()
    if check is None:
        return result
    elsewhere = standing(regions)
    try:
        with taps.in_force(live):
            prober = Prober(oracle.subject, check, taps)
            modules = {file: namespace(live, file) for file in live.sources}

            def ask(index: int) -> bool | list[Edit]:
                place = taps.places[index]
                need = prober.need(index)
                if isinstance(need, Need):
                    return synthesize(place, need, modules[place.region.source.file], elsewhere)
                return need

            indices = [k for k in range(len(taps.places)) if k in prober.seen]
            for done, answer in run(indices, ask, workers, SECONDS, MEMORY):
                progress("looking", done + 1, len(indices))
                place = taps.places[indices[done]]
                if isinstance(answer, list):
                    result.made += answer
                elif answer is False and not isinstance(answer, Lost) and not place.name and is_pure(place):
                    source = place.region.source
                    result.barren.setdefault(source.file, []).append(source.span(place.node))
    except Crash as error:
        trace = error.__cause__.__traceback__ if error.__cause__ else None
        return Neighbourhood(regions, crash={(f.filename, f.lineno or 0) for f in traceback.extract_tb(trace)})
    except (DeclarationError, KeyError, ValueError, SyntaxError):
        return Neighbourhood(regions)
    return result


def namespace(live: Live, file: str) -> dict[str, object]:
    functions = [f for found in live.functions[file].values() for f in found]
    return functions[0].__globals__ if functions else {}


def is_pure(place: Place) -> bool:
    """Whether nothing in an expression can do more than give its value."""
    calls = [n.func for n in ast.walk(place.node) if isinstance(n, ast.Call)]
    return all(isinstance(f, ast.Attribute) and (hasattr(np.ndarray, f.attr) or hasattr(np, f.attr)) for f in calls)
