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
"""The text of each file of which edits are in force, in this process."""


class NotCompilable(Exception):
    """An edit that does not compile, or not to something that can take the place of what is loaded."""


class LoadedCode:
    """The loaded functions of the files of some regions, found when this is made.

    So import everything before, and fork after.  A closure made while an edit is in force keeps it; one that an earlier
    call has made, and that somebody still holds, may not get it.  DeclarationError where a file differs from what was
    imported.
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
        """Whether the region, or a function around it, is compiled from the text as it stands."""
        name, line = getattr(region.node, "name", "<lambda>"), find_first_line(region.node)
        file = region.source.file
        paths = [p for p, c in self.codes[file].items() if c.co_name == name and c.co_firstlineno == line]
        return all(any(path[:k] in self.functions[file] for k in range(1, len(path) + 1)) for path in paths)

    def replacements(self, *edits: Edit) -> list[tuple[FunctionType, CodeType]]:
        """The functions that the edits change, each with its new code.  NotCode where they do not compile."""
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
        """The text of each file that the edits change, with these made."""
        return {
            file: apply_edits([e for e in edits if e.file == file], self.sources[file].text)
            for file in sorted({edit.file for edit in edits})
        }

    @contextmanager
    def make_edits(self, *edits: Edit) -> Iterator[None]:
        """The functions with the edits made, restored at the end.  NotCode where they do not compile."""
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
    """A file as it is loaded: with the edits that are in force."""
    text = texts_in_force.get(file)
    return Source.read(file) if text is None else Source(file, text)


def compile_text(text: str | ast.Module, file: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(text, file, "exec", dont_inherit=True)


def list_code_objects(code: CodeType, path: CodePath = ()) -> dict[CodePath, CodeType]:
    """The code objects within one, each by the names around it, counted where a name occurs again."""
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
    """The loaded functions of a file by the path of their code."""
    functions: dict[CodePath, list[FunctionType]] = {}
    paths = {code: path for path, code in found.items()}
    for function in loaded:
        if function.__code__.co_filename == file and function.__code__ in paths:
            functions.setdefault(paths[function.__code__], []).append(function)
    return functions
