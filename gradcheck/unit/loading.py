"""Imports the file of a unit, and explains why a file does not import."""

import textwrap
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import DeclarationError
from .isolation import restore_global_state
from .user_modules import UserModules, is_user_file

INSTALL_TORCH = (
    "install PyTorch: pip install torch, on Linux from PyTorch's index of CPU builds, which are smaller; "
    "without it, gradcheck verify FILE.py judges a unit alone that is in no project"
)


def load_function(path: Path, package: Path, modules: UserModules, name: str = "") -> Callable[..., Any]:
    """Load the function of a file that has the file's name, or the given name."""
    name = name or path.stem
    found: Callable[..., Any] | None = getattr(import_file(path, package, modules), name, None)
    if not callable(found):
        remedy = f"define `def {name}(...)` in it, or begin the file's name with an underscore if it is a helper"
        raise DeclarationError(str(path), f"it has no function {name}", remedy)
    return found


def import_file(path: Path, package: Path, modules: UserModules) -> ModuleType:
    """Import a file as a module of the package that a folder around it is."""
    if not path.is_file():
        remedy = "write it; or, if the other file of the pair is a helper, begin its name with an underscore"
        raise DeclarationError(str(path), "there is no such file", remedy)
    parts = path.relative_to(package.parent).with_suffix("").parts
    if not all(part.isidentifier() for part in parts):
        raise DeclarationError(str(path), "folder and file must have names that Python can import", "rename them")
    try:
        with restore_global_state():
            return modules.load(".".join(parts))
    except (Exception, SystemExit) as error:
        reason = f"it does not import ({type(error).__name__}: {error})"
        remedy = INSTALL_TORCH if getattr(error, "name", "") == "torch" else "fix the file"
        raise DeclarationError(str(path), reason, remedy, format_user_trace(error)) from error


def format_user_trace(error: BaseException) -> str:
    """Format the frames of a traceback that are in the user's files; for a syntax error, the line and a caret."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_user_file(f.filename)]
    lines = [*traceback.format_list(frames), *traceback.format_exception_only(error)]
    return textwrap.indent("".join(lines).rstrip(), "  ")
