"""Finds the units of a project: files of the same name in two folders, each with a function of that name."""

import importlib
import importlib.util
import sys
import sysconfig
import textwrap
import tomllib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..errors import DeclarationError

if TYPE_CHECKING:
    from .subject import Subject


class UsageError(Exception):
    """What was asked for cannot be done: value, reason, remedy."""

    def __init__(self, value: str, reason: str, remedy: str) -> None:
        super().__init__(f"{value}: {reason}; {remedy}")


@dataclass(frozen=True)
class UnitFiles:
    """A unit by its files; nothing is imported before `load`."""

    name: str
    manual: Path
    reference: Path
    rerun_command: str

    def command(self, case: object) -> str:
        """How to judge the unit again at the case of that address."""
        return f"{self.rerun_command} --case {case}"

    def load(self) -> "Subject":
        """Import both files.  DeclarationError where they do not make a unit that can be judged."""
        from .subject import Subject

        unit = load_function(self.manual, self.name)
        module = import_file(self.reference)
        reference = getattr(module, self.name, None) or load_function(self.reference, self.reference.stem)
        return Subject(self.name, unit, reference, getattr(module, "outside", None), self.rerun_command)


def discover(start: Path | None = None) -> list[UnitFiles]:
    """The units of the project around `start` (the working folder), by name.

    The folders are `manual` and `reference` beside the nearest pyproject.toml, or those that its [tool.gradcheck]
    names.  Files whose names begin with an underscore are helpers.  UsageError if a folder is missing or holds no unit.
    """
    root, table = find_project_units(start or Path.cwd())
    manual, reference = (find_unit_folder(root, table, key) for key in ("manual", "reference"))
    names = sorted({path.stem for side in (manual, reference) for path in side.glob("[!_]*.py")})
    if not names:
        raise UsageError(str(manual), "it holds no unit", "add NAME.py to it and to its twin")
    return [UnitFiles(n, manual / f"{n}.py", reference / f"{n}.py", f"gradcheck verify {n}") for n in names]


def choose_units(pairs: list[UnitFiles], names: list[str]) -> list[UnitFiles]:
    """The units named, in the order named; all of them if none is.  UsageError for a name that is not there."""
    by_name = {pair.name: pair for pair in pairs}
    for name in names:
        if name not in by_name:
            near = get_close_matches(name, by_name, 1, 0.5)
            remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(by_name)}"
            raise UsageError(f"unit {name!r}", "there is no such unit", remedy)
    return [by_name[name] for name in names] or pairs


def locate_unit(manual: str, reference: str) -> UnitFiles:
    """The unit in two files.  UsageError if one is missing."""
    for path in (manual, reference):
        if not Path(path).is_file():
            raise UsageError(path, "there is no such file", "give the manual file, then its reference")
    name = Path(manual).stem
    return UnitFiles(name, Path(manual).resolve(), Path(reference).resolve(), f"gradcheck verify {manual} {reference}")


def find_project_units(start: Path) -> tuple[Path, dict[str, Any]]:
    root = find_project_root(start)
    return root, read_project_settings(root) or {}


def find_project_root(start: Path) -> Path:
    """The folder of the project around `start`: the nearest with a pyproject.toml, or `start` itself."""
    folders = (start.resolve(), *start.resolve().parents)
    return next((root for root in folders if (root / "pyproject.toml").is_file()), folders[0])


def read_project_settings(root: Path) -> dict[str, Any] | None:
    """[tool.gradcheck] of a project; None if it has none.  UsageError where its pyproject.toml does not parse."""
    file = root / "pyproject.toml"
    if not file.is_file():
        return None
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(str(file), f"it does not parse ({error})", "mend it") from error
    found: dict[str, Any] | None = content.get("tool", {}).get("gradcheck")
    return found


def find_unit_folder(root: Path, table: dict[str, Any], key: str) -> Path:
    path = root / str(table.get(key, key))
    if not path.is_dir():
        remedy = f"make it, or name another as `{key}` in [tool.gradcheck] of pyproject.toml"
        raise UsageError(str(path), "there is no such folder", remedy)
    return path


def load_function(path: Path, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] | None = getattr(import_file(path), name, None)
    if not callable(found):
        remedy = f"define `def {name}(...)` in it, or begin the file's name with an underscore if it is a helper"
        raise DeclarationError(str(path), f"it has no function {name}", remedy)
    return found


def load_package(name: str, folder: Path) -> None:
    """Make the folder the package of that name, whatever else of that name could be imported."""
    loaded = sys.modules.get(name)
    if loaded is not None and str(folder) in map(str, getattr(loaded, "__path__", [])):
        return
    for module in [n for n in sys.modules if n == name or n.startswith(f"{name}.")]:
        del sys.modules[module]
    file = folder / "__init__.py"
    if file.is_file():
        spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[str(folder)])
    else:
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
    assert spec is not None
    sys.modules[name] = module_from_spec(spec)
    if spec.loader is not None:
        spec.loader.exec_module(sys.modules[name])


def import_file(path: Path) -> ModuleType:
    """Import a file as a module of the package that its folder is."""
    if not path.is_file():
        remedy = "write it, or begin its twin's name with an underscore if that is a helper"
        raise DeclarationError(str(path), "there is no such file", remedy)
    package, root = path.parent.name, str(path.parent.parent)
    if not package.isidentifier() or not path.stem.isidentifier():
        raise DeclarationError(str(path), "folder and file must have names that Python can import", "rename them")
    if root in sys.path:
        sys.path.remove(root)
    sys.path.insert(0, root)
    importlib.invalidate_caches()
    try:
        from .isolation import restore_global_state

        with restore_global_state():
            load_package(package, path.parent)
            return importlib.import_module(f"{package}.{path.stem}")
    except (Exception, SystemExit) as error:
        reason = f"it does not import ({type(error).__name__}: {error})"
        raise DeclarationError(str(path), reason, "mend the file", format_user_trace(error)) from error


def format_user_trace(error: BaseException) -> str:
    """The traceback, of the frames in files of the user's; of a syntax error, the line and a caret."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_user_file(f.filename)]
    lines = [*traceback.format_list(frames), *traceback.format_exception_only(error)]
    return textwrap.indent("".join(lines).rstrip(), "  ")


def is_user_file(file: str) -> bool:
    """Whether a file is neither of this harness, nor of Python, nor of an installed package."""
    if file.startswith("<"):
        return False
    others = (str(Path(__file__).parent), *map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")))
    return not any(Path(file).is_relative_to(folder) for folder in others)
