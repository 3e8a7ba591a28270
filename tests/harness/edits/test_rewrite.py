"""What is written parses to what is meant, and the rest of the file stays as it is."""

import ast

import pytest

from gradcheck.edits import (
    Edit,
    NodeReplacement,
    NodeSwap,
    Source,
    apply_edits,
    format_diff,
    generate_mutants,
    rewrite_source,
)
from gradcheck.errors import DeclarationError
from tests.harness.edits.snippets import region, source


def product(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Mult(), right)


def expression(text: str) -> tuple[Source, ast.expr]:
    written = source(text)
    return written, written.tree.body[0].value


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("x = a + b", "x = 2 * (a + b)"),
        ("x = (a + b)", "x = (2 * (a + b))"),
        ("x = a @ b", "x = 2 * (a @ b)"),
        ("x = a[1]", "x = 2 * a[1]"),
        ("x = a if b else c", "x = 2 * (a if b else c)"),
        ("x = (a +  # first\n     b)", "x = (2 * (a +  # first\n     b))"),
    ],
)
def test_parentheses_are_written_where_the_tree_needs_them(text, result):
    written, value = expression(text)
    assert (
        rewrite_source(written, NodeReplacement(value, product(ast.Constant(2), value)), "doubled").apply(text)
        == result
    )


def test_the_replaced_text_is_put_in_parentheses_where_it_stands():
    written, value = expression("x = a * b.T")
    inner = value.right.value
    edit = rewrite_source(written, NodeReplacement(inner, ast.BinOp(inner, ast.Add(), value.left)), "added")
    assert edit.apply(written.text) == "x = a * (b + a).T"


def test_an_operator_alone_is_replaced_comments_and_line_ends_kept():
    text = "def f():\r\n\treturn (a +  # plus\r\n\t        b)\r\n"
    written = source(text)
    value = written.tree.body[0].body[0].value
    edit = rewrite_source(written, NodeReplacement(value, ast.BinOp(value.left, ast.Sub(), value.right)), "exchanged")
    assert (written.text[edit.start : edit.end], edit.text) == ("+", "-")
    assert edit.apply(text) == text.replace("+", "-")


def test_columns_are_counted_in_characters_where_ast_counts_bytes():
    text = 'def f(δ, β):\n    "ünïcödé"; ε = δ * β  # Σ\n    return ε'
    written = source(text)
    value = written.tree.body[0].body[1].value
    edit = rewrite_source(written, NodeSwap(value.left, value.right), "exchanged")
    assert edit.apply(text) == text.replace("δ * β", "β * δ")
    assert edit.line(text) == 2


def test_a_form_feed_ends_no_line():
    text = "x = 1\f\ny = '\u2028' + a"
    written = source(text)
    value = written.tree.body[1].value
    assert written.get_segment(value.right) == "a"


def test_a_change_of_nothing_is_no_edit():
    written, value = expression("x = a + a")
    assert rewrite_source(written, NodeSwap(value.left, value.right), "exchanged") is None


def test_every_mutant_parses_and_differs_in_its_span_alone():
    text = (
        "@decorated(1)\n"
        "def backward(a, b, c, t):\n"
        "    for t in reversed(range(t)): a = a + (b *\n"
        "        c)  # why\n"
        "    if a is None or t > 1:\n"
        "        b[1:, t] += (-a).sum(axis=0); c -= a[t] @ (b.T + c)\n"
        "    elif t: x = {'a': lambda: a * b, 'b': b}\n"
        "    return (a if t else b), [c for c in (a, b)]\n"
    )
    function = region(text)
    found = generate_mutants([function]).edits
    trees = {ast.dump(ast.parse(e.apply(text))) for e in found}
    assert ast.dump(ast.parse(text)) not in trees
    assert len(trees) == len(found) > 80
    assert all("lambda: a * b" in e.apply(text) for e in found if "'a'" in e.apply(text))


def test_edits_of_one_file_are_made_together():
    first, second = Edit("f.py", 0, 1, "y", ""), Edit("f.py", 4, 5, "", "")
    assert apply_edits([second, first], "x = 12") == apply_edits([first, second], "x = 12") == "y = 2"
    with pytest.raises(ValueError, match="two edits overlap at character 2"):
        apply_edits([Edit("f.py", 0, 2, "", ""), Edit("f.py", 1, 3, "", "")], "x = 12")


def test_the_diff_has_the_lines_of_the_file():
    text = "a\nb\nc = 1\nd\n"
    edit = Edit("folder/f.py", 8, 9, "2", "change constant")
    assert edit.line(text) == 3
    assert edit.diff(text).splitlines() == [
        "--- a/folder/f.py", "+++ b/folder/f.py", "@@ -2,3 +2,3 @@", " b", "-c = 1", "+c = 2", " d"
    ]  # fmt: skip
    assert format_diff([edit, Edit("folder/f.py", 0, 1, "z", "")], text, 0).count("@@ ") == 2


@pytest.mark.parametrize(
    ("text", "reason"), [(None, "is not available"), (b"x = (", "does not parse"), (b"x = '\xff'", "does not parse")]
)
def test_a_source_that_cannot_be_read_is_a_bad_declaration(tmp_path, text, reason):
    file = tmp_path / "unit.py"
    if text is not None:
        file.write_bytes(text)
    with pytest.raises(DeclarationError, match=reason):
        Source.read(str(file))


def test_a_file_is_read_in_its_own_encoding(tmp_path):
    file = tmp_path / "unit.py"
    file.write_bytes("# coding: latin-1\r\nx = 'ü'\r\n".encode("latin-1"))
    written = Source.read(str(file))
    assert (written.text, written.encoding) == ("# coding: latin-1\r\nx = 'ü'\r\n", "iso-8859-1")
