"""Bugs seen in Elman networks, GRUs and packed rows, planted in plain loops."""

from gradcheck.zoo import Defect, FaultSite
from tests.harness import elman, elman_reference
from tests.harness.plant import Edit, planted
from tests.zoo.right import packed_rnn, plain_gru, recurrent_reference


def of_gru(name: str, source: str, wrong: str, needs: str, *edits: Edit, at_fault: FaultSite = "backward") -> Defect:
    unit = planted(*edits, module=plain_gru, name="gru")
    return Defect(name, source, wrong, needs, unit, recurrent_reference.gru, at_fault=at_fault)


def of_elman(name: str, source: str, wrong: str, needs: str, *edits: Edit) -> Defect:
    return Defect(name, source, wrong, needs, planted(*edits), elman_reference.elman, elman_reference.third_party)


def of_packed(name: str, source: str, wrong: str, needs: str, *edits: Edit) -> Defect:
    unit = planted(*edits, module=packed_rnn, name="packed_rnn")
    return Defect(name, source, wrong, needs, unit, recurrent_reference.packed_rnn)


GRU = (
    of_gru(
        "u without dh",
        "TensorFlow's documentation of GRUBlockCellGrad",
        "+ u in place of dh * u",
        "any value",
        ("dhr * r + dh * u", "dhr * r + u"),
    ),
    of_gru(
        "h for h_prev",
        "TensorFlow's documentation of GRUBlockCellGrad",
        "the new state in place of the one before",
        "any value",
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
        "any value",
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
        "the gradient is carried back by the recurrent matrix in place of its transpose",
        "two units: a matrix that is not symmetric",
        ("dh = dz @ weight_hh\n", "dh = dz @ weight_hh.T\n"),
    ),
    of_elman(
        "carry reset",
        "ooples/AiDotNet#722",
        "the carry is set to zero at the end of each step",
        "two steps",
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
        elman_reference.third_party,
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

DEFECTS = GRU + ELMAN + PACKED
