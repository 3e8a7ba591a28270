"""A count in a message agrees with its noun."""

import pytest

from gradcheck.verdict.counts import format_count


@pytest.mark.parametrize(("number", "text"), [(0, "0 cases"), (1, "1 case"), (2, "2 cases")])
def test_a_noun_is_singular_after_one_only(number, text):
    assert format_count(number, "case") == text
