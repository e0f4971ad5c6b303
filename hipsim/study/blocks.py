"""What a shard yields: arrays over its plans, and what is to be told of its hip, as bytes.

On the disk: the SHA-256 of what follows, a line feed, then an uncompressed NumPy archive. So a
shard that was cut short or altered is recognised whatever has happened to it.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.errors import InputError
from hipsim.planning.clearance import Clearance
from hipsim.study.plans import Plan
from hipsim.study.run import Asked, Outcome, Results, cost_names

KINDS = ("gap", "contact", "depth")
FAILED = -1  # code of a word that is not known because the plan failed
ABOUT = "about"


class DamagedShardError(InputError):
    """A shard that is not what was written."""


@dataclass(frozen=True, eq=False)
class Block:
    """Results of some plans of one hip.

    Parameters
    ----------
    arrays
        Each with plans first. Per motion, (plans, motions): ``minimum_mm``, ``at_pose``,
        ``minimum_kind``, ``minimum_structure``, ``share_below``. Per plan:
        ``removed_volume_mm3`` and, where asked for, side effects. Where kept, per pose of all
        motions one after the other: ``distance_mm``, ``kind``, ``structure`` (plans, poses),
        ``points_mm`` (plans, poses, 2, 3). NaN and -1 where a plan failed.
    failures
        For each plan the reason why it failed, or an empty text.
    hip
        What is to be told of the hip, JSON values; empty where it could not be loaded.
    measures
        Its measures, where they are wanted and the intact hip is in the block.
    seconds
        Time taken.
    is_passing
        Whether the machine failed rather than the hip, so that a later run tries again.
    """

    arrays: Mapping[str, NDArray[Any]]
    failures: tuple[str, ...]
    hip: Mapping[str, Any] = field(default_factory=dict)
    measures: Mapping[str, Any] | None = None
    seconds: float = 0.0
    is_passing: bool = False

    @property
    def n_failed(self) -> int:
        """Number of plans that failed."""
        return sum(bool(reason) for reason in self.failures)


def block_of(found: list[Outcome | str], asked: Asked, detail: str) -> Block:
    """Arrange outcomes of plans, or the reasons why they failed, as arrays.

    Parameters
    ----------
    found
        One per plan.
    asked
        The motions measured over, and whether side effects are.
    detail
        What is kept per pose: ``"points"``, ``"distances"`` or ``"minima"``.
    """
    none = _failed_row(asked)
    rows = [none if isinstance(one, str) else _row(one) for one in found]
    dropped = {"points": (), "distances": ("points_mm",)}.get(
        detail, ("points_mm", "distance_mm", "kind", "structure")
    )
    arrays = {key: np.stack([row[key] for row in rows]) for key in rows[0] if key not in dropped}
    return Block(arrays, tuple(one if isinstance(one, str) else "" for one in found))


def blocks_of(results: Results) -> list[Block]:
    """Return one block per hip of results that are in memory."""
    scenario, detail = results.scenario, results.scenario.outputs.poses
    found = [block_of(list(row), scenario, detail) for row in results.outcomes]
    return [
        Block(block.arrays, block.failures, about_hip(hip))
        for block, hip in zip(found, results.hips, strict=True)
    ]


def about_hip(hip: Hip) -> dict[str, Any]:
    """Describe a hip by its content."""
    return {
        "name": hip.name,
        "side": hip.side,
        "femur_sha256": hip.femur.content_hash,
        "hip_bone_sha256": hip.hip_bone.content_hash,
        "head_radius_mm": hip.head_radius_mm,
        "landmarks_mm": {name: point.tolist() for name, point in hip.landmarks.items()},
        "notes": list(hip.notes),
    }


def outcome_of(block: Block, row: int, plan: Plan, study: Any) -> Outcome:
    """Return one plan of a block as it was computed, points being kept.

    Parameters
    ----------
    block
        With all details.
    row
        Position of the plan in the block.
    plan
        The plan.
    study
        With ``motions``, ``femoral_region`` and ``pelvic_region``.
    """
    name, side = block.hip["name"], block.hip["side"]
    ends = np.cumsum([motion.n_poses for motion in study.motions])
    clearances = []
    for motion, end in zip(study.motions, ends, strict=True):
        run = slice(end - motion.n_poses, end)
        structures = np.array(FEMORAL_STRUCTURES)[block.arrays["structure"][row, run]]
        clearances.append(
            Clearance(
                hip_name=name,
                side=side,
                motion=motion,
                femoral_region=study.femoral_region,
                pelvic_region=study.pelvic_region,
                distance_mm=block.arrays["distance_mm"][row, run],
                kind=np.array(KINDS)[block.arrays["kind"][row, run]],
                points_mm=block.arrays["points_mm"][row, run],
                structures=tuple(structures.tolist()),
                threshold_mm=motion.threshold_mm,
            )
        )
    removed = float(block.arrays["removed_volume_mm3"][row])
    return Outcome(name, plan, tuple(clearances), removed)


def as_bytes(block: Block) -> bytes:
    """Write a block with its checksum."""
    about = {
        "failures": block.failures,
        "hip": block.hip,
        "measures": block.measures,
        "seconds": block.seconds,
        "is_passing": block.is_passing,
    }
    text = json.dumps(about, ensure_ascii=False).encode()
    archive = io.BytesIO()
    np.savez(archive, **{ABOUT: np.frombuffer(text, np.uint8)}, **block.arrays)  # type: ignore[arg-type]
    content = archive.getvalue()
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def from_bytes(data: bytes) -> Block:
    """Read a block and check it.

    Raises
    ------
    DamagedShardError
        If it is not what was written.
    """
    checksum, _, content = data.partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != checksum:
        raise DamagedShardError(f"a shard of {len(data)} bytes does not match its checksum")
    try:
        arrays = _arrays(content)
        about = json.loads(arrays.pop(ABOUT).tobytes())
        block = Block(arrays, **{**about, "failures": tuple(about["failures"])})
        _check_plans(block)
    except Exception as error:  # a damaged archive makes the reader raise anything
        raise DamagedShardError(f"a shard cannot be read: {error}") from None
    return block


def _arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """Read an archive that is not packed; what claims to be larger than it is, is refused."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(info.file_size for info in archive.infolist()) > len(content):
            raise ValueError("it would unfold")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _check_plans(block: Block) -> None:
    """Raise ValueError unless every array holds numbers, plans first."""
    if not isinstance(block.hip, Mapping):
        raise ValueError("it tells nothing of its hip")
    for name, array in block.arrays.items():
        if array.dtype.kind not in "fi" or array.shape[:1] != (len(block.failures),):
            raise ValueError(f"{name} are not the numbers of {len(block.failures)} plans")


def _row(outcome: Outcome) -> dict[str, Any]:
    """Arrange one plan."""
    found = outcome.clearances
    structures = [name for c in found for name in c.structures]
    shares = [np.nan if c.threshold_mm is None else c.share_below() for c in found]
    return {
        "minimum_mm": np.array([c.minimum_mm for c in found]),
        "at_pose": np.array([c.index for c in found], np.int32),
        "minimum_kind": codes([c.kind[c.index] for c in found], KINDS),
        "minimum_structure": codes([c.structure for c in found], FEMORAL_STRUCTURES),
        "share_below": np.array(shares),
        "removed_volume_mm3": np.float64(outcome.removed_volume_mm3),
        **{name: np.float64(outcome.side_effects[name]) for name in sorted(outcome.side_effects)},
        "distance_mm": np.concatenate([c.distance_mm for c in found]),
        "kind": codes(np.concatenate([c.kind for c in found]), KINDS),
        "structure": codes(structures, FEMORAL_STRUCTURES),
        "points_mm": np.concatenate([c.points_mm for c in found]),
    }


def _failed_row(asked: Asked) -> dict[str, Any]:
    """Arrange a plan that failed."""
    n, poses = len(asked.motions), sum(motion.n_poses for motion in asked.motions)
    return {
        "minimum_mm": np.full(n, np.nan),
        "at_pose": np.full(n, FAILED, np.int32),
        "minimum_kind": np.full(n, FAILED, np.int8),
        "minimum_structure": np.full(n, FAILED, np.int8),
        "share_below": np.full(n, np.nan),
        "removed_volume_mm3": np.float64(np.nan),
        **{name: np.float64(np.nan) for name in cost_names(asked)},
        "distance_mm": np.full(poses, np.nan),
        "kind": np.full(poses, FAILED, np.int8),
        "structure": np.full(poses, FAILED, np.int8),
        "points_mm": np.full((poses, 2, 3), np.nan),
    }


def codes(words: Any, known: tuple[str, ...]) -> NDArray[np.int8]:
    """Turn words into their positions in a list.

    Examples
    --------
    >>> codes(["gap", "depth"], KINDS).tolist()
    [0, 2]
    """
    place = {word: index for index, word in enumerate(known)}
    return np.array([place[str(word)] for word in words], dtype=np.int8)
