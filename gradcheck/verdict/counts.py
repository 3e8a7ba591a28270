"""Counts in messages, in the singular or the plural."""


def format_count(number: int, noun: str) -> str:
    """Return `1 unit`, `2 units`; the noun must take a plain s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
