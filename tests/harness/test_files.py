"""Files are written whole or not at all: a full disk, a read-only folder, a writer that is killed."""

import errno
import os
import subprocess
import sys

import pytest

from gradcheck.files import append_line, write_new, write_whole
from gradcheck.scaffold.files import write_new_files
from gradcheck.unit.discovery import UsageError


def fail(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_with_its_mode_and_through_a_link(tmp_path):
    file, link = tmp_path / "a", tmp_path / "b"
    file.write_text("before")
    file.chmod(0o640)
    link.symlink_to(file)
    write_whole(link, "after")
    assert (file.read_text(), file.stat().st_mode & 0o777, link.is_symlink()) == ("after", 0o640, True)
    write_whole(tmp_path / "new", b"bytes")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o666 & ~os.umask(os.umask(0o22))


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_where_the_disk_is_full_the_old_file_stays(tmp_path, monkeypatch, where):
    file = tmp_path / "a"
    file.write_text("before")
    monkeypatch.setattr(f"gradcheck.files.os.{where}", fail)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, "after")
    assert (names(tmp_path), file.read_text()) == (["a"], "before")


def test_what_is_no_file_is_written_as_it_is():
    write_whole("/dev/null", "gone")


def test_a_new_file_takes_no_other_s_place(tmp_path):
    write_new(tmp_path / "a", "first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", "second")
    assert (names(tmp_path), (tmp_path / "a").read_text()) == (["a"], "first")


def test_files_that_belong_together_are_written_all_or_none(tmp_path, monkeypatch):
    place = tmp_path / "manual" / "a.py"
    (tmp_path / "b.py").write_text("mine")
    with pytest.raises(UsageError, match=r"b\.py: it cannot be written \(File exists\); choose another"):
        write_new_files({place: "new", tmp_path / "b.py": "new"})
    assert names(tmp_path) == ["b.py"]
    monkeypatch.setattr("gradcheck.files.os.link", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_new_files({place: "new"})
    assert names(tmp_path) == ["b.py"]


def open_for_lines(tmp_path):
    file = tmp_path / "found.jsonl"
    file.write_text("first\n")
    return file, os.open(file, os.O_RDWR | os.O_APPEND)


def test_a_line_is_written_to_its_end_though_each_write_is_short(tmp_path, monkeypatch):
    file, descriptor = open_for_lines(tmp_path)
    write = os.write
    monkeypatch.setattr("gradcheck.files.os.write", lambda to, data: write(to, data[:3]))
    append_line(descriptor, b"second\n")
    assert file.read_text() == "first\nsecond\n"


def test_a_line_that_does_not_fit_leaves_no_part_of_it(tmp_path, monkeypatch):
    file, descriptor = open_for_lines(tmp_path)
    write, parts = os.write, iter((3, 0))
    monkeypatch.setattr("gradcheck.files.os.write", lambda to, data: write(to, data[:3]) if next(parts) else fail())
    with pytest.raises(OSError, match="No space left"):
        append_line(descriptor, b"second\n")
    assert file.read_text() == "first\n"


def test_a_writer_that_is_killed_leaves_the_old_file_or_the_new_one(tmp_path):
    file = tmp_path / "a"
    file.write_text("0" * 10**6)
    program = """if True:
        import sys
        from gradcheck.files import write_whole
        for k in range(10**9):
            write_whole(sys.argv[1], str(k % 10) * 10**6)
            print(k, flush=True)
    """
    process = subprocess.Popen([sys.executable, "-c", program, str(file)], stdout=subprocess.PIPE)
    for _ in range(5):
        process.stdout.readline()
    process.kill()
    process.communicate()
    content = file.read_text()
    assert (len(content), len(set(content))) == (10**6, 1)
