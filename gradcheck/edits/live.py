"""Applies edits to loaded functions in memory: no file is written, no module imported again."""

import ast
import gc
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import CodeType, FunctionType

from ..errors import DeclarationError
from .backward import Region
from .edit import Edit, apply_edits
from .held import find_held_functions
from .source import Source, find_first_line

CodePath = tuple[tuple[str, int], ...]

texts_in_force: dict[str, str] = {}
"""The edited text of each file, in this process, while edits are applied."""


class NotCompilable(Exception):
    """An edit that does not compile, or whose code cannot replace that of a loaded function."""


class LoadedCode:
    """The loaded functions of the files of some regions; they are looked up once, when this object is made.

    So import all modules before, and fork workers after.  A closure that is made while an edit is applied keeps the
    edited code; a closure of an earlier call may keep the old code.  Raises DeclarationError if a file differs from
    what was imported.
    """

    def __init__(self, regions: Sequence[Region]) -> None:
        self.sources = {region.source.file: region.source for region in regions}
        self.codes = {file: list_code_objects(compile_text(source.text, file)) for file, source in self.sources.items()}
        gc.collect()
        loaded = [f for f in gc.get_objects() if type(f) is FunctionType and f.__code__.co_filename in self.sources]
        self.functions = {file: group_by_path(file, found, loaded) for file, found in self.codes.items()}
        self.held = find_held_functions({id(f.__globals__): f.__globals__ for f in loaded}.values())
        for region in regions:
            if not self.is_loaded(region):
                where = f"{region.source.file}:{region.node.lineno}"
                raise DeclarationError(where, f"{region.name} differs from what was imported", "start again")

    def is_loaded(self, region: Region) -> bool:
        """Whether the loaded region, or a function around it, was compiled from the text as it is now."""
        name, line = getattr(region.node, "name", "<lambda>"), find_first_line(region.node)
        file = region.source.file
        paths = [p for p, c in self.codes[file].items() if c.co_name == name and c.co_firstlineno == line]
        return all(any(path[:k] in self.functions[file] for k in range(1, len(path) + 1)) for path in paths)

    def replacements(self, *edits: Edit) -> list[tuple[FunctionType, CodeType]]:
        """List the functions that the edits change, with their new code.  Raises NotCompilable if there is none."""
        changed: list[tuple[FunctionType, CodeType]] = []
        for file, text in self.edit_texts(edits).items():
            try:
                new = list_code_objects(compile_text(text, file))
            except (SyntaxError, ValueError, RecursionError) as error:
                raise NotCompilable(f"{file}: the edit does not compile ({error})") from error
            for path, functions in self.functions[file].items():
                if path in new and new[path] != self.codes[file][path]:
                    changed += [(function, new[path]) for function in functions]
        other_names = [f for f, code in changed if code.co_freevars != f.__code__.co_freevars]
        for function in other_names:
            if id(function) in self.held:
                raise NotCompilable(f"{function.__qualname__}: the edit changes which names a loaded closure holds")
        left_over = set(map(id, other_names))  # from earlier calls: the next call makes new ones, from the new code
        return [(function, code) for function, code in changed if id(function) not in left_over]

    def edit_texts(self, edits: Sequence[Edit]) -> dict[str, str]:
        """Return the edited text of each file that the edits change."""
        return {
            file: apply_edits([e for e in edits if e.file == file], self.sources[file].text)
            for file in sorted({edit.file for edit in edits})
        }

    @contextmanager
    def make_edits(self, *edits: Edit) -> Iterator[None]:
        """Apply edits to the loaded functions, and undo them at the end.  Raises NotCompilable as above."""
        replacements = self.replacements(*edits)
        before, texts = [(function, function.__code__) for function, _ in replacements], dict(texts_in_force)
        try:
            texts_in_force.update(self.edit_texts(edits))
            for function, code in replacements:
                function.__code__ = code
            yield
        finally:
            for function, code in before:
                function.__code__ = code
            texts_in_force.clear()
            texts_in_force.update(texts)


def read_loaded(file: str) -> Source:
    """Read a file as it is loaded: with the edits that are applied now."""
    text = texts_in_force.get(file)
    return Source.read(file) if text is None else Source(file, text)


def compile_text(text: str | ast.Module, file: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(text, file, "exec", dont_inherit=True)


def list_code_objects(code: CodeType, path: CodePath = ()) -> dict[CodePath, CodeType]:
    """List the code objects within one by path: the names around each, with a count for names that occur again."""
    found: dict[CodePath, CodeType] = {}
    count: Counter[str] = Counter()
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            here = (*path, (inner.co_name, count[inner.co_name]))
            count[inner.co_name] += 1
            found[here] = inner
            found |= list_code_objects(inner, here)
    return found


def group_by_path(
    file: str, found: dict[CodePath, CodeType], loaded: list[FunctionType]
) -> dict[CodePath, list[FunctionType]]:
    """Group the loaded functions of a file by the path of their code."""
    functions: dict[CodePath, list[FunctionType]] = {}
    paths = {code: path for path, code in found.items()}
    for function in loaded:
        if function.__code__.co_filename == file and function.__code__ in paths:
            functions.setdefault(paths[function.__code__], []).append(function)
    return functions
