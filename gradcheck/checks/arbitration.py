"""Decides whether a failed check is a fault: by sixty digits, by the laws of the reference, and by precision scaling.

A numeric disagreement may be rounding, the reference may break the same law, and complex step may not apply to a NumPy
function.  A failure of the laws `zero`, `none` and `scaling` is always a fault: a backward that clips gradients, or
sets small ones to 0, breaks those.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from ..cases.arrays import Array
from ..errors import DeclarationError, IllConditioned
from ..execution.run import Run, UnitRaised
from ..judges.tolerance import UNIT_ROUNDOFF
from .failure import CheckFailed
from .forward import check_forward
from .gradients import check_gradients
from .kinks import find_kinks
from .outcome import CheckOutcome, Ruling
from .pieces import Law, record_pieces
from .reference_laws import does_reference_satisfy_slices
from .scaling import explain_by_scaling
from .sixty_digits import SixtyDigits, compute_more_digits, compute_sixty_digits
from .slices import check_slices
from .tie_break import is_own_derivative
from .vjp_laws import check_halves, check_none, check_scaling, check_zero
from .weighing import is_same_function, is_within_terms, weigh_errors

FORWARD, GRADIENTS = ("forward", check_forward), ("gradients", check_gradients)
SLIGHT = 2.0**-20
Ordinary = tuple[tuple[str, Callable[[Run], CheckOutcome]], ...]


def is_arbitrated(check: str) -> bool:
    """Whether a failure of this check may be rounding."""
    return check in ("forward", "gradients", "complex step", "third party", "vjp laws")


def arbitrate(run: Run, check: str, error: CheckFailed | UnitRaised) -> Ruling:
    """Return what explains a failure.  If nothing does, raise the error, perhaps with a clearer verdict."""
    if check == "vjp laws":
        return explain_broken_law(run, error)
    if run.subject.reference is None:
        return explain_alone(run, check, error)
    if isinstance(error, UnitRaised) or not is_arbitrated(check):
        raise error
    what = {"forward": "output", "gradients": "gradient"}.get(check)
    if what and is_within_terms(run, what):
        return Ruling(f"rounding: every {what} is as close to the reference's as the terms that are summed allow")
    known = run.compute_once(compute_sixty_digits)
    if known.adjoint is None and check == "complex step" and is_slight(error):
        return Ruling(f"complex step rounds: it differs by less than 2^-20 of the derivative ({known.reason})")
    if known.why and check == "forward" and is_same_function(run):
        return Ruling(f"the forward is off the reference's by less than 2^-26 of what it sums ({known.why})")
    if known.why:
        return explain_by_scaling(run, check, error, known)
    if check == "forward":
        return weigh_outputs(run, known, error)
    return explain_gradients(run, check, error, known)


def explain_alone(run: Run, check: str, error: CheckFailed | UnitRaised) -> Ruling:
    """Return what explains a failure of a unit without a reference; raise the error if nothing does."""
    if isinstance(error, UnitRaised) or not is_arbitrated(check):
        raise error
    known = run.compute_once(compute_sixty_digits)
    if not known.adjoint:
        raise name_wrong(error)
    lost = [said for name, exact in known.gradients.items() if (said := describe_lost_digits(run, name, exact))]
    return Ruling("computed with sixty digits, manual's backward is the adjoint of its forward", "; ".join(lost))


def describe_lost_digits(run: Run, name: str, exact: Array) -> str:
    """Say by how much a gradient is off, if that is more than the rounding of its largest entry."""
    found = run.gradients[name]
    if not np.isfinite(found).all():
        return f"gradient {name} is not finite: its formula overflows on the way"
    error = np.abs(found - exact)
    allowed = run.gradient_tolerances.tolerance(name)
    allowed = allowed + 64 * UNIT_ROUNDOFF[run.case.dtype] * np.abs(exact).max(initial=0.0)
    return f"gradient {name} is off by {float(error.max()):.1e}" if (error > allowed).any() else ""


def weigh_outputs(run: Run, known: SixtyDigits, error: CheckFailed) -> Ruling:
    """Return what explains a failure of the forward.  Of log(1 - p) sixty digits are 0 where p is smaller than they."""
    try:
        return weigh_errors(run, known, "output", error)
    except CheckFailed:
        more = run.compute_once(compute_more_digits)
        if more.why:
            raise
        return weigh_errors(run, more, "output", error)


def is_slight(error: CheckFailed) -> bool:
    """Whether complex step differs so little from a backward that autograd confirms that it rounds, as in np.linalg."""
    if error.failure.verdict != "judges split":
        return False
    found, expected = error.failure.opinions["complex step"], error.failure.opinions["manual"]
    return abs(found - expected) <= SLIGHT * abs(expected)


def explain_gradients(run: Run, check: str, error: CheckFailed, known: SixtyDigits) -> Ruling:
    """Return what explains a failure of the backward; first ask whether it is the adjoint of the forward."""
    if known.adjoint is None:
        return explain_by_scaling(run, check, error, known)
    if not known.adjoint:
        raise error if check == "third party" else name_wrong(error)
    if check == "complex step":
        return Ruling(
            "complex step does not apply: computed with sixty digits, manual's backward is the adjoint of its forward"
        )
    if check == "gradients" and any(mask.any() for mask in run.compute_once(find_kinks).values()):
        return Ruling("at a kink, where any subgradient is right: manual's backward is the adjoint of its forward")
    if check == "gradients":
        return weigh_errors(run, known, "gradient", error)
    outside = run.oracle.third_party
    return combine_rulings([weigh_errors(run, known, what, error, outside) for what in ("output", "gradient")])


def name_wrong(error: CheckFailed) -> CheckFailed:
    """Change `judges split` to `wrong`: the backward is not the derivative of its forward, whatever the judges say."""
    if error.failure.verdict != "judges split":
        return error
    reason = "computed with sixty digits, manual's backward is not the derivative of its forward"
    details = (("verdict", reason), *error.failure.details[1:])
    return CheckFailed(replace(error.failure, verdict="wrong", details=details))


def explain_broken_law(run: Run, error: CheckFailed | UnitRaised) -> Ruling:
    """Return why the law does not apply, or how rounding breaks it; raise the error if neither explains it.

    Laws that involve no rounding are checked first: if one fails, its failure is raised.  `scaling` is one of them, for
    powers of two change no digit, unless the unit computes in floats so narrow that small numbers become 0.
    """
    check_zero(run)
    check_none(run)
    try:
        check_scaling(run)
    except CheckFailed:
        if not run.compute_once(compute_sixty_digits).narrow:
            raise
    if run.subject.reference is None:
        if is_own_derivative(run):
            return Ruling("manual's backward is the derivative of its forward, whose slices depend on each other")
        raise error
    coupled = not does_reference_satisfy_slices(run)
    whole = combine_rulings(
        [
            explain_by_pieces(run, check_halves, error, (GRADIENTS,)),
            explain_by_pieces(run, check_slices, error, (FORWARD, GRADIENTS), coupled),
        ]
    )
    if coupled:
        whole = combine_rulings(
            [Ruling("in the reference too, the gradient of a slice is not the slice of the gradient"), whole]
        )
    if not whole.explanation:
        raise error
    return whole


def explain_by_pieces(
    run: Run, law: Law, error: CheckFailed | UnitRaised, checks: Ordinary, coupled: bool = False
) -> Ruling:
    """Return what explains a broken law: each call that the law makes is judged by ordinary checks.

    Raises the error if a call fails, or if all calls are right to the last digit: then the law must hold, unless the
    reference breaks it too (`coupled`).
    """
    pieces, broken = record_pieces(run, law)
    if not broken:
        return Ruling("")
    try:
        rulings = [ruling for piece in pieces for ruling in judge_piece(piece, checks)]
    except (CheckFailed, UnitRaised, DeclarationError) as reason:
        raise error from reason
    if not coupled and not rulings:
        raise error
    return combine_rulings(rulings)


def judge_piece(piece: Run, checks: Ordinary) -> list[Ruling]:
    """Return what explains each disagreement of a piece with a check.  Raises CheckFailed if nothing does."""
    rulings = []
    for name, check in checks:
        try:
            check(piece)
        except CheckFailed as error:
            rulings.append(arbitrate(piece, name, error))
        except IllConditioned:
            continue
    return rulings


def combine_rulings(rulings: Iterable[Ruling]) -> Ruling:
    said = [ruling for ruling in rulings if ruling.explanation]
    explanations = dict.fromkeys(ruling.explanation for ruling in said)
    return Ruling("; ".join(explanations), "; ".join(dict.fromkeys(r.imprecise for r in said if r.imprecise)))
