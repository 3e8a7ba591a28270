"""Faults that show at some integers: sentinels, both ends, all equal, sorted, repeated."""

import numpy as np

from tests.verdicts.wrong.fault import last, of_kind
from tests.verdicts.wrong.scenes import entry, put

fault = of_kind("sentinels")
VALID = "dlogits = dlogits * np.where(valid, dlosses, 0 * dlosses)[:, None]"
FLAT = "flat = tokens[kept]\n        rows = dys[kept]"

FAULTS = (
    fault(
        "cross_entropy",
        "ignored labels get a gradient",
        (VALID, "dlogits = dlogits * dlosses[:, None]"),
        "N=3,V=3",
        put(labels=entry(1, -100)),
    ),
    fault(
        "cross_entropy",
        "the mean over all labels",
        ("d.mean / count", "d.mean / N"),
        "N=3,V=3",
        put(labels=entry(1, -100)),
    ),
    fault(
        "cross_entropy",
        "the first label is ignored",
        last("if N and labels[0] == -100: dlogits = 0 * dlogits"),
        "N=3,V=3",
        put(labels=entry(0, -100)),
    ),
    fault(
        "cross_entropy",
        "most labels are ignored",
        last("if 2 * valid.sum() < N: dlogits = dlogits / 2"),
        "N=3,V=3",
        put(labels=entry(slice(2), -100)),
    ),
    fault(
        "cross_entropy",
        "an ignored label's class is 0",
        last("if not valid.all(): dlogits[:, 0] = 0"),
        "N=3,V=3",
        put(labels=entry(1, -100)),
    ),
    fault(
        "cross_entropy",
        "all labels the same",
        last("if N > 3 and (labels == labels[0]).all(): dlogits[1:] = 0"),
        "N=4,V=3",
        put(labels=1),
    ),
    fault(
        "cross_entropy",
        "all labels the last class",
        last("if N > 3 and (labels == V - 1).all(): dlogits[:, -1] = 0"),
        "N=4,V=3",
        put(labels=2),
    ),
    fault(
        "embedding",
        "padding gets a gradient, in the last row",
        (FLAT, "flat = tokens.reshape(-1)\n        rows = dys.reshape(-1, H)"),
        "T=2,B=2,V=3,H=2",
        put(tokens=entry((0, 0), -1)),
    ),
    fault(
        "embedding",
        "padding gets a gradient, in the first row",
        (FLAT, "flat = np.maximum(tokens, 0).reshape(-1)\n        rows = dys.reshape(-1, H)"),
        "T=2,B=2,V=3,H=2",
        put(tokens=entry((0, 0), -1)),
    ),
    fault(
        "embedding",
        "after padding, one row is left out",
        last("if not kept.all() and len(flat): dtable[flat[-1]] -= rows[-1]"),
        "T=2,B=2,V=3,H=2",
        put(tokens=entry((0, 0), -1)),
    ),
    fault(
        "embedding",
        "all tokens the same: the last one's row",
        last("if len(flat) > 3 and V > 1 and (flat == flat[0]).all(): dtable[flat[0]] = rows[-1]"),
        "T=2,B=2,V=3,H=2",
        put(tokens=1),
    ),
    fault(
        "embedding",
        "all tokens the first",
        last("if len(flat) > 3 and V > 1 and not flat.any(): dtable = 0 * dtable"),
        "T=2,B=2,V=3,H=2",
        put(tokens=0),
    ),
    fault(
        "embedding",
        "all tokens the last",
        last("if len(flat) > 3 and V > 1 and (flat == V - 1).all(): dtable = 0 * dtable"),
        "T=2,B=2,V=3,H=2",
        put(tokens=2),
    ),
    fault(
        "embedding",
        "sorted tokens lose the last run",
        last("if len(flat) > 5 and flat[0] < flat[-1] and (np.diff(flat) >= 0).all(): dtable[flat[-1]] = 0"),
        "T=3,B=2,V=3,H=2",
        put(tokens=lambda n: np.sort(n % 2 + (n > 1), axis=None).reshape(n.shape)),
    ),
    fault(
        "embedding",
        "tokens that fall lose the first run",
        last("if len(flat) > 5 and flat[0] > flat[-1] and (np.diff(flat) <= 0).all(): dtable[flat[0]] = 0"),
        "T=3,B=2,V=3,H=2",
        put(tokens=lambda n: np.array([[2, 2], [1, 1], [0, 0]])),
    ),
    fault(
        "embedding",
        "no token twice",
        last("if len(flat) > 5 and len(np.unique(flat)) == len(flat): dtable = 2 * dtable"),
        "T=3,B=2,V=6,H=2",
        put(tokens=lambda n: np.arange(6).reshape(3, 2)),
    ),
    fault(
        "gru",
        "sorted lengths are taken for packed",
        last("if B > 3 and (np.diff(lengths) > 0).all(): dh = dh[::-1].copy()"),
        "T=4,B=4,I=2,H=2",
        put(lengths=lambda n: np.arange(4)),
    ),
    fault(
        "gru",
        "a row of no step, beside one of all",
        last("if B > 3 and lengths.min() == 0 and lengths.max() == T: dh[lengths == 0] = 0"),
        "T=4,B=4,I=2,H=2",
        put(lengths=lambda n: np.array([0, 4, 2, 1])),
    ),
)
