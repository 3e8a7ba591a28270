"""Bugs seen in LSTMs, planted in a plain loop."""

from gradcheck.zoo import Defect
from reference.recurrent import lstm as lstm_reference
from tests.harness.plant import Edit, Unit, altered, planted
from tests.zoo.right import plain_lstm


def of_lstm(name: str, source: str, wrong: str, needs: str, *edits: Edit, unit: Unit | None = None) -> Defect:
    unit = unit or planted(*edits, module=plain_lstm, name="lstm")
    return Defect(name, source, wrong, needs, unit, lstm_reference.lstm, lstm_reference.third_party)


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

DEFECTS = (
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
        "two steps",
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
        "any value",
        ("dweight_hh += dz.T @ hs[t]", "dweight_hh += dz.T @ hs[1:][t - 1]"),
    ),
    of_lstm(
        "logistic for its derivative",
        "CaptainE/RNN-LSTM-in-numpy#1",
        "the forget gate's gradient takes the logistic function in place of its derivative",
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
        "two steps",
        (CARRY_H, "            dh_0 = dz @ weight_hh\n"),
        ('"h_0": dh_next', '"h_0": dh_0'),
    ),
    of_lstm(
        "dh carry not added",
        "Coursera-style lstm_backward, in circulation",
        "the carry of dh is computed and not added",
        "two steps",
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
        "two steps",
        ("dweight_ih += dz.T", "dweight_ih = dz.T"),
        ("dweight_hh += dz.T", "dweight_hh = dz.T"),
        ("dbias += dz.sum", "dbias = dz.sum"),
    ),
    of_lstm(
        "all gradients zero",
        "explosion/thinc 9.1.1, pure NumPy; microsoft/DirectML#740",
        "the gradients of the gates are computed and dropped: every gradient is zero",
        "any value",
        unit=altered(plain_lstm.lstm, nothing),
    ),
    of_lstm(
        "buffers are the weights",
        "explosion/thinc 9.1.1, compiled",
        "gradients are added to the weights themselves; the first step is never visited, the initial states get none",
        "any value",
        ("np.zeros_like(weight_ih), np.zeros_like(weight_hh)", "weight_ih.copy(), weight_hh.copy()"),
        ("for t in reversed(range(T)):", "for t in reversed(range(1, T)):"),
        ('"h_0": dh_next, "c_0": dc_next', '"h_0": 0 * dh_next, "c_0": 0 * dc_next'),
    ),
    of_lstm(
        "h_T ignored",
        "open-lm-engine#445; Hugging Face RWKV; mamba's last_state",
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
