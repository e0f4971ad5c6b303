"""How much is measured: the full run, a quick one, and one so tiny that a test can afford it."""

from dataclasses import dataclass

from benchmarks.cases import COARSE, DEGREE, HALF, MEDIUM, POSE_SETS, SIDES, SUBJECTS, PoseSet
from hipsim.checks import Side


@dataclass(frozen=True)
class Size:
    """How much the distance benchmark measures.

    Parameters
    ----------
    name
        What it is called.
    faces
        Sizes of the tubes.
    subjects, sides
        CT hips.
    sockets
        How many of these hips are also measured with the whole femur and hip bone.
    pose_sets
        Grids that are swept.
    whole
        Grids hipsim answers whole, from nothing.
    places, rounds
        Extensions, and adductions, at which lines of rotation are swept; how often.
    agreement
        Random poses on real hips, over all hips.
    arcs
        So many extensions times so many adductions, a rotation arc in each.
    bound_poses
        Poses asked of libraries that measure from vertices; 0 leaves them out.
    scaling
        Poses and turns of the comparison of two threads with one.
    warm_starts
        New processes of which the median start counts; 0 leaves starts and memory out.
    """

    name: str
    faces: tuple[int, ...]
    subjects: tuple[str, ...]
    sides: tuple[Side, ...]
    sockets: int
    pose_sets: tuple[PoseSet, ...]
    whole: tuple[PoseSet, ...]
    places: int
    rounds: int
    agreement: int
    arcs: int
    bound_poses: int
    scaling: tuple[int, int]
    warm_starts: int


FULL = Size(
    name="full",
    faces=(5_000, 20_000, 80_000, 320_000),
    subjects=SUBJECTS,
    sides=SIDES,
    sockets=2,
    pose_sets=POSE_SETS,
    whole=(MEDIUM, DEGREE, HALF),
    places=3,
    rounds=3,
    agreement=10_000,
    arcs=6,
    bound_poses=3,
    scaling=(40_960, 5),
    warm_starts=5,
)
QUICK = Size(
    name="quick",
    faces=(5_000, 20_000),
    subjects=SUBJECTS[:2],
    sides=SIDES[:1],
    sockets=1,
    pose_sets=(COARSE, MEDIUM, DEGREE),
    whole=(MEDIUM,),
    places=2,
    rounds=1,
    agreement=600,
    arcs=2,
    bound_poses=1,
    scaling=(8_192, 3),
    warm_starts=3,
)
TINY = Size(
    name="tiny",
    faces=(1_000,),
    subjects=SUBJECTS[:1],
    sides=SIDES[:1],
    sockets=0,
    pose_sets=(PoseSet("27 coarse", (3, 3, 3)), DEGREE),
    whole=(),
    places=1,
    rounds=1,
    agreement=64,
    arcs=1,
    bound_poses=0,
    scaling=(256, 1),
    warm_starts=0,
)
SIZES = {size.name: size for size in (FULL, QUICK, TINY)}
