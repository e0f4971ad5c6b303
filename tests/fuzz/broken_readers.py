"""Readers that are broken on purpose: the harness must catch every one of them."""

import ctypes
import time
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.errors import InputError
from tests.fuzz.reader import Reader

HANG_S = 3600.0


def crash(path: Path) -> None:
    ctypes.string_at(0)


def hang(path: Path) -> None:
    while True:
        path.name.lower()


def sleep(path: Path) -> None:
    time.sleep(HANG_S)


def eat(path: Path) -> None:
    kept = [np.ones(2**24) for _ in range(40)]  # 5 GB
    raise InputError(f"{path}: {len(kept)}")


def stumble(path: Path) -> None:
    {}[path]


def mumble(path: Path) -> None:
    raise InputError("something is wrong with some file")


def invent(path: Path) -> float:
    return float("nan")


def judge_number(found: Any, path: Path, content: bytes) -> str | None:
    return None if np.isfinite(found) else f"the number {found}"


def _broken(name: str, read: Any, **more: Any) -> Reader:
    return Reader(name, "a.txt", lambda folder: [b"1 2 3"], read, is_text=True, **more)


READERS = (
    _broken("broken: crash", crash),
    _broken("broken: hang", hang),
    _broken("broken: sleep", sleep),
    _broken("broken: memory", eat),
    _broken("broken: stumbles", stumble),
    _broken("broken: nameless", mumble),
    _broken("broken: number", invent, judge=judge_number),
)
