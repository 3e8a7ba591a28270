"""Finds the zoo of a project: the DEFECTS of catalog.py in the folder that [tool.gradcheck] calls `zoo`."""

from pathlib import Path

from ..unit.discovery import UsageError, find_project_units, find_unit_folder
from ..unit.user_modules import UserModules
from .defect import Defect

CATALOG_MODULE = "catalog"


def find_defects(start: Path | None = None) -> list[Defect]:
    """The defects of the project around `start` (the working folder), in the order of its catalog.

    The folder is `zoo` beside the nearest pyproject.toml, or what its [tool.gradcheck] names as `zoo`.  Raises
    UsageError if there is none, or if its catalog.py does not import or holds no tuple DEFECTS of differently named
    defects.
    """
    root, table = find_project_units(start or Path.cwd())
    path = find_unit_folder(root, table, "zoo") / f"{CATALOG_MODULE}.py"
    if not path.is_file():
        raise UsageError(str(path), "there is no such file", "write it, with the tuple DEFECTS of the zoo's defects")
    defects = getattr(import_from_root(root, path), "DEFECTS", None)
    if not defects or not all(isinstance(d, Defect) for d in defects):
        raise UsageError(str(path), "it holds no defects", "define DEFECTS, a tuple of gradcheck.zoo.Defect")
    names = [d.name for d in defects]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"defect {name!r} of {path}", "there are two of that name", "rename one")
    return list(defects)


def import_from_root(root: Path, path: Path) -> object:
    """Import a file of a project as the module that its path from the root names."""
    try:
        return UserModules(root).load(".".join(path.relative_to(root).with_suffix("").parts))
    except Exception as error:
        raise UsageError(str(path), f"it does not import ({type(error).__name__}: {error})", "fix it") from error
