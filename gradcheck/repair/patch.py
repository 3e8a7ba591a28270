"""A patch: what makes a backward right, as a diff of the user's files, and how it is written to disk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..edits import Edit, Region, Source, format_diff
from ..files import write_whole
from ..unit.discovery import UsageError
from ..verdict.report import Report


@dataclass(frozen=True)
class Patch:
    """Files, their new texts, the kinds of the edits, and the report on the patched unit."""

    sources: tuple[Source, ...]
    texts: tuple[str, ...]
    kinds: tuple[str, ...]
    report: Report | None = None

    @classmethod
    def from_edit(cls, edit: Edit, regions: Sequence[Region]) -> "Patch":
        source = next(r.source for r in regions if r.source.file == edit.file)
        return cls((source,), (edit.apply(source.text),), (edit.kind,))

    def combine_with(self, first: Edit, regions: Sequence[Region]) -> "Patch":
        """Combine a patch of an edited file with that first edit; `regions` are those before the edit."""
        originals = {r.source.file: r.source for r in regions}
        texts = {first.file: first.apply(originals[first.file].text)}
        texts |= {source.file: text for source, text in zip(self.sources, self.texts, strict=True)}
        sources = tuple(originals[file] for file in texts)
        return replace(self, sources=sources, texts=tuple(texts.values()), kinds=(first.kind, *self.kinds))

    def with_report(self, report: Report) -> "Patch":
        return replace(self, report=report)

    def list_edits(self) -> list[Edit]:
        """Return an edit for each file, which replaces the whole text."""
        pairs = zip(self.sources, self.texts, strict=True)
        return [Edit(source.file, 0, len(source.text), text, "patch") for source, text in pairs]

    def diff(self, context: int = 3) -> str:
        """Return the unified diff of every file, without a newline at the end."""
        pairs = zip(self.sources, self.list_edits(), strict=True)
        return "\n".join(format_diff([edit], source.text, context) for source, edit in pairs)

    @property
    def files(self) -> list[str]:
        return [source.file for source in self.sources]

    @property
    def diff_text(self) -> str:
        return self.diff()

    def write(self) -> None:
        """Write the patched files.  Raise UsageError, and write nothing, if one has changed since it was read."""
        for source in self.sources:
            check_unchanged(source)
        for source, text in zip(self.sources, self.texts, strict=True):
            replace_file(source.file, text.encode(source.encoding or "utf-8"))


def check_unchanged(source: Source) -> None:
    if source.encoding is None:
        raise UsageError(source.file, "it is not a file on disk", "make the edit by hand")
    try:
        with open(source.file, "rb") as stream:
            unchanged = stream.read() == source.text.encode(source.encoding)
    except OSError as error:
        raise UsageError(source.file, f"it cannot be read ({error})", "start again") from error
    if not unchanged:
        raise UsageError(
            source.file, "it has changed on disk since it was read", "nothing was written; run the command again"
        )


def replace_file(file: str, content: bytes) -> None:
    """Replace a file, or leave it as it is.  UsageError where it cannot be written."""
    try:
        write_whole(Path(file), content)
    except OSError as error:
        raise UsageError(file, f"it cannot be written ({error})", "make the edit by hand") from error
