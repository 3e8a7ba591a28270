"""Finds the line of a unit's file that a failure is about: where the wrong gradient or output is computed last.

The line need not be the wrong one, for a gradient may be computed from one that is wrong: it is where to begin to read.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..checks.failure import CheckFailed, Failure
from ..edits.backward import find_definition, get_unit_code
from ..edits.source import Source
from ..errors import DeclarationError, Unfinished
from ..execution.run import UnitRaised
from ..unit.partials import unwrap_partial
from ..unit.place import Place, read_place, shorten_path
from ..unit.plain import PlainUnit
from ..unit.subject import Subject

RAISED_AT = re.compile(r"(?P<file>.+?):(?P<line>\d+) in .*?: (?P<text>.*)")
NAMED = re.compile(r"(?:gradient of |output )(\w+)")


def find_blamed_line(subject: Subject, error: Exception) -> Place | None:
    """Find the line that a failure is about; None if the source is not available."""
    if isinstance(error, UnitRaised):
        return read_place(RAISED_AT.match(error.where))
    if isinstance(error, Unfinished) or (isinstance(error, DeclarationError) and "reference" in error.value):
        return None  # it names a line itself, or is not about the unit
    try:
        code = get_unit_code(subject)
        source = Source.read(code.co_filename)
        unit = find_definition(code, source)
    except DeclarationError:
        return None
    if unit is None:
        return None
    values = [value for name in list_suspects(subject, error) for value in find_tensor(subject, unit, name)]
    line = find_last_step(unit, values[-1]) if values else find_end(unit, str(error))
    if not line and isinstance(error, DeclarationError):
        return None
    line = line or int(getattr(unit, "lineno", 1))
    return Place(shorten_path(source.file), line, source.lines[line - 1].strip())


def list_suspects(subject: Subject, error: Exception) -> list[str]:
    """List the names of the gradient or output that is furthest from right, the worst last; none if it is unknown."""
    if isinstance(error, CheckFailed):
        return list_failed_tensors(subject, error.failure)
    value = error.value if isinstance(error, DeclarationError) else str(error)
    return NAMED.findall(value)


def list_failed_tensors(subject: Subject, failure: Failure) -> list[str]:
    above = sorted((c.ratio, c.name) for c in failure.comparisons if c.ratio > 1)
    if above:
        return [name for _, name in above]
    said = " ".join((failure.headline, failure.lines.get("gradients", "").partition(";")[0]))
    return [n for n in reversed(subject.declaration.differentiable) if re.search(rf"\bd?{n}\b", said)]


def find_tensor(subject: Subject, unit: ast.AST, name: str) -> list[ast.expr]:
    """Find what a unit gives a gradient or an output of this name."""
    declaration = subject.declaration
    if name in declaration.outputs:
        place, made = list(declaration.outputs).index(name), declaration.output_type.__name__
        calls = [n for n in ast.walk(unit) if isinstance(n, ast.Call) and ast.unparse(n.func) == made]
        found = [call.args[place] for call in calls if len(call.args) > place]
        return found + [k.value for call in calls for k in call.keywords if k.arg == name]
    plain = isinstance(unwrap_partial(subject.unit), PlainUnit)
    return find_values(unit, name, declaration.differentiable if plain else ())


def find_values(node: ast.AST, name: str, order: Sequence[str] = ()) -> list[ast.expr]:
    """Find what a function gives a gradient or an output of this name: in a dict, as an argument, or in an item.

    `order` are the names of gradients that are returned by their order.
    """
    found: list[ast.expr] = list(find_ordered(node, name, order)) if name in order else []
    for each in ast.walk(node):
        if isinstance(each, ast.Dict):
            keys = zip(each.keys, each.values, strict=True)
            found += [v for k, v in keys if isinstance(k, ast.Constant) and k.value == name]
        elif isinstance(each, ast.Call):
            found += [k.value for k in each.keywords if k.arg == name]
        elif isinstance(each, ast.Assign):
            found += [each.value for target in each.targets if is_item(target, name)]
    return sorted(found, key=lambda value: value.lineno)


def find_end(unit: ast.AST, said: str) -> int:
    """Return the last line of the unit, or of its backward, if that is what returns something else; else 0."""
    inner = [n for n in ast.walk(unit) if isinstance(n, ast.FunctionDef | ast.Lambda) and n is not unit]
    if ": backward returns " in said and inner:
        unit = inner[-1]
    elif ": returns " not in said:
        return 0
    body: Any = getattr(unit, "body", unit)
    return int((body[-1] if isinstance(body, list) else body).lineno)


def find_ordered(node: ast.AST, name: str, order: Sequence[str]) -> Iterator[ast.expr]:
    """Find what functions inside this one return at the place of a gradient."""
    kinds = (ast.FunctionDef, ast.Lambda)
    for function in (n for n in ast.walk(node) if isinstance(n, kinds) and n is not node):
        returned = [function.body] if isinstance(function, ast.Lambda) else []
        returned += [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
        for value in returned:
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(order):
                yield value.elts[order.index(name)]
            elif len(order) == 1:
                yield value


def is_item(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) and target.slice.value == name


def find_last_step(unit: ast.AST, value: ast.expr) -> int:
    """Return the line of the last statement that computes a value; of a plain name, the last that assigns to it."""
    if not isinstance(value, ast.Name):
        return value.lineno
    function = find_function_around(unit, value)
    lines = [int(getattr(n, "lineno", 0)) for n in ast.walk(function) if value.id in list_targets(n)]
    return max((line for line in lines if line <= value.lineno), default=value.lineno)


def find_function_around(unit: ast.AST, value: ast.expr) -> ast.AST:
    """Return the innermost function of the unit that a value is in."""
    kinds = (ast.FunctionDef, ast.Lambda)
    around = [n for n in ast.walk(unit) if isinstance(n, kinds) and any(inner is value for inner in ast.walk(n))]
    return around[-1] if around else unit


def list_targets(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement assigns to, also in part."""
    targets: list[Any] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    while targets:
        target = targets.pop()
        if isinstance(target, ast.Tuple | ast.List):
            targets += target.elts
        elif isinstance(target, ast.Subscript | ast.Starred):
            targets.append(target.value)
        elif isinstance(target, ast.Name):
            yield target.id
