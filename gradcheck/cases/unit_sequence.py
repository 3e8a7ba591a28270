"""The cases of the unit that is judged now: they are designed once, and the steps of the unit share them."""

from functools import lru_cache

from ..unit.subject import Subject
from .literals import read_literals
from .sequence import CaseSequence


class Identity:
    """A subject that equals itself alone: what it declares cannot be hashed."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def __hash__(self) -> int:
        return id(self.subject)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and other.subject is self.subject


def get_sequence(subject: Subject, seed: int) -> CaseSequence:
    """The cases of a unit by number, with the literals of its source."""
    return design_sequence(Identity(subject), seed)


@lru_cache(maxsize=1)
def design_sequence(key: Identity, seed: int) -> CaseSequence:
    subject = key.subject
    return CaseSequence(subject.declaration, seed, read_literals(subject.unit, subject.declaration))
