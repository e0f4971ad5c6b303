"""The parameters of a virtual hip nearest to two real surfaces: robust least squares.

What is minimised is the value of the implicit bodies at points of the real bones, less what it is
on the finished surface beside them, which fairing took off the body, together with how far what the
virtual bones measure is from what the real ones measure. Both bones meet on their
anatomical frames, as a user would lay them on each other: the frames of the virtual bones are found
on their surfaces, and found anew each round.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from hipsim.anatomy import frames
from hipsim.anatomy.find_femur import find_femur
from hipsim.anatomy.find_pelvis import find_pelvis
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.virtual_bones import Body, contoured, femoral_body, pelvic_body
from hipsim.anatomy.virtual_handles import Handles, femoral_handles, pelvic_handles
from hipsim.anatomy.virtual_measure import Values, femoral_values, pelvic_values
from hipsim.anatomy.virtual_shape import RANGES, HipShape
from hipsim.checks import Array, BoolArray
from hipsim.geometry import implicit, rigid

FREE = tuple(name for name in RANGES if name != "head_radius_mm")  # the head is taken as measured
SPACING_MM = 3.0  # of the surface on which the trial is measured
PELVIC_ROUNDS = 2  # of finding the landmarks that the pelvic frame is made from
FARTHEST_MM = 8.0  # a point farther off than this pulls no more
ROBUST_MM = 1.5  # soft-L1: squares below, absolute values above
OUTSIDE_WEIGHT = 3.5  # of real bone outside the virtual one where they meet: it touches first
POINTS_WORTH = 80.0  # a bone counts as so many independent points
PRIOR_SHARE = 0.1  # of a parameter's range: how far what is measured may be off
STEP_SHARE = 0.01  # of a parameter's range: for its derivative
BEYOND_SHARE = 0.1  # of a range: how far a trial may leave it
ROUNDS, ITERATIONS = 3, 3
LEAST_GAIN = 3e-3  # of the cost: less ends a round
FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING = 1e-3, 1e-5, 1e2
DAMPING_FACTOR = 6.0

BodyOf = Callable[[HipShape], Body]


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points of a real bone in its anatomical frame, right side, mm.

    Parameters
    ----------
    points
        Shape (n, 3).
    is_contact
        Where femur and hip bone come near each other, shape (n,).
    """

    points: Array
    is_contact: BoolArray


@dataclass(frozen=True, eq=False)
class Found:
    """What is found on the surface of a trial.

    Attributes
    ----------
    frame
        Body coordinates from those of the bone's own anatomical frame, (4, 4).
    values
        What it measures.
    surface
        Vertices of its finished surface, body coordinates, (n, 3).
    """

    frame: Array
    values: Values
    surface: Array


def nearest_shape(start: HipShape, femur: Cloud, hip_bone: Cloud) -> HipShape:
    """Return the shape whose finished bones lie nearest to two clouds.

    Parameters
    ----------
    start
        What the real bones measure.
    femur, hip_bone
        Points of the real bones.

    Returns
    -------
    shape
        What the nearest bones measure, so that
        :func:`~hipsim.anatomy.virtual.hip_from_shape` makes them.

    Raises
    ------
    AnatomyError
        If a trial no longer looks like a bone.
    """
    measured, trial = _row(start), start
    follows = [_followed(handles, start) for handles in (femoral_handles, pelvic_handles)]
    best, least = start, np.inf
    for left in reversed(range(ROUNDS + 1)):
        found = found_femur(trial), found_hip_bone(trial)
        finished = _clipped(trial, {**found[0].values, **found[1].values})
        bones = [
            _Residual.beside(one, trial, body, names, cloud)
            for body, names, one, cloud in (
                (femoral_body, follows[0], found[0], femur),
                (pelvic_body, follows[1], found[1], hip_bone),
            )
        ]
        problem = _Problem(trial, measured + _row(trial) - _row(finished), bones)
        here = problem.at(_row(trial))
        if here.cost < least:  # a landmark that jumps can turn a frame: not every round is better
            best, least = finished, here.cost
        if left:
            trial = _refined(problem, here)
    return best


def found_femur(trial: HipShape) -> Found:
    """Find frame and measures of the femur made from a trial."""
    mesh = contoured(femoral_body(trial), spacing_mm=SPACING_MM, is_final=False)
    landmarks = find_femur(mesh).landmarks.updated({"hip_joint_centre": np.zeros(3)})
    frame = frames.femoral_frame(landmarks, "right")
    inverse = rigid.inverse(frame)
    points = dict(landmarks.moved(inverse))
    values = femoral_values(mesh.transformed(inverse), points, trial)
    return Found(frame, values, mesh.vertices)


def found_hip_bone(trial: HipShape) -> Found:
    """Find frame and measures of the hip bone made from a trial; its mirror image is the other."""
    mesh = contoured(pelvic_body(trial), spacing_mm=SPACING_MM, is_final=False)
    across = rigid.translation([0.0, 0.0, -trial.inter_hip_mm])
    frame, centre = np.eye(4), np.zeros(3)
    for _ in range(PELVIC_ROUNDS):
        other = mesh.mirrored(2).transformed(across)
        points = {**find_pelvis(mesh, other, hip_joint_centre=centre).points}
        step = frames.pelvic_frame(Landmarks({**points, "hip_joint_centre": centre}), "app")
        mesh, frame = mesh.transformed(rigid.inverse(step)), frame @ step
    other = mesh.mirrored(2).transformed(across)
    points = {**find_pelvis(mesh, other, hip_joint_centre=centre).points}
    points["hip_joint_centre"] = centre
    return Found(frame, pelvic_values(mesh, points, trial), rigid.apply(frame, mesh.vertices))


@dataclass(frozen=True, eq=False)
class _Residual:
    """How far points of one real bone lie from a body."""

    body: BodyOf
    followed: tuple[str, ...]
    points: Array
    is_contact: BoolArray
    level: Array

    @classmethod
    def beside(
        cls, found: Found, trial: HipShape, body: BodyOf, followed: tuple[str, ...], cloud: Cloud
    ) -> "_Residual":
        """Lay a cloud beside a trial; its level is the field on the surface next to each point."""
        points = rigid.apply(found.frame, cloud.points)
        nearest = found.surface[cKDTree(found.surface).query(points)[1]]
        level = implicit.evaluate(body(trial).field, nearest)
        return cls(body, followed, points, cloud.is_contact, level)

    def __call__(self, shape: HipShape) -> Array:
        """Return the field at the points above its level, clipped, mm."""
        field = implicit.evaluate(self.body(shape).field, self.points) - self.level
        return np.clip(field, -FARTHEST_MM, FARTHEST_MM)

    def derivative(self, shape: HipShape, here: Array) -> Array:
        """Return the change per unit of each free parameter, shape (n, len(FREE))."""
        columns = np.zeros((len(here), len(FREE)))
        for name in self.followed:
            step = _step(name)
            moved = replace(shape, **{name: getattr(shape, name) + step})
            columns[:, FREE.index(name)] = (self(moved) - here) / step
        return columns

    def weights(self, here: Array) -> Array:
        """Weigh points evenly, those on real bone outside the virtual one more at the contact."""
        even = POINTS_WORTH / len(here)
        return even * np.where(self.is_contact & (here > 0.0), OUTSIDE_WEIGHT, 1.0)


def _followed(handles: Callable[[HipShape], Handles], shape: HipShape) -> tuple[str, ...]:
    """Return the free parameters that a body follows."""
    places = np.concatenate(list(handles(shape).values()))
    names = []
    for name in FREE:
        moved = handles(replace(shape, **{name: getattr(shape, name) + _step(name)}))
        if not np.array_equal(np.concatenate(list(moved.values())), places):
            names.append(name)
    return tuple(names)


def _step(name: str) -> float:
    """Return how far a parameter is moved for its derivative."""
    low, high = RANGES[name]
    return STEP_SHARE * (high - low)


def _refined(problem: "_Problem", here: "_Place") -> HipShape:
    """Move the parameters of a trial downhill: Levenberg-Marquardt with weights anew each step."""
    low, high = np.array([RANGES[name] for name in FREE]).T
    spare, damping = BEYOND_SHARE * (high - low), FIRST_DAMPING
    for _ in range(ITERATIONS):
        matrix, slope = problem.normal_equations(here)
        while damping < MOST_DAMPING:
            step = np.linalg.solve(matrix + damping * np.diag(np.diag(matrix)), -slope)
            there = problem.at(np.clip(here.row + step, low - spare, high + spare))
            if there.cost < here.cost:
                break
            damping *= DAMPING_FACTOR
        else:
            break
        gain, here = 1.0 - there.cost / here.cost, there
        damping = max(damping / DAMPING_FACTOR, LEAST_DAMPING)
        if gain < LEAST_GAIN:
            break
    return _shape(problem.trial, here.row)


@dataclass(frozen=True, eq=False)
class _Place:
    """Free parameters, the residuals of each bone there, and what they cost."""

    row: Array
    residuals: list[Array]
    cost: float


@dataclass(frozen=True, eq=False)
class _Problem:
    """Residuals of both bones and of the parameters against what is expected."""

    trial: HipShape
    expected: Array
    bones: list[_Residual]

    @property
    def sigma(self) -> Array:
        """How far each parameter may be off what is expected."""
        return PRIOR_SHARE / STEP_SHARE * np.array([_step(name) for name in FREE])

    def at(self, row: Array) -> _Place:
        """Evaluate the problem for free parameters."""
        shape = _shape(self.trial, row)
        residuals = [bone(shape) for bone in self.bones]
        cost = float((((row - self.expected) / self.sigma) ** 2).sum())
        for bone, e in zip(self.bones, residuals, strict=True):
            rho = 2.0 * ROBUST_MM**2 * (np.sqrt(1.0 + (e / ROBUST_MM) ** 2) - 1.0)
            cost += float(bone.weights(e) @ rho)
        return _Place(row, residuals, cost)

    def normal_equations(self, here: _Place) -> tuple[Array, Array]:
        """Return matrix and gradient of the weighted squares about a place."""
        shape = _shape(self.trial, here.row)
        matrix = np.diag(self.sigma**-2.0)
        slope = (here.row - self.expected) / self.sigma**2
        for bone, e in zip(self.bones, here.residuals, strict=True):
            columns = bone.derivative(shape, e)
            weights = bone.weights(e) / np.sqrt(1.0 + (e / ROBUST_MM) ** 2)
            weights[np.abs(e) >= FARTHEST_MM] = 0.0
            matrix = matrix + columns.T @ (weights[:, None] * columns)
            slope = slope + columns.T @ (weights * e)
        return matrix, slope


def _row(shape: HipShape) -> Array:
    """Return the free parameters of a shape."""
    return np.array([getattr(shape, name) for name in FREE])


def _shape(trial: HipShape, row: Array) -> HipShape:
    """Return a shape with other free parameters."""
    values: dict[str, Any] = dict(zip(FREE, row.tolist(), strict=True))
    return replace(trial, **values)


def _clipped(trial: HipShape, values: Values) -> HipShape:
    """Return a shape with what was measured in place of its parameters, within their ranges."""
    within: dict[str, Any] = {
        name: float(np.clip(values.get(name, getattr(trial, name)), *RANGES[name])) for name in FREE
    }
    return replace(trial, **within)
