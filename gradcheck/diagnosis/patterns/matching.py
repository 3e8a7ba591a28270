"""What a fault looks like: a pattern is named where it gives what manual gives, to rounding, in every wrong block.

A pattern predicts gradients from what is due.  It must match on three random cases, of different sizes where the fault
allows it, so that 1/B is told from 1/2, and chance is no explanation.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from ...cases.arrays import Arrays
from ..blocks import ArrayBlock
from ..evidence import Evidence
from .between_steps import build_step_chain, equals_single_rows, equals_single_steps, list_carry_faults
from .operands import list_operand_faults
from .whole_gradients import list_whole_gradient_faults
from .within_step import match_step_patterns

MATCHING_CASE_COUNT = 3
MAX_PATTERNS = 2
BlockKey = tuple[str, str]
FaultPattern = tuple[str, Callable[[], Arrays]]


def match_patterns(first: Evidence, lag: int | None) -> str:
    """The pattern in words, or "" where none is known.

    `lag` is the smallest that is wrong, if all larger ones are too; where it is 0, the fault is not between the steps.
    """
    evidences = [first, *draw_other_cases(first)]
    wrong = {make_block_key(b) for e in evidences for b in e.find_wrong_blocks()}
    alive: Mapping[str, set[BlockKey]] | None = None
    for evidence in evidences:
        matched: dict[str, set[BlockKey]] = {}
        for text, predict in list_fault_patterns(evidence, lag):
            if alive is None or text in alive:
                explained = find_matching_blocks(evidence, predict(), wrong) & (wrong if alive is None else alive[text])
                if explained:
                    matched[text] = explained | matched.get(text, set())
        alive = matched
    return choose_explanation(alive or {}, wrong) or match_single_step(evidences)


def match_single_step(evidences: list[Evidence]) -> str:
    """A fault of one step, where every step has the same and nothing else is wrong with a sequence."""
    first = evidences[0]
    one = {n: 1 if n in "TB" else s for n, s in first.case.sizes.items()}
    steps = [Evidence(first.subject, replace(e.case, sizes=one)) for e in evidences]
    if not steps[0].find_wrong_blocks() or not all(equals_single_steps(e) and equals_single_rows(e) for e in evidences):
        return ""
    return match_step_patterns(steps)


def draw_other_cases(first: Evidence) -> Iterator[Evidence]:
    """Fresh random cases that show the fault, their sizes different where they can be."""
    sizes = first.case.sizes
    for k in range(1, MATCHING_CASE_COUNT):
        larger = {n: s + k if s > 1 and n != "T" else s for n, s in sizes.items()}
        other = {n: s + (1, -1)[k - 1] if s > 2 and n == "T" else larger[n] for n, s in sizes.items()}
        for candidate in (other, larger, sizes):
            evidence = Evidence(first.subject, replace(first.case, sizes=candidate, seed=first.case.seed + k))
            if evidence.find_wrong_blocks() or candidate == sizes:
                yield evidence
                break


def list_fault_patterns(evidence: Evidence, lag: int | None) -> Iterator[FaultPattern]:
    yield from list_whole_gradient_faults(evidence)
    steps = None if lag == 0 else build_step_chain(evidence)
    if steps is not None:
        yield from list_carry_faults(steps, lag)
        yield from list_operand_faults(steps)


def find_matching_blocks(evidence: Evidence, predicted: Arrays, wrong: Iterable[BlockKey]) -> set[BlockKey]:
    """The wrong blocks that are as predicted, of an input with steps all of them; none if that is what is due."""
    blocks = [b for b in evidence.columns if make_block_key(b) in wrong and b.name in predicted]
    unlike = {make_block_key(b) for b in blocks if not evidence.matches(b, predicted)}
    found = {make_block_key(b) for b in blocks} - unlike
    return (
        found
        if any(not evidence.matches(b, evidence.expected) for b in blocks if make_block_key(b) in found)
        else set()
    )


def make_block_key(block: ArrayBlock) -> BlockKey:
    """Steps are judged together: a pattern must hold at every length."""
    return block.name, "" if block.step is not None else block.label


def choose_explanation(alive: Mapping[str, set[BlockKey]], wrong: set[BlockKey]) -> str:
    """One pattern that explains every wrong block, or two that do together; the first named is the simplest."""
    chosen: list[tuple[str, set[BlockKey]]] = []
    left = set(wrong)
    while left and len(chosen) < MAX_PATTERNS:
        text = max(alive, key=lambda t: len(alive[t] & left), default=None)
        if text is None or not alive[text] & left:
            return ""
        chosen.append((text, alive[text] & left))
        left -= alive[text]
    if left or not wrong:
        return ""
    if len(chosen) == 1:
        return chosen[0][0]
    return "; ".join(f"{', '.join(sorted({f'd{name}' for name, _ in keys}))}: {text}" for text, keys in chosen)
