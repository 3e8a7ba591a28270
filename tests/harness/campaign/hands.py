"""Workers that are this process: what is given to them is done when it is taken, the last first."""

from typing import Any


class Killed(BaseException):
    """Stands in for the end of the process."""


class Hands:
    """Killed after so many tasks."""

    def __init__(self, workers: int = 1, tasks: int = 10**6) -> None:
        self.workers, self.tasks = workers, tasks
        self.given: list[tuple[Any, Any, Any]] = []

    def submit(self, task: Any, work: Any, *arguments: Any) -> None:
        self.given.append((task, work, arguments))

    def collect(self, seconds: float) -> list[tuple[Any, Any]]:
        if not self.tasks:
            raise Killed
        self.tasks -= 1
        task, work, arguments = self.given.pop()
        try:
            return [(task, work(*arguments))]
        except Exception as error:
            return [(task, error)]
