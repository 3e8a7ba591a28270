"""Are the gradients that are right at the case of the map right at other cases too?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..cases.case import Case
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..execution.run import Run, UnitRaised
from ..judges.comparison import compare_tensor
from ..unit.subject import Subject
from .evidence import Evidence

MAX_SCOPE_CASES = 16


def find_wrong_elsewhere(subject: Subject, case: Case, names: tuple[str, ...]) -> Mapping[str, str]:
    """Find the inputs among `names` whose gradient is wrong at another case; return the id of the first, by input."""
    found: dict[str, str] = {}
    for other in list_scope_cases(subject, case):
        left = [n for n in names if n not in found]
        if not left:
            break
        try:
            found |= dict.fromkeys(find_wrong_inputs(subject, other, left), str(other))
        except (UnitRaised, DeclarationError, IllConditioned, NotApplicable):
            continue
    return found


def list_scope_cases(subject: Subject, case: Case) -> list[Case]:
    """List cases that differ from one in their numbers, options, absent inputs and sizes."""
    by_id = {str(other): other for other in vary_case(subject, case)}
    return [other for name, other in by_id.items() if name != str(case)][:MAX_SCOPE_CASES]


def vary_case(subject: Subject, case: Case) -> Iterator[Case]:
    declaration, plain = subject.declaration, Case(case.sizes, case.seed)
    yield from (replace(case, seed=case.seed + k) for k in (1, 2))
    yield from (plain, replace(plain, sizes={n: s + 1 for n, s in case.sizes.items()}))
    yield from (replace(plain, sizes={n: 1 if n == letter else s for n, s in case.sizes.items()}) for letter in "TB")
    yield from (replace(plain, options=options) for options in declaration.choices)
    yield replace(plain, absent=declaration.optional)
    yield from (replace(plain, none=(n,)) for n in declaration.outputs if len(declaration.outputs) > 1)


def find_wrong_inputs(subject: Subject, case: Case, names: list[str]) -> list[str]:
    """Find the inputs whose gradient is above tolerance; costly tolerances are computed only if gradients differ."""
    suspects = {b.name for b in Evidence(subject, case).find_wrong_blocks()}.intersection(names)
    run = Run(subject, case)
    return [
        n
        for n in suspects
        if compare_tensor(n, run.gradients[n], run.oracle.judged_gradients[n], run.gradient_tolerances).ratio > 1
    ]
