"""Run a loop over poses in chunks, on several threads, so that Ctrl-C is heard between chunks.

Chunks have a fixed length and know nothing of each other, so the result is the same, bit by bit,
for any number of threads. The compiled loops release the interpreter's lock; numba's own parallel
loops would add 2 to 3 s of compilation.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from numbers import Integral

from hipsim.errors import InputError

CHUNK = 128  # poses; the first of a chunk has no neighbour, so its near points are searched for


def run_chunks(work: Callable[[slice], None], length: int, n_threads: int | None = None) -> None:
    """Call ``work`` with the slices of ``CHUNK`` that cover ``range(length)``.

    Raises
    ------
    InputError
        If ``n_threads`` is neither None nor a whole number above zero.

    Examples
    --------
    >>> parts = []
    >>> run_chunks(parts.append, 200, n_threads=1)
    >>> parts
    [slice(0, 128, None), slice(128, 200, None)]
    """
    n_workers = as_workers(n_threads)
    parts = [slice(k, min(k + CHUNK, length)) for k in range(0, length, CHUNK)]
    if n_workers == 1 or len(parts) < 2:
        for part in parts:
            work(part)
        return
    pool = ThreadPoolExecutor(min(n_workers, len(parts)))
    try:
        for _ in pool.map(work, parts):
            pass
    finally:
        pool.shutdown(cancel_futures=True)


def as_workers(n_threads: int | None) -> int:
    """Return a number of threads, all processors where None is given.

    Raises
    ------
    InputError
        If it is neither None nor a whole number above zero.
    """
    if n_threads is None:
        available = getattr(os, "sched_getaffinity", None)  # not on every system
        return len(available(0)) if available else os.cpu_count() or 1
    if not isinstance(n_threads, Integral) or isinstance(n_threads, bool) or n_threads < 1:
        raise InputError(f"n_threads must be a whole number above zero, got {n_threads!r}")
    return int(n_threads)
