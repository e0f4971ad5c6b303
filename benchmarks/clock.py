"""Time, fairly: on one processor, in turns, by the processor's clock.

Others may work on the same machine. So libraries answer the same poses in turns within one run,
each turn is timed several times and its median counts, and what is compared between single threads
is processor time (``time.process_time``), which does not run while somebody else has the
processor. Wall time is kept beside it.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hipsim.checks import Array


@contextmanager
def one_processor() -> Iterator[None]:
    """Keep this process on one of its processors, where the system lets it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return what a piece of work returns, its processor seconds and its wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, time.process_time() - cpu, time.perf_counter() - wall


@dataclass
class Turns:
    """What one library took for each part of the poses, in every round.

    Parameters
    ----------
    lengths
        Number of poses of each part.
    cpu_s, wall_s
        One list of seconds per part, one entry per round.
    """

    lengths: list[int]
    cpu_s: list[list[float]] = field(default_factory=list)
    wall_s: list[list[float]] = field(default_factory=list)

    def cpu_us(self) -> float:
        """Microseconds of processor per pose: the parts' medians, added up."""
        return 1e6 * sum(statistics.median(part) for part in self.cpu_s) / sum(self.lengths)

    def wall_us(self) -> float:
        """Microseconds by the wall clock per pose."""
        return 1e6 * sum(statistics.median(part) for part in self.wall_s) / sum(self.lengths)

    def part_us(self) -> list[float]:
        """Microseconds of processor per pose in each part."""
        medians = [statistics.median(part) for part in self.cpu_s]
        return [1e6 * s / n for s, n in zip(medians, self.lengths, strict=True)]


def take_turns(
    askers: dict[str, Callable[[Array], Array]],
    parts: list[Array],
    rounds: dict[str, int],
) -> tuple[dict[str, Turns], dict[str, list[Array]]]:
    """Let every library answer each part before the next part comes, and time them.

    Parameters
    ----------
    askers
        Name of a library to what answers poses.
    parts
        Poses, each (n, 4, 4).
    rounds
        How often each library answers each part.

    Returns
    -------
    turns, answers
        For each library the times, and its last answers part by part.
    """
    lengths = [len(part) for part in parts]
    turns = {name: Turns(lengths) for name in askers}
    answers: dict[str, list[Array]] = {name: [] for name in askers}
    for part in parts:
        for own in turns.values():
            own.cpu_s.append([])
            own.wall_s.append([])
        for k in range(max(rounds.values())):
            for name in [name for name in askers if k < rounds[name]]:
                found, cpu, wall = timed(lambda ask=askers[name], part=part: ask(part))
                turns[name].cpu_s[-1].append(cpu)
                turns[name].wall_s[-1].append(wall)
                if k == 0:
                    answers[name].append(found)
    return turns, answers


def median_of(work: Callable[[], Any], repeats: int) -> tuple[Any, float, float]:
    """Return what work returns, and the medians of its processor and wall seconds."""
    runs = [timed(work) for _ in range(repeats)]
    found, cpu, wall = zip(*runs, strict=True)
    return found[-1], statistics.median(cpu), statistics.median(wall)
