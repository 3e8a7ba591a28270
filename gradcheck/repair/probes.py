"""Puts a probe at every place that an edit of the backward could change: it records the value, and can change it."""

import ast
import copy
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType
from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..edits import LoadedCode, Region
from ..edits.live import list_code_objects
from ..edits.mutants import list_editable_nodes

PROBE_NAME, ENCLOSING_NAME = "__gradcheck_probe__", "__gradcheck_around__"
VisibleNames = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Location:
    """An expression of a region, or a name right before or after a statement of it."""

    region: Region
    node: ast.expr | ast.stmt
    name: str = ""
    before: bool = False


class Probes:
    """The places of some regions; one at a time can be recorded or changed."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self.places = [
            place for region in regions for place in (*list_expressions(region), *list_statement_points(region))
        ]
        self.noted: dict[int, list[Array]] | None = None
        self.watched = -1
        self.names: list[VisibleNames] | None = None
        self.changes: list[Array] = []
        self.around: dict[int, Mapping[str, Any]] = {}

    @contextmanager
    def install(self, live: LoadedCode) -> Iterator[None]:
        """Run the code with probes, except loaded closures that do not hold all the names around them."""
        replacements = [(f, code) for f, code in self.replacements(live) if code.co_freevars == f.__code__.co_freevars]
        before = [(function, function.__code__) for function, _ in replacements]
        try:
            for function, code in replacements:
                function.__globals__[PROBE_NAME], function.__globals__[ENCLOSING_NAME] = (
                    self.record_value,
                    self.record_enclosing_names,
                )
                function.__code__ = code
            yield
        finally:
            for function, code in before:
                function.__code__ = code
                function.__globals__.pop(PROBE_NAME, None)
                function.__globals__.pop(ENCLOSING_NAME, None)

    def replacements(self, live: LoadedCode) -> list[tuple[FunctionType, CodeType]]:
        found = []
        for file, source in live.sources.items():
            tree = insert_probes(source.tree, [(k, p) for k, p in enumerate(self.places) if p.region.source is source])
            new = list_code_objects(compile(tree, file, "exec", dont_inherit=True))
            for path, functions in live.functions[file].items():
                found += [(function, new[path]) for function in functions if path in new]
        return found

    def record_enclosing_names(self, names: Mapping[str, Any]) -> None:
        """Record the names of the enclosing functions, each as a function without arguments."""
        self.around[id(sys._getframe(1))] = names

    def record_value(self, index: int, value: Any) -> Any:
        if not is_float_array(value):
            return value
        if self.noted is not None:
            self.noted.setdefault(index, []).append(np.array(value))
        if index != self.watched:
            return value
        if self.names is not None:
            self.names.append(self.copy_visible_names(sys._getframe(1)))
        return self.changes.pop(0) if self.changes else value

    @contextmanager
    def record_values(self) -> Iterator[dict[int, list[Array]]]:
        """Record the values of every place, in the order in which they occur."""
        self.noted = {}
        try:
            yield self.noted
        finally:
            self.noted = None

    @contextmanager
    def override_values(self, index: int, changes: Sequence[Array] = ()) -> Iterator[list[VisibleNames]]:
        """Replace the values of one place; without `changes`, record the names in scope each time it is reached."""
        names: list[VisibleNames] = []
        self.watched, self.changes, self.names = index, list(changes), None if changes else names
        try:
            yield names
        finally:
            self.watched, self.changes, self.names = -1, [], None

    def copy_visible_names(self, frame: FrameType | None) -> VisibleNames:
        """Copy the values of the names in scope at the probe, so that later writes do not change them."""
        names: VisibleNames = {}
        while frame is not None:
            around = {
                n: value
                for n, get in self.around.get(id(frame), {}).items()
                if (value := read_or_none(get)) is not None
            }
            names = around | frame.f_locals | names
            if not frame.f_code.co_name.startswith("<"):
                break
            frame = frame.f_back
        return {n: copy_arrays(v) for n, v in names.items()}


def read_or_none(get: Any) -> Any:
    try:
        return get()
    except NameError:
        return None


def copy_arrays(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(map(copy_arrays, value))
    return [copy_arrays(v) for v in value] if isinstance(value, list) else value


def is_float_array(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "f"


def list_expressions(region: Region) -> Iterator[Location]:
    """List the expressions of a region that can hold an array."""
    for node in list_editable_nodes(region):
        loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if not isinstance(node, ast.expr) or not loaded:
            continue
        if isinstance(node, ast.Constant | ast.Slice | ast.Starred | ast.JoinedStr | ast.FormattedValue):
            continue
        yield Location(region, node)


def list_statement_points(region: Region) -> Iterator[Location]:
    """List where a statement could be missing: the start and end of each block, and after each assignment."""
    if isinstance(region.node, ast.Lambda):
        return
    bound = [a.arg for a in ast.walk(region.node.args) if isinstance(a, ast.arg)]
    names = dict.fromkeys(bound + list_assigned_names(region.node))
    for block in list_blocks(region.node):
        first, last = block[0], block[-1]
        for name in names:
            yield Location(region, first, name, before=True)
            if not isinstance(last, ast.Return | ast.Break | ast.Continue | ast.Raise):
                yield Location(region, last, name)
        for statement in block:
            if isinstance(statement, ast.Assign | ast.AugAssign):
                for name in dict.fromkeys(list_assigned_names(statement)):
                    yield Location(region, statement, name)


def list_assigned_names(node: ast.AST) -> list[str]:
    """List the names that a statement or a function assigns, without those of inner functions and comprehensions."""
    inner = ast.FunctionDef | ast.Lambda | ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp
    found = [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []
    children = [n for n in ast.iter_child_nodes(node) if not isinstance(n, inner)]
    return found + [name for child in children for name in list_assigned_names(child)]


def list_blocks(function: ast.FunctionDef) -> Iterator[list[ast.stmt]]:
    """List the body of the function, and those of its loops and branches."""
    waiting: list[ast.AST] = [function]
    while waiting:
        node = waiting.pop()
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield block
                waiting += [s for s in block if isinstance(s, ast.For | ast.While | ast.If | ast.With)]


def insert_probes(tree: ast.Module, probes: Sequence[tuple[int, Location]]) -> ast.Module:
    """Copy a module and insert these probes."""
    memo: dict[int, Any] = {}
    result: ast.Module = copy.deepcopy(tree, memo)
    numbers = {id(memo[id(p.node)]): k for k, p in probes if not p.name}
    before: dict[int, list[ast.stmt]] = {}
    after: dict[int, list[ast.stmt]] = {}
    for k, place in probes:
        if place.name:
            (before if place.before else after).setdefault(id(memo[id(place.node)]), []).append(
                build_probe_statement(k, place.name)
            )
    for region in {place.region for _, place in probes}:
        if isinstance(region.node, ast.FunctionDef):
            before.setdefault(id(memo[id(region.node.body[0])]), []).insert(0, build_enclosing_call(region))
    ProbeInserter(numbers, before, after).visit(result)
    return ast.fix_missing_locations(result)


def build_probe_statement(index: int, name: str) -> ast.stmt:
    """Build `NAME = probe(NAME)`, which does nothing if NAME has no value yet."""
    text = f"try:\n    {name} = {PROBE_NAME}({index}, {name})\nexcept NameError:\n    pass"
    return ast.parse(text).body[0]


def build_enclosing_call(region: Region) -> ast.stmt:
    """Build a call that records the names of the functions around the region."""
    own = {n.arg for n in ast.walk(region.node.args) if isinstance(n, ast.arg)}
    own |= set(list_assigned_names(region.node))
    names: dict[str, None] = {}
    outer = region.source.parents[region.node]
    while not isinstance(outer, ast.Module):
        if isinstance(outer, ast.FunctionDef):
            names |= dict.fromkeys(a.arg for a in ast.walk(outer.args) if isinstance(a, ast.arg))
            names |= dict.fromkeys(name for s in outer.body for name in list_assigned_names(s))
        outer = region.source.parents[outer]
    pairs = ", ".join(f"{n!r}: lambda: {n}" for n in names if n not in own)
    return ast.parse(f"{ENCLOSING_NAME}({{{pairs}}})").body[0]


class ProbeInserter(ast.NodeTransformer):
    def __init__(
        self, numbers: dict[int, int], before: dict[int, list[ast.stmt]], after: dict[int, list[ast.stmt]]
    ) -> None:
        self.numbers, self.before, self.after = numbers, before, after

    def visit(self, node: ast.AST) -> Any:
        index, key = self.numbers.get(id(node)), id(node)
        if isinstance(node, ast.stmt):
            visited = self.generic_visit(node)
            return [*self.before.get(key, ()), visited, *self.after.get(key, ())]
        visited = self.generic_visit(node)
        if index is None or not isinstance(visited, ast.expr):
            return visited
        return ast.Call(ast.Name(PROBE_NAME, ast.Load()), [ast.Constant(index), visited], [])
