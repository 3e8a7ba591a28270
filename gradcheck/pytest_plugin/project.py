"""The units of a project by their files, read once a session."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ..unit.discovery import Pair, UsageError, discover, nearest, settings


@dataclass(frozen=True)
class Project:
    """The units of a project by the files that they are collected from, or why there are none."""

    units: dict[Path, Pair] = field(default_factory=dict)
    error: str = ""


PROJECTS = pytest.StashKey[dict[Path, Project]]()


def project_of(config: pytest.Config, folder: Path) -> Project:
    """The project around a folder, which is read once."""
    known = config.stash.setdefault(PROJECTS, {})
    root = nearest(folder)
    if root not in known:
        known[root] = read(root)
    return known[root]


def read(root: Path) -> Project:
    stated = False
    try:
        stated = settings(root) is not None
        pairs = discover(root)
    except UsageError as error:
        return Project(error=str(error)) if stated else Project()
    if not stated and not any(defines(p.manual, p.name) and defines(p.reference, p.name) for p in pairs):
        return Project()
    return Project({p.manual if p.manual.is_file() else p.reference: p for p in pairs})


def defines(file: Path, name: str) -> bool:
    return file.is_file() and bool(
        re.search(rf"^def {name}\b", file.read_text(encoding="utf-8", errors="replace"), re.M)
    )


def pair_of(file: Path, config: pytest.Config) -> Pair | None:
    return project_of(config, file.parent).units.get(file) if file.suffix == ".py" else None
