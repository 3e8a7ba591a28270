"""A fault is a right unit with one place of its source changed, and a case in which the change shows."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from gradcheck import Subject

BASES = Path(__file__).parent / "bases"
ARRAY = "Array = np.ndarray[Any, np.dtype[Any]]\n"
Unit = Callable[..., Any]
Edit = tuple[str, str]
Arrays = dict[str, Any]
Change = Callable[[Arrays, Arrays], None]
"""Changes the inputs and the upstream gradients of a case, each by name, in place."""


@dataclass(frozen=True)
class Fault:
    """A wrong unit.

    kind      what must be met for the fault to show
    base      the right unit, a file of `bases`
    needs     the condition, in words
    edits     of the base's source, each `old` of which occurs exactly once
    sizes     of a case that shows it, such as T=2,B=2
    changes   of the arrays of that case, which are random numbers otherwise
    play      the calls of that case: forward and backward once, unless said otherwise
    plain     whether an ordinary case does not show it
    due       the verdict: wrong; agrees, where no case that could reasonably be drawn gets there; or imprecise, where
              the formula is right
    """

    kind: str
    base: str
    needs: str
    edits: tuple[Edit, ...]
    sizes: str
    changes: tuple[Change, ...] = ()
    play: Callable[..., Arrays] | None = None
    plain: bool = True
    due: Literal["wrong", "agrees", "imprecise"] = "wrong"

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.base}, {self.needs}"

    def source(self) -> str:
        source = (BASES / f"{self.base}.py").read_text(encoding="utf-8")
        for old, new in self.edits:
            assert source.count(old) == 1, f"{self.name}: {old!r} occurs {source.count(old)} times"
            source = source.replace(old, new)
        return source

    def load(self, folder: Path) -> Unit:
        """The wrong unit, of a module that is written to the folder and has no past."""
        path = folder / f"{self.base}.py"
        path.write_text(self.source(), encoding="utf-8")
        name = f"wrong_{self.base}"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return getattr(module, self.base)

    def subject(self, folder: Path) -> Subject:
        return Subject(self.base, self.load(folder), right_reference(self.base))


def of_kind(kind: str) -> Callable[..., Fault]:
    """What makes the faults of a kind: the base, the condition, the edits, the sizes, the changes of the arrays."""

    def fault(base: str, needs: str, edits: Edit | list[Edit], sizes: str, *changes: Change, **rest: Any) -> Fault:
        return Fault(kind, base, needs, tuple(edits) if isinstance(edits, list) else (edits,), sizes, changes, **rest)

    return fault


def right_unit(base: str) -> Unit:
    return getattr(import_module(f"tests.verdicts.wrong.bases.{base}"), base)


def right_reference(base: str) -> Unit:
    return getattr(import_module(f"tests.verdicts.wrong.references.{base}"), base)


def last(*statements: str) -> Edit:
    """Statements before the backward returns."""
    return "        return {", "".join(f"        {s}\n" for s in statements) + "        return {"


def above(*lines: str) -> Edit:
    """Lines of the module, before its classes and functions."""
    return ARRAY, ARRAY + "".join(f"{line}\n" for line in lines)


def after(line: str, *statements: str) -> Edit:
    """Statements after a line, as deep as it is."""
    depth = len(line) - len(line.lstrip(" "))
    return line + "\n", line + "\n" + "".join(f"{' ' * depth}{s}\n" for s in statements)


def importing(module: str) -> Edit:
    return "import numpy as np\n", f"import {module}\n\nimport numpy as np\n"
