"""Writing so that a reader never meets half a file.

A file is written beside its final name and then renamed, which the operating system does in one
step; when the disk is full or the folder is read-only, what was there before stays.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hipsim.errors import InputError


def write_file(path: str | Path, write: Callable[[Path], object]) -> Path:
    """Call ``write`` with a temporary path beside ``path``, then rename it into place.

    Parameters
    ----------
    path
        Where the file shall be; missing folders are made.
    write
        Writes the content to the path it is given (same suffix as ``path``).

    Returns
    -------
    path
        The final path.

    Raises
    ------
    InputError
        If the folder or file cannot be written; nothing is left half-written.
    """
    path = Path(path)
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(partial)
        _flush_to_disk(partial)
        os.replace(partial, path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {reason(error)}") from error
    finally:
        if partial.exists():
            partial.unlink()
    return path


def write_text(path: str | Path, text: str) -> Path:
    """Write UTF-8 text with the same line ends everywhere; see :func:`write_file`."""
    return write_file(path, lambda partial: partial.write_bytes(text.encode("utf-8")))


def reason(error: OSError) -> str:
    """Say in words why the operating system refused, and what to do where that is plain."""
    words = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{words}; make room or choose another disk"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{words}; check the permissions"
    return words


def _flush_to_disk(path: Path) -> None:
    """Make sure a full disk is noticed now and not after the rename."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def staged_folder(folder: str | Path) -> Iterator[Path]:
    """Give a temporary folder whose files move into ``folder`` together when all went well.

    Parameters
    ----------
    folder
        Where the files shall be; made if missing, other files in it stay.

    Yields
    ------
    stage
        An empty folder on the same disk. If the block raises, it vanishes with all that is in
        it, and so does ``folder`` if it was made here.

    Raises
    ------
    InputError
        If the folder cannot be made or written.
    """
    folder = Path(folder)
    is_new = not folder.exists()
    stage = folder / f".hipsim-{os.getpid()}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stage.mkdir()
        yield stage
        for file in sorted(stage.iterdir(), key=lambda f: f.stat().st_mtime_ns):
            os.replace(file, folder / file.name)
    except OSError as error:
        raise InputError(f"cannot write to {folder}: {reason(error)}") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if is_new and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def as_input_error(what: str, path: str | Path) -> Iterator[None]:
    """Turn a refusal of the operating system within the block into an InputError.

    Parameters
    ----------
    what
        What was tried: ``"read"``, ``"write"``.
    path
        The file or folder it was tried on.

    Raises
    ------
    InputError
        ``cannot read PATH: reason``.

    Examples
    --------
    >>> with as_input_error("read", "none.txt"):
    ...     _ = open("none.txt")
    Traceback (most recent call last):
    hipsim.errors.InputError: cannot read none.txt: No such file or directory
    """
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot {what} {path}: {reason(error)}") from error
