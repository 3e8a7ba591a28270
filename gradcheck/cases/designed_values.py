"""The designed cases of values that are not random.

A case is made for one value, of an input or of an upstream gradient: its lead.  The first time that a value leads, all
sizes are above 16, then small, then above 8.  Beside it, inputs that take turns hold quiet values, which leave the
gradients of the others alive; layouts, upstream gradients, options and inputs that are left out take turns too.
"""

import math
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..unit.declaration import ArraySpec, Declaration
from .case import Case
from .choices import (
    Values,
    join_layouts,
    list_absent_choices,
    list_arrays,
    list_differentiable_outputs,
    list_joint_values,
    list_kind_names,
    list_none_choices,
    take_layouts_in_turn,
)
from .counted_values import find_line
from .designed_sizes import Sizes, choose_plural_sizes, is_affordable, list_keeping_values
from .literals import NOTHING, Literals
from .merging import merge_streams
from .vocabulary import UPSTREAM_OF

QUIET = {
    "float": (
        "rows",
        "identity",
        "steps",
        "ones",
        "entries",
        "onehot",
        "negative",
        "symmetric",
        "zerorow",
        "positive",
        "diagonal",
    ),
    "int": ("sorted", "equal", "falling", "distinct", "rising"),
    "bool": ("causal",),
}
QUIET["complex"] = QUIET["float"]
LOUD = ("tails", "around", "times")
ORDERED = ("distinct",)
"""Integers whose order shows only where upstream gradients differ from place to place."""
HIDING = ("false", "low", "only", "onehot", "onestep")
"""Masks and integers that leave little of the other gradients."""
PADDING = ("prefix", "same", "late")
PADDED = (20, 10)
"""Sizes along which masks pad."""
ALIKE = ("rows", "steps", "entries", "ones", "zero", "equal", "high", "low", "true", "false")
ABOVE_16 = (17, 18, 20, 19, 33)
ABOVE_8 = (9, 10, 12, 11)
MOST_ZERO = 6
"""Of more float inputs, several are zero together."""
ROUNDS = 3
TWICE, LOUDEST = 2, 3
"""Cases of each kind of integers and masks, and of each float input, in the shares of both."""
PART = 0.75
"""The part of the cases in which inputs beside the lead hold something."""
MOST_ENTRIES = 2_000
"""Where a case fails, its numbers are computed to sixty digits, which takes long if they are many."""
STEPS = (3, 2, 2, 4)
COUNTED_STEPS = (4, 9, 5, 6)
ALONE = ("fortran", "readonly", "contiguous")
"""Layouts of a single array beside contiguous ones."""
UPSTREAMS = ("constant", "last", "ones", "tiny", "constant", "huge")


class Lead(NamedTuple):
    """What a case is made for.

    occurrence  how many cases have been made for it before
    alone       whether no other input holds quiet values: several hold something, or little is left of a gradient
    variant     numbers the cases, so that neither two kinds of an input nor two inputs of a kind are alike in parity
    """

    values: Values
    occurrence: int = 0
    variant: int = 0
    alone: bool = False


def list_valued_cases(declaration: Declaration, literals: Literals, count: int) -> list[Case]:
    """List so many cases, those first that are likeliest to show a fault."""
    turns, found = QuietTurns(declaration, count), []
    for turn, lead in enumerate(list_leads(declaration, literals, count)):
        beside = () if lead.alone else tuple(turns.take(dict(lead.values)))
        found.append(make_valued_case(declaration, turn, lead, beside))
    return found


def list_leads(declaration: Declaration, literals: Literals, count: int) -> list[Lead]:
    """Merge what several inputs hold together, values of integers and masks, and values of floats."""
    inputs = declaration.inputs
    counted = {n: list_kind_names(i, literals) for n, i in inputs.items() if not i.floating}
    floats = {n: list_kind_names(i, literals) for n, i in inputs.items() if i.floating}
    sent = {f"{UPSTREAM_OF}{n}": kinds for n, kinds in list_upstream_kinds(declaration).items()}
    joint = [Lead(v, 0, k, alone=True) for k, v in enumerate(list_joint_values(declaration, literals)[: count // 3])]
    some, upstream = list_single_leads(counted, 1), list_single_leads(sent, 1)
    zero = list_single_leads({n: kinds[:1] for n, kinds in floats.items()}, math.ceil(len(floats) / MOST_ZERO))
    zero = zero[: len(zero) // ROUNDS]
    turned = {n: rotate(kinds[1:4], k) + kinds[4:] for k, (n, kinds) in enumerate(floats.items())}
    most = list_single_leads(turned, 1)
    upstream = upstream[: min(count // 5, sum(map(len, sent.values())))]
    rest, needed = count - len(joint) - len(upstream), TWICE * sum(map(len, counted.values()))
    share = rest * needed // (needed + LOUDEST * len(floats)) if floats else rest
    streams = (joint, some[:share], zero, most[: max(rest - share - len(zero), 0)], upstream)
    return merge_streams(streams)


def rotate(kinds: list[str], count: int) -> list[str]:
    """Begin with another kind, so that of several inputs each kind comes early for some."""
    first = count % max(len(kinds), 1)
    return kinds[first:] + kinds[:first]


def list_single_leads(kinds: Mapping[str, Sequence[str]], together: int) -> list[Lead]:
    """List the first kind of each name, then the second of each, and so on; then all of them again, twice.

    So many names hold their kinds together.
    """
    names = list(kinds)
    groups = [names[k :: math.ceil(len(names) / together)] for k in range(math.ceil(len(names) / together))]
    places = [
        (place, index, tuple((n, kinds[n][place]) for n in group if place < len(kinds[n])))
        for index, group in enumerate(groups)
        for place in range(max(len(kinds[n]) for n in group))
    ]
    places.sort(key=lambda entry: entry[:2])
    return [
        Lead(values, again, place + index + again, alone=has_kind(values, HIDING))
        for again in range(ROUNDS)
        for place, index, values in places
    ]


def list_upstream_kinds(declaration: Declaration) -> dict[str, list[str]]:
    """List, for each output, what its upstream gradient may hold; zeros only if there is one of another output."""
    names = list_differentiable_outputs(declaration)
    axes = {n: len(declaration.outputs[n].dimensions) for n in names}
    zero = ["zero"] if len(names) > 1 else []
    shaped = {n: [*["steps"][: axes[n]], *zero, "negative", *["entries", "rows"][: max(axes[n] - 1, 0)]] for n in names}
    return {n: [*kinds, "positive"] for n, kinds in shaped.items()}


def make_valued_case(declaration: Declaration, turn: int, lead: Lead, beside: Values) -> Case:
    values = {**dict(lead.values), **dict(beside)}
    keeping = list_keeping_values(declaration) if turn % 2 else ()
    values |= {n: kind for n, kind in keeping if n not in values}
    sent = {n.removeprefix(UPSTREAM_OF) for n in values if n.startswith(UPSTREAM_OF)}
    mixed = lead.variant // 2 % 2 == 1
    plain = sent or not mixed or has_kind(lead.values, (*LOUD, *ORDERED))
    upstream = "all" if plain else UPSTREAMS[turn // 2 % len(UPSTREAMS)]
    alike = {n for n, kind in values.items() if kind in ALIKE and (kind == "zero") is bool(lead.occurrence % 2)}
    if upstream in ("ones", "constant") and turn % 4 < 2:
        alike |= {*declaration.outputs}
    absent = [some for some in list_absent_choices(declaration) if not {*some} & {*values}]
    none = list_none_choices(declaration)
    choices = declaration.choices
    return Case(
        choose_value_sizes(declaration, turn, lead),
        layout=choose_layouts(declaration, turn, mixed, {n.removeprefix(UPSTREAM_OF) for n in alike}),
        upstream=upstream,
        values=tuple(values.items()),
        none=none[turn // 8 % len(none)] if turn % 8 == 3 and not sent else (),
        absent=absent[turn // 3 % len(absent)] if turn % 3 == 2 else (),
        options=choices[(turn + turn // len(choices)) % len(choices)],
    )


def has_kind(values: Values, kinds: tuple[str, ...]) -> bool:
    return any(kind.startswith(kinds) for _, kind in values)


class QuietTurns:
    """Inputs take turns, and so do the quiet values of each; all have had their turn after so many cases."""

    def __init__(self, declaration: Declaration, cases: int) -> None:
        self.kinds: dict[str, deque[str]] = {}
        for index, (name, spec) in enumerate(declaration.inputs.items()):
            known = list_kind_names(spec, NOTHING) if spec.dimensions else []
            self.kinds[name] = deque(kind for kind in QUIET[spec.kind] if kind in known)
            self.kinds[name].rotate(-index)
        self.names = deque(n for n, kinds in self.kinds.items() if kinds)
        wanted = math.ceil(sum(map(len, self.kinds.values())) / (PART * max(cases, 1)))
        self.many = min(max(wanted, 1), max(len(self.names) - 1, 1))

    def take(self, led: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield some inputs, without those led, and the next value of each."""
        free = [n for n in self.names if n not in led][: self.many]
        for name in free:
            self.names.remove(name)
            self.names.append(name)
            yield name, self.kinds[name][0]
            self.kinds[name].rotate(-1)


def choose_value_sizes(declaration: Declaration, turn: int, lead: Lead) -> Sizes:
    """Choose sizes that the values of a case show at; small ones if arrays would be too large."""
    counted = any(name in declaration.inputs and not declaration.inputs[name].floating for name, _ in lead.values)
    steps = 1 if has_kind(lead.values, LOUD) else (COUNTED_STEPS if counted else STEPS)[turn % 4]
    small = choose_plural_sizes(declaration, turn) | dict.fromkeys(list_step_letters(declaration), steps)
    letters = list_large_letters(declaration, lead.variant, counted)
    ladder = (ABOVE_16, (), ABOVE_8)[lead.occurrence]
    for rungs, most_steps in ((ladder, steps), (ladder, 4 if counted else 2), (ABOVE_8, 4), ((), 4)):
        sizes = small | {x: rungs[(turn + k) % len(rungs)] for k, x in enumerate(letters) if rungs}
        sizes |= {x: min(sizes[x], most_steps) for x in list_step_letters(declaration)}
        for name, kind in lead.values:
            sizes |= choose_own_sizes(declaration.inputs.get(name), kind, sizes, 1 - 2 * (lead.occurrence % 2))
        if is_affordable(declaration, sizes, MOST_ENTRIES):
            return sizes
    return small


def list_step_letters(declaration: Declaration) -> list[str]:
    """The letters of steps, over which units loop: T, and those of the axis before that of the rows."""
    shapes = [[d.text for d in spec.dimensions] for spec in declaration.inputs.values()]
    return [x for x in declaration.letters if x == "T" or [x, "B"] in [shape[:2] for shape in shapes]]


def list_large_letters(declaration: Declaration, variant: int, counted: bool) -> list[str]:
    """Every letter; where there are steps, every second one that is not of steps, by turns.

    Masks and integers are of rows: there the rows are always many.
    """
    steps = list_step_letters(declaration)
    letters = [letter for letter in declaration.letters if letter not in steps]
    some = letters[variant % 2 :: 2] if steps and len(letters) > 1 else letters
    return [*some, *(["B"] if counted and "B" in letters and "B" not in some else [])]


def choose_own_sizes(spec: ArraySpec | None, kind: str, sizes: Mapping[str, int], longer: int) -> Sizes:
    """Choose sizes at which a value is what its name says: square identities, integers that all differ.

    A causal mask is no square: it has so many more rows than columns.
    """
    if spec is None or not spec.dimensions:
        return {}
    if kind in ("identity", "causal"):
        rows, columns = spec.dimensions[-2:]
        apart = longer if kind == "causal" else 0
        return {columns.text: max(rows.size(sizes) - apart, 1)} if {rows.text, columns.text} <= {*sizes} else {}
    if kind in PADDING:
        letter = spec.dimensions[find_line(spec)].text
        return {letter: PADDED[longer < 0]} if letter in sizes else {}
    if kind in ("rising", "falling", "distinct") and spec.range is not None:
        own = {letter: 4 + k for k, d in enumerate(spec.dimensions) for letter in d.letters}
        many = math.prod(own.values()) if kind == "distinct" and longer > 0 else 33
        return own | {letter: 9 if letter == "T" else many for letter in spec.range.high.letters}
    return {}


def choose_layouts(declaration: Declaration, turn: int, mixed: bool, equal: set[str]) -> str:
    """Another layout for each array, or for a single one, by turns; zero strides where numbers are equal."""
    names = list_arrays(declaration)
    if mixed:
        layouts = take_layouts_in_turn(declaration, turn, 1 + turn // 2 % 4)
    else:
        turns, place = divmod(turn, len(names))
        layouts = {names[place]: ALONE[turns % len(ALONE)]}
    return join_layouts(layouts | {n: "broadcast" for n in names if n in equal})
