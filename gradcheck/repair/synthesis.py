"""Writes edits that give a place the value it needs: a factor, a term, another expression, or a new statement."""

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from ..cases.arrays import Array
from ..edits import Edit, NodeReplacement
from ..edits.operators.omissions import parse_expression
from ..edits.rewrite import SourceWriter
from .feasibility import Constraint
from .ingredients import MAX_INGREDIENTS, Ingredient, collect_ingredients, list_products, measure_cost
from .probes import Location

MAX_TRIPLES = 50
MAX_PROPOSALS = 10
MAX_GUARDS = 10
MAX_HITS = 4
MAX_MATRIX_NAMES = 14
ITSELF_NAME = "__itself__"
PROPOSAL_FORMS = {
    "add factor": "{0} * {1}",
    "add divisor": "{0} / ({1})",
    "add term": "{0} + {1}",
    "subtract term": "{0} - {1}",
    "take difference": "{1} - {0}",
    "replace expression": "{1}",
}
MatrixProduct = Callable[[Array, Array], Array]
MATRIX_PRODUCTS: dict[str, MatrixProduct] = {
    "{0} @ {1}": lambda a, b: a @ b,
    "{0}.T @ {1}": lambda a, b: a.T @ b,
    "{0} @ {1}.T": lambda a, b: a @ b.T,
    "{0}.T @ {1}.T": lambda a, b: a.T @ b.T,
}


class Proposal(NamedTuple):
    cost: int
    kind: str
    text: str


def synthesize_edits(place: Location, need: Constraint, around: dict[str, Any], elsewhere: Sequence[str]) -> list[Edit]:
    """Return the edits of a place that give it the value it needs, the simplest first."""
    found = collect_ingredients(need.names, around, elsewhere)
    proposals = sorted({*propose_products(found, need), *propose_matrix_products(found, need)})
    if place.name:
        edits = [insert_statement(place, place.name, p) for p in proposals[:MAX_PROPOSALS]]
        for index, part in split_constraint(need):
            within = sorted({*propose_products(found, part), *propose_matrix_products(found, part)})[:MAX_PROPOSALS]
            edits += [insert_statement(place, f"{place.name}[{index}]", p) for p in within]
    else:
        edits = [edit_expression(place, p) for p in proposals[:MAX_PROPOSALS]]
        edits += [edit_expression(place, p) for p in guard_proposals(place, proposals)]
    return list(dict.fromkeys(edit for edit in edits if edit is not None))


def split_constraint(need: Constraint) -> Iterator[tuple[str, Constraint]]:
    """Split what NAME needs into what NAME[t] needs, for every t in scope."""
    indices = [n for n, v in need.names[0].items() if isinstance(v, int) and not isinstance(v, bool)]
    for index in indices if all(need.shapes) else ():
        kept = []
        for shape, names in zip(need.shapes, need.names, strict=True):
            mask = np.zeros(shape, bool)
            if not -len(mask) <= names[index] < len(mask):
                break
            mask[names[index]] = True
            kept.append(mask.ravel())
        if len(kept) == len(need.shapes):
            columns = np.concatenate(kept)
            shapes = tuple(shape[1:] for shape in need.shapes)
            yield index, Constraint(shapes, need.value[columns], need.rows[:, columns], need.residual, need.names)


def guard_proposals(place: Location, proposals: Sequence[Proposal]) -> Iterator[Proposal]:
    """Write `X if n is None else PROPOSAL` for the names n in a proposal that may be None."""
    kinds = [k for each in place.region.kinds.values() for k in each]
    absent = {name for k in kinds for name in k if any(name not in other for other in kinds)}
    for proposal in proposals[:MAX_GUARDS]:
        for name in sorted(absent):
            if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", proposal.text):
                text = f"({ITSELF_NAME}) if {name} is None else ({proposal.text})"
                yield Proposal(proposal.cost + 2, f"{proposal.kind} where {name} is given", text)


def propose_products(found: Sequence[Ingredient], need: Constraint) -> Iterator[Proposal]:
    """Propose products of up to three ingredients, in each form."""
    flat = [(atom, row) for atom in found if (row := atom.flatten_values(need.shapes)) is not None]
    if not flat:
        return
    del flat[MAX_INGREDIENTS:]
    rows = np.stack([*(row for _, row in flat), np.ones(need.value.size)])
    picked = choose_factors(len(flat))
    filling = rows[picked].prod(axis=1)
    with np.errstate(all="ignore"):
        values = {
            "add factor": need.value * filling,
            "add divisor": need.value / filling,
            "add term": need.value + filling,
            "subtract term": need.value - filling,
            "take difference": filling - need.value,
            "replace expression": filling,
        }
    for kind, form in PROPOSAL_FORMS.items():
        met = np.flatnonzero(need.match_values(values[kind]))
        hits = [[flat[k][0] for k in picked[i] if k < len(flat)] for i in met]
        for hit in sorted(hits, key=lambda hit: sum(atom.cost for atom in hit))[:MAX_HITS]:
            for text in spell_product(hit):
                yield Proposal(measure_cost(text), kind, form.format(f"({ITSELF_NAME})", text))


@cache
def choose_factors(count: int) -> Array:
    return list_products(count, MAX_TRIPLES)


def spell_product(hit: Sequence[Ingredient]) -> Iterator[str]:
    """Write out a product, with each text of each ingredient in turn."""
    first = [atom.texts[0] for atom in hit]
    for k, atom in enumerate(hit):
        for text in atom.texts[0 if k == 0 else 1 :]:
            yield " * ".join(f"({t})" for t in [*first[:k], text, *first[k + 1 :]])


def propose_matrix_products(found: Sequence[Ingredient], need: Constraint) -> Iterator[Proposal]:
    """Propose products of two matrices, one of which may be the value itself: to replace the value, or to add to it."""
    cuts = np.cumsum([int(np.prod(s)) for s in need.shapes])[:-1]
    own = [part.reshape(s) for part, s in zip(np.split(need.value, cuts), need.shapes, strict=True)]
    named = [a for a in found if measure_cost(a.texts[0]) <= 2 and all(v.ndim == 2 for v in a.values)][
        :MAX_MATRIX_NAMES
    ]
    itself = [Ingredient([ITSELF_NAME], own)] if own[0].ndim == 2 else []
    taken: list[tuple[str, Ingredient, Ingredient]] = []
    rows: list[Array] = []
    for (form, product), a, b in itertools.product(MATRIX_PRODUCTS.items(), [*named, *itself], [*named, *itself]):
        try:
            values = [product(x, y) for x, y in zip(a.values, b.values, strict=True)]
        except ValueError:
            continue
        row = Ingredient([], values).flatten_values(need.shapes)
        if row is not None:
            taken.append((form, a, b))
            rows.append(row)
    if not rows:
        return
    for added in (False, True):
        for k in np.flatnonzero(need.match_values(np.stack(rows) + (need.value if added else 0))):
            form, a, b = taken[k]
            for one, two in itertools.product(a.texts, b.texts):
                text = form.format(one, two)
                if added:
                    yield Proposal(measure_cost(text) + 1, "add term", f"{ITSELF_NAME} + {text}")
                else:
                    yield Proposal(measure_cost(text), "take product", text)


def edit_expression(place: Location, proposal: Proposal) -> Edit | None:
    written = SourceWriter(place.region.source).write(
        NodeReplacement(place.node, fill_expression(proposal.text, place.node))
    )
    return None if written is None else Edit(place.region.source.file, *written[:3], proposal.kind)


def fill_expression(text: str, itself: ast.AST) -> ast.AST:
    """Parse a text, and put a node of the source in the place of its name for itself."""

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return itself if node.id == ITSELF_NAME else node

    filled: ast.AST = Fill().visit(parse_expression(text))
    return filled


def insert_statement(place: Location, target: str, proposal: Proposal) -> Edit | None:
    """Insert `TARGET = ...` on its own line, before or after the statement of the place."""
    source, node = place.region.source, place.node
    assert isinstance(node, ast.stmt)
    indent = SourceWriter(source).get_indent(node)
    if indent.strip() or node.end_lineno is None:
        return None
    at = source.starts[node.lineno - 1] if place.before else source.starts[node.end_lineno]
    if not place.before and not source.text[:at].endswith(("\n", "\r")):
        return None
    end = "\r\n" if source.lines[node.lineno - 1].endswith("\r\n") else "\n"
    value = ast.unparse(ast.parse(proposal.text.replace(ITSELF_NAME, target), mode="eval"))
    start = f"{target} + "
    accumulated = value.startswith(start) and is_zero_buffer(place)
    text = f"{target} += {value.removeprefix(start)}" if accumulated else f"{target} = {value}"
    return Edit(source.file, at, at, f"{indent}{text}{end}", "add statement")


def is_zero_buffer(place: Location) -> bool:
    """Whether the name of a place is assigned new zeros, to which terms are then added."""
    for node in ast.walk(place.region.node):
        if isinstance(node, ast.Assign):
            for target, value in zip(list_elements(node.targets[0]), list_elements(node.value), strict=False):
                if isinstance(target, ast.Name) and target.id == place.name and isinstance(value, ast.Call):
                    return "zeros" in ast.unparse(value.func)
    return False


def list_elements(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]
