"""The recorder of what runs of a unit, made once for a process."""

import contextlib
from collections import OrderedDict

from ..cases.case import Case
from ..edits.live import texts_in_force
from ..errors import DeclarationError, IllConditioned
from ..execution.run import Run, UnitRaised
from ..reach import Reach, Recorder
from ..unit.isolation import ignore_warnings
from ..unit.subject import Subject
from .unjudged import is_finite

MOST_RECORDERS = 4
EditedTexts = frozenset[tuple[str, str]]
recorders: "OrderedDict[tuple[int, EditedTexts], tuple[Subject, Recorder]]" = OrderedDict()


def get_recorder(subject: Subject) -> Recorder:
    """The recorder of a unit, with the edits that are in force.

    It takes a tenth of a second to find the unit's code and to mark it.
    """
    key = id(subject), frozenset(texts_in_force.items())
    known = recorders.get(key)
    if known is None or known[0] is not subject:
        recorders[key] = known = (subject, Recorder(subject))
        while len(recorders) > MOST_RECORDERS:
            recorders.popitem(last=False)
    return known[1]


def record_empty_sizes(subject: Subject, *, refused: bool) -> Reach:
    """What runs where one size is 0; with `refused`, only where it is not judged: unit or reference refuse that."""
    recorder = get_recorder(subject)
    recorder.forget()
    for letter in subject.declaration.letters:
        case = Case({other: 0 if other == letter else 2 for other in subject.declaration.letters})
        with ignore_warnings(empty=True), contextlib.suppress(DeclarationError, IllConditioned, ValueError):
            run = Run(subject, case)
            if not (refused and is_judged(run)):  # what is judged there, or was not drawn, has no excuse
                recorder.record_passes(run, run.upstream, dict.fromkeys(run.upstream))
    return recorder.reach


def is_judged(run: Run) -> bool:
    """Whether unit and reference take the sizes of a case, and give numbers."""
    try:
        results = (run.outputs, run.gradients, run.reference_result.outputs, run.reference_result.gradients)
    except (DeclarationError, UnitRaised):
        return False
    return all(map(is_finite, results))
