"""Tell right from left by the shape of one bone alone, in any orientation.

A bone and its mirror image have the same lengths and angles; what tells them apart is the sense of
three directions. On a femur: distal, medial (where the head is) and posterior, which is told by
facts that do not depend on each other: the condyles overhang the shaft behind, the shaft is bowed
forward, and the lesser trochanter lies behind the medial direction. They vote, weighed by how
clearly each speaks. A femur without its knee is laid on the mean proximal femur and on its mirror
image instead (:mod:`hipsim.anatomy.mean_femur`), and the lesser trochanter votes beside it.

A hip bone has no three such directions that hold for everybody, so it is laid on the mean right
hip bone and so is its mirror image (:mod:`hipsim.anatomy.mean_hip_bone`); the one that lies closer
tells the side.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hipsim.anatomy.mean_femur import lay_on_mean_femur
from hipsim.anatomy.mean_hip_bone import lay_on_mean
from hipsim.anatomy.sizes import HEAD_RADII_MM, LEAST_HEAD_COVERAGE
from hipsim.checks import SIDES, Array, BoolArray, Side
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import SphereFit, SphereSearch, find_sphere
from hipsim.geometry.mending import calmed

LEAST_MARGIN = {"femur": 0.15, "hip bone": 0.06}  # less than this is not an answer
LARGEST_MISFIT_MM = 9.0  # off the mean hip bone; real ones lie 5 to 7 mm off
WEIGHTS = {"lesser trochanter": 1.0, "condyles": 1.0, "bow of the shaft": 1.0, "likeness": 2.0}
WHOLE_LENGTH = 12.0  # head radii; a whole femur has 17 to 20
CLEAR_MM = 5.0  # of reach by which the lesser trochanter stands out on one side
CLEAR_LIKENESS = 0.25  # share by which one side's mean bone is nearer than the other's
CLEAR_BOW_MM = 4.0  # 35 CT hips: 5.7 +- 0.7 mm in women, 7.0 +- 1.9 mm in men
TROCHANTER_DEPTH = (1.2, 3.4)  # head radii below the head centre
SHAFT_DEPTH = (3.9, 7.0)  # head radii below the head centre: straight part below the LT
SHAFT_FROM, LEAST_SHAFT = 2.7, 0.9  # likewise; of a short femur this much is needed, from there on
SECTOR_DEG = (12.0, 85.0)  # from medial, to either side, where the lesser trochanter is sought


@dataclass(frozen=True)
class FoundSide:
    """What the shape of one bone says about its side.

    Attributes
    ----------
    side
        ``"right"`` or ``"left"``.
    margin
        How clearly, 0 to 1. Femur: mean of the votes. Hip bone: by which share it lies closer to
        the mean bone of this side than to its mirror image.
    why
        In words.
    """

    side: Side
    margin: float
    why: str


def side_of_femur(femur: Mesh) -> FoundSide:
    """Tell the side of a whole or proximal femur from its shape.

    Parameters
    ----------
    femur
        Closed mesh, mm, any frame; with its head and, below the lesser trochanter, 25 mm of shaft.

    Raises
    ------
    AnatomyError
        If no femoral head is found, or the shape does not tell.
    """
    head = find_head(femur)
    bone = _Femur.of(femur, head)
    votes = {"lesser trochanter": bone.trochanter_vote()}
    if bone.depth_end > WHOLE_LENGTH * head.radius_mm:
        votes |= {"condyles": bone.condyle_vote(), "bow of the shaft": bone.bow_vote()}
    else:
        votes |= {"likeness": bone.likeness_vote(head)}
    mean = float(np.average(list(votes.values()), weights=[WEIGHTS[name] for name in votes]))
    spoken = ", ".join(f"{name} {vote:+.2f}" for name, vote in votes.items())
    return _found(mean, "femur", f"votes for right: {spoken}")


def side_of_hip_bone(hip_bone: Mesh) -> FoundSide:
    """Tell the side of a hip bone from its shape.

    Parameters
    ----------
    hip_bone
        Closed mesh of a whole hip bone, mm, any frame.

    Raises
    ------
    AnatomyError
        If the shape does not tell.
    """
    right, left = (lay_on_mean(hip_bone, side) for side in SIDES)
    if min(right.misfit_mm, left.misfit_mm) > LARGEST_MISFIT_MM:
        raise AnatomyError(
            f"this does not look like a hip bone: it stays {right.misfit_mm:.1f} mm off the mean "
            f"right one and {left.misfit_mm:.1f} mm off the mean left one, real ones 5 to 7 mm; is "
            "it one whole hip bone, in mm?"
        )
    lean = (left.misfit_mm - right.misfit_mm) / max(left.misfit_mm, right.misfit_mm)
    return _found(
        lean,
        "hip bone",
        f"off the mean right bone by {right.misfit_mm:.1f} mm, "
        f"off the mean left one by {left.misfit_mm:.1f} mm",
    )


def _found(lean: float, bone: str, why: str) -> FoundSide:
    """Return the side a bone leans to, positive for right, or raise."""
    if abs(lean) < LEAST_MARGIN[bone]:
        raise AnatomyError(
            f"the side of this {bone} cannot be told from its shape ({why}); is it one whole "
            f"{bone}, in mm?"
        )
    return FoundSide("right" if lean > 0.0 else "left", abs(lean), why)


@lru_cache(maxsize=4)
def find_head(femur: Mesh) -> SphereFit:
    """Find the sphere of the head of a whole or proximal femur.

    Parameters
    ----------
    femur
        Closed mesh, mm, any frame.

    Raises
    ------
    AnatomyError
        If nothing on the bone is a femoral head.
    """
    search = SphereSearch(np.ones(len(femur.vertices), dtype=bool), HEAD_RADII_MM)
    head = find_sphere(femur, search)
    if head is None or head.coverage < LEAST_HEAD_COVERAGE:
        head = find_sphere(calmed(femur), search)  # the steps of voxels hide the round
    if head is None or head.coverage < LEAST_HEAD_COVERAGE:
        raise AnatomyError(
            f"no femoral head found: wanted a sphere of {HEAD_RADII_MM[0]:g} to "
            f"{HEAD_RADII_MM[1]:g} mm radius covered by {LEAST_HEAD_COVERAGE:.0%} or more; "
            "is this a femur with its head, in mm?"
        )
    return head


@dataclass(frozen=True, eq=False)
class _Femur:
    """A femur seen from its head and its shaft axis, without a side.

    Lengths in mm; ``medial`` points from the shaft axis to the head centre, square to ``up``;
    ``across`` = up x medial points backward on a right femur, forward on a left one.
    """

    mesh: Mesh
    radius: float
    centre: Array
    foot: Array
    up: Array
    medial: Array

    @classmethod
    def of(cls, femur: Mesh, head: SphereFit) -> "_Femur":
        far = femur.vertices[np.argmax(np.linalg.norm(femur.vertices - head.centre, axis=1))]
        up = rigid.unit(head.centre - far)
        foot = far
        for _ in range(4):  # the axis of the slices turns onto the axis through their centres
            foot, up = _shaft_axis(femur, head, up)
        medial = head.centre - foot
        medial = rigid.unit(medial - (medial @ up) * up)
        return cls(femur, head.radius_mm, head.centre, foot, up, medial)

    @property
    def across(self) -> Array:
        return np.cross(self.up, self.medial)

    @property
    def depth(self) -> Array:
        """Depth of each face below the head centre."""
        return (self.centre - self.mesh.face_centres) @ self.up

    @property
    def depth_end(self) -> float:
        return float(self.depth.max())

    def trochanter_vote(self) -> float:
        """Return on which side of medial the surface stands out below the neck."""
        offset = self.mesh.face_centres - self.foot
        x, y = offset @ self.medial, offset @ self.across
        depth = self.depth / self.radius
        neck = rigid.unit(
            self.foot
            + self.up * ((self.centre - self.foot) @ self.up - 1.45 * self.radius)
            - self.centre
        )
        ray = self.mesh.face_centres - self.centre
        clear = np.linalg.norm(ray - np.outer(ray @ neck, neck), axis=1) > 1.1 * self.radius
        level = clear & (depth > TROCHANTER_DEPTH[0]) & (depth < TROCHANTER_DEPTH[1])
        angle, reach = np.degrees(np.arctan2(y, x)), np.hypot(x, y)
        farthest = [
            reach[level & (sign * angle > SECTOR_DEG[0]) & (sign * angle < SECTOR_DEG[1])].max(
                initial=0.0
            )
            for sign in (1.0, -1.0)
        ]
        return float(np.clip((farthest[0] - farthest[1]) / CLEAR_MM, -1.0, 1.0))

    def likeness_vote(self, head: SphereFit) -> float:
        """Return how much nearer the mean right femur lies than the mean left one."""
        axes = np.column_stack([self.up, self.medial, self.across])
        right, left = (lay_on_mean_femur(self.mesh, head, axes, side).misfit_mm for side in SIDES)
        return float(np.clip((left - right) / max(left, right) / CLEAR_LIKENESS, -1.0, 1.0))

    def condyle_vote(self) -> float:
        """Return to which side the condyles overhang the shaft above them."""
        depth = self.depth / self.depth_end
        condyles, above = depth > 0.90, (depth > 0.72) & (depth < 0.80)
        overhang = self._centre(condyles) - self._centre(above)
        overhang -= (overhang @ self.up) * self.up
        return float(rigid.unit(overhang) @ self.across)

    def bow_vote(self) -> float:
        """Return from which side the middle of the shaft is bowed."""
        depth = self.depth / self.depth_end
        top, middle, bottom = (
            self._centre((depth > low) & (depth < low + 0.06)) for low in (0.24, 0.49, 0.74)
        )
        bow = middle - 0.5 * (top + bottom)
        bow -= (bow @ self.up) * self.up
        size = float(np.linalg.norm(bow))
        return float(-(bow @ self.across) / max(size, CLEAR_BOW_MM))

    def _centre(self, is_part: BoolArray) -> Array:
        """Return the middle of part of the surface."""
        areas = self.mesh.face_areas_mm2[is_part]
        centre: Array = areas @ self.mesh.face_centres[is_part] / areas.sum()
        return centre


def _shaft_axis(femur: Mesh, head: SphereFit, up: Array) -> tuple[Array, Array]:
    """Return a point and the upward direction of the axis of the shaft below the trochanter.

    The axis is the direction to which the walls' normals are square, its place the centre of the
    circle through the walls: neither minds that a shaft is cut off, and how.
    """
    depth = (head.centre - femur.face_centres) @ up / head.radius_mm
    high = min(SHAFT_DEPTH[1], float(depth.max()))
    low = min(SHAFT_DEPTH[0], high - LEAST_SHAFT)
    if low < SHAFT_FROM:
        raise AnatomyError(
            f"the side of this femur cannot be told: it ends {depth.max() * head.radius_mm:.0f} mm "
            f"below the head centre, wanted {(SHAFT_FROM + LEAST_SHAFT) * head.radius_mm:.0f} mm"
        )
    is_wall = (depth > low) & (depth < high) & (np.abs(femur.face_normals @ up) < 0.5)
    normals, areas = femur.face_normals[is_wall], femur.face_areas_mm2[is_wall]
    axis = np.linalg.eigh((normals * areas[:, None]).T @ normals)[1][:, 0]
    axis = axis * (1.0 if axis @ up > 0.0 else -1.0)
    return _circle_centre(femur.face_centres[is_wall], areas, axis), axis


def _circle_centre(points: Array, weights: Array, axis: Array) -> Array:
    """Return the centre of the circle through points seen along an axis (Kasa's fit)."""
    middle = points.mean(axis=0)
    across = np.linalg.svd(axis[None])[2][1:]
    flat = (points - middle) @ across.T
    root = np.sqrt(weights)[:, None]
    design = np.column_stack([2.0 * flat, np.ones(len(flat))])
    square = (flat**2).sum(axis=1, keepdims=True)
    solution = np.linalg.lstsq(design * root, square * root, rcond=None)[0][:, 0]
    centre: Array = middle + solution[:2] @ across
    return centre
