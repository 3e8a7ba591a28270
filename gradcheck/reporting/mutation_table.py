"""What `gradcheck mutate` shows: a progress bar and a table on a terminal, plain lines in a log; then the survivors."""

from typing import Self

from ..mutation.score import MutationScore, summarize_scores
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

    def add_report(self, teeth: MutationScore) -> MutationScore:
        """Note that a unit is done; in a log, print its row."""
        if not self.console.is_terminal:
            self.console.print(format_log_row(format_mutation_row(teeth), MUTATION_WIDTHS), markup=False)
        return teeth

    def conclude(self, measured: list[MutationScore]) -> None:
        """Print the table on a terminal, then what could not be measured, the survivors, and the sum."""
        if self.console.is_terminal:
            self.console.print(
                build_table(
                    MUTATION_HEADINGS,
                    [(format_mutation_row(t), "" if t.has_no_survivor else "bold red") for t in measured],
                )
            )
        for teeth in measured:
            if teeth.error:
                self.console.print(f"\n{teeth.error}", markup=False)
            for text in teeth.describe_survivors:
                self.console.print(f"\n{text}", markup=False)
        seconds = sum(teeth.seconds for teeth in measured)
        self.console.print(f"\n{len(measured)} units: {summarize_scores(measured)}, {seconds:.1f} s")


def format_mutation_row(teeth: MutationScore) -> tuple[str, ...]:
    if teeth.verdict != "measured":
        return (teeth.name, *("-",) * 6, f"{teeth.seconds:.1f} s", teeth.verdict)
    tried = str(len(teeth.results)) if len(teeth.results) == teeth.mutants else f"{len(teeth.results)}/{teeth.mutants}"
    score = "-" if teeth.score is None else format_percent(teeth.score)
    killed = teeth.count_killed
    numbers = (
        sum(killed.values()),
        len(teeth.count_verdict("equivalent")),
        len(teeth.count_verdict("not told apart")),
        len(teeth.survivors),
    )
    by = ", ".join(f"{rung} {count}" for rung, count in killed.items())
    return (teeth.name, tried, *map(str, numbers), score, f"{teeth.seconds:.1f} s", by)


def format_percent(score: float) -> str:
    """Rounded down, so that 100 % means all."""
    return f"{int(1000 * score) / 10:g} %"
