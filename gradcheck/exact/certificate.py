"""Trials over independent primes until the bound is met, and the certificate that states what they show."""

import hashlib
import inspect
import platform
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from ..unit.partials import get_unit_name, unwrap_partial
from ..unit.user_modules import find_module
from .adjoint import Decision, decide_adjoint
from .probe import ExactUnit, InputArrays, UpstreamNames
from .rules import ASSUMED_RULES

TARGET_LOG2_BOUND = -128.0
CERTIFICATE_CLAIM = (
    "on these sizes, these integers and the branches taken, the backward pass is the adjoint of the forward pass"
)


@dataclass(frozen=True)
class CaseProof:
    """One case, by its id if it has one: all trials take the same branches, so their bounds multiply."""

    case_id: str
    sizes: Mapping[str, tuple[int, ...]]
    primes: tuple[int, ...]
    degree: int
    log2_bound: float
    branches: Mapping[str, list[int]]
    rules: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Certificate:
    """What was shown, with what probability of error, under which rules. `verdict`: of the first case that failed.

    covers: the sizes of all judged cases, and how much of the unit's code ran in them.
    log2_bound: for each case by itself, a wrong backward pass would have been accepted with at most this probability.
    """

    unit: str
    verdict: str
    reason: str
    claim: str
    covers: str
    cases: tuple[CaseProof, ...]
    trials: int
    degree: int
    log2_bound: float
    rules: Mapping[str, str]
    sources: Mapping[str, str]
    versions: Mapping[str, str]
    seconds: float

    @property
    def case_count(self) -> int:
        return len(self.cases)


def prove_unit(
    unit: ExactUnit,
    cases: InputArrays | Iterable[InputArrays],
    *,
    given: UpstreamNames = None,
    target: float = TARGET_LOG2_BOUND,
    trials: int = 1,
    seed: int = 0,
) -> Certificate:
    """Trials of each case over primes of their own: at least `trials`, and until their bounds multiply to 2^target.

    cases: the inputs of a case by name, or several of them. Float inputs are drawn anew in the field; the numbers given
    here decide the branches. given: the outputs that receive an upstream gradient, all by default.
    """
    proofs: list[CaseProof] = []
    failed = None
    for number, inputs in enumerate([cases] if isinstance(cases, Mapping) else cases):
        proof, failed = prove_case(unit, inputs, given, target, trials, hash((seed, number)), "")
        proofs.append(proof)
        if failed is not None:
            break
    return make_certificate(unit, proofs, failed)


def make_certificate(
    unit: ExactUnit, proofs: Sequence[CaseProof], failed: Decision | None = None, covers: str = ""
) -> Certificate:
    """The certificate of cases that were proved, up to one that was not; `covers` says which sizes, and what ran."""
    return Certificate(
        unit=get_unit_name(unit),
        verdict=failed.verdict if failed else "proved",
        reason=failed.reason if failed else "",
        claim=CERTIFICATE_CLAIM if not failed else "",
        covers=covers,
        cases=tuple(proofs),
        trials=sum(len(proof.primes) for proof in proofs),
        degree=max((proof.degree for proof in proofs), default=0),
        log2_bound=max((proof.log2_bound for proof in proofs), default=0.0) if not failed else 0.0,
        rules={name: ASSUMED_RULES[name] for name in sorted({rule for proof in proofs for rule in proof.rules})},
        sources=digest_sources(unit),
        versions={"python": platform.python_version(), "numpy": np.__version__},
        seconds=sum(proof.seconds for proof in proofs),
    )


def prove_case(
    unit: ExactUnit, inputs: InputArrays, given: UpstreamNames, target: float, trials: int, seed: int, case_id: str
) -> tuple[CaseProof, Decision | None]:
    """The proof of one case, and the decision that ended it where that is not `equal`."""
    bound, done, failed, started = 0.0, list[Decision](), None, time.perf_counter()
    while failed is None and (len(done) < trials or bound > target):
        decision = decide_adjoint(unit, inputs, given, seed=hash((seed, len(done))))
        done.append(decision)
        bound += decision.log2_bound
        if decision.verdict != "equal":
            failed = decision
        elif decision.path != done[0].path:
            failed = Decision("undecided", "two trials took different branches")
        elif decision.log2_bound > -1:
            failed = Decision("undecided", f"degree {decision.degree} is too high for any bound")
    proof = CaseProof(
        case_id,
        sizes={name: tuple(np.shape(a)) for name, a in inputs.items()},
        primes=tuple(d.prime for d in done),
        degree=max(d.degree for d in done),
        log2_bound=bound,
        branches=done[0].branches,
        rules=tuple(sorted({name for d in done for name in d.used})),
        seconds=time.perf_counter() - started,
    )
    return proof, failed


def digest_sources(unit: ExactUnit) -> dict[str, str]:
    """SHA-256 of the source of the unit's module and of the modules beside it that it uses, by module name."""
    function: Any = inspect.unwrap(unwrap_partial(unit))
    home = find_module(getattr(function, "__module__", None), getattr(function, "__globals__", {}))
    found: dict[str, str] = {}
    queue = [home] if home is not None else []
    while queue:
        module = queue.pop()
        try:
            found[module.__name__] = hashlib.sha256(inspect.getsource(module).encode()).hexdigest()
        except (OSError, TypeError):
            continue
        for value in list(vars(module).values()):
            name = getattr(value, "__module__", None)
            near = value if isinstance(value, ModuleType) else find_module(name, vars(module))
            if near is not None and near.__name__ not in found and _shares_package(near, module):
                queue.append(near)
    return found


def _shares_package(near: Any, module: Any) -> bool:
    return bool(near.__name__.partition(".")[0] == module.__name__.partition(".")[0])
