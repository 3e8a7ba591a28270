"""Every command that a page shows is run: by the page's transcript, or where RUN_BY says; and none is misspelt."""

from pathlib import Path

import pytest

from tests.docs.commands import inline, lines, problem

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
CHAR_RNN = ("tests/cells/test_char_rnn.py", '"examples/char_rnn.py"')
LONG_MEMORY = ("tests/cells/test_long_memory.py", '"examples/long_memory.py", "--quick", "--seeds", "2", "--record"')
FLOW = ("tests/harness/test_flow.py", 'run("rnn", "gru", "--T", 8, "--hidden", 3, "--radius", "0.9,1.1", "--out"')
CAMPAIGN = ("tests/harness/campaign/test_command.py", '["gradcheck", "campaign", *')
ZOO = ("tests/zoo/test_command.py", '["gradcheck", "zoo", *')
RUN_BY = {
    "make verify": ("Makefile", "$(BIN)/gradcheck verify $(ARGS)"),
    "make test": (".ci/run", "\nmake test"),
    "make bench": (".ci/run", "\nmake bench"),
    "make bench ARGS=--quick": (".ci/run", "\nmake bench ARGS=--quick"),
    'make bench ARGS="--json docs/performance.json"': (".ci/run", "\nmake bench"),
    "python -m benchmarks.page": ("tests/repo/test_performance_page.py", "page.page(found)"),
    "make wheel": (".ci/run", "\nmake wheel"),
    "make lint": (".ci/run", "\nmake lint"),
    "gradcheck flow rnn lstm gru --out flow.png": FLOW,
    "gradcheck flow rnn lstm gru --T 60 --radius 0.9,1.0,1.1 --out flow.png": FLOW,
    "python examples/char_rnn.py": CHAR_RNN,
    "python examples/char_rnn.py --against-torch": CHAR_RNN,
    "python examples/char_rnn.py --against-torch --record docs/char_rnn.json": CHAR_RNN,
    "python -m examples.char_rnn_page": ("tests/docs/test_char_rnn.py", "char_rnn_page.format_page(RECORD)"),
    "python examples/long_memory.py": LONG_MEMORY,
    "python examples/long_memory.py --quick": LONG_MEMORY,
    "python examples/long_memory.py --record docs/long_memory.json": LONG_MEMORY,
    "python -m examples.memory.page": ("tests/docs/test_long_memory.py", "page.format_page(RECORD)"),
    "python examples/reverse.py --out attention.png": ("tests/cells/test_reverse.py", '"examples/reverse.py"'),
    "gradcheck campaign --cases 1000000 --out campaigns/first": CAMPAIGN,
    "gradcheck campaign --cases 100000 --hours 8 --out campaigns/night lstm gru -j 4": CAMPAIGN,
    "gradcheck campaign --cases 1000000 --scheduler tcp://HOST:8786 --out campaigns/first": CAMPAIGN,
    "gradcheck zoo": ZOO,
    'gradcheck zoo "conjugate missing" M10': ZOO,
    "gradcheck zoo --json docs/zoo.json": ZOO,
}
"""Commands that take too long for a transcript: the file that runs each, smaller, and the words that do it there."""
PLANTED = {
    "    gradcheck verfy lstm": "gradcheck has no command verfy",
    "    gradcheck verify lstm --jsn out.json   as data": "it has no option --jsn",
    "```sh\n$ gradcheck verify lstm -J 4\n```": "it has no option -J",
    "    make verfy": "the Makefile has no target verfy",
    "    python examples/char_rn.py  # trains": "there is no file examples/char_rn.py",
    "    python -m tests.docs.pge README.md": "there is no module tests.docs.pge",
    "    pytest manual --gradcheck-case T=1 --gradcheck-csaes 3": "it has no option --gradcheck-csaes",
}


def test_every_command_is_run():
    """By a transcript, which these are not, or by what RUN_BY names; and nothing stands there that no page shows."""
    shown = {command: page.name for page in PAGES for command in lines(page.read_text(encoding="utf-8"))}
    assert {command: page for command, page in shown.items() if command not in RUN_BY} == {}
    assert set(RUN_BY) - set(shown) == set()


@pytest.mark.parametrize("command", RUN_BY)
def test_what_is_said_to_run_it_does(command):
    path, words = RUN_BY[command]
    assert words in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_command_is_misspelt(page):
    text = page.read_text(encoding="utf-8")
    assert [f"{command}: {why}" for command in (*lines(text), *inline(text)) if (why := problem(command))] == []


@pytest.mark.parametrize("planted", PLANTED)
def test_a_command_that_nothing_runs_and_that_is_misspelt_is_found(planted):
    (found,) = lines(f"Prose.\n\n{planted}\n")
    assert found not in RUN_BY
    assert problem(found) == PLANTED[planted]
    assert inline(f"Prose with `{found}` in it.") == [found]


def test_what_a_transcript_runs_is_not_asked_for_again():
    assert (
        lines("```console\n$ gradcheck list\n```\n<!-- copy\n    make verify -->\n```python\npython = 1\n```\n") == []
    )
