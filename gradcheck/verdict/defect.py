"""What is said where gradcheck itself raises while it judges a unit: the verdict of that unit, and what to send."""

import platform
import textwrap
import traceback
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from ..errors import describe_error
from ..unit.isolation import find_replaced_functions
from .report import Report

LAST_FRAMES = 6
"""How many frames of a traceback are shown, from the end."""


def report_defect(
    name: str, error: BaseException, where: str = "", cases: int = 0, command: Callable[[str], str] | None = None
) -> Report:
    """Report on a unit whose judging ended in an exception of gradcheck: its verdict is `not judged`.

    where    the id of the case, or what was done then; `command` makes of the id the command that judges it again
    cases    how many were judged before
    """
    lines = [explain_defect(name, error)]
    lines.append(f"  {'at':<10} {where.replace(',', ' ') or 'import'}")
    if command is not None and "=" in where:
        lines.append(f"  {'rerun':<10} {command(where)}")
    lines.append(format_evidence(error))
    message, cause = "\n".join(lines), as_cause(error)
    return Report(name, verdict="not judged", error=lines[0], message=message, cases=cases, cause=cause)


def explain_defect(name: str, error: BaseException) -> str:
    """Say in a line what ended the judging of a unit, and what to do."""
    if replaced := find_replaced_functions():
        reason = f"it replaces {', '.join(replaced[:3])}, which gradcheck uses too ({describe_error(error)})"
        return f"{name}: {reason}; leave NumPy as it is"
    remedy = "report it, with these lines and the unit's two files"
    return f"{name}: a defect of gradcheck ended the judging ({describe_error(error)}); {remedy}"


def format_evidence(error: BaseException) -> str:
    """The versions, and the last frames of the traceback, as labelled lines."""
    frames = traceback.extract_tb(error.__traceback__)[-LAST_FRAMES:]
    tail = "".join(traceback.format_list(frames)).rstrip()
    if not frames:  # it comes from a worker, with its traceback in a note
        notes = [line for note in getattr(error, "__notes__", ()) for line in note.splitlines()]
        tail = "\n".join(notes[-3 * LAST_FRAMES :])
    labelled = f"  {'versions':<10} {format_versions()}\n  {'raised':<10} {describe_error(error)}"
    return f"{labelled}\n{textwrap.indent(tail, '  ')}"


def format_versions() -> str:
    """List the versions of the programs that judge."""
    found = [f"Python {platform.python_version()}"]
    for package in ("gradcheck", "numpy", "torch"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def as_cause(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RuntimeError(describe_error(error))
