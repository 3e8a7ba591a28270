"""The recorder of what runs of a unit, made once for a process."""

from collections import OrderedDict

import numpy as np

from ..cases.case import Case
from ..edits.live import texts_in_force
from ..errors import DeclarationError, IllConditioned
from ..execution.run import Run, UnitRaised
from ..reach import Reach, Recorder
from ..unit.isolation import ignore_warnings
from ..unit.subject import Subject

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
    """What runs where one size is 0; with `refused`, only where the reference refuses that or gives no numbers."""
    recorder = get_recorder(subject)
    recorder.forget()
    for letter in subject.declaration.letters:
        case = Case({other: 0 if other == letter else 2 for other in subject.declaration.letters})
        try:
            run = Run(subject, case)
            with ignore_warnings(empty=True):
                finite = is_reference_finite(run)
            if refused and finite:
                continue  # it is judged there, or was not drawn
            with ignore_warnings(empty=True), recorder.recording():
                _, backward = run.forward()
                backward(run.upstream)
                backward(dict.fromkeys(run.upstream))
        except (UnitRaised, DeclarationError, IllConditioned, ValueError):
            continue
    return recorder.reach


def is_reference_finite(run: Run) -> bool:
    try:
        result = run.reference_result
    except DeclarationError:
        return False
    return all(np.isfinite(a).all() for a in (*result.outputs.values(), *result.gradients.values()))
