"""One run per folder, parts beside each other, and locks of the dead do not bind."""

import json
import os
import socket
import subprocess
import sys

import pytest

from hipsim.errors import InputError
from hipsim.study import lock
from hipsim.study.lock import FolderLock


def held_by(path, **owner):
    """Write a lock as another run would."""
    usual = {"host": socket.gethostname(), "pid": os.getpid(), "started": lock._started()}
    path.write_text(json.dumps({**usual, **owner}))


def test_folder_lock__refuses_a_second_run_and_names_the_first(tmp_path):
    message = rf"another run is at work in .*process {os.getpid()} on {socket.gethostname()}"
    with FolderLock(tmp_path / "w"), pytest.raises(InputError, match=message):
        FolderLock(tmp_path / "w").__enter__()
    assert list((tmp_path / "w").iterdir()) == []
    with FolderLock(tmp_path / "w"):
        assert [file.name for file in (tmp_path / "w").iterdir()] == ["whole.lock"]


def test_folder_lock__parts_run_beside_each_other_but_not_beside_the_whole(tmp_path):
    with FolderLock(tmp_path, "part-1-of-2"), FolderLock(tmp_path, "part-2-of-2"):
        for name in ("whole", "part-1-of-2"):
            with pytest.raises(InputError, match="another run is at work"):
                FolderLock(tmp_path, name).__enter__()
    with FolderLock(tmp_path), pytest.raises(InputError, match="another run is at work"):
        FolderLock(tmp_path, "part-1-of-2").__enter__()
    assert list(tmp_path.iterdir()) == []


def test_folder_lock__of_a_dead_process_is_taken_over(tmp_path):
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    held_by(tmp_path / "whole.lock", pid=done.pid)
    with FolderLock(tmp_path):
        assert f'"pid": {os.getpid()}' in (tmp_path / "whole.lock").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the start of a process is read from /proc")
def test_folder_lock__knows_a_number_that_came_again(tmp_path):
    held_by(tmp_path / "whole.lock", started="1")
    with FolderLock(tmp_path):
        assert (tmp_path / "whole.lock").exists()


def test_folder_lock__cut_short_binds_only_while_it_is_fresh(tmp_path):
    (tmp_path / "whole.lock").write_text('{"host"')
    with pytest.raises(InputError, match="process [?] on an unknown host"):
        FolderLock(tmp_path).__enter__()
    os.utime(tmp_path / "whole.lock", (0, 0))
    with FolderLock(tmp_path):
        pass


def test_folder_lock__of_another_host_binds_while_it_is_touched(tmp_path):
    held_by(tmp_path / "whole.lock", host="elsewhere")
    with pytest.raises(InputError, match="on elsewhere"):
        FolderLock(tmp_path).__enter__()
    os.utime(tmp_path / "whole.lock", (0, 0))
    with FolderLock(tmp_path):
        pass


def test_folder_lock__is_touched_while_it_is_held(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "TOUCH_EVERY_S", 0.01)
    with FolderLock(tmp_path):
        os.utime(tmp_path / "whole.lock", (0, 0))
        for _ in range(500):
            if (tmp_path / "whole.lock").stat().st_mtime > 0:
                break
            lock.time.sleep(0.01)
        assert (tmp_path / "whole.lock").stat().st_mtime > 0


def test_folder_lock__does_not_take_what_another_put_in_its_place(tmp_path):
    held_by(tmp_path / "whole.lock", host="elsewhere")
    other = FolderLock(tmp_path)
    with pytest.raises(InputError, match="on elsewhere"):
        other._remove_stale("what was seen before")
    assert (tmp_path / "whole.lock").exists()


def test_folder_lock__says_when_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot write to .*Not a directory"):
        FolderLock(tmp_path / "file" / "w").__enter__()
