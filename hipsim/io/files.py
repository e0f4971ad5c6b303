"""Reading what is a file only, and writing so that a reader never meets half of one.

A file is written beside its final name and then renamed, which the operating system does in one
step; when the disk is full or the folder is read-only, what was there before stays.
"""

import errno
import os
import shutil
import stat
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


def size_of_file(
    path: str | Path, *, error: type[InputError] = InputError, most: int | None = None
) -> int:
    """Return the length of a file in bytes, without opening it.

    A pipe, a device or a folder is refused: reading it might never end.

    Parameters
    ----------
    path
        The file.
    error
        Which error to raise.
    most
        Largest length to accept, if there is one.

    Raises
    ------
    InputError
        Or the subclass asked for: if it is missing, no file, or too long.

    Examples
    --------
    >>> size_of_file("/")
    Traceback (most recent call last):
    hipsim.errors.InputError: cannot read /: Is a directory, not a file
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError) as problem:
        raise error(f"cannot read {path}: {_refusal(problem)}") from None
    if not stat.S_ISREG(found.st_mode):
        kind = "Is a directory" if stat.S_ISDIR(found.st_mode) else "Is a pipe or device"
        raise error(f"cannot read {path}: {kind}, not a file")
    if most is not None and found.st_size > most:
        raise error(f"{path} has {found.st_size} bytes, more than the {most} it may have")
    return found.st_size


def utf8_of_file(
    path: str | Path, *, error: type[InputError] = InputError, most: int | None = None
) -> str:
    """Return the text of a file in UTF-8; a byte order mark is passed over.

    Parameters are those of :func:`size_of_file`.

    Raises
    ------
    InputError
        Or the subclass asked for: also if it is not UTF-8 or cannot be opened.
    """
    size_of_file(path, error=error, most=most)
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise error(f"{path} is not a text file in UTF-8") from None
    except OSError as problem:
        raise error(f"cannot read {path}: {_refusal(problem)}") from None


def _refusal(problem: OSError | ValueError) -> str:
    """Say why a file cannot be read."""
    if isinstance(problem, FileNotFoundError):
        return "no such file"
    return reason(problem) if isinstance(problem, OSError) else str(problem)


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
