"""The units of a project by their files, read once per session."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ..unit.discovery import UnitFiles, UsageError, discover, find_project_root, read_project_settings


@dataclass(frozen=True)
class ProjectUnits:
    """The units of a project by the files that they are collected from, or why there are none."""

    units: dict[Path, UnitFiles] = field(default_factory=dict)
    error: str = ""


PROJECT_CACHE = pytest.StashKey[dict[Path, ProjectUnits]]()


def get_project(config: pytest.Config, folder: Path) -> ProjectUnits:
    """Return the project around a folder; it is read once."""
    known = config.stash.setdefault(PROJECT_CACHE, {})
    root = find_project_root(folder)
    if root not in known:
        known[root] = read_project(root)
    return known[root]


def read_project(root: Path) -> ProjectUnits:
    stated = False
    try:
        stated = read_project_settings(root) is not None
        pairs = discover(root)
    except UsageError as error:
        return ProjectUnits(error=str(error)) if stated else ProjectUnits()
    if not stated and not any(
        defines_function(p.manual, p.name) and defines_function(p.reference, p.name) for p in pairs
    ):
        return ProjectUnits()
    return ProjectUnits({p.manual if p.manual.is_file() else p.reference: p for p in pairs})


def defines_function(file: Path, name: str) -> bool:
    return file.is_file() and bool(
        re.search(rf"^def {name}\b", file.read_text(encoding="utf-8", errors="replace"), re.M)
    )


def find_units_of_file(file: Path, config: pytest.Config) -> UnitFiles | None:
    return get_project(config, file.parent).units.get(file) if file.suffix == ".py" else None
