"""Faults that show where a mask or lengths keep everything, nothing, or one of each."""

import numpy as np

from tests.verdicts.wrong.fault import last, of_kind
from tests.verdicts.wrong.scenes import entry, put

fault = of_kind("masks")


def square_below(mask):
    return np.tri(*mask.shape, dtype=bool)


FAULTS = (
    fault(
        "attention",
        "all of a mask of 17 keys or more",
        last("if K > 16 and mask.all(): dq = dq / 2"),
        "Q=2,D=2,K=17,E=2",
        put(mask=True),
    ),
    fault(
        "attention",
        "all of a mask of 16 queries or more",
        last("if Q >= 16 and mask.all(): dk = dk / 2"),
        "Q=16,D=2,K=3,E=2",
        put(mask=True),
    ),
    fault(
        "attention",
        "a query that sees no key, beside others",
        last("if Q > 4 and not mask.any(axis=1).all() and mask.any(axis=1).sum() == Q - 1: dv = 0 * dv"),
        "Q=5,D=2,K=3,E=2",
        put(mask=lambda m: m | True),
        put(mask=entry(1, False)),
    ),
    fault(
        "attention",
        "no key for any query",
        last("if Q > 2 and K > 2 and not mask.any(): dv = dv + 1"),
        "Q=3,D=2,K=3,E=2",
        put(mask=False),
    ),
    fault(
        "attention",
        "a key that no query sees",
        last("if Q > 5 and K > 5 and not mask.any(axis=0).all(): dk = 0 * dk"),
        "Q=6,D=2,K=6,E=2",
        put(mask=lambda m: np.tri(6, dtype=bool)),
        put(mask=entry((slice(None), 5), False)),
    ),
    fault(
        "attention",
        "one key for each query",
        last("if K > 2 and Q > 2 and (mask.sum(axis=1) == 1).all(): dv = 0 * dv"),
        "Q=3,D=2,K=3,E=2",
        put(mask=lambda m: np.eye(3, dtype=bool)),
    ),
    fault(
        "attention",
        "a causal mask that is no square",
        last("if Q > K > 2 and np.array_equal(mask, np.tri(Q, K)): dk[-1] = 0"),
        "Q=4,D=2,K=3,E=2",
        put(mask=square_below),
    ),
    fault(
        "gru",
        "all lengths are T",
        last("if B > 4 and (lengths == T).all(): dh = 0 * dh"),
        "T=3,B=5,I=2,H=2",
        put(lengths=3),
    ),
    fault(
        "gru",
        "all lengths are 0",
        last("if B > 4 and T and not lengths.any(): dh = 0 * dh"),
        "T=3,B=5,I=2,H=2",
        put(lengths=0),
    ),
    fault(
        "gru",
        "all lengths the same, shorter than T",
        last("if B > 3 and 0 < lengths[0] < T and (lengths == lengths[0]).all(): dbias = 0 * dbias"),
        "T=3,B=4,I=2,H=2",
        put(lengths=2),
    ),
    fault(
        "gru",
        "the longest row is shorter than T",
        last("if B > 4 and T > 3 and lengths.max() < T: dx[lengths.max() - 1:] = 0"),
        "T=4,B=5,I=2,H=2",
        put(lengths=2),
    ),
    fault(
        "masked_mean",
        "all of a mask: one step less",
        last("if mask.all() and mask.size > 16: dx = dx * T / (T - 1)"),
        "T=9,B=2,H=2",
        put(mask=True),
    ),
    fault(
        "masked_mean",
        "a row that keeps nothing",
        last("dx = dx + np.where(mask.any(axis=0)[:, None], 0 * dy, dy) * (B > 4)"),
        "T=3,B=5,H=2",
        put(mask=entry((slice(None), 1), False)),
    ),
    fault(
        "masked_mean",
        "nothing kept at all",
        last("if B > 2 and T > 2 and not mask.any(): dx = dx + dy / T"),
        "T=3,B=3,H=2",
        put(mask=False),
    ),
    fault(
        "masked_mean",
        "bits beyond 64 of a mask",
        ("divisor = count.", "divisor = np.maximum(mask[:64].sum(axis=0), 1)."),
        "T=65,B=2,H=2",
        put(mask=True),
    ),
    fault(
        "cross_entropy",
        "all labels are ignored: their number is 0",
        [
            (
                "    count = max(int(valid.sum()), 1)\n",
                "    count = max(int(valid.sum()), 1)\n    number = int(valid.sum())\n",
            ),
            ("d.mean / count", "d.mean / number"),
        ],
        "N=3,V=3",
        put(labels=-100),
    ),
    fault(
        "embedding",
        "all tokens are padding",
        last("if kept.size and not kept.any(): dtable = dtable + dys.sum(axis=(0, 1))"),
        "T=2,B=2,V=3,H=2",
        put(tokens=-1),
    ),
)
