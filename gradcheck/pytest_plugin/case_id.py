"""--gradcheck-case: the id of a case of the one unit that is selected."""

import pytest

from ..errors import CaseIdError, DeclarationError
from .units import UnitItem

CASE_ID_PROBLEM = pytest.StashKey[str]()
"""The problem with the case id, in a worker of xdist: it cannot refuse to start, so its tests fail with this."""


def uses_gradcheck(item: pytest.Item) -> bool:
    return isinstance(item, UnitItem) or "gradcheck" in getattr(item, "fixturenames", ())


def check_case_id(session: pytest.Session) -> None:
    """Refuse a case id unless one item is selected and has such a case."""
    case_id: str | None = session.config.getoption("gradcheck_case")
    if case_id is None:
        return
    items = [item for item in session.items if uses_gradcheck(item)]
    if len(items) != 1:
        problem = (
            f"--gradcheck-case {case_id}: it is the id of a case of one unit, not of {len(items)}; "
            "name one: pytest MANUAL/NAME.py"
        )
    else:
        problem = explain_misfit(items[0], case_id)
    if problem and hasattr(session.config, "workerinput"):
        session.config.stash[CASE_ID_PROBLEM] = problem
    elif problem:
        raise pytest.UsageError(problem)


def explain_misfit(item: pytest.Item, case_id: str) -> str:
    """Explain why a unit has no such case; empty if it has, or if it cannot be judged, as its verdict then says."""
    if not isinstance(item, UnitItem):
        return ""
    from ..cases.case import Case

    try:
        Case.parse(case_id, item.pair.load().declaration)
    except CaseIdError as error:
        return f"--gradcheck-case: {error}"
    except DeclarationError:
        pass
    return ""
