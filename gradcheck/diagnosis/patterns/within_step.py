"""Faults inside one step: factors and terms, found at T = 1 and B = 1, where a bias's gradient is that of its gate.

There a weight's gradient is the outer product of its bias's gradient with the data, and the data's gradient is the
weight times its bias's: what follows from a wrong bias gradient needs no explanation of its own.  The ratio of manual's
gradient to the expected one is then searched among the vectors that can be formed from inputs and outputs.
"""

import numpy as np

from ..evidence import Evidence, agrees_to_rounding
from .explanation import Explanation, Match, Place
from .factors import match_gates, match_ratios, match_terms
from .formulas import list_factors
from .pattern import Pattern
from .products import find_weighted_sums, follows_from_biases


def explain_blocks(e: Evidence) -> dict[Place, list[Pattern]]:
    """List the patterns that match, for each output and wrong block; an empty list if none does.

    A block that follows from others is left out.
    """
    made = find_weighted_sums(e)
    pool = list_factors(e, made)
    result = {}
    for output, upstream in e.upstream.items():
        found, expected = e.pull_back({output: upstream}), e.compute_expected({output: upstream})
        for block in e.columns:
            a, b = block.select(found[block.name]), block.select(expected[block.name])
            scale = float(np.abs(expected[block.name]).max(initial=0.0))
            if not agrees_to_rounding(a, b, scale) and not follows_from_biases(e, made, block, found, expected):
                patterns = [*match_ratios(a, b, pool), *match_gates(e, block, a, expected)]
                patterns += match_terms(a, a - b, np.ravel(upstream), pool, output)
                result[Place(block.name, block.label if block.step is None else "", output)] = patterns
    return result


def is_additive_over_outputs(e: Evidence) -> bool:
    """Whether manual's gradients are the sum of those for the upstream gradient of each output alone."""
    parts = [e.pull_back({n: u}) for n, u in e.upstream.items()]
    total = {n: np.sum([p[n] for p in parts], axis=0) for n in e.expected}
    return all(agrees_to_rounding(total[n], g, float(np.abs(g).max(initial=0.0))) for n, g in e.gradients.items())


def match_step_patterns(evidences: list[Evidence]) -> Explanation | None:
    """Find factors or terms that explain every wrong block at every case; None if there are none."""
    if not all(is_additive_over_outputs(e) for e in evidences):
        return None
    tables = [explain_blocks(e) for e in evidences]
    chosen: dict[Pattern, list[Place]] = {}
    for place in dict.fromkeys(place for table in tables for place in table):
        common = [p for p in tables[0].get(place, []) if all(p in table.get(place, []) for table in tables)]
        if not common:
            return None
        chosen.setdefault(common[0], []).append(place)
    matches = tuple(Match(pattern, tuple(places)) for pattern, places in chosen.items())
    return Explanation(matches, tuple(evidences[0].upstream), within_step=True) if matches else None
