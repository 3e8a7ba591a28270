"""What may have been left out, put in on one line; and faults undone by them."""

import ast

import pytest

from gradcheck.edits import generate_mutants
from gradcheck.edits.operators import FAULT_OPERATORS
from gradcheck.edits.operators.insertions import INSERTION_OPERATORS
from tests.harness.edits.snippets import edited, region

ADDED = {
    "add term": [("return c", ["return c + c", "return c - c"])],
    "add factor": [
        (
            "return c",
            ["return c * c", "return c * (1 - c)", "return c * (1 - c * c)", "return c * c * (1 - c)"],
        )
    ],
    "add product": [
        ("return c", [f"return {p}" for n in "abc" for p in (f"{n} @ c", f"c @ {n}", f"{n}.T @ c", f"c @ {n}.T")])
    ],
    "take complement": [("return c * 2", ["return (1 - c) * 2", "return (1 - c * c) * 2"])],
    "halve constant": [("x = a * 6", ["x = a * 3"]), ("x = a * 2", [])],
    "add call": [
        ("return c", ["return c.sum(axis=0)", "return c.sum(axis=1)", "return c.copy()", "return c.T", "return f(c)"])
    ],
    "add keyword": [
        ("x = a.sum(axis=0)", ["x = a.sum(axis=0, keepdims=True)"]),
        ("x = a.max(keepdims=1)", [f"x = a.max(keepdims=1, axis={k})" for k in (0, 1, -1)]),
    ],
    "add index": [("return c", ["return c[t]", "return c[T]"])],
    "reverse loop": [
        ("for t in range(T): pass", ["for t in reversed(range(T)): pass"]),
        ("for t in range(1, T): pass", ["for t in reversed(range(1, T)): pass", "for t in range(T): pass"]),
    ],
}


@pytest.mark.parametrize(("kind", "line", "edited_lines"), [(k, *pair) for k, pairs in ADDED.items() for pair in pairs])
def test_the_insertions_into_a_line(kind, line, edited_lines):
    assert {text for text in edited(line, kind, INSERTION_OPERATORS) if " x" not in text or "x" in line} == set(
        edited_lines
    )


def test_every_kind_of_insertion_is_made_here():
    assert {insertion.__name__.replace("_", " ") for insertion in INSERTION_OPERATORS} == set(ADDED)


@pytest.mark.parametrize(
    "line",
    [
        "x = a * b + x",
        "x = a * (1 - b)",
        "x = a.sum(axis=0)",
        "x = a - b.T @ c",
        "x = f(a)",
        "for t in range(T): a += b",
    ],
)
def test_what_one_edit_breaks_another_repairs(line):
    head = "def backward(a, b, c, f, t, T):\n    "
    right, repaired, broken = ast.dump(ast.parse(head + line)), 0, generate_mutants([region(head + line)]).edits
    for edit in broken:
        wrong = region(edit.apply(head + line))
        repairs = generate_mutants([wrong], (*FAULT_OPERATORS, *INSERTION_OPERATORS)).edits
        repaired += any(ast.dump(ast.parse(r.apply(wrong.source.text))) == right for r in repairs)
    assert repaired >= 0.7 * len(broken) > 3
