"""What is recorded of the training of a character model, by hand and by autograd."""

import platform
import re
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]
POINTS = 40
"""Steps at which the two trainings are compared."""
WORD = re.compile(r"\b[a-z]{4,}\b")


class Course(NamedTuple):
    """What came of a training: the loss of every step, and the parameters after some of them, by step."""

    losses: list[float]
    kept: dict[int, Arrays]


def list_points(steps: int) -> list[int]:
    """The steps at which the two trainings are compared: at most POINTS, the last one among them."""
    return sorted({max(round(steps * k / POINTS), 1) for k in range(1, POINTS + 1)})


def compare(ours: Arrays, theirs: Arrays) -> float:
    """The largest difference of any weight, relative to the largest weight of its tensor."""
    return max(float(np.abs(ours[n] - b).max() / np.abs(b).max()) for n, b in theirs.items())


def count_known_words(written: str, text: str) -> tuple[int, int]:
    """How many words of four small letters and more were written, and how many of them the text has, too."""
    words, known = WORD.findall(written), set(WORD.findall(text))
    return len(words), sum(word in known for word in words)


def describe(courses: list[Course], written: str, words: tuple[int, int]) -> dict[str, Any]:
    """The record: the mean loss between two points by each way, and how far the weights are apart at each."""
    points = list(courses[0].kept)
    curves = [[float(np.mean(c.losses[a:b])) for a, b in zip([0, *points], points, strict=False)] for c in courses]
    apart = [compare(courses[0].kept[k], courses[1].kept[k]) for k in points] if len(courses) > 1 else []
    return {
        "python": platform.python_version(),
        "points": points,
        "by_hand": [float(f"{loss:.9g}") for loss in curves[0]],
        "by_autograd": [float(f"{loss:.9g}") for loss in curves[1]] if apart else [],
        "weights_apart": [float(f"{d:.3g}") for d in apart],
        "written": written,
        "words": words[0],
        "known_words": words[1],
    }
