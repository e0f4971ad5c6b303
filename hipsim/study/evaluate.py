"""The work of one shard: a pure function from what is asked to bytes, wherever it runs.

Nothing a hip or a plan does ends a study: what cannot be computed becomes a row with its reason.
"""

import threading
import time
from collections.abc import Iterator
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.errors import ComputationError, HipsimError
from hipsim.planning.clearance import ClearanceQuery
from hipsim.study.blocks import Block, about_hip, as_bytes, block_of
from hipsim.study.measurements import measure
from hipsim.study.run import Outcome, prepare, run_plan
from hipsim.study.shards import Shard, code_fingerprint

_ONE_AT_A_TIME = threading.Lock()  # the kernels use every thread a process has


def compute(shard: Shard) -> bytes:
    """Compute a shard.

    Parameters
    ----------
    shard
        The shard.

    Returns
    -------
    data
        Its block; see :mod:`hipsim.study.blocks`.

    Raises
    ------
    ComputationError
        If this process runs other code than the one that asks.
    """
    if shard.work.code != code_fingerprint():
        raise ComputationError(
            "this worker runs another version of hipsim or of its libraries than the study; "
            "install the same on all machines"
        )
    with _ONE_AT_A_TIME:
        return as_bytes(evaluate(shard))


def evaluate(shard: Shard) -> Block:
    """Compute a shard and return its arrays."""
    start, work = time.perf_counter(), shard.work
    try:
        hip = shard.source.load()
        intact = prepare(hip, work)
        found = list(_outcomes(shard, intact))
    except MemoryError:
        raise  # of the machine, not of the hip
    except Exception as error:  # whatever it is, it is this hip's and goes on record
        return block_of([_why(error)] * shard.n_plans, work, work.detail)
    block = block_of(found, work, work.detail)
    measures = _measures(hip, work.measures) if shard.first == 0 else None
    seconds = time.perf_counter() - start
    return Block(block.arrays, block.failures, about_hip(hip), measures, seconds)


def _outcomes(shard: Shard, intact: ClearanceQuery) -> Iterator[Outcome | str]:
    """Yield what each plan does, or why it cannot be done."""
    for index in range(shard.first, shard.last):
        try:
            yield run_plan(intact, shard.work.plan(index), shard.work)
        except MemoryError:
            raise
        except Exception as error:
            yield _why(error)


def _why(error: Exception) -> str:
    """Say in one line what went wrong; an error nobody foresaw keeps its type.

    Rows name hip and plan already, so the error below the one that names them is told.
    """
    cause = error.__cause__ if isinstance(error.__cause__, HipsimError) else error
    text = " ".join(str(cause).split())
    return text if isinstance(cause, HipsimError) else f"{type(cause).__name__}: {text}"


def _measures(hip: Hip, wanted: str) -> dict[str, Any] | None:
    """Measure a hip; what cannot be measured is told in place of the measures."""
    if wanted == "none":
        return None
    try:
        found = measure(hip)
    except MemoryError:
        raise
    except Exception as error:  # whatever it is, the plans can still be carried out
        return {"name": hip.name, "measures": [], "not_available": {"all": _why(error)}}
    keys = ("key", "label", "unit", "value")
    numbers = [{key: row[key] for key in keys} for row in found["measures"]]
    return found if wanted == "all" else {"name": hip.name, "measures": numbers}
