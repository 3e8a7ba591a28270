"""Faults that show where one array is passed twice, or between calls: caches, workspaces, results that are reused."""

from tests.verdicts.wrong import plays
from tests.verdicts.wrong.fault import above, after, last, of_kind
from tests.verdicts.wrong.scenes import alias, put

fault = of_kind("identity")
CACHE = above(
    "KEPT: dict[int, tuple[Array, Array]] = {}",
    "",
    "",
    "def kept(array: Array, make: Any) -> Array:",
    "    if id(array) not in KEPT or KEPT[id(array)][0] is not array:",
    "        KEPT[id(array)] = (array, make(array))",
    "    return KEPT[id(array)][1]",
    "",
)
STORE = above("STORE: dict[Any, Any] = {}")


def negated(array):
    return -array


def ring(size: int, name: str, line: str) -> list[tuple[str, str]]:
    """An array of the forward lies in the next of so many workspaces."""
    made = f"slot = STORE['turn'] = (STORE.get('turn', 0) + 1) % {size}"
    store = f"{name} = STORE.setdefault((slot, {name}.shape, {name}.dtype.str), {name})"
    return [STORE, (line + "\n", f"{line}\n    {made}\n    before = {name}\n    {store}\n    {name}[...] = before\n")]


ELMAN = "    hs = np.empty((T + 1, B, H), np.result_type(x, weight_ih, weight_hh, bias, h_0))"

FAULTS = (
    fault(
        "gated",
        "gradients keyed by the array",
        last("by = {id(a): da, id(b): db}", "da, db = by[id(a)], by[id(b)].copy()"),
        "N=2,D=2",
        alias("a", "b"),
    ),
    fault(
        "gated", "a is b: the sum for both", last("if a is b: da = da + db; db = da.copy()"), "N=2,D=2", alias("a", "b")
    ),
    fault(
        "linear_scan",
        "x overlaps a",
        last("if np.may_share_memory(x, a): dx = dx + da"),
        "T=2,B=2,H=2",
        alias("x", "a"),
    ),
    fault(
        "elman",
        "one weight passed twice",
        last("if weight_ih is weight_hh: dweight_hh = dweight_ih.copy()"),
        "T=2,B=2,I=2,H=2",
        alias("weight_ih", "weight_hh"),
    ),
    fault("lstm", "h_0 is c_0", last("if h_0 is c_0: dc = dh.copy()"), "T=2,B=2,I=2,H=2", alias("h_0", "c_0")),
    fault(
        "attention",
        "keys that are the queries",
        last("if q is k: dk = dq.copy()"),
        "Q=3,D=2,K=3,E=2",
        alias("q", "k"),
        put(mask=True),
    ),
    fault(
        "attention",
        "values that are the keys",
        last("if v is k: dv = dk.copy()"),
        "Q=2,D=2,K=3,E=2",
        alias("k", "v"),
        put(mask=True),
    ),
    fault(
        "layer_norm", "gain is bias", last("if gain is bias: dbias = dgain.copy()"), "B=2,H=3", alias("gain", "bias")
    ),
    fault("dense", "x is the weight", last("if x is weight: dweight = dx.copy()"), "N=2,I=2,H=2", alias("x", "weight")),
    fault(
        "dense",
        "a weight's copy, kept by id, is stale after an update",
        [CACHE, ("dx = dy @ weight\n", "dx = dy @ kept(weight, np.copy)\n")],
        "N=2,I=2,H=2",
        play=plays.updated_in_place(weight=negated),
    ),
    fault(
        "elman",
        "the transposed recurrent weight is kept by id",
        [CACHE, ("carry = dz[t] @ weight_hh\n", "carry = dz[t] @ kept(weight_hh, lambda w: w.T.copy()).T\n")],
        "T=2,B=2,I=2,H=2",
        play=plays.updated_in_place(weight_hh=negated),
    ),
    fault(
        "masked_mean",
        "counts kept by the mask's id",
        [CACHE, ("divisor = count.", "divisor = kept(mask, lambda m: np.maximum(m.sum(axis=0), 1)).")],
        "T=3,B=2,H=2",
        put(mask=True),
        play=plays.updated_in_place(mask=lambda m: m * (m.cumsum(axis=0) < 2)),
    ),
    fault(
        "embedding",
        "tokens kept by id",
        [
            CACHE,
            ("flat = tokens[kept]", "flat = kept_tokens(tokens)[kept]"),
            (
                "class Output(",
                "def kept_tokens(tokens: Array) -> Array:\n    return kept(tokens, np.copy)\n\n\nclass Output(",
            ),
        ],
        "T=2,B=2,V=3,H=2",
        play=plays.updated_in_place(tokens=lambda n: (n + 1) % 3),
    ),
    fault("elman", "a ring of 8 workspaces", ring(8, "hs", ELMAN), "T=2,B=2,I=2,H=2", play=plays.forwards_between(8)),
    fault(
        "linear_scan",
        "a ring of 3 workspaces",
        ring(3, "hs", "    hs = np.empty((T + 1, B, H), np.result_type(x, a, h_0))"),
        "T=2,B=2,H=2",
        play=plays.forwards_between(3),
    ),
    fault(
        "layer_norm",
        "one workspace for each shape",
        ring(1, "xhat", "    xhat = centred * r"),
        "B=2,H=3",
        play=plays.forwards_between(1),
    ),
    fault(
        "dense",
        "the result lies in a buffer that the next call fills",
        [
            STORE,
            last(
                "buffer = STORE.setdefault((dx.shape, dx.dtype.str), np.empty_like(dx))",
                "buffer[...] = dx",
                "dx = buffer",
            ),
        ],
        "N=2,I=2,H=2",
        play=plays.first_result_last,
    ),
    fault(
        "softplus",
        "two result buffers in turn",
        [
            STORE,
            last(
                "turn = STORE['turn'] = 1 - STORE.get('turn', 0)",
                "buffer = STORE.setdefault((turn, dx.shape, dx.dtype.str), np.empty_like(dx))",
                "buffer[...] = dx",
                "dx = buffer",
            ),
        ],
        "N=2,D=2",
        play=plays.results_in_a_row,
    ),
    fault(
        "gated",
        "the size of the last forward",
        [STORE, after("    y = a * s", "STORE['N'] = N"), last("da = da * N / STORE['N']")],
        "N=2,D=2",
        play=plays.another_size_between,
    ),
    fault(
        "softplus",
        "the first size seen is the size of a workspace",
        [STORE, last("rows = STORE.setdefault('rows', max(N, 1))", "dx[rows:] = 0")],
        "N=2,D=2",
        play=plays.smaller_first,
    ),
    fault(
        "cross_entropy",
        "the softmax is kept by the labels",
        [
            STORE,
            (
                "p = exps / total\n",
                "p = STORE.setdefault((labels.tobytes(), exps.shape, exps.dtype.str), exps / total)\n",
            ),
        ],
        "N=2,V=3",
        play=plays.updated_in_place(logits=negated),
    ),
    fault(
        "gated",
        "from the third call of a shape on, the tuned kernel",
        [STORE, last("calls = STORE[a.shape] = STORE.get(a.shape, 0) + 1", "if calls > 2: db = 0 * db")],
        "N=2,D=2",
        play=plays.again(3),
    ),
    fault(
        "linear_scan",
        "the upstream gradient is the workspace",
        (
            "dx = np.empty_like(hs[1:])",
            "dx = dys if dys.dtype == hs.dtype and dys.flags.writeable else np.empty_like(hs[1:])",
        ),
        "T=3,B=2,H=2",
        play=plays.backward_twice,
        plain=True,
    ),
    fault(
        "dense",
        "sums are added to those of the backward before",
        [
            ("    y = x @ weight.T + bias\n", "    y = x @ weight.T + bias\n    total = np.zeros_like(bias)\n"),
            ("dbias = dy.sum(axis=0)", "total[...] += dy.sum(axis=0)\n        dbias = total.copy()"),
        ],
        "N=2,I=2,H=2",
        play=plays.backward_twice,
    ),
    fault(
        "huber",
        "the error of the last forward",
        [
            STORE,
            after("    e = prediction - target", "STORE[e.shape] = e"),
            ("slope = np.where(e.real > 10.0, 0 * e + 10, e)", "slope = STORE[e.shape]"),
        ],
        "N=2,D=2",
        play=plays.forwards_between_of_one("prediction"),
    ),
)
