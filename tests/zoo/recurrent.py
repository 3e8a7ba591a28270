"""Bugs seen in recurrent cells, planted in plain loops."""

from gradcheck.zoo import Defect, Fault
from reference import lstm as lstm_reference
from tests.harness import elman, elman_reference
from tests.harness.plant import Edit, Unit, altered, planted
from tests.zoo.right import packed_rnn, plain_gru, plain_lstm, recurrent_reference

STEPS = "two steps"
ANY = "any value"


def of_lstm(name: str, source: str, wrong: str, needs: str, *edits: Edit, unit: Unit | None = None) -> Defect:
    unit = unit or planted(*edits, module=plain_lstm, name="lstm")
    return Defect(name, source, wrong, needs, unit, lstm_reference.lstm, lstm_reference.outside)


def of_gru(name: str, source: str, wrong: str, needs: str, *edits: Edit, at_fault: Fault = "backward") -> Defect:
    unit = planted(*edits, module=plain_gru, name="gru")
    return Defect(name, source, wrong, needs, unit, recurrent_reference.gru, at_fault=at_fault)


def of_elman(name: str, source: str, wrong: str, needs: str, *edits: Edit, unit: Unit | None = None) -> Defect:
    return Defect(name, source, wrong, needs, unit or planted(*edits), elman_reference.elman, elman_reference.outside)


def of_packed(name: str, source: str, wrong: str, needs: str, *edits: Edit) -> Defect:
    unit = planted(*edits, module=packed_rnn, name="packed_rnn")
    return Defect(name, source, wrong, needs, unit, recurrent_reference.packed_rnn)


def copy_forget_gate(gradients: dict) -> None:
    """The gradients of b_i and b_o are those of the forget gate."""
    for name in ("bias_ih", "bias_hh"):
        i, f, _, o = gradients[name].reshape(4, -1)
        i[:], o[:] = f, f


def nothing(gradients: dict) -> None:
    for gradient in gradients.values():
        gradient[...] = 0


DH = "            dh = dys[t] + dh_next\n"
DC = "dc = dc_next + dh * o"
CARRY_H, CARRY_C = "            dh_next = dz @ weight_hh\n", "            dc_next = dc * f\n"
DH_T, DC_T = "else d.h_T.copy()", "else d.c_T.copy()"

LSTM = (
    of_lstm(
        "cell carry assigned",
        "apache/mxnet#4057",
        "dc is assigned from the path through h, where it is to be added to the carry",
        "two steps, or an upstream gradient for c_T",
        (DC, "dc = dh * o"),
    ),
    of_lstm(
        "biases copied",
        "hanbt/learn_dl#53",
        "the gradients of b_i and b_o are copied from the forget gate",
        "every bias compared",
        unit=altered(plain_lstm.lstm, copy_forget_gate),
    ),
    of_lstm(
        "last step only",
        "hanbt/learn_dl",
        "dW_x is that of the last step only",
        STEPS,
        ("dweight_ih += dz.T @ x[t]", "dweight_ih += dz.T @ x[t] * (t == T - 1)"),
    ),
    of_lstm(
        "tanh' of tanh",
        "CaptainE/RNN-LSTM-in-numpy; nicklashansen/rnn_lstm_from_scratch#1",
        "the derivative of tanh is taken at a value that is activated already",
        "weights of order 1",
        ("(1 - g * g)", "(1 - tanh(g) * tanh(g))"),
    ),
    of_lstm(
        "index -1",
        "CaptainE/RNN-LSTM-in-numpy",
        "h[t-1] at t = 0 is Python's index -1, the last state",
        ANY,
        ("dweight_hh += dz.T @ hs[t]", "dweight_hh += dz.T @ hs[1:][t - 1]"),
    ),
    of_lstm(
        "logistic for its derivative",
        "CaptainE/RNN-LSTM-in-numpy#1",
        "the forget gate's gradient takes the logistic function where its derivative is due",
        "c_0 not zero, or two steps",
        ("dc * cs[t] * f * (1 - f)", "dc * cs[t] * f"),
    ),
    of_lstm(
        "derivative twice",
        "CaptainE/RNN-LSTM-in-numpy#1",
        "the forget gate's gradient takes the derivative of the logistic function twice",
        "c_0 not zero, or two steps",
        ("dc * cs[t] * f * (1 - f)", "dc * cs[t] * (f * (1 - f)) ** 2"),
    ),
    of_lstm(
        "carries never updated",
        "CaptainE/RNN-LSTM-in-numpy#1",
        "dh and dc keep what they had at the last step",
        "two steps, or the gradients of the initial states compared",
        (CARRY_H, ""),
        (CARRY_C, ""),
    ),
    of_lstm(
        "dh carry never refreshed",
        "Coursera-style lstm_backward, in circulation",
        "the carry of dh is added at every step and never made anew",
        STEPS,
        (CARRY_H, "            dh_0 = dz @ weight_hh\n"),
        ('"h_0": dh_next', '"h_0": dh_0'),
    ),
    of_lstm(
        "dh carry not added",
        "Coursera-style lstm_backward, in circulation",
        "the carry of dh is computed and not added",
        STEPS,
        (DH, "            dh = dys[t] + (dh_next if t == T - 1 else 0)\n"),
    ),
    of_lstm(
        "one gate's bias",
        "ddbourgin/numpy-ml#42",
        "backward builds the pre-activations of all gates anew, with the bias of one",
        "biases that differ",
        (
            "            i, f, g, o = gates[t]\n",
            "            one = np.tile((bias_ih + bias_hh)[H : 2 * H], 4)\n"
            "            a_i, a_f, a_g, a_o = np.split(x[t] @ weight_ih.T + hs[t] @ weight_hh.T + one, 4, axis=1)\n"
            "            i, f, g, o = logistic(a_i), logistic(a_f), tanh(a_g), logistic(a_o)\n",
        ),
    ),
    of_lstm(
        "gradients overwritten",
        "tensorflow/swift-apis#518",
        "the gradients of the parameters are overwritten at every step, not accumulated",
        STEPS,
        ("dweight_ih += dz.T", "dweight_ih = dz.T"),
        ("dweight_hh += dz.T", "dweight_hh = dz.T"),
        ("dbias += dz.sum", "dbias = dz.sum"),
    ),
    of_lstm(
        "all gradients zero",
        "explosion/thinc 9.1.1, pure NumPy; microsoft/DirectML#740",
        "the gradients of the gates are computed and dropped: every gradient is zero",
        ANY,
        unit=altered(plain_lstm.lstm, nothing),
    ),
    of_lstm(
        "buffers are the weights",
        "explosion/thinc 9.1.1, compiled",
        "gradients are added to the weights themselves; the first step is never visited, the initial states get none",
        ANY,
        ("np.zeros_like(weight_ih), np.zeros_like(weight_hh)", "weight_ih.copy(), weight_hh.copy()"),
        ("for t in reversed(range(T)):", "for t in reversed(range(1, T)):"),
        ('"h_0": dh_next, "c_0": dc_next', '"h_0": 0 * dh_next, "c_0": 0 * dc_next'),
    ),
    of_lstm(
        "h_T ignored",
        "open-lm-engine/accelerated-model-architectures#445; Hugging Face RWKV; mamba's last_state",
        "the gradient that arrives at the last hidden state is ignored",
        "an upstream gradient for h_T",
        (DH_T, "else np.zeros_like(hs[0])"),
    ),
    of_lstm(
        "c_T ignored",
        "deeplearning4j/deeplearning4j#8838",
        "the gradient that arrives at the last cell state is ignored",
        "an upstream gradient for c_T",
        (DC_T, "else np.zeros_like(cs[0])"),
    ),
    of_lstm(
        "fails without c_0",
        "fla-org/flash-linear-attention#48",
        "backward fails when no initial state is given",
        "initial states left out",
        ('"c_0": dc_next', '"c_0": dc_next.reshape(c_0.shape)'),
    ),
    of_lstm(
        "fails without ys",
        "pytorch/pytorch#96416, #96601",
        "backward fails when only the last states reach the loss",
        "no upstream gradient for the outputs",
        ("np.zeros_like(hs[1:]) if d.ys is None else d.ys", "d.ys.copy()"),
    ),
    of_lstm(
        "omitted upstream is garbage",
        "chainer/chainer#2505, #8037",
        "an upstream gradient that is not given is read from memory that holds something else",
        "an upstream gradient left out",
        ("np.zeros_like(cs[0]) if d.c_T", "cs[-1].copy() if d.c_T"),
    ),
)

GRU = (
    of_gru(
        "u without dh",
        "TensorFlow's documentation of GRUBlockCellGrad",
        "+ u where dh * u is due",
        ANY,
        ("dhr * r + dh * u", "dhr * r + u"),
    ),
    of_gru(
        "h for h_prev",
        "TensorFlow's documentation of GRUBlockCellGrad",
        "the new state where the one before is due",
        ANY,
        ("dhr * h_prev * r", "dhr * hs[t + 1] * r"),
    ),
    of_gru(
        "one reset for all",
        "ooples/AiDotNet#722, a kernel for one step",
        "the product of the candidate resets every state by the gate of one unit",
        "two units, and a reference for the forward",
        ("(r * h_prev) @ weight_hh[2 * H :].T)", "r * (h_prev @ weight_hh[2 * H :].T))"),
        ("dhr = dc_bar @ weight_hh[2 * H :]", "dhr = dc_bar * (h_prev @ weight_hh[2 * H :].T)"),
        ("dr_bar = dhr * h_prev * r * (1 - r)", "dr_bar = dhr * r * (1 - r)"),
        ("dc_bar.T @ (r * h_prev)", "(dc_bar * r).T @ h_prev"),
        ("dhr * r + dh * u", "(dc_bar * r) @ weight_hh[2 * H :] + dh * u"),
        at_fault="forward",
    ),
)

ELMAN = (
    of_elman(
        "h(1-h) of tanh",
        "CRAN rnn 1.9.1",
        "the gradient of h is multiplied by h(1-h), though h is no logistic output",
        ANY,
        ("dh * (1 - hs[t + 1] * hs[t + 1])", "dh * hs[t + 1] * (1 - hs[t + 1])"),
    ),
    of_elman(
        "updates after activation",
        "CRAN rnn 1.9.1",
        "the gradients of the weights are taken from the gradient after the activation, not before it",
        "weights of order 1",
        ("dweight_ih += dz.T", "dweight_ih += dh.T"),
    ),
    of_elman(
        "bias averaged",
        "CRAN rnn 1.9.1",
        "the gradients of the biases are averaged over the batch, those of the weights summed",
        "two rows",
        ("dz.sum(axis=0)", "dz.sum(axis=0) / B"),
    ),
    of_elman(
        "dx without carry",
        "ML-From-Scratch",
        "dx has the direct term of each step only",
        "two steps, or an upstream gradient for h_T",
        ("dx[t] = dz @", "dx[t] = (dys[t] * (1 - hs[t + 1] * hs[t + 1])) @"),
    ),
    of_elman(
        "not transposed",
        "datascience.stackexchange.com 10545",
        "the gradient is carried back by the recurrent matrix where its transpose is due",
        "two units: a matrix that is not symmetric",
        ("dh = dz @ weight_hh\n", "dh = dz @ weight_hh.T\n"),
    ),
    of_elman(
        "carry reset",
        "ooples/AiDotNet#722",
        "the carry is set to zero at the end of each step",
        STEPS,
        ("dh = dz @ weight_hh\n", "dh_0, dh = dz @ weight_hh, np.zeros_like(hs[0])\n"),
        ('"h_0": dh}', '"h_0": dh_0}'),
    ),
    of_elman(
        "carry in the caller's array",
        "Burton2000/CS231n-2017#7",
        "the carry is added to the upstream gradient in place, which is the caller's",
        "the upstream array looked at afterwards, or used again",
        ("dh = dh + dys[t]", "dys[t] += dh\n            dh = dys[t]"),
    ),
    of_elman(
        "counted twice",
        "discuss.pytorch.org 15500",
        "a recipe for truncated BPTT adds to the gradients of states that an earlier pass has left: 0.288 for 0.108",
        "three steps",
        (
            "        for t in reversed(range(T)):\n            dh = dh + dys[t]\n",
            "        dh_T, left = dh, np.zeros_like(hs)\n"
            "        for j, t in [(j, t) for j in range(T) for t in reversed(range(j + 1))]:\n"
            "            dh = left[t + 1] if t < j else dys[j] + (dh_T if j == T - 1 else 0)\n",
        ),
        ("dx[t] = dz @", "dx[t] += dz @"),
        ("dh = dz @ weight_hh\n", "left[t] += dz @ weight_hh\n        dh = left[0]\n"),
    ),
    of_elman(
        "clipped inside",
        "qixianbiao/RNN#2",
        "a clip to +-5 is left inside the backward",
        "a large upstream gradient",
        ('"weight_hh": dweight_hh', '"weight_hh": np.clip(dweight_hh, -5, 5)'),
    ),
    Defect(
        "reference detached",
        "pytorch/pytorch#95137, #92615; elixir-nx/axon#646",
        "the reference's gradient is wrong, the manual one right: it does not pass through the carry",
        "a judge that is neither",
        elman.elman,
        planted(("h @ weight_hh.T", "h.detach() @ weight_hh.T"), module=elman_reference),
        elman_reference.outside,
        at_fault="reference",
    ),
)

PACKED = (
    of_packed(
        "last padded position",
        "OpenNMT/OpenNMT#306",
        "the gradient of the last state is put in at the last padded position",
        "a row that is shorter than the others, and an upstream gradient for h_T",
        ("dh_next = dh_T[b]", "dh_next = dh_T[b] * (lengths[b] == len(x))"),
    ),
    of_packed(
        "every row again",
        "fla-org/flash-linear-attention#955",
        "with packed rows the gradient of one weight is corrupted, all others are right (here: counted once a row)",
        "packed rows, more than one; every weight compared",
        ('"weight_ih": dz.T @ packed', '"weight_ih": B * (dz.T @ packed)'),
    ),
)

DEFECTS = LSTM + GRU + ELMAN + PACKED
