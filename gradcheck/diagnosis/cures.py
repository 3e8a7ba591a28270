"""What to do about the commonest mistakes, read from the line that a failure is about."""

import ast
import re
from collections.abc import Iterator

from ..edits.backward import find_definition, get_unit_code
from ..edits.source import Source
from ..errors import DeclarationError, Unfinished
from ..execution.run import UnitRaised
from ..unit.place import Place, shorten_path
from ..unit.subject import Subject
from .blamed_line import find_blamed_line, find_tensor, list_suspects, list_targets

BUFFERS = ("zeros", "ones", "empty", "full", "eye", "identity")
WIDE_CALLS = ("arange", "linspace")
NUMBERS = (int, float)


def clarify_declaration_error(subject: Subject, error: DeclarationError) -> DeclarationError:
    """Return the error with the line that it is about, and a remedy that fits it; the error itself if there is none."""
    if isinstance(error, Unfinished) or error.trace:
        return error
    wide = find_wide_source(subject, error) if " is float64 where " in f" {error.reason}" else None
    place, remedy = wide or (find_blamed_line(subject, error), error.remedy)
    if place is None:
        return error
    clear = DeclarationError(error.value, error.reason, remedy, f"  {'line':<10} {place}")
    clear.__cause__ = error.__cause__
    return clear


def find_wide_source(subject: Subject, error: DeclarationError) -> tuple[Place, str] | None:
    """Find the expression that makes a gradient or an output float64, and what to write; None if none is known."""
    try:
        source, unit = read_unit(subject)
    except DeclarationError:
        return None
    names = list_suspects(subject, error)
    values = [value for name in names for value in find_tensor(subject, unit, name)]
    for expression in trace_back(unit, values):
        for node in ast.walk(expression):
            if cure := describe_wide(node):
                line = int(getattr(node, "lineno", 1))
                return Place(shorten_path(source.file), line, source.lines[line - 1].strip()), cure
    return None


def read_unit(subject: Subject) -> tuple[Source, ast.AST]:
    """Return the source of a unit's file, and its definition.  Raises DeclarationError if it is not available."""
    code = get_unit_code(subject)
    source = Source.read(code.co_filename)
    unit = find_definition(code, source)
    if unit is None:
        raise DeclarationError(subject.name, "its definition is not found", "define it with def")
    return source, unit


def trace_back(unit: ast.AST, values: list[ast.expr]) -> Iterator[ast.expr]:
    """Yield expressions, then those that are assigned to the names in them, and so on.

    What is written into a part of an array does not change its dtype, and is left out.
    """
    waiting, seen = list(values), set[str]()
    while waiting:
        expression = waiting.pop(0)
        yield expression
        for name in [n.id for n in ast.walk(expression) if isinstance(n, ast.Name) and n.id not in seen]:
            seen.add(name)
            waiting += [value for node in ast.walk(unit) for value in list_assigned(node, name)]


def list_assigned(node: ast.AST, name: str) -> list[ast.expr]:
    """List what a statement assigns to a whole variable; of tuples, the value at its place."""
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return [node.value] if isinstance(node.target, ast.Name) and node.target.id == name and node.value else []
    found: list[ast.expr] = []
    if not isinstance(node, ast.Assign):
        return found
    for target in node.targets:
        if isinstance(target, ast.Name) and target.id == name:
            found.append(node.value)
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(target.elts, node.value.elts, strict=False)
            found += [value for each, value in pairs if isinstance(each, ast.Name) and each.id == name]
    return found


def describe_wide(node: ast.AST) -> str:
    """Say what to write in place of a call that gives float64 whatever the inputs are; empty if it is none."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return ""
    name, typed = node.func.attr, any(keyword.arg == "dtype" for keyword in node.keywords)
    if name == "float64":
        return "np.float64 makes float32 arrays float64: write a Python float, or x.dtype.type(...)"
    if name == "where" and len(node.args) == 3 and all(map(is_literal, node.args[1:])):
        return "np.where of two Python numbers is float64: write np.where(..., x.dtype.type(1), x.dtype.type(0))"
    if any(map(is_wide_dtype, [*node.args, *(k.value for k in node.keywords)])):
        return f"np.float64 is said here: give the dtype of the inputs, {name}(..., x.dtype)"
    places = 3 if name == "full" else 2
    if (name in BUFFERS and len(node.args) < places and not typed) or (name in WIDE_CALLS and not typed):
        return f"np.{name} is float64 by itself: give it the dtype of the inputs, np.{name}(..., dtype=x.dtype)"
    return ""


def is_wide_dtype(node: ast.expr) -> bool:
    """Whether an expression is `float`, or `np.float64`."""
    named = isinstance(node, ast.Attribute) and node.attr == "float64"
    return named or (isinstance(node, ast.Name) and node.id == "float")


def is_literal(node: ast.expr) -> bool:
    """Whether an expression is a number, perhaps with a sign."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and isinstance(inner.value, NUMBERS)


def suggest_cure(subject: Subject, error: Exception, place: Place | None) -> str:
    """Say what to look at in the line that a wrong gradient is computed by; empty if the line says nothing."""
    if isinstance(error, UnitRaised):
        shapes = "matmul" in str(error) or "broadcast" in str(error) or "not aligned" in str(error)
        return "the shapes of two arrays do not fit: is a transpose (.T) missing, or one too many?" if shapes else ""
    if place is None:
        return ""
    try:
        _, unit = read_unit(subject)
    except DeclarationError:
        return ""
    for loop in (n for n in ast.walk(unit) if isinstance(n, ast.For) and isinstance(n.target, ast.Name)):
        for node in (n for n in ast.walk(loop) if getattr(n, "lineno", 0) == place.line):
            if cure := describe_overwriting(unit, loop, node) or describe_step(unit, loop, node):
                return cure
    return ""


def describe_overwriting(unit: ast.AST, loop: ast.For, node: ast.AST) -> str:
    """Say that a loop overwrites what it should add up: a variable that was set before it, and is not read in it."""
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
        return ""
    name = node.targets[0].id
    before = any(name in list_targets(n) for n in ast.walk(unit) if getattr(n, "lineno", loop.lineno) < loop.lineno)
    read = any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in ast.walk(loop))
    return f"each step overwrites {name}: is {name} += ... meant?" if before and not read else ""


def describe_step(unit: ast.AST, loop: ast.For, node: ast.AST) -> str:
    """Name the arrays in a statement that the unit reads at several steps, such as h[t] and h[t + 1]."""
    assert isinstance(loop.target, ast.Name)
    step = loop.target.id
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return ""
    for name in dict.fromkeys(name for name, _ in list_indexed(node.value, step)):
        indices = dict.fromkeys(index for n, index in list_indexed(unit, step) if n == name)
        if len(indices) > 1:
            read = " and ".join(f"{name}[{index}]" for index in sorted(indices))
            return f"is {name} read at the right step? the code has {read}"
    return ""


def list_indexed(node: ast.AST, step: str) -> Iterator[tuple[str, str]]:
    """Yield the names of arrays that are read at a step, and the index as it is written."""
    for each in ast.walk(node):
        if isinstance(each, ast.Subscript) and isinstance(each.value, ast.Name):
            first = each.slice.elts[0] if isinstance(each.slice, ast.Tuple) and each.slice.elts else each.slice
            text = ast.unparse(first)
            if re.search(rf"\b{re.escape(step)}\b", text):
                yield each.value.id, text
