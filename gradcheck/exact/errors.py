"""What the exact judge raises, and where in the user's code it happened."""

import math
import sys
import traceback
from pathlib import Path
from types import FrameType, TracebackType

import numpy as np

_HIDDEN_FOLDERS = (str(Path(__file__).parent), str(Path(np.__file__).parent))


class Unsupported(TypeError):
    """An operation that would leave the field. The message names it, with the user's file and line."""


class UnluckyDraw(ArithmeticError):
    """A divisor is 0 at this random point, and not everywhere: another point must be drawn."""


class Tie(ArithmeticError):
    """Two different elements that stand for the same real number were compared, as at a kink: move the case."""


def find_interruption(error: BaseException) -> BaseException | None:
    """Find the exception of the exact judge behind one that a NumPy function raised in its place; else None."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, UnluckyDraw | Tie | Unsupported):
        cause = cause.__cause__ or cause.__context__
    return cause


def locate_call() -> str:
    """Return `file:line` of the innermost running frame outside NumPy and this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_HIDDEN_FOLDERS):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "unknown place"


def locate_error(trace: TracebackType | None) -> str:
    """Return `file:line` of the innermost frame of a traceback outside NumPy and this package."""
    frames = [f for f in traceback.extract_tb(trace) if not f.filename.startswith(_HIDDEN_FOLDERS)]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown place"


def require_finite(constant: float) -> None:
    """Raise Unsupported if a constant is infinite or not a number: no exact number stands for it."""
    if not math.isfinite(constant):
        raise unsupported_error(f"the constant {constant}")


def unsupported_error(operation: str) -> Unsupported:
    return Unsupported(f"{operation} is not supported in exact arithmetic, at {locate_call()}")
