"""Subjects over several processes: in order, with progress, and stopped at once by Ctrl-C.

Processes rather than threads, because half of a subject's time is Python. They are started anew
(``spawn``), which is safe on every system, and receive the worker once. Their linear algebra runs
on one thread each.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context

from hipsim.anatomy.virtual_shape import HipShape
from hipsim.errors import ComputationError
from hipsim.planning.cohort_work import Found, Worker

CHUNK = 16  # subjects per errand
WORTH_A_POOL = 200  # subjects; fewer are done before other processes have started
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Progress = Callable[[int, int], None]

_worker: Worker | None = None  # of this process, if it is one of the pool's


def answered(
    worker: Worker, shapes: Sequence[HipShape], n_workers: int, progress: Progress | None
) -> Iterator[Found]:
    """Yield what is found of each shape, in order.

    Parameters
    ----------
    worker
        Answers one shape.
    shapes
        Of the subjects.
    n_workers
        Processes; with one, everything is done in this one.
    progress
        Called with (done, total).

    Raises
    ------
    ComputationError
        If a process died.
    """
    chunks = [shapes[start : start + CHUNK] for start in range(0, len(shapes), CHUNK)]
    errands = map(worker, shapes) if n_workers == 1 else _in_processes(worker, chunks, n_workers)
    for done, found in enumerate(errands, start=1):
        yield found
        if progress is not None and (done % CHUNK == 0 or done == len(shapes)):
            progress(done, len(shapes))


def _in_processes(
    worker: Worker, chunks: list[Sequence[HipShape]], n_workers: int
) -> Iterator[Found]:
    """Yield what is found of each shape of the chunks, from a pool of processes."""
    pool = ProcessPoolExecutor(
        n_workers, mp_context=get_context("spawn"), initializer=_start, initargs=(worker,)
    )
    try:
        with _one_thread_each():
            errands = [pool.submit(_answer, chunk) for chunk in chunks]
        for errand in errands:
            yield from errand.result()
    except BrokenProcessPool:
        raise ComputationError(
            "a process of the cohort ended: out of memory, or the script that calls it starts over "
            "in every process; put the call below 'if __name__ == \"__main__\":', or n_workers=1"
        ) from None
    finally:
        _stop(pool)


def _start(worker: Worker) -> None:
    """Make a process ready: Ctrl-C is for the one that waits."""
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker = worker


def _answer(shapes: Sequence[HipShape]) -> list[Found]:
    """Answer a chunk in a process of the pool."""
    assert _worker is not None, "the pool starts its processes with a worker"
    return [_worker(shape) for shape in shapes]


def _stop(pool: ProcessPoolExecutor) -> None:
    """Drop what is not begun; do not wait for what is."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Limit the linear algebra of processes that are started meanwhile to one thread."""
    before = {name: os.environ.get(name) for name in THREAD_LIMITS}
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
