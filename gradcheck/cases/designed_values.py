"""The designed cases of values that are not random.

A case is made for one value, of an input or of an upstream gradient: its lead.  The first time that a value leads, all
sizes are above 16, then small, then above 8.  Beside it, inputs that take turns hold quiet values, which leave the
gradients of the others alive; layouts, upstream gradients, options and inputs that are left out take turns too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..unit.declaration import ArraySpec, Declaration
from .case import Case, join_pairs
from .choices import (
    Values,
    is_length,
    list_absent_choices,
    list_differentiable_outputs,
    list_joint_values,
    list_kind_names,
    list_none_choices,
)
from .designed_sizes import Sizes, choose_plural_sizes, is_affordable
from .literals import Literals
from .vocabulary import LAYOUTS, UPSTREAM_OF

QUIET = ("rows", "identity", "steps", "ones", "entries", "onehot", "negative", "symmetric", "zerorow", "positive")
LOUD = ("tails", "around", "times")
HIDING = ("false", "low", "only", "onehot", "onestep")
"""Masks and integers that leave little of the other gradients."""
ALIKE = ("rows", "steps", "entries", "ones", "zero", "equal", "high", "low", "true", "false")
ABOVE_16 = (17, 18, 20, 19, 33)
ABOVE_8 = (9, 10, 12, 11)
MOST_ENTRIES = 5_000
"""Where a case fails, its numbers are computed to sixty digits, which takes long if they are many."""
STEPS = (3, 2, 4, 2)
COUNTED_STEPS = (4, 9, 3, 6)
UPSTREAMS = ("constant", "last", "ones", "tiny", "constant", "huge")


class Lead(NamedTuple):
    """What a case is made for.

    occurrence  how many cases have been made for it before
    variant     numbers the cases, so that neither two kinds of an input nor two inputs of a kind are alike in parity
    """

    values: Values
    occurrence: int = 0
    variant: int = 0


def list_valued_cases(declaration: Declaration, literals: Literals, count: int) -> list[Case]:
    """List so many cases, those first that are likeliest to show a fault."""
    return [
        make_valued_case(declaration, turn, lead) for turn, lead in enumerate(list_leads(declaration, literals, count))
    ]


def list_leads(declaration: Declaration, literals: Literals, count: int) -> list[Lead]:
    """Merge what several inputs hold together, values of integers and masks, and values of floats."""
    inputs = declaration.inputs
    counted = {n: list_kind_names(i, literals) for n, i in inputs.items() if not i.floating}
    floats = {n: list_kind_names(i, literals) for n, i in inputs.items() if i.floating}
    floats |= {f"{UPSTREAM_OF}{n}": kinds for n, kinds in list_upstream_kinds(declaration).items()}
    joint = [Lead(v, 0, k) for k, v in enumerate(list_joint_values(declaration, literals)[: count // 3])]
    some = list_single_leads(counted)
    some = some[: (count - len(joint)) // 2]
    most = list_single_leads(floats)[: count - len(joint) - len(some)]
    placed = [(k / len(s), n, lead) for n, s in enumerate((joint, some, most)) for k, lead in enumerate(s)]
    return [lead for _, _, lead in sorted(placed, key=lambda entry: entry[:2])]


def list_single_leads(kinds: Mapping[str, Sequence[str]]) -> list[Lead]:
    """List the first kind of each name, then the second of each, and so on; then all of them again, twice."""
    places = [
        (place, index, ((name, kind),))
        for index, (name, some) in enumerate(kinds.items())
        for place, kind in enumerate(some)
    ]
    places.sort(key=lambda entry: entry[:2])
    return [Lead(v, again, place + index + again) for again in range(3) for place, index, v in places]


def list_upstream_kinds(declaration: Declaration) -> dict[str, list[str]]:
    """List, for each output, what its upstream gradient may hold; zeros only if there is one of another output."""
    names = list_differentiable_outputs(declaration)
    axes = {n: len(declaration.outputs[n].dimensions) for n in names}
    zero = ["zero"] if len(names) > 1 else []
    return {
        n: [*["rows"][: axes[n]], *zero, "negative", *["steps", "entries"][: axes[n] - 1], "positive"] for n in names
    }


def make_valued_case(declaration: Declaration, turn: int, lead: Lead) -> Case:
    values = {**dict(lead.values), **dict(choose_quiet_values(declaration, turn, lead.values))}
    sent = {n.removeprefix(UPSTREAM_OF) for n in values if n.startswith(UPSTREAM_OF)}
    mixed = lead.variant // 2 % 2 == 1
    plain = sent or not mixed or has_kind(lead.values, LOUD)
    upstream = "all" if plain else UPSTREAMS[turn // 2 % len(UPSTREAMS)]
    alike = {n for n, kind in values.items() if kind in ALIKE and (kind == "zero") is bool(lead.occurrence % 2)}
    if upstream in ("ones", "constant") and turn % 4 < 2:
        alike |= {*declaration.outputs}
    absent = [some for some in list_absent_choices(declaration) if not {*some} & {*values}]
    none = list_none_choices(declaration)
    choices = declaration.choices
    return Case(
        choose_value_sizes(declaration, turn, lead),
        layout=choose_layouts(declaration, turn if mixed else 0, {n.removeprefix(UPSTREAM_OF) for n in alike}),
        upstream=upstream,
        values=tuple(values.items()),
        none=none[turn // 8 % len(none)] if turn % 8 == 3 and not sent else (),
        absent=absent[turn // 3 % len(absent)] if turn % 3 == 2 else (),
        options=choices[(turn + turn // len(choices)) % len(choices)],
    )


def has_kind(values: Values, kinds: tuple[str, ...]) -> bool:
    return any(kind.startswith(kinds) for _, kind in values)


def choose_quiet_values(declaration: Declaration, turn: int, lead: Values) -> Iterator[tuple[str, str]]:
    """Choose what a part of the other inputs hold; in every second case masks and lengths keep all."""
    led = dict(lead)
    floats = [i for n, i in declaration.inputs.items() if i.floating and i.dimensions]
    many = 0 if len(led) > 1 or has_kind(lead, HIDING) else max(len(floats) // 3 - 1, turn % 2)
    for place in range(turn * many, turn * many + many):
        spec = floats[place % len(floats)]
        kinds = [kind for kind in QUIET if kind in list_kind_names(spec, Literals())]
        if spec.name not in led:
            yield spec.name, kinds[(place // len(floats) + place) % len(kinds)]
    for name, spec in declaration.inputs.items():
        if name not in led and not spec.floating and turn % 2:
            yield from ((name, kind) for kind in list_keeping_kinds(spec, declaration)[:1])


def list_keeping_kinds(spec: ArraySpec, declaration: Declaration) -> list[str]:
    return ["true"] if spec.kind == "bool" else ["high"] if is_length(spec, declaration) else []


def choose_value_sizes(declaration: Declaration, turn: int, lead: Lead) -> Sizes:
    """Choose sizes that the values of a case show at; small ones if arrays would be too large."""
    counted = any(name in declaration.inputs and not declaration.inputs[name].floating for name, _ in lead.values)
    steps = 1 if has_kind(lead.values, LOUD) else (COUNTED_STEPS if counted else STEPS)[turn % 4]
    small = choose_plural_sizes(declaration, turn) | ({"T": steps} if "T" in declaration.letters else {})
    large = list_large_letters(declaration, lead.variant)
    for ladder in ((ABOVE_16, (), ABOVE_8)[lead.occurrence], ABOVE_8):
        sizes = small | {x: ladder[(turn + k) % len(ladder)] for k, x in enumerate(large) if ladder}
        for name, kind in lead.values:
            sizes |= choose_own_sizes(declaration.inputs.get(name), kind, sizes)
        if is_affordable(declaration, sizes, MOST_ENTRIES):
            return sizes
    return small


def list_large_letters(declaration: Declaration, variant: int) -> list[str]:
    """Every letter; where there are steps, the rows and every second other letter, by turns."""
    others = [letter for letter in declaration.letters if letter not in ("T", "B")]
    rows = [letter for letter in declaration.letters if letter == "B"]
    return [*rows, *(others[variant % 2 :: 2] if "T" in declaration.letters and len(others) > 1 else others)]


def choose_own_sizes(spec: ArraySpec | None, kind: str, sizes: Mapping[str, int]) -> Sizes:
    """Choose sizes at which a value is what its name says: square identities, integers that all differ."""
    if spec is None or not spec.dimensions:
        return {}
    if kind == "identity":
        rows, columns = spec.dimensions[-2:]
        return {columns.text: rows.size(sizes)} if columns.text in sizes and rows.text in sizes else {}
    if kind in ("rising", "falling", "distinct") and spec.range is not None:
        own = {letter: 4 + k for k, d in enumerate(spec.dimensions) for letter in d.letters}
        return own | {letter: 9 if letter == "T" else 33 for letter in spec.range.high.letters}
    return {}


def choose_layouts(declaration: Declaration, turn: int, equal: set[str]) -> str:
    """Another layout for each array, by turns, at turn 0 none; zero strides where numbers are equal."""
    names = [n for n, i in declaration.inputs.items() if not i.scalar]
    names = list(dict.fromkeys((*names, *list_differentiable_outputs(declaration))))
    layouts = {n: LAYOUTS[(turn + 2 * k) % len(LAYOUTS)] if turn else LAYOUTS[0] for k, n in enumerate(names)}
    layouts |= {n: "broadcast" for n in names if n in equal}
    return join_pairs(tuple(pair for pair in layouts.items() if pair[1] != LAYOUTS[0])) or LAYOUTS[0]
