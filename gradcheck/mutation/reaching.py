"""Cases for the parts of a unit that the fixed lists of cases do not run."""

from collections.abc import Iterable

from ..cases.case import Case
from ..cases.fitting import fit_case_sizes
from ..execution.run import Run
from ..reach import Recorder
from ..unit.subject import Subject


def find_reaching_cases(subject: Subject, known: Iterable[Case], designed: Iterable[Case]) -> list[Case]:
    """Those of the designed cases that run something that `known`, and those before them, do not."""
    recorder, found = Recorder(subject), []
    for case in known:
        run = Run(subject, case)
        recorder.record_passes(run, run.upstream)
    for case in (fit_case_sizes(subject.declaration, case) for case in designed):
        before, run = recorder.reached, Run(subject, case)
        recorder.record_passes(run, run.upstream)
        found += [case] if recorder.reached > before else []
    return found
