"""Cases for the parts of a unit that the fixed lists of cases do not run."""

from collections.abc import Iterable

from ..cases.case import Case
from ..errors import DeclarationError, IllConditioned
from ..execution.run import Run, UnitRaised
from ..reach import Recorder
from ..unit.subject import Subject


def find_reaching_cases(subject: Subject, known: Iterable[Case], designed: Iterable[Case]) -> list[Case]:
    """Those of the designed cases that run something that `known`, and those before them, do not."""
    recorder, found = Recorder(subject), []
    for case in known:
        record_case(subject, case, recorder)
    for case in designed:
        before = recorder.reached
        record_case(subject, case, recorder)
        found += [case] if recorder.reached > before else []
    return found


def record_case(subject: Subject, case: Case, recorder: Recorder) -> None:
    """Record one forward and backward; a case that the unit refuses runs no more than it does."""
    run = Run(subject, case)
    try:
        with recorder.recording():
            _, backward = run.forward()
            backward(run.upstream)
    except (UnitRaised, DeclarationError, IllConditioned, ValueError):
        pass
