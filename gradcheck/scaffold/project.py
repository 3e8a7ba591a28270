"""A whole small project: a first unit that is proved, lint, types and CI; pytest judges it by the plugin."""

import re
from pathlib import Path

from ..unit.discovery import UsageError
from .files import render_template, write_new_files
from .origin import find_origin

PROJECT_FILES = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    ".gitignore": "gitignore",
    ".github/workflows/ci.yml": "ci.yml",
    "manual/decay.py": "manual.py",
    "reference/decay.py": "reference.py",
}


def write_project(folder: Path) -> list[Path]:
    """Write a project in a new or an empty folder.  UsageError where there is something already, or it cannot be."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        reason = "it is not empty" if folder.is_dir() else "it is a file"
        raise UsageError(f"--project {folder}", reason, "name a new folder")
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "gradients"
    texts = {
        folder / path: render_template(f"project/{template}.jinja", name=name, origin=find_origin())
        for path, template in PROJECT_FILES.items()
    }
    write_new_files(texts)
    return [*texts]
