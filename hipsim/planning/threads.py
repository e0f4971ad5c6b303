"""Independent pieces of a question worked on at the same time, answered in their order."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from hipsim.proximity.chunks import as_workers

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def in_threads(
    work: Callable[[Item], Answer],
    items: Iterable[Item],
    n_threads: int | None,
    progress: Callable[[int, int], None] | None,
) -> list[Answer]:
    """Work on every item, several at a time; Ctrl-C drops those not begun.

    Parameters
    ----------
    work
        Called with one item.
    items
        What to work on.
    n_threads
        How many at a time; all processors by default.
    progress
        Called with (items done, items).

    Examples
    --------
    >>> in_threads(lambda x: x + 1, [1, 2, 3], 2, None)
    [2, 3, 4]
    """
    waiting = list(items)
    pool, found = ThreadPoolExecutor(as_workers(n_threads)), list[Answer]()
    try:
        for answer in pool.map(work, waiting):
            found.append(answer)
            if progress is not None:
                progress(len(found), len(waiting))
    finally:
        pool.shutdown(cancel_futures=True)
    return found
