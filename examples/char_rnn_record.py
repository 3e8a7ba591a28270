"""What is recorded of the training of a character model, by hand and by autograd."""

import platform
import re
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]
POINTS = 40
"""How often trainings are compared."""
CHECKED = 2000
"""The step at which training by hand and by autograd must agree, at most: rounding grows with training."""
WORD = re.compile(r"\b[a-z]{4,}\b")


class Course(NamedTuple):
    """What came of a training: the loss of every step, and the parameters after some of them, by step."""

    losses: list[float]
    kept: dict[int, Arrays]


def list_points(steps: int) -> list[int]:
    """The steps at which trainings are compared: at most POINTS, the last one among them, and CHECKED."""
    return sorted({min(steps, CHECKED), *(max(round(steps * k / POINTS), 1) for k in range(1, POINTS + 1))})


def compare(ours: Arrays, theirs: Arrays) -> float:
    """The largest difference of any weight, relative to the largest weight of its tensor."""
    return max(float(np.abs(ours[n] - b).max() / np.abs(b).max()) for n, b in theirs.items())


def count_known_words(written: str, text: str) -> tuple[int, int]:
    """How many words of four small letters and more were written, and how many of them the text has, too."""
    words, known = WORD.findall(written), set(WORD.findall(text))
    return len(words), sum(word in known for word in words)


def describe(courses: dict[str, Course], written: str, words: tuple[int, int]) -> dict[str, Any]:
    """The record: the mean loss between two points of each training, and how far it is from `by_hand` at each."""
    ours = courses["by_hand"].kept
    spans = list(zip([0, *ours], ours, strict=False))
    return {
        "python": platform.python_version(),
        "points": list(ours),
        "curves": {
            name: [float(f"{np.mean(course.losses[a:b]):.9g}") for a, b in spans] for name, course in courses.items()
        },
        "apart": {
            name: [float(f"{compare(ours[k], course.kept[k]):.3g}") for k in ours]
            for name, course in courses.items()
            if name != "by_hand"
        },
        "written": written,
        "words": words[0],
        "known_words": words[1],
    }
