"""Shards on a Dask cluster: many machines, or a local cluster with Dask's dashboard.

Needs the extra ``cluster``. Shards go out as there is room and come back as bytes, which the
process that drives writes to its own disk; workers need no common folder for that, only to read the
case folders under the same paths. When a worker dies the scheduler gives its shard to another; a
shard that kills several workers is given up and told.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from hipsim.errors import ComputationError, InputError
from hipsim.study.evaluate import compute
from hipsim.study.executors import Finished, Note, processors
from hipsim.study.shards import Shard

LOCAL = "local"
CONNECT_S = 20
WINDOW_PER_THREAD = 3


class Cluster:
    """Compute shards on a Dask cluster.

    Parameters
    ----------
    address
        Of the scheduler, for example ``tcp://10.0.0.1:8786``; ``"local"`` starts a cluster here.
    workers
        Number of processes of a local cluster; one per processor by default.

    Raises
    ------
    InputError
        If dask.distributed is not installed.
    """

    def __init__(self, address: str, workers: int | None = None) -> None:
        self.address, self.workers = address, workers
        try:
            import distributed  # noqa: F401
        except ImportError:
            raise InputError(
                "a Dask scheduler needs dask and distributed: pip install 'hipsim[cluster]'"
            ) from None

    def run(self, shards: Iterable[Shard], note: Note) -> Iterator[Finished]:
        """Yield the shards as they are finished.

        Raises
        ------
        InputError
            If the scheduler cannot be reached.
        ComputationError
            If a worker runs other code, or the scheduler is lost.
        """
        with self._client() as client:
            threads = sum(client.nthreads().values())
            note("cluster", address=self.address, threads=threads)
            yield from _each_finished(client, iter(shards), max(4, WINDOW_PER_THREAD * threads))

    def _client(self) -> Any:
        """Connect, or start a local cluster."""
        from distributed import Client

        if self.address == LOCAL:
            return Client(
                n_workers=self.workers or processors(),
                threads_per_worker=1,
                dashboard_address=None,
                set_as_default=False,
            )
        try:
            return Client(self.address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError(
                f"no Dask scheduler answers at {self.address}: {error}; start one with "
                "'dask scheduler' and workers with 'dask worker ADDRESS --nthreads 1'"
            ) from None


def _each_finished(client: Any, shards: Iterator[Shard], window: int) -> Iterator[Finished]:
    """Keep a window of shards out and yield what comes back."""
    from distributed import as_completed

    out: dict[str, Shard] = {}
    coming = as_completed(loop=client.loop)

    def send(shard: Shard) -> None:
        future = client.submit(compute, shard, key=f"hipsim-{shard.key}", pure=True)
        out[future.key] = shard
        coming.add(future)

    for shard in islice(shards, window):
        send(shard)
    for future in coming:
        shard = out.pop(future.key)
        yield _finished(shard, future)
        future.release()
        following = next(shards, None)
        if following is not None:
            send(following)


def _finished(shard: Shard, future: Any) -> Finished:
    """Return the shard of a future, or raise what ends the study."""
    from distributed.scheduler import KilledWorker

    if future.cancelled():
        raise ComputationError("the Dask scheduler is gone; run the same command again to go on")
    error = future.exception()
    if error is None:
        return Finished(shard, future.result())
    if isinstance(error, KilledWorker | MemoryError):
        told = "out of memory" if isinstance(error, MemoryError) else "every worker with it died"
        return Finished(shard, problem=told)
    raise ComputationError(f"{shard}: {type(error).__name__}: {error}")
