"""One unit on its way to a verdict: its steps are given out in order, done in any order, and count in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..processes.pool import TaskLost
from ..unit.discovery import UnitFiles
from ..verdict.message import compose_message, report_lost_unit
from ..verdict.report import Report
from ..verdict.tally import Tally
from .conclusion import report_failure
from .judge import add_up
from .progress import Progress
from .settings import Step


@dataclass(frozen=True)
class StepResult:
    """What was found in a step; `report` is what can be said of the unit if nothing more is found out."""

    tally: Tally
    report: Report


Result = StepResult | Report | TaskLost | Exception


@dataclass(frozen=True)
class Task:
    """A step of a unit, by their numbers; or the sum of what its steps found, to conclude from with `workers`."""

    unit: int
    step: int
    whole: Tally | None = None
    workers: int = 1


@dataclass
class UnitSchedule:
    """What was given out of a unit's steps, what came back, and what it cost so far."""

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
        """Seconds of processor time that are left."""
        return max(0.01, self.timeout - self.processor)

    @property
    def in_order(self) -> list[Result]:
        """The results of the steps, up to the first that is not done or ends the unit."""
        done: list[Result] = []
        while len(done) in self.results and not (done and ends_unit(done[-1])):
            done.append(self.results[len(done)])
        return done

    @property
    def more(self) -> bool:
        """Whether there are steps that are not given out and may count."""
        return self.given < len(self.steps) and not any(map(ends_unit, self.results.values()))

    @property
    def ready(self) -> bool:
        """Whether there is something to do now."""
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
        """What to do next; where the unit is to be concluded, `free` workers may share that."""
        if self.more:
            self.given += 1
            return Task(self.number, self.given - 1)
        self.concluding = True
        return Task(self.number, len(self.steps), self.whole, free)

    def take(self, task: Task, result: Result, progress: Progress | None, printed: str) -> None:
        """Note the result of a task; it last told how far it was."""
        progress = progress or Progress(self.pair.name)
        if isinstance(result, TaskLost) and task.whole is not None:
            result = self.unconcluded(result)
        elif isinstance(result, TaskLost):
            result = report_lost_unit(
                self.pair, result.reason, progress.case, self.cases + progress.cases, self.timeout
            )
        self.results[task.step], self.printed[task.step] = result, printed
        last = self.results.get(len(self.steps), self.in_order[-1] if self.in_order else None)
        if isinstance(last, Exception):
            raise last
        if isinstance(last, Report):
            self.report = last
            last.seconds = self.seconds
            last.printed = next((self.printed[k] for k in sorted(self.printed) if self.printed[k]), "")

    def unconcluded(self, why: TaskLost) -> Report:
        """The verdict of a unit that was lost after its cases were judged, or while the smallest was sought."""
        first = next(result for result in self.results.values() if isinstance(result, StepResult))
        report = report_failure(first.report, self.whole, self.pair.command)
        if report.good:
            report.reason = f"planted faults and the certificate came to no end ({why.reason})"
        else:
            report.message = (
                compose_message(report) + f"\n  not told   a smaller case, and where the fault lies ({why.reason})"
            )
        return report


def ends_unit(result: Result) -> bool:
    """Whether the steps after this one do not count."""
    return not isinstance(result, StepResult) or result.tally.failure is not None
