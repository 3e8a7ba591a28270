"""What can be chosen for a case of a unit, in the words of the case id."""

import itertools
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from ..unit.declaration import ArraySpec, Declaration
from .arrays import is_recurrent_weight
from .case import join_pairs
from .literals import Literals
from .merging import interleave
from .vocabulary import LAYOUTS, LIKE, number_text

Values = tuple[tuple[str, str], ...]
MOST_THRESHOLDS = 4
MASKED = ("nocolumn", "prefix", "onehot", "late", "norow", "same", "onestep", "causal")
MASKED_LINE = ("nocolumn", "onehot", "late")
COUNTED = ("high", "low", "equal", "distinct", "rising", "falling", "sorted")


def list_differentiable_outputs(declaration: Declaration) -> tuple[str, ...]:
    return tuple(n for n, o in declaration.outputs.items() if o.differentiable)


def list_none_choices(declaration: Declaration) -> list[tuple[str, ...]]:
    """List which upstream gradients are None: none of them, each, and all but each."""
    names = list_differentiable_outputs(declaration)
    some = [(n,) for n in names] + [tuple(n for n in names if n != name) for name in names]
    return list(dict.fromkeys([(), *(s for s in some if len(s) < len(names))]))


def list_absent_choices(declaration: Declaration) -> list[tuple[str, ...]]:
    """List which optional inputs are left out: none of them, all, and each."""
    names = declaration.optional
    return list(dict.fromkeys([(), names, *((n,) for n in names)]))


def list_layout_choices(declaration: Declaration) -> list[str]:
    """List combinations of layouts for all arrays; over all of them, each array has each layout once."""
    return [join_layouts(take_layouts_in_turn(declaration, turn, 1)) for turn in range(len(LAYOUTS))]


def take_layouts_in_turn(declaration: Declaration, turn: int, step: int) -> dict[str, str]:
    """Give each array a layout, so many further on for each array than for the one before."""
    return {n: LAYOUTS[(turn + step * k) % len(LAYOUTS)] for k, n in enumerate(list_arrays(declaration))}


def list_arrays(declaration: Declaration) -> list[str]:
    """List what has a layout: inputs that are no single numbers, and outputs with upstream gradients."""
    inputs = [n for n, i in declaration.inputs.items() if not i.scalar]
    return list(dict.fromkeys((*inputs, *list_differentiable_outputs(declaration))))


def join_layouts(layouts: Mapping[str, str]) -> str:
    """Write the layouts of arrays as a case id has them, which leaves out the default."""
    return join_pairs(tuple(pair for pair in layouts.items() if pair[1] != LAYOUTS[0])) or LAYOUTS[0]


def list_twin_inputs(declaration: Declaration) -> list[tuple[str, str]]:
    """List the pairs of float inputs of the same declared shape."""
    floats = [i for i in declaration.inputs.values() if i.floating and i.dimensions]
    return [(a.name, b.name) for a, b in combinations(floats, 2) if (a.kind, a.dimensions) == (b.kind, b.dimensions)]


def list_same_inputs(declaration: Declaration, sizes: Mapping[str, int]) -> list[tuple[str, str]]:
    """List pairs of inputs whose shapes agree at these sizes: each input with the next one of its shape, in turn."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for name, spec in declaration.inputs.items():
        if spec.dimensions:
            groups.setdefault((spec.kind, spec.range, spec.shape(sizes)), []).append(name)
    rings = [pair_in_turn(names) for names in groups.values()]
    return interleave(*rings)


def pair_in_turn(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pair each name with the next, and the last of three or more with the first."""
    return [*itertools.pairwise(names), *([(names[-1], names[0])] if len(names) > 2 else [])]


def is_parameter(spec: ArraySpec) -> bool:
    return spec.name.startswith(("weight", "bias"))


def is_state(spec: ArraySpec, declaration: Declaration) -> bool:
    """Whether a float input is an initial state, by its name, or has rows and no steps in a unit that has steps."""
    stepped = "T" in declaration.letters and spec.axis("B") is not None and spec.axis("T") is None
    return spec.name in declaration.initial_states or (spec.floating and stepped)


def is_length(spec: ArraySpec, declaration: Declaration) -> bool:
    """Whether the largest value of an integer input is a size."""
    return spec.range is not None and spec.range.high.text in declaration.letters


def list_kind_names(spec: ArraySpec, literals: Literals) -> list[str]:
    """List what an input may hold instead of random numbers, those first that are likeliest to show a fault."""
    plural = len(spec.dimensions) > 1
    if spec.kind == "bool":
        return ["true", "false", *(MASKED if plural else MASKED_LINE if spec.dimensions else ())]
    if spec.kind == "int":
        sentinels = [f"{word}{n}" for n in literals.sentinels.get(spec.name, ()) for word in ("has", "only", "most")]
        return [*sentinels, *(("high", "low") if spec.scalar else COUNTED)]
    recurrent = ["symmetric", "diagonal", "near"] if is_recurrent_weight(spec) else []
    axes = ["steps"] if spec.axis("T") is not None else []
    shaped = ["identity", *recurrent, "zerorow", "onehot", "entries", *axes, "rows"] if plural else ["onehot", "rows"]
    around = [f"around{number_text(t)}" for t in literals.extremes[:MOST_THRESHOLDS]]
    tails = [] if is_parameter(spec) or not spec.dimensions else ["tails"]
    plain = ["zero", "raised", "lowered", *tails, "ones", *around, "negative", "positive"]
    return [*plain, *(shaped if spec.dimensions else ())]


def list_value_choices(declaration: Declaration, literals: Literals) -> list[Values]:
    """List the values that are not random: of several inputs together, then of each by itself."""
    found = [*list_joint_values(declaration, literals)]
    kinds = [[((n, kind),) for kind in list_kind_names(i, literals)] for n, i in declaration.inputs.items()]
    found += interleave(*kinds)
    return list(dict.fromkeys(values for values in found if values))


def pair_all(specs: Sequence[ArraySpec], kind: str) -> Values:
    return tuple((spec.name, kind) for spec in specs)


def list_joint_values(declaration: Declaration, literals: Literals) -> list[Values]:
    """List values of several inputs: zeros, equal numbers, and numbers near each threshold and beyond it."""
    floats = [i for i in declaration.inputs.values() if i.floating]
    data = [i for i in floats if not is_parameter(i)]
    alike = [
        list_zero_states(declaration),
        pair_all(floats, "small"),
        pair_all([i for i in floats if i.name.startswith("bias")], "zero"),
        pair_all([i for i in data if len(i.dimensions) > 1], "zerorow"),
        pair_all(data, "zero"),
        *(((b, f"{LIKE}{a}"),) for a, b in list_twin_inputs(declaration)[:3]),
    ]
    thresholds = literals.extremes[:MOST_THRESHOLDS]
    near = [pair_all(floats, f"around{number_text(t)}") for t in thresholds]
    beyond = [pair_all(some, f"times{number_text(2 * abs(t))}") for some in (data, floats) for t in thresholds]
    return list(dict.fromkeys(values for values in interleave(alike, near, beyond) if values))


def list_zero_states(declaration: Declaration) -> Values:
    return pair_all([i for i in declaration.inputs.values() if is_state(i, declaration)], "zero")
