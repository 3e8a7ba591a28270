"""Repeats trials over independent primes until the bound is met, and states in a certificate what they show."""

import hashlib
import inspect
import platform
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from ..display import ShownInNotebook
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
    """The proof of one case.  All of its trials take the same branches, so the bounds of their errors multiply.

    case_id     empty if the arrays were given by the user
    sizes       the shape of each input
    primes      one for each trial
    degree      the largest of the trials
    log2_bound  log2 of the probability that a wrong backward is accepted
    branches    by file and line, how often a comparison was below, tied, above
    rules       the elementary functions whose rules were used
    """

    case_id: str
    sizes: Mapping[str, tuple[int, ...]]
    primes: tuple[int, ...]
    degree: int
    log2_bound: float
    branches: Mapping[str, list[int]]
    rules: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Certificate(ShownInNotebook):
    """What was shown, with what probability of error, under which rules.

    verdict     `proved`, or the verdict of the first case that is not; `reason` says why
    covers      the sizes of all judged cases, and how much of the unit's code ran in them
    log2_bound  log2 of the probability, for each case by itself, that a wrong backward would have been accepted
    rules       the assumed rule of each elementary function that was used
    sources     the SHA-256 of each module's source
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
    """Prove that the backward is the adjoint of the forward at each case; stop at the first case where it is not.

    Each case has at least `trials` trials, and as many as it takes until their bounds multiply to 2^target.

    cases  the inputs of a case by name, or several of them.  Float inputs are drawn anew in the field; the numbers
           given here decide the branches
    given  the names of the outputs that receive an upstream gradient; all by default

    Raises ValueError if backward leaves out a gradient or returns one of the wrong shape.
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
    """Make the certificate of the cases proved, and of the one that failed; `covers` says which sizes, and what ran."""
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
    """Return the proof of one case, and the decision that ended it if that is not `equal`."""
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
    """Return the SHA-256 of the source of the unit's module, and of those of its package that it uses, by name."""
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
