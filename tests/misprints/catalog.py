"""Each misprint as a unit in its printed form, beside the corrected one that it is an edit of."""

from typing import NamedTuple

from gradcheck import Subject
from manual.recurrent import gru, lstm
from reference.recurrent import gru as gru_reference
from reference.recurrent import lstm as lstm_reference
from tests.harness import elman, elman_reference
from tests.harness.plant import Edit, Unit, altered, planted
from tests.misprints import bases, references

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
LOGISTIC_OUTPUT = Subject("logistic_output", bases.logistic_output, references.logistic_output)
TWO_LAYERS = Subject("two_layers", bases.two_layers, references.two_layers)

LOCAL = "dc + dh * o * (1 - tanh_c * tanh_c)"
INPUTS = "time_loop(lstm_cell, x,"
NAMED = "{**named, "
CARRY = "return dz, (hidden_vjp(dz), dc * f)"
O_ALONE = "hidden_vjp(np.concatenate((0 * dz_i, 0 * dz_f, 0 * dz_g, dz_o)))"
WEIGHT_HH = "dweight_hh += dz.T @ hs[t]"
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
        base_edit("logistic_output", ("difference * y * (1 - y)", "difference")),
        LOGISTIC_OUTPUT,
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
}
