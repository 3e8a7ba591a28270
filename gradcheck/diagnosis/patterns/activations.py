"""The activations that a derivative could be made of."""

from collections.abc import Mapping

import numpy as np

from ...cases.arrays import Array
from ..evidence import Evidence
from .products import WeightedSum


def list_activations(e: Evidence, made: list[WeightedSum]) -> dict[str, Array]:
    """Vectors that a derivative could be made of, by their formulas."""
    result: dict[str, Array] = {}
    values = {n: np.ravel(e.inputs[n]) for n in e.names if e.expected[n].shape[:1] == (1,)}
    values |= {n: np.ravel(y) for n, y in e.run.outputs.items() if y.dtype.kind == "f"}
    for name, v in values.items():
        result.update({name: v, f"(1 - {name}^2)": 1 - v * v, f"{name} (1 - {name})": v * (1 - v)})
        result.update({f"tanh {name}": np.tanh(v), f"(1 - tanh^2 {name})": 1 - np.tanh(v) ** 2})
    gates = list(dict.fromkeys((b.label, b.start, b.stop) for b in e.columns if b.name in {p.bias for p in made}))
    if not made:
        return result
    parts = [p.evaluate(e) for p in made]
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


def drop_equal_vectors(pool: Mapping[str, Array]) -> dict[str, Array]:
    """The vectors that are not there by a name before, to ten digits."""
    seen: dict[str, str] = {}
    for name, value in pool.items():
        seen.setdefault(" ".join(f"{x:.9e}" for x in value), name)
    return {name: pool[name] for name in seen.values()}
