"""Renders templates, and writes files all or none."""

import contextlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..files import write_new
from ..unit.discovery import UsageError

SCAFFOLD_TEMPLATES = Path(__file__).parent / "templates"
SCAFFOLD_ENVIRONMENT = Environment(
    loader=FileSystemLoader(SCAFFOLD_TEMPLATES),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
    autoescape=False,
)


def render_template(template: str, **values: Any) -> str:
    return SCAFFOLD_ENVIRONMENT.get_template(template).render(**values)


def write_new_files(texts: dict[Path, str]) -> None:
    """Write new files, and the folders they need.  UsageError where one cannot be: then none is left."""
    written: list[Path] = []
    made: list[Path] = []
    try:
        for path, text in texts.items():
            make_folder(path.parent, made)
            write_new(path, text)
            written.append(path)
    except BaseException as error:
        for file_written in written:
            with contextlib.suppress(OSError):
                file_written.unlink()
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        if not isinstance(error, OSError):
            raise
        reason = f"it cannot be written ({error.strerror})"
        raise UsageError(str(path), reason, "choose another name or folder; nothing was written") from error


def make_folder(folder: Path, made: list[Path]) -> None:
    """Make the folder and those of its parents that do not exist, and note each in `made`."""
    for path in reversed([folder, *folder.parents]):
        if not path.exists():
            path.mkdir()
            made.append(path)
