"""Draws docs/figures/flow_cells.svg, what `gradcheck flow rnn lstm gru` draws:  python -m tests.docs.flow_picture

The description inside has the table of the same flows, with which a test compares it: the lines of a picture depend on
the version of matplotlib.
"""

import io
from html import escape
from pathlib import Path

from gradcheck.flow.comparison import FlowComparison, compare_flows
from gradcheck.flow.plot import draw_flows
from gradcheck.reporting.flow_table import format_flow_head, format_flow_row
from manual.recurrent.gru import gru
from manual.recurrent.lstm import lstm
from manual.recurrent.rnn import rnn

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "figures" / "flow_cells.svg"
TITLE = "How far gradients reach through an Elman network, an LSTM and a GRU"
ABOUT = (
    "Above, the norm of the Jacobian between two states by their lag, a line for each radius of the recurrent matrix. "
    "Below, on the same axis of lags, a map for each radius: the darker, the more arrives."
)


def compute_flows() -> FlowComparison:
    """At the defaults of the command, seed 0."""
    return compare_flows([rnn, lstm, gru])


def describe(flows: FlowComparison) -> str:
    steps = len(flows.flows[0].jacobians)
    return "\n".join([ABOUT, format_flow_head(steps), *map(format_flow_row, flows)])


def draw(flows: FlowComparison) -> str:
    from matplotlib import rc_context

    drawn = io.StringIO()
    with rc_context({"svg.hashsalt": TITLE, "svg.fonttype": "none"}):
        draw_flows(flows.flows).savefig(drawn, format="svg", metadata={"Date": None})
    head, tag, rest = drawn.getvalue().partition("<svg ")
    attributes, _, body = rest.partition(">")
    texts = f"<title>{escape(TITLE)}</title>\n<desc>{escape(describe(flows))}</desc>"
    return f'{head}{tag}role="img" {attributes}>\n{texts}{body}'


def main() -> None:
    PICTURE.write_text(draw(compute_flows()), encoding="utf-8")


if __name__ == "__main__":
    main()
