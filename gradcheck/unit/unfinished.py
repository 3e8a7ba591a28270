"""A unit that is not written to its end: a `raise NotImplementedError(...)` of its own says what comes next."""

import os
import traceback

from ..errors import Unfinished


def detect_unfinished(name: str, error: BaseException) -> None:
    """Unfinished, naming the line and what is to stand there, if `error` is a NotImplementedError of the file's own.

    One that a library raises has no such statement as its last line.
    """
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, NotImplementedError) and frames and (frames[-1].line or "").startswith("raise "):
        shown = os.path.relpath(frames[-1].filename)
        file = frames[-1].filename if shown.startswith(os.pardir) else shown
        remedy = " ".join(str(error).split()) or "write what is missing there"
        raise Unfinished(name, f"{file}:{frames[-1].lineno} is not written yet", remedy) from error
