"""Watches Python code run: which functions of a folder, which of their lines, and the arrays their names held."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType, FunctionType
from typing import Any

import numpy as np

ValueKind = tuple[Any, ...]
KindSnapshot = frozenset[tuple[str, ValueKind]]


@dataclass
class FunctionCalls:
    """What was seen of one function: lines run, and at each return the kinds of what its names held."""

    code: CodeType
    lines: set[int] = field(default_factory=set)
    snapshots: set[KindSnapshot] = field(default_factory=set)


class CallTrace:
    """The functions of a file, and of those in its folder, that ran while watched.

    They go by file and code: codes of two files may be equal.
    """

    def __init__(self, home: str) -> None:
        self.home = home
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
        if code.co_filename != self.home and not is_beside(code.co_filename, self.home):
            return None
        calls = self.calls.setdefault((code.co_filename, code), FunctionCalls(code))
        calls.lines.add(frame.f_lineno)
        if event == "return":
            calls.snapshots.add(take_snapshot(dict(frame.f_locals)))
        return self.record_event


def is_beside(file: str, home: str) -> bool:
    return os.path.dirname(file) == os.path.dirname(home) and not file.startswith("<")


def take_snapshot(names: dict[str, Any]) -> KindSnapshot:
    """The kinds of what names hold, fields of a named tuple as `name.field`; other values are left out."""
    fields = {f"{n}.{f}": getattr(v, f) for n, v in names.items() for f in getattr(v, "_fields", ())}
    kinds = {name: classify_value(value) for name, value in (names | fields).items()}
    return frozenset((name, k) for name, k in kinds.items() if k is not None)


def classify_value(value: Any) -> ValueKind | None:
    """("array", shape), ("int",), ("function",), or ("sequence", shapes) of arrays."""
    if isinstance(value, np.ndarray | np.generic):
        return ("array", value.shape)
    if isinstance(value, int) and not isinstance(value, bool):
        return ("int",)
    if isinstance(value, FunctionType):
        return ("function",)
    if isinstance(value, tuple | list) and value and all(isinstance(v, np.ndarray) for v in value):
        return ("sequence", *(v.shape for v in value))
    return None
