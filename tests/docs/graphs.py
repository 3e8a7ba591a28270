"""The figures of docs/derivations as data: graphs of what is computed from what, and ways to go back through time.

A node is a value at a place on a grid, an edge an arrow along which values go forward; the error comes back against it.
An edge with a path is one that the page names. `tests.docs.figures` draws them.
"""

from collections.abc import Callable
from math import prod
from typing import NamedTuple


class Node(NamedTuple):
    """A value: its symbol, such as `h_{t-1}`, where it is on the grid, and its kind: state, gate, input, loss, text."""

    symbol: str
    x: float
    y: float
    kind: str = "state"


class Edge(NamedTuple):
    """An arrow from a value to one that is computed from it.

    `path` is the number of the path of the error on it. `label` is what it is multiplied by; it stands on the left of
    the arrow, or on the right where `side` is -1. `bend` says how far its middle is off the straight line, to the left.
    The notes of the graph say what `dotted` means.
    """

    tail: str
    head: str
    path: str = ""
    label: str = ""
    bend: float = 0
    dotted: bool = False
    side: int = 1


class Box(NamedTuple):
    """A dashed frame from one point of the grid to another, with a title above it."""

    title: str
    left: float
    top: float
    right: float
    bottom: float


class Graph(NamedTuple):
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...]
    boxes: tuple[Box, ...] = ()


GRAPHS = {
    "rnn": Graph(
        "An Elman network, unrolled over three steps",
        (
            Node("...", -0.9, 1.2, "text"),
            *(
                Node(f"{letter}_{{{t}}}" if len(t) > 1 else f"{letter}_{t}", 1.7 * column, row, kind)
                for column, t in enumerate(("t-1", "t", "t+1"))
                for letter, row, kind in (
                    ("l", 0, "loss"),
                    ("h", 1.2, "state"),
                    ("z", 2.4, "gate"),
                    ("x", 3.6, "input"),
                )
            ),
            Node("... ", 4.3, 2.1, "text"),
            Node("W_{hh}", 0.85, 5, "input"),
        ),
        (
            Edge("x_{t-1}", "z_{t-1}", label="W_{ih}"),
            *(Edge(f"x_{t}", f"z_{t}", label="W_{ih}", side=-1) for t in ("t", "{t+1}")),
            *(Edge(f"z_{t}", f"h_{t}", label="φ") for t in ("{t-1}", "t", "{t+1}")),
            *(Edge("W_{hh}", f"z_{t}", dotted=True) for t in ("{t-1}", "t", "{t+1}")),
            Edge("...", "z_{t-1}"),
            Edge("h_{t-1}", "l_{t-1}"),
            Edge("h_{t-1}", "z_t"),
            Edge("h_t", "l_t", path="1"),
            Edge("h_t", "z_{t+1}", path="2", label="W_{hh}"),
            Edge("h_{t+1}", "l_{t+1}"),
            Edge("h_{t+1}", "... "),
        ),
        (
            "Values go along the arrows, the error comes back against them.",
            "1, 2: the two ways from the state to the loss, hence the two terms of its gradient.",
            "Dotted: one weight is read at every step, hence a sum over steps.",
        ),
    ),
    "lstm": Graph(
        "An LSTM: the five ways from a hidden state, and the two from a cell",
        (
            Node("c_{t-1}", 0, 0),
            Node("i_t", -0.1, 1.4, "gate"),
            Node("f_t", 0.5, 1.4, "gate"),
            Node("g_t", 1.1, 1.4, "gate"),
            Node("o_t", 0.5, 2.7, "gate"),
            Node("c_t", 1.9, 0),
            Node("h_t", 1.9, 2.7),
            Node("l_t", 1.9, 4.1, "loss"),
            Node("i_{t+1}", 3.9, 1.1, "gate"),
            Node("f_{t+1}", 3.9, 1.9, "gate"),
            Node("g_{t+1}", 3.9, 2.7, "gate"),
            Node("o_{t+1}", 3.9, 3.5, "gate"),
            Node("c_{t+1}", 5.6, 0),
            Node("h_{t+1}", 5.6, 3.5),
            Node("...", 6.6, 0, "text"),
            Node("... ", 6.6, 3.5, "text"),
        ),
        (
            Edge("c_{t-1}", "c_t"),
            *(Edge(gate, "c_t") for gate in ("i_t", "f_t", "g_t")),
            Edge("o_t", "h_t"),
            Edge("c_t", "h_t", path="a", label="tanh"),
            Edge("c_t", "c_{t+1}", path="b", label="f_{t+1}"),
            Edge("h_t", "l_t", path="1"),
            Edge("h_t", "i_{t+1}", path="2"),
            Edge("h_t", "f_{t+1}", path="3"),
            Edge("h_t", "g_{t+1}", path="4"),
            Edge("h_t", "o_{t+1}", path="5"),
            Edge("f_{t+1}", "c_{t+1}"),
            Edge("i_{t+1}", "c_{t+1}"),
            Edge("g_{t+1}", "c_{t+1}"),
            Edge("o_{t+1}", "h_{t+1}"),
            Edge("c_{t+1}", "h_{t+1}"),
            Edge("c_{t+1}", "..."),
            Edge("h_{t+1}", "... "),
        ),
        (
            "1: the loss of the step itself. 2 to 5: the gates of the next step, each through its own rows of W_hh.",
            "a: the cell is read by its own hidden state. b: it is kept for the next step.",
        ),
        (Box("gates of step t+1", 3.45, 0.65, 4.35, 3.9),),
    ),
    "gru": Graph(
        "A GRU, reset after the product: the four ways from a state to the next one",
        (
            Node("h_{t-1}", 0, 1.6),
            Node("z_t", 1.9, 1.05, "gate"),
            Node("u_n", 1.9, 2.1, "gate"),
            Node("r_t", 1.9, 3.2, "gate"),
            Node("n_t", 3.4, 2.5, "gate"),
            Node("h_t", 4.9, 1.6),
            Node("l_t", 4.9, 0.2, "loss"),
            Node("...", 6, 1.6, "text"),
            Node("l_{t-1}", 0, 0.2, "loss"),
        ),
        (
            Edge("h_{t-1}", "l_{t-1}"),
            Edge("h_{t-1}", "h_t", path="1", label="k_t", bend=2.4),
            Edge("h_{t-1}", "z_t", path="2", label="W_{hz}"),
            Edge("h_{t-1}", "u_n", path="3", label="W_{hn}"),
            Edge("h_{t-1}", "r_t", path="4", label="W_{hr}"),
            Edge("z_t", "h_t"),
            Edge("u_n", "n_t", label="r_t"),
            Edge("r_t", "n_t", label="u_n"),
            Edge("n_t", "h_t", label="1 − k_t", side=-1),
            Edge("h_t", "l_t"),
            Edge("h_t", "..."),
        ),
        (
            "1: what is kept, with no matrix on the way. 2: how much is kept. 3: the product inside the candidate.",
            "4: how much of that product is let in.",
            "The arrow from z to h has both of its effects: how much of h is kept, and how much of n comes in.",
        ),
    ),
    "linear_recurrence": Graph(
        "A linear recurrence, and its backward, which is one too",
        (
            *(Node(f"h_{t}", 1.6 * t, 0) for t in range(4)),
            *(Node(f"b_{t}", 1.6 * t, 1.2, "input") for t in range(1, 4)),
            *(Node(f"dh_{t}", 1.6 * t, 2.7) for t in range(4)),
            *(Node(f"dy_{t}", 1.6 * t, 3.9, "input") for t in range(1, 4)),
        ),
        (
            *(Edge(f"h_{t - 1}", f"h_{t}", label=f"a_{t}") for t in range(1, 4)),
            *(Edge(f"b_{t}", f"h_{t}") for t in range(1, 4)),
            *(Edge(f"dh_{t}", f"dh_{t - 1}", path=str(4 - t), label=f"a_{t}") for t in range(1, 4)),
            *(Edge(f"dy_{t}", f"dh_{t}") for t in range(1, 4)),
        ),
        (
            "Above: forward. Below: backward, the same factors from the end; 1, 2, 3 is the order.",
            "What enters at each step is the input b above, and below the gradient that arrives from outside.",
        ),
    ),
    "attention": Graph(
        "Attention of one query to three source positions",
        (
            Node("q_t", 0, -1, "state"),
            *(Node(f"k_{i}", 0, i, "input") for i in range(1, 4)),
            *(Node(f"e_{{t{i}}}", 1.9, i, "gate") for i in range(1, 4)),
            *(Node(f"p_{{t{i}}}", 3.8, i, "gate") for i in range(1, 4)),
            Node("c_t", 5.5, 2),
            Node("L", 5.5, 0, "loss"),
            *(Node(f"u_{i}", 7.1, i, "input") for i in range(1, 4)),
        ),
        (
            *(Edge("q_t", f"e_{{t{i}}}") for i in (1, 2)),
            Edge("q_t", "e_{t3}", path="4"),
            *(Edge(f"k_{i}", f"e_{{t{i}}}") for i in (1, 2)),
            Edge("k_3", "e_{t3}", path="5"),
            *(Edge(f"e_{{t{j}}}", f"p_{{t{i}}}", dotted=True) for j in (1, 2) for i in range(1, 4) if i != j),
            *(Edge(f"e_{{t{i}}}", f"p_{{t{i}}}") for i in (1, 2)),
            Edge("e_{t3}", "p_{t3}", path="2"),
            Edge("e_{t3}", "p_{t2}", path="3"),
            Edge("e_{t3}", "p_{t1}", path="3"),
            *(Edge(f"p_{{t{i}}}", "c_t") for i in (1, 2)),
            Edge("p_{t3}", "c_t", path="1"),
            *(Edge(f"u_{i}", "c_t") for i in (1, 2)),
            Edge("u_3", "c_t", path="6"),
            Edge("c_t", "L"),
        ),
        (
            "The way back to position i = 3. 1: its weight. 2: its score raises that weight. 3: and lowers the others.",
            "5 and 6 are added over all queries, 4 over all positions.",
        ),
    ),
}
Weigh = Callable[[int, int], int]
T, TAU, XI = 6, 3, (1, 2, 2, 0, 2, 2)
STRATEGIES: dict[str, Weigh] = {
    "whole": lambda t, u: 1,
    "equal pieces (chunks of 3)": lambda t, u: int((t - 1) // TAU == (u - 1) // TAU),
    "one window a loss (3 steps)": lambda t, u: int(t - u < TAU),
    "random pieces": lambda t, u: prod(XI[u:t]),
}
"""What a loss at t weighs the path to a use at u <= t with; XI[u] is the factor of the carry from u + 1 to u."""
