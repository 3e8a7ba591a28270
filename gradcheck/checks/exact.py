"""The backward is the adjoint of the forward: <u, J v> = <J^T u, v>, decided over finite fields without rounding."""

from ..cases.designed_exact import MOST_ENTRIES
from ..cases.fitting import count_entries
from ..errors import NotApplicable
from ..exact import Tie, Unsupported, build_exact_map
from ..exact.certificate import TARGET_LOG2_BOUND, prove_case
from ..execution.run import Run
from .exact_unit import bind_unit
from .failure import CheckFailed, Failure
from .hidden_slope import is_slope_hidden
from .outcome import CheckOutcome

MAX_EXACT_SIZE = 8
"""Exact arithmetic, which is slow, runs if no size is larger, or if few numbers go in and come out."""
MOST_STEPS = 32


def check_exact(run: Run, trials: int = 1) -> CheckOutcome:
    if "float64" not in run.declaration.dtypes:
        raise NotApplicable("the unit computes in single precision only")
    if is_costly(run):
        raise NotApplicable(f"exact arithmetic is run at sizes up to {MAX_EXACT_SIZE}")
    unit, given = bind_unit(run), list_upstream_names(run)
    try:
        proof, failed = prove_case(
            unit, run.wide_inputs, given, TARGET_LOG2_BOUND, trials, run.case.seed, str(run.case)
        )
    except ValueError as error:
        raise NotApplicable(f"in exact arithmetic, backward does not return what it declares ({error})") from error
    if failed is None:
        return CheckOutcome(proof=proof)
    if failed.verdict == "undecided":
        run.returned_gradients  # noqa: B018  (a unit that raises on floats too is unfinished, or wrong)
        raise NotApplicable(f"undecided: {failed.reason}")
    if is_slope_hidden(run):
        raise NotApplicable("the forward finds its result by comparing numbers: exact arithmetic sees no slope of it")
    headline = f"exact identity <u, J v> = <J^T u, v> fails over GF(p), p = {failed.prime}"
    details = [("verdict", "manual's backward is not the adjoint of its forward, in exact arithmetic")]
    raise CheckFailed(Failure("exact", "wrong", headline, (*details, *describe_wrong_inputs(run))))


def is_costly(run: Run) -> bool:
    sizes = run.case.sizes
    large = max(sizes.values(), default=0) > MAX_EXACT_SIZE
    return large and (sizes.get("T", 0) > MOST_STEPS or count_entries(run.declaration, sizes) > MOST_ENTRIES)


def list_upstream_names(run: Run) -> tuple[str, ...]:
    return tuple(name for name, u in run.upstream.items() if u is not None)


def describe_wrong_inputs(run: Run) -> list[tuple[str, str]]:
    """Say which gradients are wrong and which are right, decided for each whole array in exact arithmetic."""
    try:
        table = build_exact_map(bind_unit(run), run.wide_inputs, given=list_upstream_names(run), seed=run.case.seed)
    except (Unsupported, Tie):
        return []
    wrong = {column[0] for _, column, _ in table.wrong()}
    right = [f"d{name}" for name in run.differentiable if name not in wrong]
    said = f"wrong: {', '.join(f'd{name}' for name in run.differentiable if name in wrong)}"
    return [("gradients", f"{said}; right at this case: {', '.join(right)}" if right else said)]
