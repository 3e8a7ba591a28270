"""The modules of a user's files, kept apart from `sys.modules`.

Two projects may both have a package `manual`, and a test may have imported one of them already.  So the modules of a
project are in `sys.modules` only while one of their own import statements runs, also in a function that is called
later; after it, `sys.modules`, `sys.path` and `sys.meta_path` are what they were.  Packages from elsewhere, such
as NumPy, are imported as always.
"""

import builtins
import importlib
import sys
import sysconfig
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

HARNESS_FOLDER = Path(__file__).resolve().parents[1]
IMPORT_LOCK = threading.RLock()


class UserModules(MetaPathFinder):
    """The modules of the files below a folder, the root, and of those in places that these files add to `sys.path`.

    They are executed anew for each `UserModules`, so what is loaded is what the files say now, and nothing that was
    imported or changed before has a say in it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.modules: dict[str, ModuleType] = {}
        self.packages: set[str] = set()
        self.found: set[str] = set()
        self.path: list[str] = []
        self.thread: int | None = None

    def load(self, name: str) -> ModuleType:
        """Import a module by its name from the root; its first part is then a folder of the root, whatever else is."""
        self.packages.add(name.partition(".")[0])
        importlib.invalidate_caches()
        with self.visible():
            return importlib.import_module(name)

    @contextmanager
    def visible(self) -> Iterator[None]:
        """Put the modules into `sys.modules` for the block, in place of others of their names."""
        if self.thread == threading.get_ident():
            yield
            return
        with IMPORT_LOCK:
            path, entries = sys.path, [*sys.path]
            hidden = {name: sys.modules.pop(name) for name in self.names_to_hide()}
            self.path, self.thread = entries, threading.get_ident()
            sys.modules.update(self.modules)
            sys.meta_path.insert(0, self)
            try:
                yield
            finally:
                sys.meta_path.remove(self)
                self.modules |= {name: sys.modules.pop(name) for name in self.found & sys.modules.keys()}
                self.thread = None
                sys.modules.update(hidden)
                path[:] = entries
                sys.path = path

    def names_to_hide(self) -> list[str]:
        """The modules, of this project or another, that other code has imported by names which are ours."""
        ours = {name.partition(".")[0] for name in self.found} | self.packages
        here = {entry.name.partition(".")[0] for entry in self.root.iterdir()} - {"__main__", *ours}
        theirs = [(name.partition(".")[0], module) for name, module in sys.modules.items()]
        others = {top for top, module in theirs if top in here and is_user_module(module)}
        ours |= {top for top in others if self.find_top(top) is not None}
        return [name for name in sys.modules if name.partition(".")[0] in ours]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module in the root, or within a package that was found there."""
        if path is None:
            spec = self.find_top(fullname)
        else:
            spec = PathFinder.find_spec(fullname, path) if fullname.partition(".")[0] in self.found else None
        if spec is None:
            return None
        self.found.add(fullname)
        if spec.origin is None:
            return make_folder_spec(fullname, spec.submodule_search_locations or [])
        if type(spec.loader) is SourceFileLoader:
            spec.loader = UserFileLoader(fullname, spec.origin, self)
        return spec

    def find_top(self, name: str) -> ModuleSpec | None:
        """Find a module that is in no package; a folder without __init__.py only where nothing else has the name."""
        if name == HARNESS_FOLDER.name:
            return None
        if name in self.packages and not (self.root / name / "__init__.py").is_file():
            return make_folder_spec(name, [str(self.root / name)])
        added = [entry for entry in sys.path if entry not in self.path] if self.thread else []
        spec = PathFinder.find_spec(name, [str(self.root), *added])
        if spec is not None and spec.origin is None:
            other = PathFinder.find_spec(name)
            return spec if other is None or other.origin is None else None
        return spec

    def import_name(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        """What an import statement of a user's file does, in the place of `builtins.__import__`."""
        top = name.partition(".")[0]
        if level or top in self.packages or top in self.found or self.find_top(top) is not None:
            with self.visible():
                return builtins.__import__(name, globals, locals, fromlist, level)
        return builtins.__import__(name, globals, locals, fromlist, level)


class UserFileLoader(SourceFileLoader):
    """Executes a file so that the import statements in it, and in its functions, are those of `modules`."""

    def __init__(self, fullname: str, path: str, modules: UserModules) -> None:
        super().__init__(fullname, path)
        self.modules = modules

    def get_code(self, fullname: str) -> CodeType:
        """Compile the text as it is now: a bytecode file of the same second and size may be of an older one."""
        return self.source_to_code(self.get_data(self.path), self.path)

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__builtins__"] = {**vars(builtins), "__import__": self.modules.import_name}
        super().exec_module(module)


def make_folder_spec(name: str, folders: Sequence[str]) -> ModuleSpec:
    """A package without a file.  Its folders are a list: Python's own would be computed anew from `sys.path`."""
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [*folders]
    return spec


def find_user_modules(namespace: Mapping[str, Any]) -> UserModules | None:
    """The modules that a namespace is of, such as the globals of a function; None if it is of no user's file."""
    loader = namespace.get("__loader__")
    return loader.modules if isinstance(loader, UserFileLoader) else None


def find_module(name: str | None, namespace: Mapping[str, Any]) -> ModuleType | None:
    """The module that has a name for code of a namespace."""
    own = find_user_modules(namespace)
    found = own.modules.get(name or "") if own is not None else None
    return found if found is not None else sys.modules.get(name or "")


def is_user_module(module: ModuleType | None) -> bool:
    if module is None:  # where an import is forbidden
        return False
    known = vars(module)
    return any(is_user_file(place) for place in (known.get("__file__"), *known.get("__path__", ())) if place)


@cache
def is_user_file(file: str) -> bool:
    """Whether a file is neither of this harness, nor of Python, nor of an installed package."""
    return not file.startswith("<") and not any(Path(file).is_relative_to(folder) for folder in other_folders())


@cache
def other_folders() -> list[str]:
    """The folders of this harness, of Python and of installed packages, which take a millisecond to ask for."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return [str(HARNESS_FOLDER), *(folder for name in names if (folder := sysconfig.get_path(name)))]
