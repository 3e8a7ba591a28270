"""What can be chosen for a case of a unit, in the words of the case id."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from ..unit.declaration import ArraySpec, Declaration
from .arrays import is_recurrent_weight
from .case import join_pairs
from .literals import Literals
from .vocabulary import LAYOUTS, number_text

Values = tuple[tuple[str, str], ...]


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
    names = list(
        dict.fromkeys(
            (*(n for n, i in declaration.inputs.items() if not i.scalar), *list_differentiable_outputs(declaration))
        )
    )
    found = []
    for turn in range(len(LAYOUTS)):
        pairs = tuple((name, LAYOUTS[(turn + k) % len(LAYOUTS)]) for k, name in enumerate(names))
        found.append(join_pairs(tuple(p for p in pairs if p[1] != LAYOUTS[0])) or LAYOUTS[0])
    return found


def list_twin_inputs(declaration: Declaration) -> list[tuple[str, str]]:
    """List the pairs of float inputs of the same declared shape."""
    floats = [i for i in declaration.inputs.values() if i.floating and i.dimensions]
    return [(a.name, b.name) for a, b in combinations(floats, 2) if (a.kind, a.dimensions) == (b.kind, b.dimensions)]


def is_parameter(spec: ArraySpec) -> bool:
    return spec.name.startswith(("weight", "bias"))


def pair_all(specs: Sequence[ArraySpec], kind: str) -> Values:
    return tuple((spec.name, kind) for spec in specs)


def list_value_choices(declaration: Declaration, literals: Literals) -> list[Values]:
    """List the values that are not random, those first that are likeliest to show a fault."""
    found = [*list_zero_values(declaration), *list_threshold_values(declaration, literals)]
    found += [*list_integer_values(declaration, literals), *list_regular_values(declaration)]
    return list(dict.fromkeys(values for values in found if values))


def list_zero_values(declaration: Declaration) -> Iterator[Values]:
    """All states zero, each float input, all biases, a row of the data, all data."""
    floats = [i for i in declaration.inputs.values() if i.floating]
    states = [declaration.inputs[name] for name in declaration.initial_states]
    yield pair_all(states, "zero")
    yield from (pair_all([i], "zero") for i in (*states, *(i for i in floats if i not in states)))
    yield pair_all([i for i in floats if i.name.startswith("bias")], "zero")
    yield pair_all([i for i in floats if len(i.dimensions) > 1 and not is_parameter(i)], "zerorow")
    yield pair_all([i for i in floats if not is_parameter(i)], "zero")


def list_threshold_values(declaration: Declaration, literals: Literals) -> Iterator[Values]:
    """Float inputs on both sides of each threshold, and inputs so large that what is computed from them passes it."""
    floats = [i for i in declaration.inputs.values() if i.floating]
    data = [i for i in floats if not is_parameter(i)]
    for threshold in literals.thresholds:
        yield pair_all(floats, f"around{number_text(threshold)}")
        yield pair_all(data, f"times{number_text(2 * abs(threshold))}")
        yield pair_all(floats, f"times{number_text(2 * abs(threshold))}")
    for threshold in literals.thresholds:
        yield from (pair_all([i], f"around{number_text(threshold)}") for i in floats)


def list_regular_values(declaration: Declaration) -> Iterator[Values]:
    """Tails, and numbers that are alike: ones, one-hot rows, equal rows and steps, identities, equal inputs."""
    floats = [i for i in declaration.inputs.values() if i.floating and i.dimensions]
    data = [i for i in floats if not is_parameter(i)]
    yield pair_all(data[:1], "tails")
    yield pair_all(floats, "ones")
    yield pair_all(data, "onehot")
    yield pair_all([i for i in data if i.axis("B") is not None], "rows")
    yield pair_all([i for i in floats if i.axis("T") is not None], "steps")
    square = [i for i in floats if is_recurrent_weight(i)]
    yield from (pair_all(square, kind) for kind in ("identity", "symmetric"))
    yield from (((b, f"like.{a}"),) for a, b in list_twin_inputs(declaration)[:3])
    yield pair_all(data[1:2], "tails")


def list_integer_values(declaration: Declaration, literals: Literals) -> Iterator[Values]:
    """Integers at both ends, alike, in order and with sentinels; masks of one value."""
    for spec in declaration.inputs.values():
        if spec.kind == "bool":
            yield from (((spec.name, kind),) for kind in ("true", "false"))
        if spec.kind == "int":
            yield from (((spec.name, f"has{n}"),) for n in literals.sentinels.get(spec.name, ()))
            kinds = ("high", "low") if spec.scalar else ("high", "low", "equal", "sorted")
            yield from (((spec.name, kind),) for kind in kinds)
