"""What the exact judge raises, and where in the user's code it happened."""

import sys
import traceback
from pathlib import Path
from types import FrameType, TracebackType

import numpy as np

_HIDDEN_FOLDERS = (str(Path(__file__).parent), str(Path(np.__file__).parent))


class Unsupported(TypeError):
    """An operation that would leave the field. The message names it, with the user's file and line."""


class UnluckyDraw(ArithmeticError):
    """A divisor that is not identically zero vanished at this point: draw again."""


class Tie(ArithmeticError):
    """A comparison at a kink: two different elements stand for the same real number. Move the case a little."""


def find_interruption(error: BaseException) -> BaseException | None:
    """What the exact judge raised inside a function of NumPy that hides it behind an error of its own."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, UnluckyDraw | Tie | Unsupported):
        cause = cause.__cause__ or cause.__context__
    return cause


def locate_call() -> str:
    """`file:line` of the innermost running frame outside NumPy and this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_HIDDEN_FOLDERS):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "unknown place"


def locate_error(trace: TracebackType | None) -> str:
    """`file:line` of the innermost frame of a traceback outside NumPy and this package."""
    frames = [f for f in traceback.extract_tb(trace) if not f.filename.startswith(_HIDDEN_FOLDERS)]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown place"


def unsupported_error(operation: str) -> Unsupported:
    return Unsupported(f"{operation} is not supported in exact arithmetic, at {locate_call()}")
