"""The single edits of a wrong backward that could repair it; those that cannot are left out without a trial."""

import ast
import difflib
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..edits import FAULT_OPERATORS, INSERTION_OPERATORS, Edit, LoadedCode, Region, Source, generate_mutants
from ..edits.operators.omissions import OMISSION_OPERATORS
from ..edits.source import find_first_line
from ..errors import DeclarationError
from ..execution.run import UnitRaised
from ..processes.pool import TaskLost, run_tasks
from .feasibility import Constraint, ProbeRunner
from .filter import CandidateFilter
from .ingredients import list_existing_expressions
from .probes import Location, Probes
from .synthesis import synthesize_edits

PROBE_MEMORY = 2**30
PROBE_SECONDS = 5.0
UNLIKELY_KINDS = ("subtract term", "take difference", "add divisor")
UNLIKELY_COST = 6
TOKENS = re.compile(r"\w+|[^\w\s]")
INSERTION_FAULTS = (*INSERTION_OPERATORS, *OMISSION_OPERATORS)
RepairProgress = Callable[[str, int, int], None]


@dataclass
class EditNeighbourhood:
    """Edits in tiers, the most likely first: synthesized edits and undone faults; then insertions of missing code.

    excluded     the characters of each file within which no edit can help
    crash_lines  the lines of the traceback, if the unit raises an exception; outermost first
    """

    regions: Sequence[Region]
    synthesized: list[Edit] = field(default_factory=list)
    excluded: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    crash_lines: list[tuple[str, int]] = field(default_factory=list)

    def record_answer(self, place: Location, answer: "bool | list[Edit]") -> None:
        """Record the answer for a place: edits that fit, False if no edit there can help, True if that is not known."""
        if isinstance(answer, list):
            self.synthesized += answer
        elif not answer and is_pure_expression(place):
            source = place.region.source
            self.excluded.setdefault(source.file, []).append(source.get_span(place.node))

    def list_tiers(self) -> Iterator[list[Edit]]:
        faults = [*self.synthesized, *self.select_eligible(generate_mutants(self.regions, FAULT_OPERATORS).edits)]
        if self.crash_lines:
            every = {*faults, *self.insertions}
            yield sorted(filter(self.is_on_crash_line, every), key=self.sort_key)
            yield sorted(filter(self.is_in_crash_function, every), key=self.sort_key)
        yield sorted(set(faults), key=self.sort_key)
        yield sorted(self.select_eligible(self.insertions), key=self.sort_key)

    def is_on_crash_line(self, edit: Edit) -> bool:
        """Whether an edit is on a line of the traceback."""
        return (edit.file, edit.line(self.get_source(edit).text)) in self.crash_lines

    def is_in_crash_function(self, edit: Edit) -> bool:
        """Whether an edit is in the innermost function of the backward in the traceback."""
        return any(file == edit.file and start <= edit.start <= end for file, start, end in self.crash_spans)

    def get_source(self, edit: Edit) -> Source:
        return next(r.source for r in self.regions if r.source.file == edit.file)

    def select_eligible(self, edits: Sequence[Edit]) -> list[Edit]:
        return [e for e in edits if not any(a <= e.start and e.end <= b for a, b in self.excluded.get(e.file, ()))]

    def sort_key(self, edit: Edit) -> tuple[int, int, int, int, Edit]:
        """Sort small edits first; of equal ones, those in the unit's own file, as others may share its helpers."""
        files = [region.source.file for region in self.regions]
        size = measure_edit_size(edit, self.get_source(edit)) + (UNLIKELY_COST if edit.kind in UNLIKELY_KINDS else 0)
        return size, files.index(edit.file), edit.start, -edit.end, edit

    @cached_property
    def insertions(self) -> tuple[Edit, ...]:
        return generate_mutants(self.regions, INSERTION_FAULTS).edits

    @cached_property
    def crash_spans(self) -> list[tuple[str, int, int]]:
        """The characters of the innermost function of the backward in the traceback."""
        for file, line in reversed(self.crash_lines):
            inside = [r for r in self.regions if r.source.file == file and find_first_line(r.node) <= line]
            inside = [r for r in inside if line <= (r.node.end_lineno or line)]
            if inside:
                return [(file, *inside[-1].source.get_span(inside[-1].node))]
        return []


def measure_edit_size(edit: Edit, source: Source) -> int:
    """Add the lengths of the tokens removed and inserted, and twice the growth of their number.

    So removing `2 *` comes before inserting `1 *`.
    """
    old, new = TOKENS.findall(source.text[edit.start : edit.end]), TOKENS.findall(edit.text)
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    same = sum(len(token) for block in blocks for token in old[block.a : block.a + block.size])
    return sum(map(len, old)) + sum(map(len, new)) - 2 * same + 2 * (len(new) - len(old))


def build_neighbourhood(
    regions: Sequence[Region],
    live: LoadedCode,
    candidate_filter: CandidateFilter,
    workers: int,
    progress: RepairProgress,
) -> EditNeighbourhood:
    """Probe every place of the regions.  If the unit does not run with probes, no place is excluded."""
    result, probes, check = EditNeighbourhood(regions), Probes(regions), candidate_filter.find_small_check()
    if check is None:
        return result
    elsewhere = list_existing_expressions(regions)
    try:
        with probes.install(live):
            prober = ProbeRunner(candidate_filter.subject, check, probes)
            modules = {file: get_namespace(live, file) for file in live.sources}

            def ask(indices: list[int]) -> list[bool | list[Edit]]:
                """Answer for each place, outer ones first; a place within an excluded one is excluded."""
                answers: dict[int, bool | list[Edit]] = {}
                for index in indices:
                    place = probes.places[index]
                    excluded = [
                        probes.places[k]
                        for k, a in answers.items()
                        if a is False and is_pure_expression(probes.places[k])
                    ]
                    if any(contains_location(outer, place) for outer in excluded):
                        answers[index] = False
                        continue
                    need = prober.find_constraint(index)
                    if isinstance(need, Constraint):
                        answers[index] = synthesize_edits(place, need, modules[place.region.source.file], elsewhere)
                    else:
                        answers[index] = need
                return [answers[index] for index in indices]

            groups = group_by_statement(probes, prober)
            for done, answers in run_tasks(groups, ask, workers, PROBE_SECONDS, PROBE_MEMORY):
                progress("looking", done + 1, len(groups))
                for index, answer in zip(groups[done], [] if isinstance(answers, TaskLost) else answers, strict=False):
                    result.record_answer(probes.places[index], answer)
    except UnitRaised as error:
        trace = error.__cause__.__traceback__ if error.__cause__ else None
        return EditNeighbourhood(
            regions, crash_lines=[(f.filename, f.lineno or 0) for f in traceback.extract_tb(trace)]
        )
    except (DeclarationError, KeyError, ValueError, SyntaxError):
        return EditNeighbourhood(regions)
    return result


def get_namespace(live: LoadedCode, file: str) -> dict[str, object]:
    functions = [f for found in live.functions[file].values() for f in found]
    return functions[0].__globals__ if functions else {}


def group_by_statement(probes: Probes, prober: ProbeRunner) -> list[list[int]]:
    """Group the places that ran by their statements, outer places first."""
    groups: dict[ast.stmt, list[int]] = {}
    for index in prober.values:
        place = probes.places[index]
        groups.setdefault(place.region.source.find_statement(place.node), []).append(index)
    return [sorted(group, key=lambda k: get_location_span(probes.places[k])) for group in groups.values()]


def get_location_span(place: Location) -> tuple[int, int]:
    start, end = place.region.source.get_span(place.node)
    return start, -end


def contains_location(outer: Location, place: Location) -> bool:
    """Whether a place lies within another."""
    (a, minus_b), (c, minus_d) = get_location_span(outer), get_location_span(place)
    return not place.name and a <= c and minus_b <= minus_d


def is_pure_expression(place: Location) -> bool:
    """Whether a place is an expression without side effects."""
    if place.name:
        return False
    calls = [n for n in ast.walk(place.node) if isinstance(n, ast.Call)]
    return all(is_numpy_function(call.func) and all(k.arg != "out" for k in call.keywords) for call in calls)


def is_numpy_function(function: ast.expr) -> bool:
    """Whether a function has the name of an array method or of a NumPy function."""
    return isinstance(function, ast.Attribute) and (hasattr(np.ndarray, function.attr) or hasattr(np, function.attr))
