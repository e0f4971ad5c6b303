"""Who computes shards: this process, or several of its own.

Every executor takes shards one by one as it has room and yields them finished, in any order, so
the memory of the process that drives does not grow with the study. Processes are started anew, not
forked (threads of OpenMP do not survive a fork), each with its share of the processors' threads.
When one dies, its shard is tried again in a new one; a shard that kills its process every time is
given up and told. Dask does the same on many machines: :mod:`hipsim.study.cluster`.
"""

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import hipsim
from hipsim.checks import as_number
from hipsim.errors import ComputationError
from hipsim.study.evaluate import compute
from hipsim.study.shards import Shard

MOST_DEATHS = 3
THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Note = Callable[..., None]


@dataclass(frozen=True)
class Finished:
    """A shard and its bytes, or why there are none: ``problem`` is of the machine, not the hip."""

    shard: Shard
    data: bytes = b""
    problem: str = ""


class Executor(Protocol):
    """Something that computes shards."""

    def run(self, shards: Iterable[Shard], note: Note) -> Iterator[Finished]:
        """Yield every shard once, finished, in any order; tell what happens to ``note``."""


class Inline:
    """Compute shards one after the other in this process, with all of its threads."""

    def run(self, shards: Iterable[Shard], note: Note) -> Iterator[Finished]:
        """Yield the shards in order."""
        for shard in shards:
            try:
                yield Finished(shard, compute(shard))
            except MemoryError:
                yield Finished(shard, problem="out of memory")


class Processes:
    """Compute shards in several processes of this machine.

    Parameters
    ----------
    count
        Number of processes; one per processor by default.

    Raises
    ------
    InputError
        If the count is not within 1 to 1024.
    """

    def __init__(self, count: int | None = None) -> None:
        chosen = processors() if count is None else count
        self.count = int(as_number(chosen, name="workers", low=1, high=1024))

    def run(self, shards: Iterable[Shard], note: Note) -> Iterator[Finished]:
        """Yield the shards as they are finished."""
        crew = _Crew(iter(shards), note, threads=max(1, processors() // self.count))
        try:
            yield from crew.work(self.count)
        finally:
            crew.dismiss()


def processors() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Crew:
    """Threads of which each looks after one worker process."""

    def __init__(self, shards: Iterator[Shard], note: Note, threads: int) -> None:
        self._shards, self._note, self._threads = shards, note, threads
        self._taking, self._over = threading.Lock(), threading.Event()
        self._workers: set[_Worker] = set()
        self._done: queue.Queue[Finished | BaseException | None] = queue.Queue(maxsize=4)

    def work(self, count: int) -> Iterator[Finished]:
        """Start the threads and yield what they finish."""
        for _ in range(count):
            threading.Thread(target=self._serve, daemon=True).start()
        while count:
            item = self._done.get()
            if isinstance(item, BaseException):
                raise item
            if item is None:
                count -= 1
            else:
                yield item

    def dismiss(self) -> None:
        """End all processes at once; what they were at is lost."""
        self._over.set()
        for worker in list(self._workers):
            worker.kill()

    def _serve(self) -> None:
        """Take shards until there are none, one worker process at a time."""
        worker: _Worker | None = None
        try:
            while (shard := self._next()) is not None:
                worker, finished = self._insist(worker, shard)
                self._put(finished)
        except BaseException as error:
            self._put(error)
        finally:
            if worker is not None:
                worker.kill()
            self._put(None)

    def _next(self) -> Shard | None:
        """Take the next shard."""
        with self._taking:
            return None if self._over.is_set() else next(self._shards, None)

    def _put(self, item: Finished | BaseException | None) -> None:
        """Hand something over, unless nobody listens any more."""
        while not self._over.is_set():
            try:
                self._done.put(item, timeout=0.2)
                return
            except queue.Full:
                continue

    def _insist(self, worker: "_Worker | None", shard: Shard) -> "tuple[_Worker | None, Finished]":
        """Have a shard computed, by another process if one dies over it."""
        for _ in range(MOST_DEATHS):
            worker = worker or self._hire()
            try:
                return worker, worker.ask(shard)
            except (EOFError, OSError, pickle.UnpicklingError):
                code = worker.kill()
                self._workers.discard(worker)
                worker = None
                if self._over.is_set():
                    break
                self._note("worker died", shard=str(shard), exit_code=code)
        problem = f"its process died {MOST_DEATHS} times (killed, or out of memory)"
        return worker, Finished(shard, problem=problem)

    def _hire(self) -> "_Worker":
        """Start a worker process."""
        worker = _Worker(self._threads)
        self._workers.add(worker)
        if self._over.is_set():
            worker.kill()
        return worker


class _Worker:
    """A process that computes the shards it is asked for; see :mod:`hipsim.study.worker`."""

    def __init__(self, threads: int) -> None:
        root = str(Path(hipsim.__file__).parents[1])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        settings = {name: os.environ.get(name, str(threads)) for name in THREADS}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hipsim.study.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **settings, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,  # Ctrl-C is for the process that drives
        )

    def ask(self, shard: Shard) -> Finished:
        """Return the shard as the process has finished it; EOFError or OSError if it died."""
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        if pipe_in is None or pipe_out is None:
            raise EOFError
        pickle.dump(shard, pipe_in)
        pipe_in.flush()
        kind, answer = pickle.load(pipe_out)
        return _judged(shard, kind, answer)

    def kill(self) -> int | None:
        """End the process and return its exit code."""
        self._process.kill()
        for pipe in (self._process.stdout, self._process.stdin):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                continue  # a dead process leaves its pipe full
        return self._process.wait()


def _judged(shard: Shard, kind: str, answer: Any) -> Finished:
    """Turn a worker's answer into a finished shard, or raise what ends the study."""
    if kind == "done":
        return Finished(shard, answer)
    if kind == "machine":
        return Finished(shard, problem=answer)
    raise ComputationError(answer)
