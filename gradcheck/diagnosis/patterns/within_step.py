"""Faults inside one step: factors and terms, found at T = 1 and B = 1, where a bias's gradient is that of its gate.

There a weight's gradient is the outer product of its bias's with the data, and the data's is the weight times its
bias's: what follows from a wrong bias gradient needs no explanation of its own.  The ratio of what manual gives to what
is due is then sought among the activations that can be formed from inputs and outputs.
"""

import numpy as np

from ..evidence import Evidence, agrees_to_rounding
from .activations import drop_equal_vectors, list_activations
from .factors import describe_ratios, describe_terms, find_gate_copies
from .products import find_weighted_sums, follows_from_biases

OutputBlockKey = tuple[str, str, str]


def explain_blocks(e: Evidence) -> dict[OutputBlockKey, list[str]]:
    """Of each output and wrong block, the texts that match; an empty list where nothing does.

    A block that follows from others is left out.
    """
    made = find_weighted_sums(e)
    pool = drop_equal_vectors(list_activations(e, made))
    result = {}
    for output, upstream in e.upstream.items():
        found, due = e.pull_back({output: upstream}), e.compute_expected({output: upstream})
        for block in e.columns:
            a, b = block.select(found[block.name]), block.select(due[block.name])
            scale = float(np.abs(due[block.name]).max(initial=0.0))
            if not agrees_to_rounding(a, b, scale) and not follows_from_biases(e, made, block, found, due):
                texts = [*describe_ratios(a, b, pool), *find_gate_copies(e, block, a, due)]
                texts += describe_terms(a, a - b, np.ravel(upstream), pool, output)
                result[output, block.name, block.label if block.step is None else ""] = texts
    return result


def is_additive_over_outputs(e: Evidence) -> bool:
    """Whether what manual gives for all upstream gradients is the sum of what it gives for each output's."""
    parts = [e.pull_back({n: u}) for n, u in e.upstream.items()]
    total = {n: np.sum([p[n] for p in parts], axis=0) for n in e.expected}
    return all(agrees_to_rounding(total[n], g, float(np.abs(g).max(initial=0.0))) for n, g in e.gradients.items())


def match_step_patterns(evidences: list[Evidence]) -> str:
    """The factors or terms that explain every wrong block at every case, in words; "" where there are none."""
    if not all(is_additive_over_outputs(e) for e in evidences):
        return ""
    tables = [explain_blocks(e) for e in evidences]
    keys = list(dict.fromkeys(k for table in tables for k in table))
    chosen: dict[str, list[OutputBlockKey]] = {}
    for key in keys:
        texts = [t for t in tables[0].get(key, []) if all(t in table.get(key, []) for table in tables)]
        if not texts:
            return ""
        chosen.setdefault(texts[0], []).append(key)
    return "; ".join(f"{text} in {format_block_list(found, evidences[0])}" for text, found in chosen.items())


def format_block_list(keys: list[OutputBlockKey], e: Evidence) -> str:
    """`row blocks i, f, dc_0, through ys, h_T`; by output, where they differ."""
    by_blocks: dict[str, list[str]] = {}
    for output in dict.fromkeys(output for output, _, _ in keys):
        labels = list(dict.fromkeys(label for o, _, label in keys if o == output and label))
        whole = list(dict.fromkeys(f"d{name}" for o, name, label in keys if o == output and not label))
        blocks = [f"row block{'s' if len(labels) > 1 else ''} {', '.join(labels)}"] if labels else []
        by_blocks.setdefault(", ".join([*blocks, *whole]), []).append(output)
    every = len(by_blocks) == 1 and len(next(iter(by_blocks.values()))) == len(e.upstream)
    return " and ".join(b if every else f"{b}, through {', '.join(outputs)}" for b, outputs in by_blocks.items())
