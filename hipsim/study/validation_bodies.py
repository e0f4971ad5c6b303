"""Rows on bodies whose distances are known in closed form, at rest and over continuous arcs.

Round bodies may differ from their meshes by the sagittas of their faces, a bound computed in closed
form (:mod:`hipsim.study.validation_shapes`); a row then judges by how much the bound is violated,
which must be nothing but rounding. Boxes and plates must agree to rounding itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array
from hipsim.geometry import rigid
from hipsim.proximity import DistanceQuery
from hipsim.proximity.arc_minimum import CertifiedSearch
from hipsim.proximity.turning import AngleRange, Turning
from hipsim.study.validation_row import Row
from hipsim.study.validation_shapes import (
    RoundBody,
    ball_chain_distance,
    box,
    covering_deg,
    plate,
    random_poses,
    round_body,
    to_box_distance,
)

ROUNDING_MM = 1e-9  # of float64 at some hundred mm
TOLERANCE_MM = 0.001  # asked of certified minima here
CONTACT_DEG = 0.05  # asked of certified first contacts
SOURCE = "closed form"
REACH_MM = 120.0
HALF_MM = np.array([12.0, 20.0, 31.0])
BOX_LEVEL_MM = 40.0
_STILL = np.zeros((2, 3))
_ROD = np.array([[0.0, -25.0, 0.0], [0.0, 25.0, 0.0]])
_OTHER_ROD = np.array([[5.0, 0.0, -30.0], [5.0, 10.0, 30.0]])


@dataclass(frozen=True)
class _Pair:
    """Two bodies in words, and the numbers in closed form and of the meshes."""

    what: str
    exact_mm: Array
    found_mm: Array
    bound_mm: float


def body_rows(*, poses: int, seed: int = 7) -> Iterator[Row]:
    """Yield the rows on analytic bodies.

    Parameters
    ----------
    poses
        Random rotations and places of each pair.
    seed
        Same seed, same poses.

    Examples
    --------
    >>> sorted({row.verdict for row in body_rows(poses=10)})
    ['agrees']
    """
    moved = random_poses(poses, reach_mm=REACH_MM, seed=seed)
    for pair in (*_round_pairs(moved), _ball_and_box(moved), *_on_plate(moved)):
        yield _enclosed(pair)
    yield _depth_of_balls(moved)
    yield _depth_of_box(moved)
    yield from _over_arcs(poses, seed)


def _enclosed(pair: _Pair) -> Row:
    """Judge by how far the meshes' distances leave the proven band above the closed form."""
    over = pair.found_mm - pair.exact_mm
    violation = max(float(-over.min()), float(over.max()) - pair.bound_mm, 0.0)
    band = f"0 to {pair.bound_mm:.4f} mm above it" if pair.bound_mm else "equal"
    return Row(
        group="bodies",
        name=pair.what,
        quantity="distance over random rotations and places: largest violation",
        expected=f"closed form; mesh {band}",
        value=violation,
        high=ROUNDING_MM,
        unit="mm",
        n=len(over),
        ours=f"mesh minus closed form {over.min():.1e} to {over.max():.1e} mm",
        source=f"{SOURCE}; tessellation by the sagitta" if pair.bound_mm else SOURCE,
    )


def _round_pairs(poses: Array) -> Iterator[_Pair]:
    """Yield balls and capsules against each other, far enough apart to have a gap."""
    ball = round_body(_STILL, np.array([11.0, 11.0]))
    rod, other = (round_body(ends, np.array([7.0, 7.0])) for ends in (_ROD, _OTHER_ROD))
    large = round_body(_STILL, np.array([24.0, 24.0]))
    pairs = {"ball - ball": (ball, large), "ball - capsule": (ball, other)}
    for what, (a, b) in {**pairs, "capsule - capsule": (rod, other)}.items():
        exact = ball_chain_distance(a, b, poses)
        is_apart = exact > 0.0
        found = DistanceQuery(a.mesh, b.mesh)(poses[is_apart]).distance_mm
        yield _Pair(what, exact[is_apart], found, a.sagitta_mm + b.sagitta_mm)


def _ball_and_box(poses: Array) -> _Pair:
    """Return a ball against a box: the distance of its centre to the box less its radius."""
    ball = round_body(_STILL, np.array([11.0, 11.0]))
    exact = to_box_distance(poses[:, :3, 3], HALF_MM) - 11.0
    is_apart = exact > 0.0
    found = DistanceQuery(ball.mesh, box(HALF_MM))(poses[is_apart]).distance_mm
    return _Pair("ball - box", exact[is_apart], found, ball.sagitta_mm)


def _on_plate(poses: Array) -> Iterator[_Pair]:
    """Yield a box and a cone with round ends against a plate: their support in its direction."""
    wall = plate(2.0 * REACH_MM)
    support = _box_support(poses)
    found = DistanceQuery(box(HALF_MM), wall)(poses).distance_mm
    yield _Pair("box - plate", 2.0 * REACH_MM - support, found, 0.0)
    cone = round_body(_ROD, np.array([14.0, 5.0]))
    reach = (rigid.apply(poses, cone.ends)[..., 0] + cone.radii).max(axis=1)
    found = DistanceQuery(cone.mesh, wall)(poses).distance_mm
    yield _Pair("round cone - plate", 2.0 * REACH_MM - reach, found, cone.sagitta_mm)


def _box_support(poses: Array) -> Array:
    """Return how far the turned box reaches along x, shape (n,)."""
    return poses[:, 0, 3] + np.abs(poses[:, 0, :3]) @ HALF_MM


def _depth_of_box(poses: Array) -> Row:
    """Return a box pressed into a plate: its lowest corner is as deep as its support says."""
    turned = poses.copy()
    turned[:, :3, 3] = 0.0
    deep = 0.5 * HALF_MM.min()
    turned[:, 0, 3] = BOX_LEVEL_MM + deep - _box_support(turned)
    found = DistanceQuery(box(HALF_MM), plate(BOX_LEVEL_MM))(turned).distance_mm
    off = float(np.abs(found + deep).max())
    return Row(
        group="bodies", name="depth: box in plate", quantity="depth of overlap: largest error",
        expected=f"-{deep:g} mm", value=off, high=ROUNDING_MM, unit="mm", n=len(found),
        ours=f"{found.min():.9f} to {found.max():.9f} mm", source=SOURCE,
    )  # fmt: skip


def _depth_of_balls(poses: Array) -> Row:
    """Return overlapping balls: depth of vertices, bounded by how densely vertices lie."""
    a, b = (round_body(_STILL, np.array([r, r])) for r in (11.0, 24.0))
    turned = poses.copy()
    distance = np.linspace(15.0, 33.0, len(poses))
    turned[:, :3, 3] = rigid.unit(poses[:, :3, 3]) * distance[:, None]
    found = -DistanceQuery(a.mesh, b.mesh)(turned).distance_mm
    most = 35.0 - distance
    least = np.max([_vertex_depth(*ball, distance) for ball in ((a, b), (b, a))], axis=0)
    violation = max(float((found - most).max()), float((least - found).max()), 0.0)
    return Row(
        group="bodies", name="depth: ball in ball",
        quantity="depth of overlap: largest violation of its bounds",
        expected=f"radii less distance, at most {float((most - least).max()):.3f} mm less",
        value=violation, high=ROUNDING_MM, unit="mm", n=len(found),
        ours=f"less by {(most - found).min():.3f} to {(most - found).max():.3f} mm",
        source=f"{SOURCE}; vertices at most {covering_deg():.2f} deg from any direction",
    )  # fmt: skip


def _vertex_depth(a: RoundBody, b: RoundBody, distance: Array) -> Array:
    """Return the least depth the deepest vertex of ball a can have in the mesh of ball b."""
    aside = np.cos(np.radians(covering_deg()))
    square = distance**2 + a.radii[0] ** 2 - 2.0 * distance * a.radii[0] * aside
    return b.radii[0] - np.sqrt(square) - b.sagitta_mm


def _over_arcs(count: int, seed: int) -> Iterator[Row]:
    """Yield minima over continuous arcs: a ball that passes a ball, a box that passes a plate."""
    chance = np.random.default_rng(seed)
    n = max(2, count // 20)
    yield _passing_balls(n, chance)
    yield from _passing_corner(n, chance)


def _passing_balls(n: int, chance: np.random.Generator) -> Row:
    """Return a ball on a crank passing a still ball: nearest where it points at it."""
    violations, overs = [], []
    for _ in range(n):
        crank, away, aside = chance.uniform(20, 50), chance.uniform(75, 110), chance.uniform(0, 30)
        nearest = chance.uniform(20.0, 70.0)
        place = np.array([away * np.cos(np.radians(nearest)), away * np.sin(np.radians(nearest)),
                          aside])  # fmt: skip
        a = round_body(np.tile([crank, 0.0, 0.0], (2, 1)), np.array([9.0, 9.0]))
        b = round_body(np.tile(place, (2, 1)), np.array([12.0, 12.0]))
        found = CertifiedSearch(a.mesh, b.mesh).minimum(
            _crank(), AngleRange.line([[0, 0, 0], [90, 0, 0]]), tolerance_mm=TOLERANCE_MM
        )
        over = found.minimum_mm - (np.hypot(away - crank, aside) - 21.0)
        room = a.sagitta_mm + b.sagitta_mm + TOLERANCE_MM
        proof = found.minimum_mm - found.lower_bound_mm - TOLERANCE_MM
        violations.append(max(-over, over - room, proof, 0.0))
        overs.append(over)
    return Row(
        group="bodies", name="arc: ball passes ball",
        quantity="certified minimum over a continuous arc: largest violation",
        expected=f"closed form; mesh and search 0 to {room:.3f} mm above it",
        value=float(max(violations)), high=ROUNDING_MM, unit="mm", n=n,
        ours=f"{min(overs):.4f} to {max(overs):.4f} mm above", source=SOURCE,
    )  # fmt: skip


def _passing_corner(n: int, chance: np.random.Generator) -> Iterator[Row]:
    """Yield a box turning before a plate: its least gap, and the angle of first contact."""
    gaps, angles = [], []
    for _ in range(n):
        half = chance.uniform(8.0, 30.0, 3)
        reach, at = float(np.hypot(*half[:2])), np.arctan2(half[1], half[0])
        gap, into = chance.uniform(0.5, 20.0), chance.uniform(0.1, 0.8) * (reach - half[0])
        line = AngleRange.line([[0, 0, 0], [90, 0, 0]])
        found = CertifiedSearch(box(half), plate(reach + gap)).minimum(
            _crank(), line, tolerance_mm=TOLERANCE_MM
        )
        gaps.append(found.minimum_mm - gap)
        below = CertifiedSearch(box(half), plate(reach - into)).first_below(
            _crank(), line, threshold_mm=0.0, resolution_deg=CONTACT_DEG
        )
        first = np.degrees(at - np.arccos((reach - into) / reach))
        angles.append(np.nan if below.below_at is None else 90.0 * below.below_at - first)
    yield _arc_row("arc: box passes plate", "certified minimum: largest error", gaps, "mm",
                   (-ROUNDING_MM, TOLERANCE_MM))  # fmt: skip
    yield _arc_row("arc: box touches plate", "certified angle of first contact: largest error",
                   angles, "deg", (-1e-3, CONTACT_DEG))  # fmt: skip


def _arc_row(
    name: str, quantity: str, errors: list[float], unit: str, limits: tuple[float, float]
) -> Row:
    """Judge the error that lies farthest from nothing."""
    worst = max(errors, key=lambda error: np.inf if np.isnan(error) else abs(error))
    return Row(
        group="bodies", name=name, quantity=quantity,
        expected=f"closed form; found late by at most {limits[1]:g} {unit}",
        value=float(worst), low=limits[0], high=limits[1], unit=unit, n=len(errors),
        ours=f"{min(errors):.1e} to {max(errors):.1e} {unit}", source=SOURCE,
    )  # fmt: skip


def _crank() -> Turning:
    """Return rotation about Z."""
    return Turning(np.eye(4), np.eye(3)[[2, 0, 1]], np.eye(4))
