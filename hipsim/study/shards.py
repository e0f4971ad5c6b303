"""A study as pieces of work, each named by the content of all that it depends on.

A shard is one hip and some of its plans over all motions. How a study is cut depends on the
scenario alone, never on who computes it, and every shard starts from nothing: its numbers are the
same bit for bit in any process, on any machine of the same kind, in any order. Its key is the
SHA-256 of the hip's files or parameters, the plans, the motions, the regions, what is kept, and the
code and libraries that compute: a shard that is on the disk under its key need not be computed
again, and one of other inputs or older code is never mistaken for it.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import hipsim
from hipsim.kinematics import Motion
from hipsim.study.plans import Plan
from hipsim.study.scenario import Scenario
from hipsim.study.sources import HipSource
from hipsim.surgery.procedure import Procedure

FORMAT = 1  # of shards on the disk
PLANS_EACH = 16  # in a shard at most: some seconds of work
ROOMS = ("geometry", "proximity", "anatomy", "kinematics", "surgery", "planning", "io", "study")
LIBRARIES = ("numpy", "scipy", "numba", "manifold3d")

Steps = tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]


@dataclass(frozen=True)
class Work:
    """What is asked of every hip of a study, small enough to be sent.

    Parameters
    ----------
    motions
        Motions to measure over.
    steps
        For each plan its procedures: name and keywords.
    femoral_region, pelvic_region
        Between which clearance is measured.
    detail
        What is kept per pose: ``"points"``, ``"distances"`` or ``"minima"``.
    measures
        ``"all"``, ``"numbers"`` or ``"none"``: what is measured on intact hips.
    side_effects
        ``"all"`` or ``"none"``: whether what surgery costs is measured.
    code
        Fingerprint of the code of whoever asks.
    """

    motions: tuple[Motion, ...]
    steps: tuple[Steps, ...]
    femoral_region: str
    pelvic_region: str
    detail: str
    measures: str
    side_effects: str
    code: str

    def plan(self, index: int) -> Plan:
        """Return one plan."""
        return Plan(tuple(Procedure(name, dict(given)) for name, given in self.steps[index]))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all but the plans."""
        digest = hashlib.sha256(self.code.encode())
        kept = [FORMAT, self.femoral_region, self.pelvic_region, self.detail]
        kept += [self.measures, self.side_effects]
        digest.update(json.dumps(kept).encode())
        for motion in self.motions:
            digest.update(motion.angles_deg.astype("<f8").tobytes())
            digest.update(motion.progress.astype("<f8").tobytes())
            zeros = (motion.pelvic_zero, motion.femoral_zero, motion.centre)
            stated = (motion.name, motion.segments, *zeros)
            numbers = (motion.pelvic_tilt_deg, motion.threshold_mm, motion.shape)
            digest.update(json.dumps([*stated, *numbers]).encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Shard:
    """One hip and some of its plans: the least that is computed and stored in one go.

    Parameters
    ----------
    work
        What is asked; shared by all shards of a study.
    source
        The hip.
    hip_index
        Its position in the study.
    first, last
        Plans from ``first`` to ``last - 1``.
    """

    work: Work
    source: HipSource
    hip_index: int
    first: int
    last: int

    @cached_property
    def key(self) -> str:
        """SHA-256 of all the shard depends on."""
        plans = json.dumps([self.work.steps[i] for i in range(self.first, self.last)])
        what = [self.work.digest, self.source.fingerprint(), self.source.name, self.first, plans]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()

    @property
    def n_plans(self) -> int:
        """Number of plans."""
        return self.last - self.first

    def __str__(self) -> str:
        return f"hip {self.source.name!r}, plans {self.first} to {self.last - 1}"


def work_of(scenario: Scenario) -> Work:
    """Return what a scenario asks of every hip."""
    return Work(
        motions=scenario.motions,
        steps=tuple(
            tuple((p.name, tuple(p.parameters.items())) for p in plan.procedures)
            for plan in scenario.plans
        ),
        femoral_region=scenario.femoral_region,
        pelvic_region=scenario.pelvic_region,
        detail=scenario.outputs.poses,
        measures=scenario.outputs.measures,
        side_effects=scenario.outputs.side_effects,
        code=code_fingerprint(),
    )


def shards_of(scenario: Scenario) -> Iterator[Shard]:
    """Cut a study into shards, hip after hip.

    Examples
    --------
    >>> from hipsim.study.scenario import load_scenario
    >>> [str(s) for s in shards_of(load_scenario("pose_grid"))]
    ["hip 'woman_narrow', plans 0 to 2"]
    """
    work, n_plans = work_of(scenario), len(scenario.plans)
    for index, source in enumerate(scenario.hips):
        for first in range(0, n_plans, PLANS_EACH):
            yield Shard(work, source, index, first, min(first + PLANS_EACH, n_plans))


def n_shards(scenario: Scenario) -> int:
    """Return the number of shards of a study."""
    return len(scenario.hips) * -(-len(scenario.plans) // PLANS_EACH)


@cache
def code_fingerprint() -> str:
    """Return the SHA-256 of the code that computes and the versions of its libraries."""
    package = Path(hipsim.__file__).parent
    digest = hashlib.sha256(hipsim.__version__.encode())
    for file in sorted(p for room in ROOMS for p in (package / room).glob("*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()
