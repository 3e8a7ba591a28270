"""Each table of docs/derivations/flow.md is what its script computes, and says what the page says of it."""

import pytest

from tests.docs.flow_tables import PAGE, TABLES, read_table

SHOWN = PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_the_page_holds_the_table_that_is_computed(name):
    assert read_table(SHOWN, name) == [*TABLES[name]()]


def test_a_changed_figure_is_found():
    assert SHOWN.count("| 1.1e+07, 9.1e-13 |") == 1
    assert read_table(SHOWN.replace("| 1.1e+07, 9.1e-13 |", "| 1.1e+07, 9.1e-12 |"), "directions") != [
        *TABLES["directions"]()
    ]


def read_numbers(name):
    """The last numbers of each row, by what stands before them."""
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in read_table(SHOWN, name)[2:]]


def test_pascanus_condition_suffices_for_vanishing_and_is_necessary_for_exploding():
    rows = [(float(limit), float(bound), float(far)) for *_, limit, bound, _, far in read_numbers("pascanu")]
    assert all(far <= bound < 1 for limit, bound, far in rows if limit < 1)
    assert all(limit > 1 for limit, _, far in rows if far > 1)
    assert any(limit > 1 and far < 1e-6 for limit, _, far in rows)


def test_a_spectral_radius_below_1_does_not_suffice():
    assert any(float(radius) < 1 < float(far) for _, radius, *_, far in read_numbers("pascanu"))


def test_the_lstm_explodes_while_its_own_path_does_not():
    rows = [(float(direct), float(total)) for *_, lag, direct, total in read_numbers("exploding_lstm") if lag == "40"]
    assert all(direct < 1 for direct, _ in rows)
    assert max(total for _, total in rows) > 1e11
    assert rows[-1][1] > 1e3


def test_the_forget_bias_is_what_makes_the_gates_better():
    rows = {(cell, bias, scale): float(far) for cell, bias, scale, *_, far, _ in read_numbers("cells")}
    for cell, times in (("lstm", 2e7), ("gru", 2e6)):
        assert rows[cell, "1", "1"] == pytest.approx(times * rows["rnn", "none", "1"], rel=0.3)
        assert rows["rnn", "none", "1"] > 0.01 * rows[cell, "0", "1"]
        assert rows[cell, "0", "0.1"] < 1e-5 * rows["rnn", "none", "0.1"]
    assert rows["lstm", "1", "0.1"] > rows["rnn", "none", "0.1"] > rows["gru", "1", "0.1"]
