"""Finds the units of a project: files at the same place in two folders, each with a function of the file's name."""

import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .subject import Subject


SHARED = "shared"
"""The name of a folder of helpers."""


class UsageError(Exception):
    """What the user asked for cannot be done: value, reason, remedy."""

    def __init__(self, value: str, reason: str, remedy: str) -> None:
        super().__init__(f"{value}: {reason}; {remedy}")


@dataclass(frozen=True)
class UnitFiles:
    """The two files of a unit; nothing is imported before `load`.

    `packages` are the folders that the files are imported from, as packages: `manual` and `reference`, where the files
    may be in folders of these.  None where each file's own folder is its package.
    """

    name: str
    manual: Path
    reference: Path
    rerun_command: str
    packages: tuple[Path, Path] | None = None

    @property
    def is_alone(self) -> bool:
        """Whether there is no reference: the file of the unit stands in its place."""
        return self.manual == self.reference

    @property
    def places(self) -> tuple[tuple[Path, Path], tuple[Path, Path]]:
        """Each file with its package, the manual file first."""
        manual, reference = self.packages or (self.manual.parent, self.reference.parent)
        return (self.manual, manual), (self.reference, reference)

    def command(self, case: object) -> str:
        """Return the command that judges the unit again in a case."""
        return f"{self.rerun_command} --case {case}"

    def load(self) -> "Subject":
        """Import both files.  Raise DeclarationError if they do not make a unit that can be judged."""
        from .loading import import_file, load_function
        from .subject import Subject
        from .user_modules import UserModules

        (manual, package), (file, reference_package) = self.places
        modules = UserModules(package.parent)
        unit = load_function(manual, package, modules, self.name)
        if self.is_alone:
            from .plain import adapt_plain, is_plain

            example = getattr(import_file(manual, package, modules), "EXAMPLE", None)
            plain = example is not None or is_plain(unit)
            return Subject(self.name, adapt_plain(unit, example) if plain else unit, rerun_command=self.rerun_command)
        if reference_package.parent != package.parent:
            modules = UserModules(reference_package.parent)
        module = import_file(file, reference_package, modules)
        reference = getattr(module, self.name, None) or load_function(file, reference_package, modules)
        return Subject(self.name, unit, reference, getattr(module, "third_party", None), self.rerun_command)


def discover(start: str | Path | None = None) -> list[UnitFiles]:
    """Find the units of the project around `start`, by default the working folder, sorted by name.

    The folders are `manual` and `reference` beside the nearest pyproject.toml, or those that its [tool.gradcheck]
    names.  They mirror each other: the reference of manual/FOLDER/NAME.py is reference/FOLDER/NAME.py.  Files and
    folders whose names begin with an underscore, and folders named `shared`, are helpers.  UsageError if a folder is
    missing, if there is no unit, or if two units have one name.
    """
    root, table = find_project_units(Path.cwd() if start is None else Path(start))
    packages = find_unit_folder(root, table, "manual"), find_unit_folder(root, table, "reference")
    manual, reference = (find_unit_files(package) for package in packages)
    places = {**reference, **manual}
    if not places:
        raise UsageError(str(packages[0]), "it contains no unit", "add NAME.py to it and to the folder of references")
    return [
        UnitFiles(name, packages[0] / place, packages[1] / place, f"gradcheck verify {name}", packages)
        for name, place in sorted(places.items())
    ]


def find_unit_files(package: Path) -> dict[str, Path]:
    """Find the files of units in a folder and its subfolders, by the name of the unit, relative to the folder.

    UsageError if two units have the same name, because `gradcheck verify NAME` gives only the name.
    """
    found: dict[str, Path] = {}
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package)
        if is_helper_file(place):
            continue
        if path.stem in found:
            reason = f"{package / found[path.stem]} and {path} both have this name"
            raise UsageError(f"unit {path.stem!r}", reason, "rename one of them, and its reference")
        found[path.stem] = place
    return found


def is_helper_file(place: Path) -> bool:
    """Whether a file at this place of a package is a helper and not a unit."""
    return any(part.startswith(("_", ".")) for part in place.parts) or SHARED in place.parts


def list_package_files(package: Path, some: Iterable[Path]) -> list[Path]:
    """List the Python files of a package; some are known.

    If no known file is in a subfolder, the package may be any folder, such as the user's home: then its subfolders are
    left out.
    """
    flat = all(path.parent == package for path in some)
    return sorted(package.glob("*.py" if flat else "**/*.py"))


def choose_units(pairs: list[UnitFiles], names: list[str]) -> list[UnitFiles]:
    """Return the named units in this order, or all if no name is given.  UsageError for an unknown name."""
    by_name = {pair.name: pair for pair in pairs}
    for name in names:
        if name not in by_name:
            near = find_close_name(name, by_name)
            remedy = f"did you mean {near}?" if near else f"there are {', '.join(by_name)}"
            raise UsageError(f"unit {name!r}", "there is no such unit", remedy)
    return [by_name[name] for name in names] or pairs


def find_close_name(name: str, names: Iterable[str]) -> str:
    """Find the name that is most like one that is unknown, in upper or lower case; empty if none is near."""
    by_lower = {known.lower(): known for known in names}
    near = get_close_matches(name.lower(), by_lower, 1, 0.5)
    return by_lower[near[0]] if near else ""


def locate_unit(manual: str, reference: str) -> UnitFiles:
    """Make the unit of two files.  UsageError if one is missing."""
    for path in (manual, reference):
        if not Path(path).is_file():
            raise UsageError(path, "there is no such file", "give the manual file, then its reference")
    again = f"gradcheck verify {manual} {reference}"
    files = Path(manual).resolve(), Path(reference).resolve()
    packages = find_side(files[0]) or files[0].parent, find_side(files[1]) or files[1].parent
    return UnitFiles(Path(manual).stem, *files, again, packages)


def locate_lone_unit(manual: str | Path) -> UnitFiles:
    """Make the unit of one file: with its reference if a project has it, else without.  UsageError if it is missing."""
    file = Path(manual).resolve()
    if not file.is_file():
        raise UsageError(str(manual), "there is no such file", "give a Python file with a function of the file's name")
    package = find_side(file)
    if package is not None:
        reference = find_mirrored_file(file, package)
        if reference is not None:
            return locate_unit(str(manual), os.path.relpath(reference))
    packages = package or file.parent, package or file.parent
    return UnitFiles(file.stem, file, file, f"gradcheck verify {manual}", packages)


def find_mirrored_file(file: Path, package: Path) -> Path | None:
    """Find the reference at the same place of the project's folder of references; None if there is none."""
    root, table = find_project_units(file.parent)
    reference = (root / str(table.get("reference", "reference"))).resolve() / file.relative_to(package)
    return reference if reference.is_file() and reference != file else None


def find_side(path: Path) -> Path | None:
    """Find the project's folder of units or of references that a file is in; None if it is in neither."""
    try:
        root, table = find_project_units(path.parent)
    except UsageError:
        return None
    sides = [(root / str(table.get(key, key))).resolve() for key in ("manual", "reference")]
    return next((side for side in sides if path.is_relative_to(side)), None)


def find_project_units(start: Path) -> tuple[Path, dict[str, Any]]:
    root = find_project_root(start)
    return root, read_project_settings(root) or {}


def find_project_root(start: Path) -> Path:
    """Find the folder of the project around `start`: the nearest with a pyproject.toml, or `start` itself."""
    folders = (start.resolve(), *start.resolve().parents)
    return next((root for root in folders if (root / "pyproject.toml").is_file()), folders[0])


def read_project_settings(root: Path) -> dict[str, Any] | None:
    """Read [tool.gradcheck] of a project; None if it has none.  UsageError if its pyproject.toml does not parse."""
    file = root / "pyproject.toml"
    if not file.is_file():
        return None
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(str(file), f"it does not parse ({error})", "fix it") from error
    found: dict[str, Any] | None = content.get("tool", {}).get("gradcheck")
    return found


def find_unit_folder(root: Path, table: dict[str, Any], key: str) -> Path:
    path = root / str(table.get(key, key))
    if not path.is_dir():
        remedy = f"make it, or name another as `{key}` in [tool.gradcheck] of pyproject.toml"
        raise UsageError(str(path), "there is no such folder", remedy)
    return path
