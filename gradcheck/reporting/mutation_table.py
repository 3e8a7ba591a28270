"""The output of `gradcheck mutate`: a progress bar and a table on a terminal, lines in a log; then the survivors."""

from typing import Self

from ..mutation.score import MutationScore, summarize_scores
from ..verdict.counts import format_count
from .terminal import ProgressBar, build_table, format_log_row, make_console

MUTATION_HEADINGS = (
    "unit",
    "mutants",
    "killed",
    "equivalent",
    "not told apart",
    "survivors",
    "score",
    "time",
    "killed by",
)
MUTATION_WIDTHS = (24, 8, 8, 11, 15, 10, 8, 9)


class MutationDisplay(ProgressBar):
    """Shows progress while mutants are tried, a row for each unit as it is done, and survivors at the end."""

    def __init__(self, to_stderr: bool = False) -> None:
        super().__init__(make_console(to_stderr))

    def __enter__(self) -> Self:
        if not self.console.is_terminal:
            self.console.print(format_log_row(MUTATION_HEADINGS, MUTATION_WIDTHS))
        return super().__enter__()

    def add_report(self, score: MutationScore) -> MutationScore:
        """Add the score of a unit that is done; in a log, print its row."""
        if not self.console.is_terminal:
            self.console.print(format_log_row(format_mutation_row(score), MUTATION_WIDTHS), markup=False)
        return score

    def conclude(self, measured: list[MutationScore]) -> None:
        """Print the table on a terminal, then what could not be measured, the survivors, and the totals."""
        if self.console.is_terminal:
            self.console.print(
                build_table(
                    MUTATION_HEADINGS,
                    [(format_mutation_row(t), "" if t.has_no_survivor else "bold red") for t in measured],
                )
            )
        for score in measured:
            if score.error:
                self.console.print(f"\n{score.error}", markup=False)
            for text in score.describe_survivors:
                self.console.print(f"\n{text}", markup=False)
        seconds = sum(score.seconds for score in measured)
        self.console.print(f"\n{format_count(len(measured), 'unit')}: {summarize_scores(measured)}, {seconds:.1f} s")


def format_mutation_row(score: MutationScore) -> tuple[str, ...]:
    if score.verdict != "measured":
        return (score.name, *("-",) * 6, f"{score.seconds:.1f} s", score.verdict)
    tried = str(score.tried) if score.tried == score.mutants else f"{score.tried}/{score.mutants}"
    percent = "-" if score.score is None else format_percent(score.score)
    numbers = [score.counts[verdict] for verdict in ("killed", "equivalent", "not told apart", "survived")]
    by = ", ".join(f"{check} {count}" for check, count in score.killed_by.items())
    return (score.name, tried, *map(str, numbers), percent, f"{score.seconds:.1f} s", by)


def format_percent(score: float) -> str:
    """Format a share, rounded down, so that 100 % means all."""
    return f"{int(1000 * score) / 10:g} %"
