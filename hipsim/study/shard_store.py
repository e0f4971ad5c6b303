"""Shards on the disk: complete, or not there.

A shard is written under a temporary name, flushed to the disk and renamed, so its name appears with
all of its content, whenever the machine stops. Each is in a file named by its key, in folders of
the key's first two letters.
"""

import os
from pathlib import Path

from hipsim.errors import InputError
from hipsim.io.files import as_input_error, write_file
from hipsim.study.blocks import Block, DamagedShardError, from_bytes
from hipsim.study.shards import Shard

SUFFIX = ".shard"


class ShardStore:
    """The shards of a folder.

    Parameters
    ----------
    folder
        Made when the first shard is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, shard: Shard) -> Path:
        """Return where a shard is or would be."""
        return self.folder / shard.key[:2] / f"{shard.key}{SUFFIX}"

    def write(self, shard: Shard, data: bytes) -> None:
        """Store a shard so that it survives whatever comes.

        Raises
        ------
        InputError
            If the disk is full or refuses; no part of the shard is left.
        """
        path = write_file(self.path(shard), lambda partial: partial.write_bytes(data))
        with as_input_error("write", path):
            _flush_folder(path.parent)

    def read(self, shard: Shard) -> Block:
        """Read a shard and check it.

        Raises
        ------
        DamagedShardError
            If it is not what was written; the file is removed, so that it will be made anew.
        InputError
            If it is missing or cannot be read.
        """
        path = self.path(shard)
        with as_input_error("read", path):
            data = path.read_bytes()
        try:
            return from_bytes(data)
        except DamagedShardError as error:
            path.unlink(missing_ok=True)
            raise DamagedShardError(f"{path}: {error}") from None

    def holds(self, shard: Shard) -> bool:
        """Return whether a shard is there, sound, and need not be tried again."""
        if not self.path(shard).is_file():
            return False
        try:
            return not self.read(shard).is_passing
        except InputError:
            return False

    def count(self) -> int:
        """Return the number of shards on the disk."""
        return sum(1 for _ in self.folder.glob(f"*/[!.]*{SUFFIX}"))  # not those half written


def _flush_folder(folder: Path) -> None:
    """Make a rename last, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
