"""One unit on its way to a verdict: its steps are given out in order, done in any order, and count in order."""

from dataclasses import dataclass, field

from ..processes.pool import Lost
from ..unit.discovery import Pair
from ..verdict.message import lost
from ..verdict.report import Report
from .stages import Part, total

Found = Part | Report | Lost | Exception


@dataclass(frozen=True)
class Task:
    """A step of a unit, by their numbers; or the whole of what its steps found, to conclude from with `workers`."""

    unit: int
    step: int
    whole: Part | None = None
    workers: int = 1


@dataclass
class Course:
    """What was given out of a unit's steps, what came back, and what it cost so far."""

    number: int
    pair: Pair
    steps: int
    timeout: float
    given: int = 0
    concluding: bool = False
    found: dict[int, Found] = field(default_factory=dict)
    printed: dict[int, str] = field(default_factory=dict)
    processor: float = 0.0
    seconds: float = 0.0
    report: Report | None = None

    @property
    def left(self) -> float:
        """Seconds of processor time that are left."""
        return max(0.01, self.timeout - self.processor)

    @property
    def in_order(self) -> list[Found]:
        """What the steps found, up to the first that is not done or ends the unit."""
        done: list[Found] = []
        while len(done) in self.found and not (done and ends(done[-1])):
            done.append(self.found[len(done)])
        return done

    @property
    def more(self) -> bool:
        """Whether there are steps that are not given out and may count."""
        return self.given < self.steps and not any(map(ends, self.found.values()))

    @property
    def ready(self) -> bool:
        """Whether there is something to do now."""
        if self.report is not None or self.concluding:
            return False
        done = self.in_order
        return self.more or len(done) == self.steps or any(map(ends, done))

    def wants(self, task: Task) -> bool:
        """Whether what a task finds still counts."""
        end = min((step for step, found in self.found.items() if ends(found)), default=self.steps)
        return self.report is None and (task.whole is not None or task.step < end)

    @property
    def cases(self) -> int:
        return sum(found.report.cases for found in self.found.values() if isinstance(found, Part))

    def next(self, free: int) -> Task:
        """What to do next; where the unit is to be concluded, `free` workers may share that."""
        if self.more:
            self.given += 1
            return Task(self.number, self.given - 1)
        self.concluding = True
        parts = [found for found in self.in_order if isinstance(found, Part)]
        return Task(self.number, self.steps, total(self.pair.name, parts), free)

    def take(self, task: Task, found: Found, told: str, printed: str) -> None:
        """Note what became of a task; it last told how far it was."""
        if isinstance(found, Lost) and task.whole is not None:
            found = unconcluded(task.whole, found)
        elif isinstance(found, Lost):
            found = lost(self.pair, found.reason, told, self.timeout)
        self.found[task.step], self.printed[task.step] = found, printed
        last = self.found.get(self.steps, self.in_order[-1] if self.in_order else None)
        if isinstance(last, Exception):
            raise last
        if isinstance(last, Report):
            self.report = last
            last.seconds = self.seconds
            last.printed = next((self.printed[k] for k in sorted(self.printed) if self.printed[k]), "")


def ends(found: Found) -> bool:
    """Whether the steps after this one do not count."""
    return not isinstance(found, Part) or found.fell is not None


def unconcluded(whole: Part, why: Lost) -> Report:
    """The verdict of a unit that was lost after all of its cases were judged, or while the smallest was sought."""
    report = whole.report
    if report.good:
        report.reason = f"planted faults and the certificate came to no end ({why.reason})"
    else:
        report.message += f"\n  not told   a smaller case, and where the fault lies ({why.reason})"
    return report
