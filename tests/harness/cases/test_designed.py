"""The designed cases reach every size and every pair of switches, and any range of numbers can be drawn alone."""

from collections.abc import Callable
from itertools import combinations, product
from typing import Any

from jaxtyping import Float

from gradcheck import declare
from gradcheck.cases.choices import list_kind_names, list_same_inputs
from gradcheck.cases.completing import list_subsets
from gradcheck.cases.covering import cover_pairs
from gradcheck.cases.designed import list_designed_cases
from gradcheck.cases.fitting import count_entries, fits
from gradcheck.cases.literals import NOTHING
from gradcheck.cases.sequence import CaseSequence, draw_case_number
from gradcheck.cases.vocabulary import CALLS, LAYOUTS, UPSTREAMS
from tests.harness import elman

ELMAN = declare(elman.elman)
NUMBERS = [250 * block + place for block in range(4) for place in range(25)]
SEQUENCE = CaseSequence(ELMAN, 5)
CASES = [SEQUENCE[number] for number in NUMBERS]


def test_every_size_is_among_the_default_cases() -> None:
    for letter in "BIH":
        assert {1, 2, 3, 4, 7, 8, 9, 16, 17, 33, 64, 65} <= {case.sizes[letter] for case in CASES}
    assert {0, 1, 2, 3, 7, 8, 9, 16, 17, 33, 64, 65, 128, 129, 255, 256, 257} <= {case.sizes["T"] for case in CASES}
    assert all(0 in {case.sizes[letter] for case in CASES} for letter in ELMAN.letters)


def test_every_word_of_the_case_id_is_among_the_default_cases() -> None:
    layouts = {(name, case.layout_of(name)) for case in CASES for name in (*ELMAN.inputs, *ELMAN.outputs)}
    assert layouts == set(product((*ELMAN.inputs, *ELMAN.outputs), LAYOUTS))
    assert {case.upstream for case in CASES} == set(UPSTREAMS)
    assert {case.calls for case in CASES} == set(CALLS)
    held = {(name, kind) for case in CASES for name, kind in case.values}
    known = {(name, kind) for name, spec in ELMAN.inputs.items() for kind in list_kind_names(spec, NOTHING)}
    assert known <= held
    assert {
        ("d.ys", "zero"),
        ("d.h_T", "zero"),
        ("d.ys", "steps"),
        ("d.ys", "negative"),
        ("bias_hh", "like.bias_ih"),
    } <= held
    assert any(case.same for case in CASES)


def test_zeros_meet_large_rows_and_every_upstream() -> None:
    zero = [case for case in CASES if ("h_0", "zero") in case.values]
    assert max(case.sizes["B"] for case in zero) > 16
    assert min(case.sizes["B"] for case in zero) < 5
    assert len({case.upstream for case in zero}) >= 4
    assert len({case.layout_of("x") for case in zero}) >= 4


def test_inputs_whose_shapes_agree_at_one_size_are_one_array() -> None:
    pairs = {frozenset(case.same) for case in CASES if case.same}
    assert {frozenset(("weight_ih", "weight_hh")), frozenset(("bias_ih", "bias_hh"))} <= pairs
    assert list_same_inputs(ELMAN, {"T": 2, "B": 3, "I": 4, "H": 5}) == [("bias_ih", "bias_hh")]


def test_every_pair_of_choices_meets_in_a_row() -> None:
    choices = {"a": "123456", "b": "1234", "c": "12", "d": "123"}
    rows = cover_pairs(choices)
    for one, other in combinations(choices, 2):
        assert {(row[one], row[other]) for row in rows} == set(product(choices[one], choices[other]))
    assert len(rows) < 36


def test_every_remainder_by_eight_is_met_below_16_and_above() -> None:
    assert {*range(18), 21, 22, 30, 49} <= {case.sizes["T"] for case in CASES}
    for letter in "BIH":
        assert {*range(24)} <= {case.sizes[letter] for case in CASES}


def test_a_letter_is_above_256_where_its_matrices_allow_it() -> None:
    large = [case.sizes for case in CASES if max(case.sizes.values()) == 257]
    assert all(any(sizes[letter] == 257 for sizes in large) for letter in "TBI")


def blocked(x: Float[elman.Array, "T B I"], w: Float[elman.Array, "4*H I"]) -> tuple[elman.Output, Callable[..., Any]]:
    raise NotImplementedError


def test_each_letter_is_the_size_of_a_block_alone_and_all_are() -> None:
    sizes = [case.sizes for case in list_designed_cases(declare(blocked))[:95]]
    equal = {tuple(x for x in "TBI" if s[x] == 4 * s["H"]) for s in sizes if s["H"] > 1}
    assert {("T",), ("B",), ("I",), ("T", "B", "I")} <= equal


def optional(
    x: Float[elman.Array, "T B H"],
    a: Float[elman.Array, "T B H"] | None = None,
    b: Float[elman.Array, "T B H"] | None = None,
    c: Float[elman.Array, "T B H"] | None = None,
) -> tuple[elman.Output, Callable[..., Any]]:
    raise NotImplementedError


def test_every_subset_of_three_optional_inputs_meets_every_upstream_that_is_none() -> None:
    cases = list_designed_cases(declare(optional))[:95]
    subsets = {some for count in range(4) for some in combinations("abc", count)}
    assert {(case.absent, case.none) for case in cases} == set(product(subsets, [(), ("ys",), ("h_T",)]))


def test_of_four_names_each_two_are_met_and_all_but_each() -> None:
    subsets = list_subsets(("a", "b", "c", "d"))
    assert {(), ("a", "b", "c", "d"), ("b",), ("a", "c", "d"), ("b", "d")} <= set(subsets)
    assert len(subsets) == len(set(subsets)) == 16


def test_what_a_case_holds_is_not_left_out() -> None:
    for case in list_designed_cases(declare(optional)):
        assert not {*case.absent} & {*case.same, *dict(case.values)}
        assert not {f"d.{name}" for name in case.none} & {*dict(case.values)}


def test_no_designed_case_is_costly() -> None:
    for case in list_designed_cases(ELMAN):
        assert fits(ELMAN, case.sizes)
        assert count_entries(ELMAN, case.sizes) <= 40_000


def test_a_case_depends_on_its_number_and_seed_alone() -> None:
    assert [draw_case_number(ELMAN, 5, number) for number in (0, 3, 250, 777)] == [
        SEQUENCE[n] for n in (0, 3, 250, 777)
    ]
    assert len({str(draw_case_number(ELMAN, seed, 1)) for seed in range(9)}) == 9


def test_the_first_few_cases_have_a_share_of_everything() -> None:
    few = CASES[:25]
    assert max(max(case.sizes.values()) for case in few) >= 17
    assert any(case.values for case in few)
    assert any(case.calls != "1" for case in few)
