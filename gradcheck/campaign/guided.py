"""Guided search: Hypothesis draws cases, and searches from those with the largest error over tolerance.

What a run tries follows from its seed, from the version of Hypothesis, and from the modules that are loaded, of whose
numbers Hypothesis takes some; so what it found is kept as case ids, which need neither.
"""

import contextlib
import math
import warnings

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings, target
from hypothesis.errors import Unsatisfiable

from ..cases.case import Case
from ..strategies import cases
from .batch import GUIDED_RUN_CASES
from .judging import BatchJudge

SEARCH_SETTINGS = settings(
    max_examples=GUIDED_RUN_CASES,
    phases=(Phase.generate, Phase.target),
    derandomize=False,
    database=None,
    deadline=None,
    suppress_health_check=tuple(HealthCheck),
)
MAX_TARGET = 1e300
"""The score of a case that fails without a number."""


def search_cases(judging: BatchJudge, seed: int, number: int) -> None:
    """Judge the cases of a guided run; seed and number decide which."""

    @hypothesis.seed(f"{seed} {number}")
    @SEARCH_SETTINGS
    @given(cases(judging.declaration, judging.literals))
    def run(case: Case) -> None:
        ratio = judging.judge(case)
        if ratio is None:
            hypothesis.reject()
        target(ratio if math.isfinite(ratio) else MAX_TARGET)

    with warnings.catch_warnings(), contextlib.suppress(Unsatisfiable):  # where no case of the run could be judged
        warnings.simplefilter("ignore")
        run()
