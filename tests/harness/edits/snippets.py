"""Small backward passes as source text, and the edits that can be made of them."""

import ast
import linecache

from gradcheck.edits import Edit, Region, Source, generate_mutants
from gradcheck.edits.operators import FAULT_OPERATORS, MutationOperator

ARRAYS = {"a": ("array", (2, 3)), "b": ("array", (2, 3)), "c": ("array", (3,)), "pair": ("sequence", (2,), (2,))}
KINDS = ARRAYS | {"x": ("array", (2, 3)), "t": ("int",), "T": ("int",), "f": ("function",)}


def source(text: str, file: str = "snippet.py") -> Source:
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    return Source(file, text)


def region(text: str) -> Region:
    """The first function of a text, each of its lines run."""
    written = source(text)
    node = next(n for n in ast.walk(written.tree) if isinstance(n, ast.FunctionDef | ast.Lambda))
    return Region(written, node, frozenset(range(1, 1 + len(written.lines))), {node: [KINDS]})


def edited(body: str, kind: str, faults: tuple[MutationOperator, ...] = FAULT_OPERATORS) -> list[str]:
    """The last line of a function body, after every edit of one kind in it."""
    lines = ["def backward(a, b, c, pair, t, T):", *(f"    {line}" for line in body.splitlines())]
    function = region("\n".join(lines))
    edits = [e for e in generate_mutants([function], faults).edits if e.kind == kind]
    assert all(isinstance(e, Edit) for e in edits)
    texts = [e.apply(function.source.text) for e in edits]
    return [t.splitlines()[-1].strip() for t in texts if t.splitlines()[:-1] == lines[:-1]]
