"""Writing: all or nothing."""

import os
import resource
import subprocess
import sys

import pytest

from hipsim.errors import InputError
from hipsim.io.files import (
    size_of_file,
    staged_folder,
    utf8_of_file,
    write_file,
    write_text,
)


def test_write_text__makes_folders_and_replaces(tmp_path):
    path = tmp_path / "a" / "b.txt"
    write_text(path, "old")
    write_text(path, "new\n")
    assert path.read_bytes() == b"new\n"
    assert [p.name for p in path.parent.iterdir()] == ["b.txt"]


def test_write_file__leaves_the_old_file_when_writing_fails(tmp_path):
    path = write_text(tmp_path / "a.txt", "old")

    def fail(partial):
        partial.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match=r"cannot write .*a\.txt: No space left on device; make"):
        write_file(path, fail)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_write_text__says_when_a_folder_is_a_file(tmp_path):
    write_text(tmp_path / "a", "x")
    with pytest.raises(InputError, match=r"cannot write .*: (File exists|Not a directory)"):
        write_text(tmp_path / "a" / "b.txt", "x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_write_text__says_when_it_may_not(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="Permission denied; check the permissions"):
        write_text(tmp_path / "a.txt", "x")


def test_staged_folder__moves_everything_at_the_end(tmp_path):
    with staged_folder(tmp_path / "out") as stage:
        (stage / "a.txt").write_text("a")
        assert not (tmp_path / "out" / "a.txt").exists()
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.txt"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_staged_folder__leaves_nothing_behind(tmp_path, error):
    with pytest.raises(error), staged_folder(tmp_path / "out") as stage:
        (stage / "a.txt").write_text("a")
        raise error
    assert not (tmp_path / "out").exists()


def test_staged_folder__keeps_what_was_there(tmp_path):
    write_text(tmp_path / "out" / "mine.txt", "x")
    with pytest.raises(ValueError), staged_folder(tmp_path / "out"):
        raise ValueError
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_staged_folder__says_when_the_disk_is_full(tmp_path):
    """A file size limit stands for the full disk; both fail in the middle of a write."""
    code = (
        "import sys; from hipsim.errors import InputError; from hipsim.io.files import *\n"
        "try:\n"
        "    with staged_folder(sys.argv[1]) as stage:\n"
        "        write_text(stage / 'a.txt', 'a' * 1000)\n"
        "        write_text(stage / 'b.txt', 'b' * 100000)\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)),
    )
    assert "b.txt: File too large" in done.stdout, done.stderr
    assert not (tmp_path / "out").exists()


def test_size_of_file__refuses_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "zero").symlink_to("/dev/zero")
    words = {
        "pipe": "pipe or device",
        "zero": "pipe or device",
        "loop": "symbolic",
        ".": "directory",
    }
    for name, message in {**words, "none": "no such file"}.items():
        with pytest.raises(InputError, match=rf"cannot read .*{message}"):
            size_of_file(tmp_path / name)
    with pytest.raises(InputError, match="cannot read .*null"):
        size_of_file("a\0b")


def test_utf8_of_file__refuses_other_and_long_text(tmp_path):
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfab")
    assert utf8_of_file(tmp_path / "a") == "ab"
    with pytest.raises(InputError, match="has 5 bytes, more than the 4 it may have"):
        utf8_of_file(tmp_path / "a", most=4)
    (tmp_path / "a").write_bytes(b"\xff")
    with pytest.raises(InputError, match="is not a text file in UTF-8"):
        utf8_of_file(tmp_path / "a")
