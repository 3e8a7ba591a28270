"""Several lists made one: in shares, or one of each in turn."""

import itertools
from collections.abc import Iterable, Sequence
from typing import TypeVar

EntryT = TypeVar("EntryT")


def merge_streams(streams: Sequence[Sequence[EntryT]]) -> list[EntryT]:
    """Merge streams so that any number of first entries has the same share of each stream."""
    placed = [(k / len(stream), n, entry) for n, stream in enumerate(streams) for k, entry in enumerate(stream)]
    return [entry for _, _, entry in sorted(placed, key=lambda found: found[:2])]


def interleave(*lists: Iterable[EntryT]) -> list[EntryT]:
    """Take the first entry of each list, then the second of each, until all are at their end."""
    end = object()
    return [entry for few in itertools.zip_longest(*lists, fillvalue=end) for entry in few if entry is not end]  # type: ignore[misc]
