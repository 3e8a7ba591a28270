"""Copies a few units of this project into a project of a test's own."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def copy_units(folder: Path, *names: str) -> Path:
    """Make a project of the units of those names, with what the units share.  Return its folder."""
    for side in ("manual", "reference"):
        for path in (ROOT / side).rglob("*.py"):
            if path.stem in ("__init__", *names) or path.parent.name == "shared":
                copy = folder / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy)
    (folder / "pyproject.toml").write_text("")
    return folder
