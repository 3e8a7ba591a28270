"""What is asked before "wrong" is said: sixty digits, the law of the reference, and precision scaling.

A numeric disagreement may be rounding, a law may be none, and complex step may be misled by NumPy.  A failure of the
laws zero, none and scaling always stands: a backward that clips or flushes breaks those.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..errors import DeclarationError, IllConditioned
from ..execution.run import Run, UnitRaised
from .failure import CheckFailed
from .forward import check_forward
from .gradients import check_gradients
from .outcome import CheckOutcome, Ruling
from .pieces import Law, record_pieces
from .reference_laws import does_reference_satisfy_slices
from .scaling import explain_by_scaling
from .sixty_digits import SixtyDigits, compute_sixty_digits
from .slices import check_slices
from .vjp_laws import check_halves, check_none, check_scaling, check_zero
from .weighing import weigh_errors

FORWARD, GRADIENTS = ("forward", check_forward), ("gradients", check_gradients)
Ordinary = tuple[tuple[str, Callable[[Run], CheckOutcome]], ...]


def is_arbitrated(check: str) -> bool:
    """Whether what a check finds may be rounding."""
    return check in ("forward", "gradients", "complex step", "third party", "vjp laws")


def arbitrate(run: Run, check: str, error: CheckFailed | UnitRaised) -> Ruling:
    """What explains a failure.  The error is raised, perhaps with a clearer verdict, where nothing does."""
    if check == "vjp laws":
        return explain_broken_law(run, error)
    if isinstance(error, UnitRaised) or not is_arbitrated(check):
        raise error
    known = run.compute_once(compute_sixty_digits)
    if known.why:
        return explain_by_scaling(run, check, error, known)
    if check == "forward":
        return weigh_errors(run, known, "output", error)
    return explain_gradients(run, check, error, known)


def explain_gradients(run: Run, check: str, error: CheckFailed, known: SixtyDigits) -> Ruling:
    """What explains a failure that hangs on the backward: whether it is the adjoint of the forward comes first."""
    if known.adjoint is None:
        return explain_by_scaling(run, check, error, known)
    if not known.adjoint:
        raise error if check == "third party" else name_wrong(error)
    if check == "complex step":
        return Ruling(
            "complex step does not apply: computed with sixty digits, manual's backward is the adjoint of its forward"
        )
    if check == "gradients":
        return weigh_errors(run, known, "gradient", error)
    outside = run.oracle.third_party
    return combine_rulings([weigh_errors(run, known, what, error, outside) for what in ("output", "gradient")])


def name_wrong(error: CheckFailed) -> CheckFailed:
    """The failure of a backward that is not the derivative of its forward: wrong, whatever the judges said."""
    if error.failure.verdict != "judges split":
        return error
    reason = "computed with sixty digits, manual's backward is not the derivative of its forward"
    details = (("verdict", reason), *error.failure.details[1:])
    return CheckFailed(replace(error.failure, verdict="wrong", details=details))


def explain_broken_law(run: Run, error: CheckFailed | UnitRaised) -> Ruling:
    """Why a law is none, or how rounding breaks it.  Those that hold without rounding are asked again, and stand.

    Powers of two change no digit either, unless floats inside are so narrow that small numbers vanish.
    """
    narrow = bool(run.compute_once(compute_sixty_digits).narrow)
    for law in (check_zero, check_none) if narrow else (check_zero, check_none, check_scaling):
        law(run)
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
    """What explains a broken law: each call that it made, judged by ordinary checks.  The error where nothing does.

    Where all calls are right to the last digit the law must hold, unless the reference breaks it too (`coupled`).
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
    """What explains the disagreements of a piece, if there are any; CheckFailed where nothing does."""
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
