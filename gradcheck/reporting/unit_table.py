"""The output of `gradcheck verify`: a progress bar and a table on a terminal, lines in a log."""

import ast
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

from rich.text import Text

from ..checks import MUTATION
from ..checks.failure import format_error_ratio
from ..unit.discovery import UnitFiles
from ..verdict.counts import format_count
from .terminal import ProgressBar, format_log_row, make_console

if TYPE_CHECKING:
    from ..verdict.report import Report

VERDICT_STYLES = {
    "proved": "bold green",
    "agrees": "green",
    "imprecise": "bold yellow",
    "wrong": "bold red",
    "judges split": "bold magenta",
}
UNIT_HEADINGS = ("unit", "checks", "cases", "skipped", "sizes to", "worst", "time", "verdict")
UNIT_WIDTHS = (24, 6, 6, 8, 10, 9, 8)


class UnitDisplay(ProgressBar):
    """Shows progress while units are judged, a row for each as it is done, and what is wrong at the end."""

    def __init__(
        self, names: list[str], cases: int, to_stderr: bool = False, quiet: bool = False, verbose: bool = False
    ) -> None:
        super().__init__(make_console(to_stderr), cases * len(names))
        self.quiet, self.verbose = quiet, verbose
        self.names = names
        self.cases = cases
        self.reports: "dict[int, Report]" = {}
        self.rows = 0
        self.started = time.perf_counter()

    def __enter__(self) -> Self:
        if not self.quiet:
            self.console.print(format_log_row(UNIT_HEADINGS, UNIT_WIDTHS), style="bold")
        return super().__enter__()

    def advance(self, cases: Mapping[str, int]) -> None:
        """Show the units under way, and how many cases are judged in all."""
        done = len(self.reports) * self.cases + sum(min(n, self.cases) for n in cases.values())
        self.update(", ".join(cases), done)

    def add_report(self, number: int, report: "Report") -> None:
        """Add the report on a unit; print its row once those above it are printed."""
        self.reports[number] = report
        while self.rows in self.reports:
            self.print_row(self.reports[self.rows])
            self.rows += 1

    def print_row(self, report: "Report") -> None:
        if self.quiet:
            return
        *cells, verdict = format_unit_row(report)
        row = Text(format_log_row([*cells, verdict], UNIT_WIDTHS))
        row.stylize(VERDICT_STYLES.get(verdict, "bold yellow"), len(row) - len(verdict))
        self.console.print(row)

    def conclude(self) -> "list[Report]":
        """Print the rows that are left, failures, what units printed, what was not judged, and the totals."""
        numbers = sorted(self.reports)
        reports = [self.reports[n] for n in numbers]
        for number in numbers[self.rows :]:
            self.print_row(self.reports[number])
        for report in reports:
            if self.verbose:
                self.console.print(f"\n{report}", markup=False)
            elif report.message:
                self.console.print("\n" + report.message, markup=False)
        notes = [self.printed(report) for report in reports if report.printed]
        notes += [note for report in reports for note in list_omissions(report)] + describe_mutants(reports)
        if missing := [name for number, name in enumerate(self.names) if number not in self.reports]:
            notes.append(f"interrupted; not judged: {', '.join(missing)}")
        if notes and not self.quiet:
            self.console.print("\n" + "\n".join(dict.fromkeys(notes)), markup=False)
        cases, seconds = sum(r.cases for r in reports), time.perf_counter() - self.started
        self.console.print("\n" + format_totals([r.verdict for r in reports], cases, seconds))
        return reports

    def printed(self, report: "Report") -> str:
        """Quote what a unit printed: all of it if one case was judged, else the first line."""
        if self.cases == 1:
            return f"{report.name} printed:\n{report.printed}"
        case = report.smallest or report.worst_case
        remedy = f"; to see all of it: gradcheck verify {report.name} --case {case}" if case is not None else ""
        return f"{report.name} prints {report.printed.partition(chr(10))[0][:80]!r} while it is judged{remedy}"


def format_totals(verdicts: Sequence[str], cases: int, seconds: float) -> str:
    counts = {v: verdicts.count(v) for v in (*VERDICT_STYLES, "bad declaration", "not judged")}
    units = f"{format_count(len(verdicts), 'unit')}: " + ", ".join(f"{n} {v}" for v, n in counts.items() if n)
    return f"{units}, {format_count(cases, 'case')}, {seconds:.1f} s"


def format_unit_row(report: "Report") -> tuple[str, ...]:
    worst = format_error_ratio(report.failure.ratio) if report.failure else format_error_ratio(report.worst)
    if report.verdict in ("bad declaration", "not judged"):
        worst = "-"
    return (
        report.name,
        count_passed_checks(report),
        str(report.cases),
        str(report.skipped),
        report.cover.largest,
        worst,
        f"{report.seconds:.2f} s",
        report.verdict,
    )


def count_passed_checks(report: "Report") -> str:
    """Count the checks that passed, of those that a case of the unit goes through: `7/7`, whoever judged it.

    Planted faults are counted apart, for not every command plants them.
    """
    if not report.checks or report.verdict in ("bad declaration", "not judged"):
        return "-"
    left = ("not applicable", "not reached") if report.good else ("not applicable",)
    applied = [r for r in report.checks if r.status not in left and r.name != MUTATION]
    return f"{sum(r.status == 'passed' for r in applied)}/{len(applied)}"


def list_omissions(report: "Report") -> list[str]:
    """List what is not judged of a unit; for a good unit, also the checks that never applied, and why."""
    notes = [f"{report.name}: {note}" for note in report.notes]
    if report.verdict == "imprecise":
        notes.append(f"warning: {report.name} is imprecise: {report.reason}")
    if not report.good:
        return notes
    if report.verdict == "agrees" and any(r.name == "exact" and r.status == "passed" for r in report.checks):
        notes.append(f"{report.name} is not proved: {report.reason}")
    inapplicable = [r for r in report.checks if r.status == "not applicable"]
    return notes + [f"{report.name}: check '{r.name}' did not apply: {'; '.join(r.reasons)}" for r in inapplicable]


def describe_mutants(reports: "list[Report]") -> list[str]:
    """Summarize the planted faults, and describe those that no check noticed."""
    planted = [report.mutation_score for report in reports if report.mutation_score is not None]
    if not planted:
        return []
    from ..mutation import summarize_scores

    return [f"mutation: {summarize_scores(planted)}", *(text for score in planted for text in score.describe_survivors)]


def print_certificate(report: "Report", to_stderr: bool = False) -> None:
    """Print what was proved: cases, probability of error, rules; or why nothing was."""
    terminal = make_console(to_stderr)
    proof = report.certificate
    if proof is None:
        terminal.print(report.message or f"{report.name} is not proved: {report.reason}", markup=False)
        return
    bound = f"2^{proof.log2_bound:.0f}"
    lines = [
        f"{report.name} proved: a wrong backward would pass any of these cases with probability at most {bound}",
        f"  claim     {proof.claim}",
        f"  covers    {proof.covers}",
        f"  cases     {len(proof.cases)}, trials {proof.trials}, degree at most {proof.degree}, {proof.seconds:.2f} s",
        *(f"            {c.case_id}: 2^{c.log2_bound:.0f}, {len(c.primes)} primes" for c in proof.cases),
        *(f"  assumed   {name}: {rule}" for name, rule in proof.rules.items()),
        *(f"  source    {name} sha256 {digest[:16]}" for name, digest in proof.sources.items()),
        *(f"  note      {note}" for note in report.notes),
        f"  versions  {', '.join(f'{name} {version}' for name, version in proof.versions.items())}",
    ]
    terminal.print("\n".join(lines), markup=False)


def print_diagnosis(report: "Report", to_stderr: bool = False) -> None:
    """Print what is wrong with a unit, with the map; or the verdict if nothing is wrong."""
    terminal = make_console(to_stderr)
    terminal.print(report.message or f"{report.name} {report.verdict}: there is nothing to diagnose", markup=False)
    if report.diagnosis is not None and report.diagnosis.error_map is not None:
        from ..diagnosis.map_text import format_error_map

        arithmetic = report.diagnosis.error_map.arithmetic
        title = f"{report.diagnosis.case}, in {'exact arithmetic' if arithmetic == 'exact' else arithmetic}"
        terminal.print(
            f"\nupstream gradients by gradients at {title}\n\n{format_error_map(report.diagnosis.error_map)}",
            markup=False,
        )


def print_units(pairs: list[UnitFiles]) -> None:
    """Print a line for each unit: its name and the first line of its derivation."""
    terminal = make_console()
    for pair in pairs:
        terminal.print(f"{pair.name:<{UNIT_WIDTHS[0]}} {read_first_line(pair)}", markup=False)


def read_first_line(pair: UnitFiles) -> str:
    try:
        text = ast.get_docstring(ast.parse(pair.manual.read_text(encoding="utf-8"))) or ""
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        return f"({type(error).__name__}: {error})"
    return text.partition("\n")[0]
