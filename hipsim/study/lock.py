"""A folder of results belongs to one run at a time, or to several parts of one.

The lock is a file that names host and process. A run that was killed leaves its lock behind: on the
same host it is known to be stale because the process is gone, on another because the file has not
been touched for some minutes, which a live run does all the time.
"""

import json
import os
import socket
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hipsim.errors import InputError
from hipsim.io.files import as_input_error

WHOLE = "whole"
SUFFIX = ".lock"
TOUCH_EVERY_S = 20.0
STALE_AFTER_S = 300.0


class FolderLock:
    """Hold a folder while the block runs.

    Parameters
    ----------
    folder
        The folder; made if missing.
    part
        ``"whole"``, which stands alone, or the name of a part, beside which other parts may run.

    Raises
    ------
    InputError
        If another run holds the folder, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with FolderLock(folder):
    ...     [file.name for file in folder.iterdir()]
    ['whole.lock']
    """

    def __init__(self, folder: Path, part: str = WHOLE) -> None:
        self._folder, self._part = folder, part
        self._path = folder / f"{part}{SUFFIX}"
        self._owner = {"host": socket.gethostname(), "pid": os.getpid(), "started": _started()}
        self._text = json.dumps({**self._owner, "at_ns": time.time_ns()})
        self._over = threading.Event()

    def __enter__(self) -> Self:
        with as_input_error("write to", self._folder.parent):
            self._folder.mkdir(parents=True, exist_ok=True)
        with as_input_error("lock", self._folder):
            self._take()
            try:
                self._refuse_others()
            except InputError:
                self._path.unlink()
                raise
        threading.Thread(target=self._keep_touching, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if _read(self._path) == self._text:
            self._path.unlink(missing_ok=True)

    def _take(self) -> None:
        """Make the lock file, in the place of a stale one."""
        try:
            self._create()
        except FileExistsError:
            held = _read(self._path)
            if held is not None and _is_alive(self._path, held):
                raise InputError(_refusal(self._folder, held)) from None
            self._remove_stale(held)
            self._create()

    def _create(self) -> None:
        """Make the lock file; only one process can."""
        file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        with os.fdopen(file, "w") as content:
            content.write(self._text)

    def _remove_stale(self, held: str | None) -> None:
        """Take a stale lock away, and nothing another run has put in its place meanwhile."""
        aside = self._path.with_suffix(f".{os.getpid()}.stale")
        try:
            os.rename(self._path, aside)
        except FileNotFoundError:
            return  # somebody else was quicker; who creates the new one first has it
        found = _read(aside)
        if found != held:
            os.rename(aside, self._path)
            raise InputError(_refusal(self._folder, found or ""))
        aside.unlink()

    def _refuse_others(self) -> None:
        """Refuse when another run is at work that this one cannot be beside."""
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            clashes = WHOLE in (self._part, path.stem)
            held = None if path == self._path or not clashes else _read(path)
            if held is not None and _is_alive(path, held):
                raise InputError(_refusal(self._folder, held))

    def _keep_touching(self) -> None:
        """Show other hosts that this run lives."""
        while not self._over.wait(TOUCH_EVERY_S):
            try:
                os.utime(self._path)
            except OSError:
                return  # the folder is gone


def _read(path: Path) -> str | None:
    """Return the text of a lock, None where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def _owner(held: str) -> dict[str, Any]:
    """Return who a lock names; nobody where it was cut short."""
    try:
        owner = json.loads(held)
    except ValueError:
        return {}
    return owner if isinstance(owner, dict) else {}


def _is_alive(path: Path, held: str) -> bool:
    """Return whether the run that made a lock still runs."""
    owner = _owner(held)
    if owner.get("host") == socket.gethostname() and sys.platform != "win32":
        pid = int(owner.get("pid", 0))
        return _exists(pid) and _started(pid) == owner.get("started")
    try:
        return time.time() - path.stat().st_mtime < STALE_AFTER_S
    except OSError:
        return False


def _exists(pid: int) -> bool:
    """Return whether a process of this host exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0


def _started(pid: int | None = None) -> str:
    """Return when a process started, where the system tells: numbers of processes come again."""
    try:
        stat = Path(f"/proc/{pid or os.getpid()}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _refusal(folder: Path, held: str) -> str:
    """Say who holds the folder."""
    owner = _owner(held)
    who = f"process {owner.get('pid', '?')} on {owner.get('host', 'an unknown host')}"
    return (
        f"another run is at work in {folder.parent}: {who}; wait until it ends, stop it, or "
        "choose another folder"
    )
