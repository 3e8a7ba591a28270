"""Which code is a unit's own: files of its project with functions that it may call, and what is loaded from them."""

import contextlib
import functools
import gc
import sysconfig
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from ..edits.backward import get_unit_code
from ..edits.live import CodePath, compile_text, group_by_path, list_code_objects, read_loaded
from ..edits.source import Source
from ..errors import DeclarationError
from ..unit.discovery import find_project_root
from ..unit.subject import Subject
from ..unit.user_modules import find_module, is_user_file

INSTALLED = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")]
WRITTEN_IN = ("numpy", "scipy", "torch", "jax", "jaxlib", "triton", "jaxtyping", "typing_extensions.py", "numba")
LIBRARIES = (*WRITTEN_IN, __name__.partition(".")[0])
"""What units are written in, and this harness: none of it is judged with them."""
COMPILERS = ("numba", "triton")
"""The packages whose decorators make functions that do not run as Python."""


@dataclass
class OwnCode:
    """The loaded functions of a unit's own files, each file's by the path of their code.

    roots    the functions that the unit begins with
    own      the files in which every branch is the unit's own: of a unit made by functools.partial none, for what it
             fixes decides some of them
    unknown  what cannot be watched, a sentence each
    """

    sources: dict[str, Source] = field(default_factory=dict)
    codes: dict[str, dict[CodePath, CodeType]] = field(default_factory=dict)
    functions: dict[str, dict[CodePath, list[FunctionType]]] = field(default_factory=dict)
    roots: frozenset[tuple[str, int, str]] = frozenset()
    own: frozenset[str] = frozenset()
    unknown: list[str] = field(default_factory=list)


def find_own_code(subject: Subject) -> OwnCode:
    """The code of a unit.  The functions that its reference alone calls are left out, where they share a file."""
    begin = functions_in(subject.unit)
    if subject.adapted:  # `lambda H: GRUCell(H)` makes a layer of a package that is not the project's
        begin += functions_of(value for f in begin if is_judged(f.__code__.co_filename) for value in named_by(f))
    begin = [f for f in begin if is_judged(f.__code__.co_filename)]
    own = OwnCode()
    if not begin:
        reason = "it is not written in Python, or its source is not available"
        own.unknown.append(f"reach of {subject.name} not known: {reason}")
    with contextlib.suppress(DeclarationError):  # a class made into a layer: what it runs is not known before
        root = get_unit_code(subject)
        own.roots = frozenset({(root.co_filename, root.co_firstlineno, root.co_name)})
        own.own = frozenset() if isinstance(subject.unit, functools.partial) else frozenset({root.co_filename})
    projects = {project_of(f.__code__.co_filename) for f in begin}
    called = called_by(begin)
    for file in files_of([*begin, *called], projects):
        try:
            own.sources[file] = read_loaded(file)
            own.codes[file] = list_code_objects(compile_text(own.sources[file].text, file))
        except DeclarationError as error:
            own.unknown.append(f"reach of {Path(file).name} not known: {error.reason}")
    others = [f for f in (subject.reference, subject.third_party) if f is not None]
    theirs = called_by(functions_of(others)) - called
    loaded = [f for f in loaded_functions(own.sources) if f not in theirs]
    own.functions = {file: group_by_path(file, found, loaded) for file, found in own.codes.items()}
    watched = {f for paths in own.functions.values() for functions in paths.values() for f in functions}
    for function in begin:
        if function not in watched and function.__code__.co_filename in own.sources:
            own.unknown.append(f"reach of {function.__qualname__} not known: its source is not what was imported")
    own.unknown += [f"reach of {name} not known: it is compiled" for name in sorted(compiled_names(watched))]
    return own


def loaded_functions(files: Iterable[str]) -> list[FunctionType]:
    wanted = set(files)
    return [f for f in gc.get_objects() if type(f) is FunctionType and f.__code__.co_filename in wanted]


def functions_of(things: Iterable[Any]) -> list[FunctionType]:
    return [f for thing in things for f in functions_in(thing)]


def functions_in(thing: Any, seen: set[int] | None = None) -> list[FunctionType]:
    """The functions that something callable is made of: within decorators, partials, adapters, and classes."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return []
    seen.add(id(thing))
    found = [thing] if isinstance(thing, FunctionType) else []
    return found + [f for part in parts_of(thing) for f in functions_in(part, seen)]


def parts_of(thing: Any) -> list[Any]:
    match thing:
        case FunctionType():
            cells = [cell for cell in thing.__closure__ or () if not is_empty(cell)]
            return [v for v in (cell.cell_contents for cell in cells) if callable(v)] + wrapped(thing)
        case functools.partial():
            return [thing.func, *filter(callable, thing.args), *filter(callable, thing.keywords.values())]
        case MethodType():
            return [thing.__func__, type(thing.__self__)]
        case type() if is_project_class(thing):
            methods = [getattr(m, "__func__", m) for base in thing.__mro__ for m in vars(base).values()]
            return [m for m in methods if isinstance(m, FunctionType)]
        case type() | ModuleType():
            return []
    made = [v for v in vars(thing).values() if callable(v)] if hasattr(thing, "__dict__") else []
    return [type(thing), *made]


def wrapped(thing: Any) -> list[Any]:
    return [thing.__wrapped__] if hasattr(thing, "__wrapped__") else []


def is_empty(cell: Any) -> bool:
    try:
        return cell.cell_contents is None
    except ValueError:
        return True


def is_project_class(thing: type) -> bool:
    codes = [getattr(getattr(m, "__func__", m), "__code__", None) for m in vars(thing).values()]
    return any(code is not None and is_judged(code.co_filename) for code in codes)


def is_judged(file: str) -> bool:
    """Whether a file may be of a unit: not of this harness, of Python, or of a library that units are written in."""
    package = find_installed_package(file)
    return is_user_file(file) if package is None else package.name not in LIBRARIES


def project_of(file: str) -> Path:
    """The folder whose files are of the same project: of an installed package that package, of no file itself."""
    path = Path(file)
    return find_installed_package(file) or (find_project_root(path.parent) if path.is_file() else path)


def find_installed_package(file: str) -> Path | None:
    """The folder, or the file, of the installed package that a file is of."""
    path = Path(file)
    folder = next((folder for folder in INSTALLED if path.is_relative_to(folder)), None)
    return None if folder is None else folder / path.relative_to(folder).parts[0]


def files_of(functions: Iterable[FunctionType], projects: Collection[Path]) -> list[str]:
    """The files of some functions, as far as they are of these projects."""
    files = dict.fromkeys(f.__code__.co_filename for f in functions)
    return [f for f in files if is_judged(f) and any(Path(f).is_relative_to(project) for project in projects)]


def called_by(begin: list[FunctionType]) -> set[FunctionType]:
    """The functions that some functions lead to by the names that they use; none that libraries lead to."""
    found: set[FunctionType] = set()
    waiting = list(begin)
    while waiting:
        function = waiting.pop()
        if function not in found:
            found.add(function)
            if is_judged(function.__code__.co_filename):
                waiting += functions_of(named_by(function))
    return found


def named_by(function: FunctionType) -> list[Any]:
    """What a function may call: by names of its module, of modules in it or imported by it, and in tables of these."""
    space, names = function.__globals__, names_used(function.__code__)
    values = [space[name] for name in names if name in space]
    for module in [*filter(is_module, values), *modules_imported(function)]:
        values += [vars(module)[name] for name in names if name in vars(module)]
    for value in list(values):
        values += list(value.values()) if type(value) is dict else list(value) if type(value) in (list, tuple) else []
    return [v for v in values if (callable(v) and not is_module(v)) or is_project_class(type(v))]


def is_module(value: Any) -> bool:
    return isinstance(value, ModuleType)


def modules_imported(function: FunctionType) -> list[ModuleType]:
    """The modules that the function itself imports, where they are loaded."""
    space = function.__globals__
    names = names_used(function.__code__)
    package = str(space.get("__package__") or "")
    found = [find_module(full, space) for name in names for full in (name, f"{package}.{name}")]
    return [module for module in found if module is not None]


def names_used(code: CodeType) -> set[str]:
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    return set(code.co_names).union(*map(names_used, inner))


def compiled_names(functions: Iterable[FunctionType]) -> set[str]:
    """The functions of the project, by name, that do not run as Python: those of Numba and Triton."""
    values = {id(v): v for f in functions for v in map(f.__globals__.get, names_used(f.__code__))}
    kinds = [v for v in values.values() if type(v).__module__.partition(".")[0] in COMPILERS]
    return {str(getattr(v, "__name__", type(v).__name__)) for v in kinds if callable(v)}
