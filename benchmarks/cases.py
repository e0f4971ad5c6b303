"""The surfaces and poses of the benchmarks: bodies of any size, hips from CT, their sockets.

All poses are extension, adduction and rotation about the hip joint centre over the same ranges, in
a serpentine that changes one angle by one step at a time. Real hips are licensed apart; their
folder (``vsd/z001`` and so on) is given with ``--bones`` or the variable ``HIPSIM_BONES``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import hipsim as hs
from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, IntArray, Side, as_side
from hipsim.geometry import Mesh, rigid
from hipsim.kinematics.joint import rotation_from_angles

RANGES_DEG = (-10.0, 30.0), (-20.0, 20.0), (-40.0, 40.0)  # extension, adduction, rotation
SUBJECTS = "z001", "z027", "z036", "z042"
SIDES: tuple[Side, ...] = ("right", "left")
SEED = 20090615
TURN = 240  # poses a library answers at least before the next has its turn


@dataclass(frozen=True)
class PoseSet:
    """A grid of poses over the ranges.

    Parameters
    ----------
    name
        What it is called in tables.
    shape
        How many extensions, adductions and rotations.
    """

    name: str
    shape: tuple[int, int, int]

    def __len__(self) -> int:
        return int(np.prod(self.shape))

    @property
    def step_deg(self) -> float:
        """Step of the angle that changes from pose to pose, deg."""
        low, high = RANGES_DEG[2]
        return (high - low) / (self.shape[2] - 1)

    def angles_deg(self, index: IntArray) -> Array:
        """Return extension, adduction, rotation of poses by their number, shape (n, 3)."""
        i, row, place = np.unravel_index(index, self.shape)
        j = np.where(i % 2 == 0, row, self.shape[1] - 1 - row)
        is_forth = (i * self.shape[1] + row) % 2 == 0
        k = np.where(is_forth, place, self.shape[2] - 1 - place)
        axes = [
            low + (high - low) * places / (count - 1)
            for (low, high), places, count in zip(RANGES_DEG, (i, j, k), self.shape, strict=True)
        ]
        return np.column_stack(axes)

    def stretches(self, places: int) -> list[IntArray]:
        """Return runs of neighbouring poses at places x places extensions and adductions.

        A run is one or more whole lines of rotation, so that grids of any step are measured in
        the same region. A grid with fewer poses than that is returned whole, in turns.
        """
        n_rows, n_line = self.shape[0] * self.shape[1], self.shape[2]
        n_lines = -(-TURN // n_line)
        if places**2 * n_lines * n_line >= len(self):
            return np.array_split(np.arange(len(self)), max(1, round(len(self) / TURN)))
        shares = (np.arange(places) + 0.5) / places
        runs = []
        for i in np.round(shares * (self.shape[0] - 1)).astype(int):
            for j in np.round(shares * (self.shape[1] - 1)).astype(int):
                row = min(i * self.shape[1] + j, n_rows - n_lines)
                runs.append(np.arange(row * n_line, (row + n_lines) * n_line))
        return runs


COARSE = PoseSet("1,000 coarse", (10, 10, 10))
MEDIUM = PoseSet("16,000", (20, 20, 40))
DEGREE = PoseSet("1 deg", (41, 41, 81))
HALF = PoseSet("0.5 deg", (81, 81, 161))
QUARTER = PoseSet("0.25 deg", (161, 161, 321))
POSE_SETS = COARSE, MEDIUM, DEGREE, HALF, QUARTER


@dataclass(frozen=True)
class Case:
    """Two surfaces, and where poses put the first.

    Parameters
    ----------
    name, group
        What it is called; ``"tubes"``, ``"hip"`` or ``"socket"``.
    a, b
        The surfaces, open: then a library that knows depths is not asked for them.
    side
        Side of the hip; tubes are right.
    pelvic_frame, femoral_frame
        Scan from axes, shape (4, 4), mm.
    """

    name: str
    group: str
    a: Mesh
    b: Mesh
    side: Side
    pelvic_frame: Array
    femoral_frame: Array

    def poses(self, angles_deg: Array) -> Array:
        """Return b from a for extension, adduction and rotation (n, 3), shape (n, 4, 4)."""
        extension, adduction, rotation = angles_deg.T
        turn = rotation_from_angles(-extension, adduction, rotation, self.side)
        femur_from_scan = rigid.inverse(self.femoral_frame)
        return self.pelvic_frame @ rigid.transform_from(turn) @ femur_from_scan

    def all_poses(self, pose_set: PoseSet) -> Array:
        """Return the poses of a whole grid."""
        return self.poses(pose_set.angles_deg(np.arange(len(pose_set))))


def tubes(n_faces: int) -> Case:
    """Return a bumpy shaft beside a bumpy block, of about so many faces each."""
    shaft = bumpy_tube(n_faces, radius_mm=14.0, length_mm=90.0, centre_mm=(0.0, -70.0, 30.0))
    block = bumpy_tube(n_faces, radius_mm=18.0, length_mm=60.0, centre_mm=(-15.0, -60.0, -25.0))
    name = f"tubes {n_faces / 1000:g}k"
    return Case(name, "tubes", opened(shaft), opened(block), "right", np.eye(4), np.eye(4))


def ct_hips(bones: Path | None, subjects: tuple[str, ...], sides: tuple[Side, ...]) -> list[Hip]:
    """Return hips from CT, or none where there is no folder of them."""
    from hipsim.io import load_hip

    if bones is None:
        return []
    return [load_hip(bones / "vsd" / name, side=side) for name in subjects for side in sides]


@cache
def embedded_hip() -> Hip:
    """Return the hip that comes with hipsim, for those who have no others."""
    return hs.make_hip()


def hip_name(hip: Hip) -> str:
    """Return subject and side."""
    return f"CT {Path(hip.name).name[:4]} {hip.side}"


def hip_case(hip: Hip) -> Case:
    """Return the regions a clearance is measured between: extracapsular femur, ischium."""
    a, b = hip.femoral_region("extracapsular"), hip.pelvic_region("ischium")
    return _of_hip(hip, hip_name(hip), "hip", (a, b))


def socket_case(hip: Hip) -> Case:
    """Return the whole femur and the whole hip bone, the head in its socket."""
    surfaces = opened(hip.femur), opened(hip.hip_bone)
    return _of_hip(hip, f"{hip_name(hip)}, socket", "socket", surfaces)


def _of_hip(hip: Hip, name: str, group: str, surfaces: tuple[Mesh, Mesh]) -> Case:
    """Return a case in the frames of a hip."""
    return Case(name, group, *surfaces, hip.side, hip.pelvic_frame(), hip.femoral_frame())


def find_case(name: str, bones: Path | None) -> Case:
    """Return the case of a name, as the cases call themselves."""
    if name.startswith("tubes"):
        return tubes(round(1000 * float(name.removeprefix("tubes ").removesuffix("k"))))
    _, subject, side = name.removesuffix(", socket").split()
    hip = ct_hips(bones, (subject,), (as_side(side),))[0]
    return socket_case(hip) if name.endswith(", socket") else hip_case(hip)


def random_poses(case: Case, count: int) -> Array:
    """Return poses at random within the ranges."""
    low, high = np.transpose(RANGES_DEG)
    return case.poses(np.random.default_rng(SEED).uniform(low, high, (count, 3)))


def rotation_arcs(case: Case, count: int) -> Iterator[Array]:
    """Yield arcs of 81 rotations at 1 deg, extension and adduction spread over count x count."""
    rotation = np.linspace(*RANGES_DEG[2], 81)
    for extension in np.linspace(*RANGES_DEG[0], count):
        for adduction in np.linspace(*RANGES_DEG[1], count):
            fixed = np.full_like(rotation, extension), np.full_like(rotation, adduction)
            yield case.poses(np.column_stack([*fixed, rotation]))


def opened(mesh: Mesh) -> Mesh:
    """Return a mesh without one face: an open surface is not asked how deep it overlaps."""
    return Mesh(mesh.vertices, mesh.faces[1:])


def bumpy_tube(
    n_faces: int, *, radius_mm: float, length_mm: float, centre_mm: tuple[float, float, float]
) -> Mesh:
    """Return a closed tube along Y with round ends and bumps of about a tenth of its radius."""
    n = round((n_faces / 4) ** 0.5) + 1
    along, around = np.linspace(0, np.pi, n)[1:-1], np.linspace(0, 2 * np.pi, 2 * n + 1)[:-1]
    polar, angle = (grid.ravel() for grid in np.meshgrid(along, around, indexing="ij"))
    bump = 1.0 + 0.1 * np.sin(5 * angle) * np.sin(9 * polar) + 0.1 * np.cos(3 * polar + angle)
    ring = radius_mm * bump * np.sin(polar) ** 0.5
    body = np.column_stack(
        [ring * np.cos(angle), -0.5 * length_mm * np.cos(polar), ring * np.sin(angle)]
    )
    ends = [[0.0, -0.5 * length_mm, 0.0], [0.0, 0.5 * length_mm, 0.0]]
    return Mesh(np.vstack([body, ends]) + centre_mm, _tube_faces(n, len(body)))


def _tube_faces(n: int, n_body: int) -> IntArray:
    """Return the faces of n - 2 rings of 2 n vertices and the two ends after them."""
    first = np.arange(n_body).reshape(n - 2, 2 * n)
    a, b = first[:-1], np.roll(first, -1, axis=1)[:-1]
    c, d = first[1:], np.roll(first, -1, axis=1)[1:]
    low, high = first[0], first[-1]
    faces = [
        np.stack([a, c, b], axis=-1).reshape(-1, 3),
        np.stack([b, c, d], axis=-1).reshape(-1, 3),
        np.column_stack([np.full(2 * n, n_body), low, np.roll(low, -1)]),
        np.column_stack([np.full(2 * n, n_body + 1), np.roll(high, -1), high]),
    ]
    return np.vstack(faces)
