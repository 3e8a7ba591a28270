"""Exceptions that several packages share: a declaration or a case id is wrong, or a check does not apply."""


class DeclarationError(Exception):
    """A unit cannot be judged as it is declared: the offending value, the reason, the remedy, in that order.

    `trace` is where in the user's files it came from, in lines below.
    """

    def __init__(self, value: str, reason: str, remedy: str, trace: str = "") -> None:
        super().__init__(value, reason, remedy, trace)
        self.value = value
        self.reason = reason
        self.remedy = remedy
        self.trace = trace

    def __str__(self) -> str:
        said = f"{self.value}: {self.reason}; {self.remedy}"
        return f"{said}\n{self.trace}" if self.trace else said


class Unfinished(DeclarationError):
    """A unit or its reference raises NotImplementedError where something is still to be written."""


class CaseIdError(ValueError):
    """A case id cannot be read, or does not fit the unit: the offending value, the reason, the remedy."""

    def __init__(self, value: str, reason: str, remedy: str) -> None:
        super().__init__(value, reason, remedy)

    def __str__(self) -> str:
        return "{}: {}; {}".format(*self.args)


class NotApplicable(Exception):
    """A check or a judge does not apply to this unit or case, and says why."""


class IllConditioned(Exception):
    """Rounding grows to the size of what is to be judged: the case can be neither passed nor failed."""


def describe_error(error: BaseException) -> str:
    """Return the kind and the text of an exception, whose `__str__` may raise itself."""
    try:
        text = str(error)
    except Exception as worse:
        text = f"its text cannot be made: {type(worse).__name__}"
    return f"{type(error).__name__}: {text}"
