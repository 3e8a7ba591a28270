"""The steps of one unit: given out in order, done in any order, counted in order.

Results that come back early wait for those of earlier steps, so the verdict does not depend on which worker is faster.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..errors import CaseIdError, DeclarationError
from ..processes.pool import TaskLost
from ..unit.discovery import UnitFiles, UsageError
from ..verdict.defect import report_defect
from ..verdict.message import report_lost_unit
from ..verdict.report import Report, report_bad_declaration
from ..verdict.tally import Tally
from .conclusion import report_unconcluded
from .judge import add_up
from .progress import Progress
from .settings import Step


@dataclass(frozen=True)
class StepResult:
    """The tally of a step; `report` is the report on the unit if nothing more is found out."""

    tally: Tally
    report: Report


Result = StepResult | Report | TaskLost | Exception
"""What a task gave; once it is taken, only the first two are left."""


@dataclass(frozen=True)
class Task:
    """A unit and one of its steps, by number; or, with `whole`, the sum of its steps, to make the report from it."""

    unit: int
    step: int
    whole: Tally | None = None
    workers: int = 1


@dataclass
class UnitSchedule:
    """Which steps of a unit were given out, what came back, and the time that it took so far."""

    number: int
    pair: UnitFiles
    steps: Sequence[Step]
    timeout: float
    given: int = 0
    concluding: bool = False
    results: dict[int, Result] = field(default_factory=dict)
    printed: dict[int, str] = field(default_factory=dict)
    processor: float = 0.0
    seconds: float = 0.0
    report: Report | None = None

    @property
    def left(self) -> float:
        """The seconds of processor time that are left."""
        return max(0.01, self.timeout - self.processor)

    @property
    def in_order(self) -> list[Result]:
        """The results of the first steps, up to the first that is missing or that ends the unit."""
        done: list[Result] = []
        while len(done) in self.results and not (done and ends_unit(done[-1])):
            done.append(self.results[len(done)])
        return done

    @property
    def more(self) -> bool:
        """Whether there is a step that is not given out yet and may still count."""
        return self.given < len(self.steps) and not any(map(ends_unit, self.results.values()))

    @property
    def ready(self) -> bool:
        """Whether a worker could do something for the unit now."""
        if self.report is not None or self.concluding:
            return False
        done = self.in_order
        return self.more or len(done) == len(self.steps) or any(map(ends_unit, done))

    def wants(self, task: Task) -> bool:
        """Whether the result of a task still counts."""
        end = min((step for step, result in self.results.items() if ends_unit(result)), default=len(self.steps))
        return self.report is None and (task.whole is not None or task.step < end)

    @property
    def cases(self) -> int:
        return sum(result.tally.cases for result in self.results.values() if isinstance(result, StepResult))

    @property
    def whole(self) -> Tally:
        """The sum of the steps that count."""
        results = enumerate(self.in_order)
        return add_up({self.steps[k]: result.tally for k, result in results if isinstance(result, StepResult)})

    def next(self, free: int) -> Task:
        """Give out the next task; if it is the report, `free` workers may share the planted faults."""
        if self.more:
            self.given += 1
            return Task(self.number, self.given - 1)
        self.concluding = True
        return Task(self.number, len(self.steps), self.whole, free)

    def take(self, task: Task, result: Result, progress: Progress | None, printed: str) -> None:
        """Take the result of a task, the last progress that its worker reported, and what the unit printed."""
        progress = progress or Progress(self.pair.name)
        if isinstance(result, (CaseIdError, UsageError)):
            raise result
        if isinstance(result, DeclarationError):
            result = report_bad_declaration(self.pair.name, result)
        elif isinstance(result, Exception):  # such as a result that cannot be sent
            result = report_defect(self.pair.name, result, progress.place, self.cases, self.pair.command)
        elif isinstance(result, TaskLost) and task.whole is not None:
            result = self.unconcluded(result)
        elif isinstance(result, TaskLost):
            result = report_lost_unit(
                self.pair, result.reason, progress.case, self.cases + progress.cases, self.timeout
            )
        self.results[task.step], self.printed[task.step] = result, printed
        last = self.results.get(len(self.steps), self.in_order[-1] if self.in_order else None)
        if isinstance(last, Report):
            self.report = last
            last.seconds = self.seconds
            last.printed = next((self.printed[k] for k in sorted(self.printed) if self.printed[k]), "")

    def unconcluded(self, why: TaskLost) -> Report:
        """Report on a unit whose worker was lost after all cases were judged: the verdict is known, the rest is not."""
        first = next(result for result in self.results.values() if isinstance(result, StepResult))
        return report_unconcluded(first.report, self.whole, self.pair.command, why.reason)


def ends_unit(result: Result) -> bool:
    """Whether a result makes all later steps of the unit irrelevant."""
    return not isinstance(result, StepResult) or result.tally.failure is not None
