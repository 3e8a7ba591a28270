"""Traces Python code: which functions of a folder ran, which of their lines, and what their names held."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import numpy as np

from ..unit.discovery import find_side

ValueKind = tuple[Any, ...]
KindSnapshot = frozenset[tuple[str, ValueKind]]


@dataclass
class FunctionCalls:
    """What was seen of one function: the lines that ran, and the kinds of what its names held at each return."""

    code: CodeType
    lines: set[int] = field(default_factory=set)
    snapshots: set[KindSnapshot] = field(default_factory=set)


class CallTrace:
    """The functions, of a file and of those beside it, that ran while calls were recorded.

    Beside a unit of a project is all of its folder `manual`; beside another file, the files in its own folder.
    The keys are file and code: code objects of two files may be equal.
    """

    def __init__(self, home: str) -> None:
        self.folder = os.path.dirname(home)
        self.side = find_side(Path(home).resolve())
        self.beside = {home: True}
        self.calls: dict[tuple[str, CodeType], FunctionCalls] = {}

    @contextmanager
    def record_calls(self) -> Iterator[None]:
        before = sys.gettrace()
        sys.settrace(self.record_event)
        try:
            yield
        finally:
            sys.settrace(before)

    def record_event(self, frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if not self.is_beside(code.co_filename):
            return None
        calls = self.calls.setdefault((code.co_filename, code), FunctionCalls(code))
        calls.lines.add(frame.f_lineno)
        if event == "return":
            calls.snapshots.add(take_snapshot(dict(frame.f_locals)))
        return self.record_event

    def is_beside(self, file: str) -> bool:
        known = self.beside.get(file)
        if known is None:
            near = os.path.dirname(file) == self.folder or (self.side and Path(file).is_relative_to(self.side))
            known = self.beside[file] = bool(near) and not file.startswith("<")
        return known


def take_snapshot(names: dict[str, Any]) -> KindSnapshot:
    """Return the kinds of what names hold, fields of a named tuple as `name.field`; other values are left out."""
    fields = {f"{n}.{f}": getattr(v, f) for n, v in names.items() for f in getattr(v, "_fields", ())}
    kinds = {name: classify_value(value) for name, value in (names | fields).items()}
    return frozenset((name, k) for name, k in kinds.items() if k is not None)


def classify_value(value: Any) -> ValueKind | None:
    """Return ("array", shape), ("int",), ("function",) or ("sequence", shapes) of arrays; None of other values."""
    if isinstance(value, np.ndarray | np.generic):
        return ("array", value.shape)
    if isinstance(value, int) and not isinstance(value, bool):
        return ("int",)
    if isinstance(value, FunctionType):
        return ("function",)
    if isinstance(value, tuple | list) and value and all(isinstance(v, np.ndarray) for v in value):
        return ("sequence", *(v.shape for v in value))
    return None
