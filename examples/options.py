"""Options of a command line that are numbers, with the least that does."""

import argparse
import contextlib
import math
from collections.abc import Callable
from pathlib import Path

Number = tuple[str, type[int] | type[float], float, float, str]
"""The name of an option, its kind, the least that is taken, the default, and its help."""


def add_numbers(parser: argparse.ArgumentParser, numbers: tuple[Number, ...]) -> None:
    for name, kind, least, default, what in numbers:
        parser.add_argument(f"--{name}", type=number(kind, least), default=default, help=what)


def number(kind: type[int] | type[float], least: float) -> Callable[[str], float]:
    """A reader of finite numbers of at least `least`, for argparse."""

    def read(text: str) -> float:
        with contextlib.suppress(ValueError):
            if least <= kind(text) < math.inf:
                return kind(text)
        raise argparse.ArgumentTypeError(f"{text!r} does not do; give a finite {kind.__name__} of at least {least}")

    return read


def check_folder(option: str, path: Path | None) -> None:
    """ValueError, before any training, where a result could not be written."""
    if path is not None and not path.resolve().parent.is_dir():
        raise ValueError(f"{option} {path}: there is no folder {path.resolve().parent}; make it first")
