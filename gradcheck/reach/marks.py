"""The recorder that instrumented code calls: a byte for each point, set to 1 when the point is reached."""

import sys
from typing import Any

import numpy as np


class Marks(bytearray):
    """A byte for each point.  Bytes are set and never cleared, so that threads need no lock.

    A comparison or branch has two bytes one after the other, that of its false side first.
    """

    # Code objects hash their constants, and this is one of them.
    __hash__ = object.__hash__  # type: ignore[assignment]

    def note_sides(self, index: int, value: Any) -> Any:
        """The value of a comparison as it is, its truth noted: of an array, that of its elements."""
        if not (self[index] and self[index + 1]):
            try:
                true, false = sides(value)
            except Exception:  # a recorder must not be seen by the unit
                return value
            if false:
                self[index] = 1
            if true:
                self[index + 1] = 1
        return value

    def note_limit(self, index: int, value: Any, limit: float) -> Any:
        """The first argument of np.maximum and its like as it is, noted whether some of it is above the limit."""
        if not (self[index] and self[index + 1]):
            try:
                with np.errstate(all="ignore"):
                    above = real_part(value) > limit
            except Exception:  # as above
                return value
            self.note_sides(index, above)
        return value


class Hits(dict[int, None]):
    """Marks an expression as reached in `hits[index] or expression`, and gives None.

    A dictionary, since Python need not be called a second time: the LSTM then takes a twentieth longer, not an eighth.
    """

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __init__(self, marks: Marks) -> None:
        self.marks = marks

    def __missing__(self, index: int) -> None:
        self.marks[index] = 1
        self[index] = None


class Truths(dict[int, bool]):
    """Marks the side of a condition in `truths[2 * index + (not not condition)]`, and gives its truth."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __init__(self, marks: Marks) -> None:
        self.marks = marks

    def __missing__(self, key: int) -> bool:
        index, truth = divmod(key, 2)
        self.marks[index + truth] = 1
        self[key] = bool(truth)
        return self[key]


def real_part(value: Any) -> Any:
    """The real numbers that a value is, or stands for: exact elements note each comparison as a branch of the unit."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.array([e.approx if hasattr(e, "approx") else e for e in value.flat])
    if hasattr(value, "approx"):
        return value.approx
    return value.real if isinstance(value, np.ndarray | np.generic) else value


def sides(value: Any) -> tuple[bool, bool]:
    """Whether some of a truth value is true, and whether some is false; neither where it is no truth value."""
    if isinstance(value, bool | np.bool_):
        return bool(value), not value
    if isinstance(value, np.ndarray):
        array = np.asarray(value)
        if array.dtype == bool:
            return bool(array.any()), bool(array.size) and not array.all()
        if array.dtype == object:
            entries = [e for e in array.flat if isinstance(e, bool | np.bool_)]
            return any(entries), not all(entries)
        return False, False
    return tensor_sides(value)


def tensor_sides(value: Any) -> tuple[bool, bool]:
    """The same of a tensor, unless a mode watches what is done with tensors."""
    torch = sys.modules.get("torch")
    if torch is None or type(value) is not torch.Tensor or value.dtype is not torch.bool:
        return False, False
    if torch.utils._python_dispatch._get_current_dispatch_mode() is not None or not value.numel():
        return False, False
    return bool(value.any()), not value.all()
