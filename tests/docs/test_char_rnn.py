"""The page of the character model is what its record gives, and says when the two trainings part."""

import json

import pytest

from examples import char_rnn, char_rnn_page
from examples.char_rnn_record import CHECKED, WORD, list_points

RECORD = json.loads(char_rnn_page.RECORD.read_text(encoding="utf-8"))


def test_the_page_is_what_the_record_gives():
    assert char_rnn_page.PAGE.read_text(encoding="utf-8") == char_rnn_page.format_page(RECORD)


def test_the_record_is_that_of_the_script_as_it_stands():
    defaults = {name: default for name, _, _, default, _ in char_rnn.NUMBERS}
    assert RECORD["settings"] == {**defaults, "dtype": "float64"}
    assert RECORD["points"] == list_points(defaults["steps"])
    assert len(RECORD["written"]) == defaults["sample"]
    assert len(WORD.findall(RECORD["written"])) == RECORD["words"]


def test_it_learned_to_write_words_and_autograd_trained_as_it_did():
    """Up to the step that the script checks; from there on as far as two trainings by hand are apart."""
    curves, apart, checked = RECORD["curves"], RECORD["apart"], RECORD["points"].index(CHECKED)
    assert RECORD["known_words"] > RECORD["words"] / 2
    assert curves["by_hand"][-1] < curves["by_hand"][0] / 2
    assert max(apart["by_autograd"][: checked + 1]) <= char_rnn.LIMIT
    assert curves["by_hand"][: checked + 1] == pytest.approx(curves["by_autograd"][: checked + 1], rel=1e-8)
    assert apart["by_autograd"][-1] < 10 * apart["nudged"][-1]
    assert curves["by_hand"] == pytest.approx(curves["by_autograd"], rel=0.01)


@pytest.mark.parametrize(
    ("twin", "nudged", "words"),
    [
        (None, 3000, "They do not part: the difference is 1.0e-12 at the end."),
        (4000, None, "The two trainings by hand do not part."),
        (4000, 3000, "At step 4000 they have parted"),
        (4000, 3000, "The two trainings by hand have parted at step 3000, and end 1.0e-03 apart"),
    ],
)
def test_trainings_that_part_are_said_to(twin, nudged, words):
    def part(step):
        return [1e-3 if step is not None and point >= step else 1e-12 for point in RECORD["points"]]

    record = {**RECORD, "apart": {"by_autograd": part(twin), "nudged": part(nudged)}}
    assert words in " ".join(char_rnn_page.format_page(record).split())
