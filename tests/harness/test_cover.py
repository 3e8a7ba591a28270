"""What a verdict covers: the sizes of its cases, whichever process judged them."""

import pytest

from gradcheck.verdict.cover import Cover


def cover(*cases, exact=False):
    whole = Cover()
    for sizes in cases:
        whole.note(sizes, exact=exact)
    return whole


@pytest.mark.parametrize(
    ("cases", "text", "largest"),
    [
        ([], "", "-"),
        ([{"T": 3}], "T 3", "T 3"),
        ([{"B": 2, "H": 7}, {"B": 5, "H": 1}], "B 2 to 5, H 1 to 7", "7"),
        ([{"T": 0, "B": 1}, {"T": 257, "B": 1}], "B 1, T 0 to 257", "T 257, 1"),
    ],
)
def test_the_smallest_and_the_largest_size_of_each_letter(cases, text, largest):
    assert (str(cover(*cases)), cover(*cases).largest) == (text, largest)
    parts = [cover(case) for case in reversed(cases)]
    assert sum(parts, Cover()) == cover(*cases)


def test_exact_sizes_are_told_apart():
    both = cover({"T": 9}) + cover({"T": 2}, exact=True)
    assert str(both) == "T 9; in exact arithmetic T 2"
    assert str(cover({"T": 2}, exact=True)) == "in exact arithmetic T 2"
