"""What a fault looks like: a pattern is named if it predicts manual's gradients, to rounding, in every wrong block.

A pattern predicts wrong gradients from the right ones.  It must match on three random cases, of different sizes if the
fault shows there, so that 1/B is not taken for 1/2, and no pattern matches by chance.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from ...cases.arrays import Arrays
from ..blocks import ArrayBlock
from ..evidence import Evidence
from .carries import list_carry_faults
from .exchanges import list_alias_faults, list_exchange_faults
from .explanation import Explanation, Match, Place
from .operands import list_operand_faults
from .pattern import GradientPattern, Pattern
from .scaling import list_clipping_faults, list_constant_factors, list_scaling_faults
from .shifts import list_shift_faults
from .softmax import list_softmax_faults
from .step_chain import build_step_chain, equals_single_rows, equals_single_steps
from .upstreams import list_upstream_faults
from .within_step import match_step_patterns

MATCHING_CASE_COUNT = 3
SEED_COUNT = 8
"""How many times a case is drawn until one shows the fault: it may need lengths or masks that are rare."""
MAX_PATTERNS = 2
GRADIENT_FAULTS: tuple[Callable[[Evidence], Iterator[GradientPattern]], ...] = (
    list_scaling_faults,
    list_exchange_faults,
    list_upstream_faults,
    list_shift_faults,
    list_alias_faults,
    list_clipping_faults,
    list_softmax_faults,
    list_constant_factors,
)
"""The order counts: of two patterns that explain the same, the one listed first is named."""


def match_patterns(first: Evidence, lag: int | None) -> Explanation | None:
    """Find the patterns that explain every wrong block; None if no known pattern does.

    `lag` is the smallest wrong lag, if all larger ones are wrong too; if it is 0, the fault is not between the steps.
    """
    evidences = [first, *draw_other_cases(first)]
    wrong = {make_place(b) for e in evidences for b in e.find_wrong_blocks()}
    alive: Mapping[Pattern, set[Place]] | None = None
    for evidence in evidences:
        matched: dict[Pattern, set[Place]] = {}
        for pattern, predict in list_predictions(evidence, lag):
            if alive is None or pattern in alive:
                explained = find_matching_places(evidence, predict(), wrong) & (
                    wrong if alive is None else alive[pattern]
                )
                if explained:
                    matched[pattern] = explained
        alive = matched
        if not alive:
            break
    return choose_explanation(alive or {}, wrong) or match_single_step(evidences)


def match_single_step(evidences: list[Evidence]) -> Explanation | None:
    """Match patterns of a single step, if a sequence has the fault of its steps and no other."""
    first = evidences[0]
    one = {n: 1 if n in "TB" else s for n, s in first.case.sizes.items()}
    steps = [Evidence(first.subject, replace(e.case, sizes=one)) for e in evidences]
    if not steps[0].find_wrong_blocks() or not all(equals_single_steps(e) and equals_single_rows(e) for e in evidences):
        return None
    return match_step_patterns(steps)


def draw_other_cases(first: Evidence) -> Iterator[Evidence]:
    """Draw new random cases that show the fault, of different sizes if possible."""
    sizes = first.case.sizes
    for k in range(1, MATCHING_CASE_COUNT):
        larger = {n: s + k if s > 1 and n != "T" else s for n, s in sizes.items()}
        other = {n: s + (1, -1)[k - 1] if s > 2 and n == "T" else larger[n] for n, s in sizes.items()}
        seeds = [first.case.seed + k + MATCHING_CASE_COUNT * turn for turn in range(SEED_COUNT)]
        cases = [replace(first.case, sizes=c, seed=seed) for seed in seeds for c in (other, larger, sizes)]
        drawn = (Evidence(first.subject, case) for case in cases)
        shown = next((e for e in drawn if e.find_wrong_blocks()), None)
        yield Evidence(first.subject, replace(first.case, seed=seeds[0])) if shown is None else shown


def list_predictions(evidence: Evidence, lag: int | None) -> Iterator[tuple[Pattern, Callable[[], Arrays]]]:
    """List each pattern with a function that computes the gradients that it predicts."""
    for list_faults in GRADIENT_FAULTS:
        yield from ((pattern, partial(pattern.predict, evidence)) for pattern in list_faults(evidence))
    steps = None if lag == 0 else build_step_chain(evidence)
    if steps is not None:
        for step_pattern in (*list_carry_faults(steps, lag), *list_operand_faults(steps)):
            yield step_pattern, partial(step_pattern.predict, steps)


def find_matching_places(evidence: Evidence, predicted: Arrays, wrong: Iterable[Place]) -> set[Place]:
    """Find the wrong blocks that are as predicted; of an input with steps, all must be.  Empty if all are right."""
    blocks = [b for b in evidence.columns if make_place(b) in wrong and b.name in predicted]
    unlike = {make_place(b) for b in blocks if not evidence.matches(b, predicted)}
    found = {make_place(b) for b in blocks} - unlike
    changed = any(not evidence.matches(b, evidence.expected) for b in blocks if make_place(b) in found)
    return found if changed else set()


def make_place(block: ArrayBlock) -> Place:
    """Make the place of a block; all steps of an input are one place, for a pattern must hold at every length."""
    return Place(block.name, "" if block.step is not None else block.label)


def choose_explanation(alive: Mapping[Pattern, set[Place]], wrong: set[Place]) -> Explanation | None:
    """Choose one pattern that explains every wrong block, or two that do together; simpler ones come first."""
    chosen: list[Match] = []
    left = set(wrong)
    while left and len(chosen) < MAX_PATTERNS:
        pattern = max(alive, key=lambda p: len(alive[p] & left), default=None)
        if pattern is None or not alive[pattern] & left:
            return None
        places = sorted(alive[pattern] & left, key=lambda place: (place.tensor, place.block))
        chosen.append(Match(pattern, tuple(places)))
        left -= alive[pattern]
    return Explanation(tuple(chosen)) if chosen and not left else None
