"""Says which kinds of cases a survivor was tried on, and which it was not."""

from collections.abc import Iterable, Sequence

from ..cases.case import Case
from ..cases.vocabulary import SWITCHES
from .baseline import PassedCase
from .coverage import LineSet


def describe_survivor(known: Sequence[PassedCase], lines: LineSet) -> str:
    """Say how many cases run one of the lines, and which regimes only the other cases have."""
    reaching = [k.case for k in known if not lines.isdisjoint(k.lines)]
    if not reaching:
        return f"none of {len(known)} numeric cases runs the line"
    here = collect_regimes(reaching)
    missing = [regime for regime in collect_regimes(k.case for k in known) if regime not in here]
    said = f"no case that did had {', '.join(missing)}" if missing else "the cases that did covered every regime"
    return f"{len(reaching)} of {len(known)} numeric cases ran the line: {said}"


def collect_regimes(cases: Iterable[Case]) -> list[str]:
    return list(dict.fromkeys(regime for case in cases for regime in list_regimes(case)))


def list_regimes(case: Case) -> list[str]:
    steps, rows = case.sizes.get("T"), case.sizes.get("B")
    found = [] if steps is None else ["T=1" if steps == 1 else "T>1"]
    found += [] if rows is None else ["B=1" if rows == 1 else "B>1"]
    found += [f"{switch}={getattr(case, switch)}" for switch in SWITCHES]
    found += [f"{name} absent" for name in case.absent] + [f"None for {name}" for name in case.none]
    return found + [f"{name}={value}" for name, value in case.options.items()]
