"""One way to write files whole: beside its place first, then renamed, so that no reader and no crash finds one torn."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def write_whole(file: Path, content: str | bytes) -> None:
    """Write a file, or replace it by one of the same mode, or leave it as it was.  OSError where it cannot be written.

    A link is followed.  What is no regular file, such as /dev/stdout or a pipe, is written as it is.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    place = Path(os.path.realpath(file))
    if place.exists() and not place.is_file():
        with place.open("wb") as stream:
            stream.write(data)
        return
    descriptor, temporary = tempfile.mkstemp(dir=place.parent, prefix=".gradcheck-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if place.exists():
            shutil.copymode(place, temporary)
        else:
            os.chmod(temporary, 0o666 & ~read_umask())
        os.replace(temporary, place)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def read_umask() -> int:
    """The bits that new files of this process do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_new(file: Path, content: str) -> None:
    """Write a file that is not there yet.  OSError where it is, or where it cannot be written: then nothing is left."""
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=".gradcheck-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content.encode())
        os.chmod(temporary, 0o666 & ~read_umask())
        os.link(temporary, file)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def append_line(descriptor: int, line: bytes) -> None:
    """Append a line to a file and see it on disk.  OSError where that fails: then the file is as long as before."""
    before, written = os.fstat(descriptor).st_size, 0
    try:
        while written < len(line):
            written += os.write(descriptor, line[written:])
        os.fsync(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, before)
        raise
