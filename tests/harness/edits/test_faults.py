"""Every kind of fault, on one line that it can be planted in."""

import pytest

from gradcheck.edits import generate_mutants
from gradcheck.edits.operators import FAULT_OPERATORS
from tests.harness.edits.snippets import edited, region

PLANTED = {
    "exchange operator": [
        ("x = a + b", ["x = a * b", "x = a - b"]),
        ("x = a % (b - c)", ["x = a // (b - c)", "x = a % (b + c)", "x = a % (b * c)"]),
        ("x = a / b", ["x = a * b", "x = a - b"]),
        ("x = a @ b", ["x = a * b", "x = a + b"]),
    ],
    "drop operand": [
        ("x = a + b", ["x = a", "x = b"]),
        ("x = a - b", ["x = a", "x = -b"]),
        ("x = a @ b", ["x = a", "x = b"]),
        ("x = t or T", ["x = t", "x = T"]),
    ],
    "exchange operands": [("x = 1 - a", ["x = a - 1"]), ("x = a @ b", ["x = b @ a"]), ("x = a + b", [])],
    "change sign": [("return a", ["return -a"]), ("return -a", ["return a"]), ("x = not t", ["x = t"])],
    "double factor": [
        ("x = a * b", ["x = a * a * b", "x = a * (b * b)", "x = 2 * (a * b)"]),
        ("return a", ["return 2 * a"]),
    ],
    "reset term": [("return a", ["return 0 * a"]), ("f(a, b)", ["f(0 * a, b)", "f(a, 0 * b)"]), ("len(a)", [])],
    "change constant": [
        ("x = a * 3", [f"x = a * {n}" for n in (0, 1, 4, 2, 6, -3)]),
        ("x = a.sum(axis=0)", ["x = a.sum(axis=1)", "x = a.sum(axis=-1)"]),
        ("f(a, keepdims=True)", ["f(a, keepdims=False)"]),
        ("zip(a, b, strict=True)", []),
    ],
    "exchange name": [
        ("return a @ c", ["return b @ c", "return x @ c"]),
        ("return t", []),
        ("return len(a)", []),
        ("x = a.shape", []),
    ],
    "shift index": [
        ("x = a[t]", ["x = a[t - 1]", "x = a[t + 1]"]),
        ("x = a[:, t + 1]", ["x = a[:, t + 1 - 1]", "x = a[:, t + 1 + 1]"]),
        ("x = a[c]", []),
    ],
    "move slice": [
        ("x = a[1:]", ["x = a[:-1]", "x = a[:]"]),
        ("x = a[:-1]", ["x = a[1:]", "x = a[:]"]),
        (
            "x = a[t:T]",
            ["x = a[t + 1:T]", "x = a[t - 1:T]", "x = a[t:T + 1]", "x = a[t:T - 1]", "x = a[:T]", "x = a[t:]"],
        ),
        ("x = a[::-1]", ["x = a[:]"]),
    ],
    "exchange slice": [("x = a[:T] + a[T:]", ["x = a[T:] + a[T:]", "x = a[:T] + a[:T]"])],
    "transpose array": [("x = a.T", ["x = a"]), ("x = a @ b.T", ["x = (a @ b.T).T", "x = a.T @ b.T", "x = a @ b"])],
    "exchange elements": [
        ("x = (a, b, c)", ["x = (b, a, c)", "x = (c, b, a)", "x = (a, c, b)"]),
        ("a, b = f()", ["b, a = f()"]),
        ("f(a, t)", ["f(t, a)"]),
        ("x = {'a': a, **b, 'c': c}", ["x = {'a': c, **b, 'c': a}"]),
        ("x = [c, None]", ["x = [None, c]"]),
    ],
    "exchange key": [("x = {'h': a['c']}", ["x = {'h': a['h']}"])],
    "drop call": [
        ("for t in reversed(range(T)): pass", ["for t in range(T): pass"]),
        ("x = a.sum(axis=0)", ["x = a"]),
        ("x = a.copy()", ["x = a"]),
        ("x = np.tanh(a)", ["x = a"]),
        ("x = np.maximum(a, b)", ["x = a", "x = b"]),
    ],
    "drop keyword": [("x = a.sum(axis=0, keepdims=True)", ["x = a.sum(keepdims=True)", "x = a.sum(axis=0)"])],
    "shorten range": [("for t in range(T): pass", ["for t in range(1, T): pass", "for t in range(T - 1): pass"])],
    "flip comparison": [
        ("if a is None: return", ["if a is not None: return"]),
        ("x = t > 0", ["x = t >= 0", "x = t <= 0", "x = t < 0"]),
        ("x = t and T", ["x = t or T"]),
        ("if t: return", ["if not t: return"]),
    ],
    "exchange arms": [("x = a if t else b", ["x = b if t else a", "x = a", "x = b"])],
    "change accumulation": [
        ("a += b", ["a = b", "a -= b"]),
        ("a[t] = b", ["a[t] += b"]),
        ("a = b", ["a += b"]),
        ("x = b", []),
    ],
    "delete statement": [("a += b", ["pass"]), ("f(a)", ["pass"]), ("a = b", ["pass"]), ("x = b", []), ("'text'", [])],
}


@pytest.mark.parametrize(("kind", "line", "faults"), [(k, *pair) for k, pairs in PLANTED.items() for pair in pairs])
def test_the_faults_of_a_line(kind, line, faults):
    assert sorted(edited(line, kind)) == sorted(faults)


def test_every_kind_of_fault_is_planted_here():
    assert {fault.__name__.replace("_", " ") for fault in FAULT_OPERATORS} == set(PLANTED)


def test_a_name_is_exchanged_only_for_one_that_has_a_value_by_then():
    assert edited("x = a\nreturn a", "exchange name") == ["return b", "return x"]
    assert edited("return a\nx = b", "exchange name") == ["x = a"]


def test_lines_that_did_not_run_are_counted_and_left_alone():
    function = region("def backward(a, b):\n    if a is None:\n        return -b\n    return a")
    all_of_them = generate_mutants([function])
    fewer = generate_mutants([type(function)(function.source, function.node, frozenset({2, 4}), function.kinds)])
    assert {e.line(function.source.text) for e in fewer.edits} == {2, 4}
    assert fewer.not_run == len(all_of_them.edits) - len(fewer.edits) > 0


def test_annotations_messages_and_nested_functions_are_left_alone():
    text = 'def backward(a, b):\n    "a * b"\n    x: 1 * 2 = a\n    assert a * b\n    raise ValueError(a * b)'
    function = region(text)
    assert {e.line(text) for e in generate_mutants([function]).edits} == {3}
    assert all("1 * 2" in e.apply(text) for e in generate_mutants([function]).edits if e.kind != "delete statement")


def test_mutants_are_different_programs_in_a_fixed_order():
    text = "def backward(a, b, c):\n    x = a * b + (a * b)\n    x += a[1:] @ c.T\n    return (x, a, -b)"
    found = generate_mutants([region(text)]).edits
    assert found == generate_mutants([region(text)]).edits
    assert len({e.apply(text) for e in found}) == len(found)
