"""Each misprint as a unit in its printed form, beside the corrected one that it is an edit of."""

from typing import NamedTuple

from gradcheck import Subject
from manual.recurrent import gru, lstm, preactivation_rnn
from reference.recurrent import gru as gru_reference
from reference.recurrent import lstm as lstm_reference
from reference.recurrent import preactivation_rnn as preactivation_reference
from tests.harness import elman, elman_reference
from tests.harness.plant import Edit, Unit, altered, planted
from tests.misprints import bases, references, scalars

GRADIENTS = "manual is the odd one out (autograd and complex step agree)"
FORWARD = "manual is the odd one out (reference and the third party agree)"


class Misprint(NamedTuple):
    """`check` catches the printed form at `smallest`; `wrong` are the gradients that exact arithmetic finds wrong."""

    printed: Unit
    corrected: Subject
    check: str
    smallest: str
    wrong: tuple[str, ...] = ()

    @property
    def subject(self) -> Subject:
        return Subject("printed", self.printed, self.corrected.reference, self.corrected.third_party)


def lstm_edit(*edits: Edit) -> Unit:
    return planted(*edits, module=lstm, name="lstm")


def base_edit(name: str, *edits: Edit) -> Unit:
    return planted(*edits, module=bases, name=name)


def scalar_edit(name: str, *edits: Edit) -> Unit:
    return planted(*edits, module=scalars, name=name)


def preactivation_edit(*edits: Edit) -> Unit:
    return planted(*edits, module=preactivation_rnn, name="preactivation_rnn")


def exchange_updates(gradients: dict) -> None:
    """What is due to the reset gate goes to the candidate, and the reverse."""
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        H = len(gradients[name]) // 3
        reset, candidate = gradients[name][:H].copy(), gradients[name][2 * H :].copy()
        gradients[name][:H], gradients[name][2 * H :] = candidate, reset


ELMAN = Subject("elman", elman.elman, elman_reference.elman, elman_reference.third_party)
LINEAR = Subject(
    "linear rnn",
    planted(("np.tanh(", "("), (" * (1 - hs[t + 1] * hs[t + 1])", "")),
    planted(("torch.tanh(", "("), module=elman_reference),
)
LSTM = Subject("lstm", lstm.lstm, lstm_reference.lstm, lstm_reference.third_party)
GRU = Subject("gru", gru.gru, gru_reference.gru, gru_reference.third_party)
ELMAN_SOFTMAX = Subject("elman_softmax", bases.elman_softmax, references.elman_softmax)
PREACTIVATION = Subject(
    "preactivation_rnn",
    preactivation_rnn.preactivation_rnn,
    preactivation_reference.preactivation_rnn,
    preactivation_reference.third_party,
)
ACTIVATED_OUTPUT = Subject("activated_output", bases.activated_output, references.activated_output)
SUM_OVER_STARTS = Subject("sum_over_starts", scalars.sum_over_starts, references.sum_over_starts)
RANDOMIZED = Subject("randomized_forward", scalars.randomized_forward, references.randomized_forward)
TWO_LAYERS = Subject("two_layers", bases.two_layers, references.two_layers)

LOCAL = "dc + dh * o * (1 - tanh_c * tanh_c)"
INPUTS = "time_loop(lstm_cell, x,"
NAMED = "{**named, "
CARRY = "return dz, (hidden_vjp(dz), dc * f)"
O_ALONE = "hidden_vjp(np.concatenate((0 * dz_i, 0 * dz_f, 0 * dz_g, dz_o)))"
BACK_THROUGH_W = "da_prev = hidden_vjp(dh)"
OWN_SLOPE = "derivative(h, phi(h))"
GATES = "i, f, g, o = logistic(z_i), logistic(z_f), tanh(z_g), logistic(z_o)"
WEIGHT_HH = "dweight_hh += dz.T @ hs[t]"
SIDE_BY_SIDE = """
def side_by_side(x):
    return np.concatenate((x, np.concatenate((0 * x[:1], x[:-1]))), axis=2)


def by_its_rows(weight):
    now, before = weight.copy(), weight.copy()
    H = len(weight) // 4
    now[3 * H :], before[: 3 * H] = 0 * now[3 * H :], 0 * before[: 3 * H]
    return np.concatenate((now, before), axis=1)


def fold(named):
    dx, dweight = named["x"], named["weight_ih"]
    I, H = dx.shape[2] // 2, len(dweight) // 4
    whole = np.concatenate((dweight[: 3 * H, :I], dweight[3 * H :, I:]))
    return {"x": dx[..., :I] + np.concatenate((dx[1:, :, I:], 0 * dx[:1, :, I:])), "weight_ih": whole}


"""
RECURRENT = ("x", "weight_ih", "weight_hh", "bias_ih", "bias_hh", "h_0")

MISPRINTS: dict[str, Misprint] = {
    "M1": Misprint(
        base_edit("elman_softmax", ('do["h"][t] + carry', 'do["h"][t]')),
        ELMAN_SOFTMAX,
        "gradients",
        "T=2,B=1,I=1,H=1,V=2,seed=0",
        ("x", "weight_ih", "weight_hh", "bias"),
    ),
    # h_t on the right is the slot that is still to be written: it holds zeros.
    "M2": Misprint(
        planted(
            ("hs[t] @ weight_hh.T", "hs[t + 1] @ weight_hh.T"),
            (WEIGHT_HH, "dweight_hh += 0 * (dz.T @ hs[t])"),
            ("dh = dz @ weight_hh\n", "dh = 0 * dz\n"),
        ),
        ELMAN,
        "forward",
        "T=1,B=1,I=1,H=1,seed=0",
    ),
    "M3": Misprint(
        lstm_edit((LOCAL, "dc + dh * o * (1 - tanh_c * tanh_c) ** 2")),
        LSTM,
        "gradients",
        "T=1,B=1,I=1,H=1,seed=0",
        (*RECURRENT, "c_0"),
    ),
    "M4": Misprint(
        lstm_edit(
            (INPUTS, "time_loop(lstm_cell, np.concatenate((0 * x[:1], x[:-1])),"),
            (NAMED, '{**named, "x": np.concatenate((named["x"][1:], 0 * named["x"][:1])), '),
        ),
        LSTM,
        "forward",
        "T=1,B=1,I=1,H=1,seed=0",
    ),
    "M5": Misprint(
        lstm_edit((", tanh(z_g)", ", logistic(z_g)"), ("dc * i * (1 - g * g)", "dc * i * g * (1 - g)")),
        LSTM,
        "forward",
        "T=1,B=1,I=1,H=1,seed=0",
    ),
    "M5, the derivative alone": Misprint(
        lstm_edit(("dc * i * (1 - g * g)", "dc * i * g * (1 - g)")),
        LSTM,
        "gradients",
        "T=1,B=1,I=1,H=1,seed=0",
        (*RECURRENT, "c_0"),
    ),
    # c_t on the right is the slot that is still to be written: it holds zeros.
    "M6": Misprint(
        lstm_edit(
            ("c = f * c_prev + i * g", "c = f * np.zeros_like(c_prev) + i * g"),
            ("dc * c_prev * f * (1 - f)", "0 * f"),
            ("dc * f)", "0 * dc)"),
        ),
        LSTM,
        "forward",
        "T=1,B=1,I=1,H=1,seed=0",
    ),
    "M7": Misprint(
        lstm_edit((CARRY, f"through_o = {O_ALONE}\n        return dz, (hidden_vjp(dz) - through_o + dz_o, dc * f)")),
        LSTM,
        "gradients",
        "T=1,B=1,I=1,H=1,seed=0",
        (*RECURRENT, "c_0"),
    ),
    "M8": Misprint(
        base_edit("activated_output", ("difference * derivative", "difference")),
        ACTIVATED_OUTPUT,
        "gradients",
        "T=1,B=1,H=1,V=1,seed=0",
        ("h", "weight", "bias"),
    ),
    "M9": Misprint(
        planted(
            ("np.tanh(", "("),
            (" * (1 - hs[t + 1] * hs[t + 1])", ""),
            ('"weight_hh": dweight_hh', '"weight_hh": np.resize(dweight_hh, weight_ih.shape)'),
        ),
        LINEAR,
        "shapes",
        "T=1,B=1,I=2,H=1,seed=0",
    ),
    "M10": Misprint(
        planted(("dh = dz @ weight_hh\n", "dh = (dh @ weight_hh.T) * (1 - hs[t + 1] * hs[t + 1])\n")),
        ELMAN,
        "gradients",
        "T=1,B=1,I=1,H=2,seed=0",
        RECURRENT,
    ),
    "M10, the state before": Misprint(
        preactivation_edit((BACK_THROUGH_W, f"{BACK_THROUGH_W}\n            da_prev = hidden.weights[0] @ dh")),
        PREACTIVATION,
        "gradients",
        "T=1,B=1,I=1,H=2,seed=0",
        ("x", "weight_ih", "weight_hh", "bias_ih", "h_0"),
    ),
    "M10, the other cell's factors": Misprint(
        preactivation_edit(
            (BACK_THROUGH_W, f"{BACK_THROUGH_W}\n            da_prev = hidden.weights[0].T @ ({OWN_SLOPE} * dh)"),
            ("(derivative(h_prev, a_prev) * da_prev,)", "(da_prev,)"),
        ),
        PREACTIVATION,
        "gradients",
        "T=1,B=1,I=1,H=1,seed=0",
        ("x", "weight_ih", "weight_hh", "bias_ih", "h_0"),
    ),
    "M11": Misprint(
        base_edit(
            "two_layers",
            ('"weight_1": outer.T @ f', '"weight_1": ((outer @ weight_2) * (1 - f * f)).T @ x'),
            ('"weight_2": inner.T @ x', '"weight_2": outer.T @ f'),
        ),
        TWO_LAYERS,
        "gradients",
        "B=1,H=1,seed=0",
        ("weight_1", "weight_2"),
    ),
    "M11, the names put right": Misprint(
        base_edit("two_layers", ('"weight_2": inner.T @ x', '"weight_2": ((outer @ weight_2) * (1 - f * f)).T @ x')),
        TWO_LAYERS,
        "gradients",
        "B=1,H=1,seed=0",
        ("weight_2",),
    ),
    # The node 1 - z sends back 1 - d where -d is due.
    "M14": Misprint(
        planted(("dh * difference * z * (1 - z)", "(1 + dh * difference) * z * (1 - z)"), module=gru, name="gru"),
        GRU,
        "gradients",
        "T=1,B=1,I=1,H=1,seed=0",
        RECURRENT,
    ),
    "M14, the updates exchanged": Misprint(
        altered(gru.gru, exchange_updates),
        GRU,
        "gradients",
        "T=1,B=1,I=1,H=1,seed=0",
        ("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
    ),
    "M15": Misprint(
        lstm_edit((LOCAL, "dc + dh * o * (1 - c * c)")),
        LSTM,
        "gradients",
        "T=1,B=1,I=1,H=1,seed=0",
        (*RECURRENT, "c_0"),
    ),
    # z is the total derivative where z_{t-1} is due: dh carries it, and no xi.
    "M16": Misprint(
        scalar_edit("randomized_forward", ("slope * w * z\n", "slope * w * dh\n")),
        RANDOMIZED,
        "gradients",
        "T=3,B=1,seed=0",
        ("w",),
    ),
    # h_{t+1} does not read o_t: the factor is zero, and the path with it.
    "M17": Misprint(
        lstm_edit((CARRY, f"through_o = {O_ALONE}\n        return dz, (hidden_vjp(dz) - through_o, dc * f)")),
        LSTM,
        "gradients",
        "T=1,B=1,I=1,H=1,seed=0",
        (*RECURRENT, "c_0"),
    ),
    # The products of one run of the loop remember the gate of the step before; the first step has its own.
    "M17, the gate of the step before": Misprint(
        lstm_edit(
            (GATES, f"{GATES}\n    o_before, hidden.o = getattr(hidden, 'o', o), o"),
            ("dh * tanh_c * o * (1 - o)", "dh * tanh_c * o_before * (1 - o_before)"),
        ),
        LSTM,
        "gradients",
        "T=2,B=1,I=1,H=1,seed=0",
        (*RECURRENT, "c_0"),
    ),
    "M18": Misprint(
        scalar_edit("sum_over_starts", ("slopes[t] * reach * direct[k]", "slopes[k] * reach * direct[k]")),
        SUM_OVER_STARTS,
        "gradients",
        "T=2,B=1,seed=0",
        ("w",),
    ),
    "M18, terms counted twice": Misprint(
        scalar_edit("sum_over_starts", ("reach * direct[k]", "reach * total[k]")),
        SUM_OVER_STARTS,
        "gradients",
        "T=2,B=1,seed=0",
        ("w",),
    ),
    # The output gate alone reads x_{t-1}: two inputs side by side, each read by its own rows.
    "M21": Misprint(
        lstm_edit(
            (INPUTS, "time_loop(lstm_cell, side_by_side(x),"),
            ("= Parameters(weight_ih, ", "= Parameters(by_its_rows(weight_ih), "),
            (NAMED, "{**named, **fold(named), "),
            ("def lstm_cell(", f"{SIDE_BY_SIDE}def lstm_cell("),
        ),
        LSTM,
        "forward",
        "T=1,B=1,I=1,H=1,seed=0",
    ),
    "M21, what f keeps": Misprint(
        lstm_edit(
            ("c = f * c_prev + i * g", "c = f * h_prev + i * g"),
            ("dc * c_prev * f * (1 - f)", "dc * h_prev * f * (1 - f)"),
            (CARRY, "return dz, (hidden_vjp(dz) + dc * f, 0 * dc)"),
        ),
        LSTM,
        "forward",
        "T=1,B=1,I=1,H=1,seed=0",
    ),
    # What is called the Jacobian is multiplied by the upstream gradient already, and is multiplied by it again.
    "M23": Misprint(
        lstm_edit((LOCAL, "dc + dh * (dh * o * (1 - tanh_c * tanh_c))")),
        LSTM,
        "gradients",
        "T=1,B=1,I=1,H=1,seed=0",
        (*RECURRENT, "c_0"),
    ),
}
