"""The exact map of right and wrong comes to an end, whatever the unit does with its numbers."""

import numpy as np
import pytest

from gradcheck.exact.error_map import build_exact_map
from gradcheck.exact.errors import Unsupported
from tests.verdicts.right.outputs import Rows


def test_a_divisor_that_is_always_0_ends_the_search():
    def normal(x):
        y = x / (x - x).sum()
        return Rows(y), lambda d: {"x": d.y}

    with pytest.raises(Unsupported, match="in each of 16 draws"):
        build_exact_map(normal, {"x": np.ones((2, 1))})


def test_a_unit_that_writes_a_float_to_its_input_is_not_followed():
    def spoiling(x):
        def backward(d):
            x[...] = np.nan
            return {"x": 2 * d.y}

        return Rows(2 * x), backward

    with pytest.raises(Unsupported, match="the unit has written nan to its input"):
        build_exact_map(spoiling, {"x": np.ones((2, 1))})
