"""Code that only refuses what a unit is given: no judged case can run it, so it need not be reached."""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NEVER = ("NoReturn", "Never")


@dataclass(frozen=True)
class Validation:
    """The functions of a project, by name, that help to refuse.

    raisers  do nothing but raise
    guards   do nothing but raise under a condition: `require(condition, ...)`
    """

    raisers: frozenset[str] = frozenset()
    guards: frozenset[str] = frozenset()

    @classmethod
    def read(cls, trees: Iterable[ast.Module]) -> "Validation":
        functions = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        raisers = cls(frozenset(f.name for f in functions if returns_never(f)))
        raisers = cls(raisers.raisers | {f.name for f in functions if raisers.only_raises(without_docstring(f))})
        guards = frozenset(f.name for f in functions if raisers.only_guards(without_docstring(f)))
        return cls(raisers.raisers, guards)

    def used_in(self, text: str) -> "Validation":
        """Those that a file may use: what does not change where other files of a project have more."""
        return Validation(
            frozenset(name for name in self.raisers if name in text),
            frozenset(name for name in self.guards if name in text),
        )

    def only_raises(self, block: Sequence[ast.stmt]) -> bool:
        """Whether a block makes a message at most, then raises."""
        if not block:
            return False
        *before, last = block
        simple = all(isinstance(s, ast.Assign | ast.AnnAssign | ast.Expr) for s in before)
        return simple and (isinstance(last, ast.Raise) or self.calls(last, self.raisers))

    def only_guards(self, block: Sequence[ast.stmt]) -> bool:
        """Whether a block consists of conditions under which it raises."""
        return bool(block) and all(isinstance(s, ast.If) and self.only_raises(s.body) and not s.orelse for s in block)

    def is_guard(self, statement: ast.stmt) -> bool:
        """Whether a statement calls a guard, or a function that only raises."""
        return isinstance(statement, ast.Assert) or self.calls(statement, self.guards | self.raisers)

    def calls(self, statement: ast.stmt, names: frozenset[str]) -> bool:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
                return name in names
        return False


def returns_never(function: ast.FunctionDef) -> bool:
    match function.returns:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in NEVER
    return False


def without_docstring(function: ast.FunctionDef) -> list[ast.stmt]:
    return function.body[ast.get_docstring(function) is not None :]
