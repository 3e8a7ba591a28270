"""Faults inside one step: factors and terms, found at T = 1 and B = 1, where a bias's gradient is that of its gate.

There a weight's gradient is the outer product of its bias's with the data, and the data's is the weight times its
bias's: what follows from a wrong bias gradient needs no explanation of its own.  The ratio of what manual gives to what
is due is then sought among the activations that can be formed from inputs and outputs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..arrays import Array, Arrays
from .blocks import Block
from .evidence import ROUNDING, Evidence, alike

Key = tuple[str, str, str]
NAMED = {-1.0: "the sign is wrong", 2.0: "twice what is due", 0.5: "half of what is due"}


@dataclass(frozen=True)
class Product:
    """weight times data plus bias, as the gradients that are due show it."""

    bias: str
    weight: str
    data: str

    def value(self, e: Evidence) -> Array:
        value: Array = e.inputs[self.weight] @ np.ravel(e.inputs[self.data]) + e.inputs[self.bias]
        return value


def products(e: Evidence) -> list[Product]:
    """Each weight once, and each bias once as far as that goes."""
    biases = [n for n, g in e.truth.items() if g.ndim == 1]
    weights = [n for n, g in e.truth.items() if g.ndim == 2 and g.shape[:1] != (1,)]
    found: dict[str, Product] = {}
    for weight in weights:
        rows, size = e.truth[weight].shape
        free = [b for b in biases if b not in {p.bias for p in found.values()}]
        for bias in (*free, *biases):
            for data in (n for n, g in e.truth.items() if g.size == size and n not in (bias, weight)):
                outer = np.outer(e.truth[bias], e.inputs[data])
                right = len(e.truth[bias]) == rows and alike(outer, e.truth[weight], float(np.abs(outer).max()))
                if right and weight not in found:
                    found[weight] = Product(bias, weight, data)
    return [*found.values()]


def activations(e: Evidence, made: list[Product]) -> dict[str, Array]:
    """Vectors that a derivative could be made of, by their formulas."""
    result: dict[str, Array] = {}
    values = {n: np.ravel(e.inputs[n]) for n in e.names if e.truth[n].shape[:1] == (1,)}
    values |= {n: np.ravel(y) for n, y in e.run.outputs.items() if y.dtype.kind == "f"}
    for name, v in values.items():
        result.update({name: v, f"(1 - {name}^2)": 1 - v * v, f"{name} (1 - {name})": v * (1 - v)})
        result.update({f"tanh {name}": np.tanh(v), f"(1 - tanh^2 {name})": 1 - np.tanh(v) ** 2})
    gates = list(dict.fromkeys((b.label, b.start, b.stop) for b in e.columns if b.name in {p.bias for p in made}))
    if not made:
        return result
    parts = [p.value(e) for p in made]
    total = np.sum(parts, axis=0)
    logistic = {}
    for label, start, stop in gates:
        name = f"z_{label}" if label else "z"
        result.update({name: total[start:stop]})
        s, t = 1 / (1 + np.exp(-total[start:stop])), np.tanh(total[start:stop])
        logistic[label] = s
        result.update({f"s({name})": s, f"(1 - s({name}))": 1 - s, f"s'({name})": s * (1 - s)})
        result.update(
            {f"tanh {name}": t, f"(1 - tanh^2 {name})": 1 - t * t, f"tanh {name} (1 - tanh {name})": t - t * t}
        )
        for k, part in enumerate(parts):
            result.update({f"({made[k].weight} {made[k].data} + {made[k].bias})_{label}": part[start:stop]})
    for label, start, stop in gates if len(parts) == 2 else ():
        for other, s in logistic.items():
            if other != label:
                n = np.tanh(parts[0][start:stop] + s * parts[1][start:stop])
                result.update({label: n, f"(1 - {label}^2)": 1 - n * n})
                for state, v in values.items():
                    result.update({f"({state} - {label})": v - n} if v.shape == n.shape else {})
    return result


def distinct(pool: Mapping[str, Array]) -> dict[str, Array]:
    """The vectors that are not there by a name before, to ten digits."""
    seen: dict[str, str] = {}
    for name, value in pool.items():
        seen.setdefault(" ".join(f"{x:.9e}" for x in value), name)
    return {name: pool[name] for name in seen.values()}


def explained(e: Evidence) -> dict[Key, list[str]]:
    """Of each output and wrong block, the texts that match; an empty list where nothing does.

    A block that follows from others is left out.
    """
    made = products(e)
    pool = distinct(activations(e, made))
    result = {}
    for output, upstream in e.upstream.items():
        found, due = e.pull({output: upstream}), e.due({output: upstream})
        for block in e.columns:
            a, b = block.of(found[block.name]), block.of(due[block.name])
            scale = float(np.abs(due[block.name]).max(initial=0.0))
            if not alike(a, b, scale) and not follows(e, made, block, found, due):
                texts = [*ratios(a, b, pool), *copies(e, block, a, due)]
                texts += terms(a, a - b, np.ravel(upstream), pool, output)
                result[output, block.name, block.label if block.step is None else ""] = texts
    return result


def follows(e: Evidence, made: list[Product], block: Block, found: Arrays, due: Arrays) -> bool:
    """Whether a block is what the biases' gradients make of it."""
    for p in (p for p in made if p.weight == block.name):
        outer = np.outer(found[p.bias], e.inputs[p.data])
        if alike(block.of(found[p.weight]), block.of(outer), float(np.abs(outer).max(initial=0.0))):
            return True
    into = [p for p in made if p.data == block.name]
    if not into:
        return False
    change = sum((found[p.bias] - due[p.bias]) @ e.inputs[p.weight] for p in into)
    here = found[block.name] - due[block.name]
    scale = float(np.abs(due[block.name]).max(initial=0.0) + np.abs(here).max(initial=0.0))
    return alike(np.ravel(here), np.ravel(change), scale)


def ratios(found: Array, due: Array, pool: Mapping[str, Array]) -> Iterator[str]:
    """What the found block is of the due one: a number, a factor more or less, or one in place of another."""
    found, due = np.ravel(found), np.ravel(due)
    if not found.any():
        yield "it is zero"
        return
    if not np.isfinite(found).all() or (due == 0).any():
        return
    q = found / due
    if alike(q, np.full_like(q, q[0]), 0) and q.size > 1:
        c = float(q[0])
        named = next((text for value, text in NAMED.items() if abs(c - value) < ROUNDING), f"{c:.9g} times what is due")
        yield named
        return
    names = [n for n, v in pool.items() if v.shape == q.shape and (v != 0).all()]
    if not names:
        return
    P = np.array([pool[n] for n in names])
    yield from (f"the factor {names[i]} once too often" for i in same(P, q))
    yield from (f"the factor {names[i]} is missing" for i in same(1 / P, q))
    quotients = P[:, None] / P[None, :]
    yield from (f"{names[i]} where {names[j]} is due" for i, j in pairs(quotients, q))
    products = P[:, None] * P[None, :]
    yield from (f"the factor {names[i]} {names[j]} once too often" for i, j in pairs(products, q) if i <= j)
    yield from (f"the factor {names[i]} {names[j]} is missing" for i, j in pairs(1 / products, q) if i <= j)


def copies(e: Evidence, block: Block, found: Array, due: Arrays) -> Iterator[str]:
    """The gate whose gradient the block has."""
    for other in (b for b in e.columns if b.name == block.name and b.label != block.label):
        if found.any() and alike(found, other.of(due[block.name]), float(np.abs(found).max())):
            yield f"what is due to {other.label}"


def terms(found: Array, change: Array, upstream: Array, pool: Mapping[str, Array], output: str) -> Iterator[str]:
    """What a block is, or what is added to it, as a product of the upstream gradient and one or two activations."""
    found, change = np.ravel(found), np.ravel(change)
    if change.shape != upstream.shape or not np.isfinite(change).all() or not upstream.all():
        return
    names = [n for n, v in pool.items() if v.shape == change.shape]
    q = change / upstream
    P = np.array([np.ones_like(q), *(pool[n] for n in names)])
    names = ["", *(f" {n}" for n in names)]
    products = P[:, None] * P[None, :]
    yield from (f"it is d{output}{names[i]}{names[j]}" for i, j in pairs(products, found / upstream) if i <= j)
    for sign, text in ((-1, "is missing"), (1, "is added")):
        for i, j in pairs(sign * products, q):
            if i <= j:
                yield f"the term d{output}{names[i]}{names[j]} {text}"
        for i, j in pairs(sign * products, change):
            if i <= j:
                yield f"the term{names[i] or ' 1'}{names[j]}, whatever the upstream gradient, {text}"


def same(values: Array, q: Array) -> list[int]:
    return [int(i) for i in np.flatnonzero((np.abs(values - q) <= ROUNDING * np.abs(q)).all(axis=-1))]


def pairs(values: Array, q: Array) -> list[tuple[int, int]]:
    return [(int(i), int(j)) for i, j in np.argwhere((np.abs(values - q) <= ROUNDING * np.abs(q)).all(axis=-1))]


def adds_up(e: Evidence) -> bool:
    """Whether what manual gives for all upstream gradients is the sum of what it gives for each output's."""
    parts = [e.pull({n: u}) for n, u in e.upstream.items()]
    total = {n: np.sum([p[n] for p in parts], axis=0) for n in e.truth}
    return all(alike(total[n], g, float(np.abs(g).max(initial=0.0))) for n, g in e.found.items())


def step_looks_like(evidences: list[Evidence]) -> str:
    """The factors or terms that explain every wrong block at every case, in words; "" where there are none."""
    if not all(adds_up(e) for e in evidences):
        return ""
    tables = [explained(e) for e in evidences]
    keys = list(dict.fromkeys(k for table in tables for k in table))
    chosen: dict[str, list[Key]] = {}
    for key in keys:
        texts = [t for t in tables[0].get(key, []) if all(t in table.get(key, []) for table in tables)]
        if not texts:
            return ""
        chosen.setdefault(texts[0], []).append(key)
    return "; ".join(f"{text} in {places(found, evidences[0])}" for text, found in chosen.items())


def places(keys: list[Key], e: Evidence) -> str:
    """`row blocks i, f, dc_0, through ys, h_T`; by output, where they differ."""
    by_blocks: dict[str, list[str]] = {}
    for output in dict.fromkeys(output for output, _, _ in keys):
        labels = list(dict.fromkeys(label for o, _, label in keys if o == output and label))
        whole = list(dict.fromkeys(f"d{name}" for o, name, label in keys if o == output and not label))
        blocks = [f"row block{'s' if len(labels) > 1 else ''} {', '.join(labels)}"] if labels else []
        by_blocks.setdefault(", ".join([*blocks, *whole]), []).append(output)
    every = len(by_blocks) == 1 and len(next(iter(by_blocks.values()))) == len(e.upstream)
    return " and ".join(b if every else f"{b}, through {', '.join(outputs)}" for b, outputs in by_blocks.items())
