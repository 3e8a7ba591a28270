"""The designed cases in which conditions of the source are true together, each of which is also true by itself.

Sizes that its comparisons name are met all at once, as far as they do not contradict each other.  Beside them a case
has one more thing: values, an upstream gradient that is None, an input that is left out, a layout; and float32, where
the source asks for the precision.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from ..unit.declaration import Declaration
from .case import Case
from .choices import (
    MOST_THRESHOLDS,
    Values,
    is_parameter,
    list_absent_choices,
    list_kind_names,
    list_none_choices,
    pair_all,
)
from .designed_limits import make_plain_sizes
from .literals import Literals
from .merging import interleave
from .vocabulary import number_text

MOST_PAIRS = 24
Switches = dict[str, Any]


def list_pair_cases(declaration: Declaration, literals: Literals) -> list[Case]:
    """List the cases of a unit whose source has conditions on sizes, precision or layouts; else none."""
    joined = join_sizes([c.sizes for c in literals.conditions])
    if not (joined or literals.precise or literals.layouts):
        return []
    dtypes = [d for d in ("float32", "float64") if d in declaration.dtypes and (literals.precise or d == "float64")]
    switches = list_switches(declaration, literals)
    found = [
        Case({**make_plain_sizes(declaration, turn), **sizes}, dtype=dtype, **some)
        for turn, some in enumerate(switches)
        for sizes, dtype in itertools.product(joined or [{}], dtypes or declaration.dtypes[:1])
    ]
    return found[:MOST_PAIRS]


def join_sizes(conditions: Sequence[Mapping[str, int]]) -> list[dict[str, int]]:
    """Make the sizes of conditions few: those that do not contradict each other are joined."""
    joined: list[dict[str, int]] = []
    for sizes in conditions:
        fitting = next((some for some in joined if all(some.get(x, n) == n for x, n in sizes.items())), None)
        if fitting is None:
            joined.append(dict(sizes))
        else:
            fitting.update(sizes)
    return joined


def list_switches(declaration: Declaration, literals: Literals) -> list[Switches]:
    """What may meet the sizes, one thing each."""
    none: list[Switches] = [{"none": names} for names in list_none_choices(declaration) if names]
    absent: list[Switches] = [{"absent": names} for names in list_absent_choices(declaration) if names]
    layouts: list[Switches] = [{"layout": f"{name}:{layout}"} for name, layout in literals.layouts]
    values: list[Switches] = [{"values": values} for values in list_met_values(declaration, literals)]
    return [{}, *layouts, *interleave(none, values, absent)]


def list_met_values(declaration: Declaration, literals: Literals) -> list[Values]:
    """What integers and masks hold, and numbers beyond each threshold, and around it."""
    counted = [i for i in declaration.inputs.values() if not i.floating]
    kinds = [[((i.name, kind),) for kind in list_kind_names(i, literals)] for i in counted]
    data = [i for i in declaration.inputs.values() if i.floating and not is_parameter(i)]
    some = literals.extremes[:MOST_THRESHOLDS]
    beyond = [pair_all(data, f"times{number_text(2 * abs(t))}") for t in some]
    near = [pair_all(data, f"around{number_text(t)}") for t in some]
    return [values for values in dict.fromkeys(interleave(*kinds, interleave(beyond, near))) if values]
