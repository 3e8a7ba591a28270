"""Unfinished units: a `raise NotImplementedError(...)` in the unit says what to write next."""

import os
import traceback

from ..errors import Unfinished


def detect_unfinished(name: str, error: BaseException) -> None:
    """Return Unfinished, with the line and what to write there, if the file itself raised NotImplementedError.

    If a library raises it, the last line of the traceback is no such statement of the file.
    """
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, NotImplementedError) and frames and (frames[-1].line or "").startswith("raise "):
        shown = os.path.relpath(frames[-1].filename)
        file = frames[-1].filename if shown.startswith(os.pardir) else shown
        remedy = " ".join(str(error).split()) or "write what is missing there"
        raise Unfinished(name, f"{file}:{frames[-1].lineno} is not written yet", remedy) from error
