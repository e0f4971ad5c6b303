"""Certified minima: attacked with random bodies, random ranges and many samples."""

import numpy as np
import pytest
from bodies import blob
from shapes import box, random_rigid, random_rotation, sphere

from hipsim.errors import ComputationError, InputError
from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery
from hipsim.proximity.arc_minimum import CertifiedSearch
from hipsim.proximity.deepest import make_balls, signed_feet
from hipsim.proximity.turning import AngleRange, Cells, Reach, Turning, cross

TOLERANCE = 0.01  # mm, what a certificate promises by default
ROUNDING = 1e-9  # mm, float64 at a few hundred mm
TOUCHING = 1e-6  # mm, overlap below this counts as none
RESOLUTION = 0.05  # deg, what a first contact promises by default
STEP = 0.01  # deg, brute force along a line
SAMPLES = 1500  # poses per random range
JOINT = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def turning_past(rng, reach_mm, *, axes=None) -> Turning:
    """Return a turning that swings a body at the origin of a about a point ``reach_mm`` away."""
    centre = reach_mm * rigid.unit(rng.normal(size=3))
    after = rigid.transform_from(random_rotation(rng), rng.normal(size=3))
    after[:3, 3] = -after[:3, :3] @ centre
    base = rigid.transform_from(random_rotation(rng), centre)
    return Turning(base, random_rotation(rng) if axes is None else axes, after)


def random_range(rng, n_sides, widest_deg=50.0) -> AngleRange:
    if n_sides == 1:
        return AngleRange.line(np.cumsum(rng.uniform(-widest_deg, widest_deg, (4, 3)), axis=0))
    middle, half = rng.uniform(-60, 60, 3), rng.uniform(0, widest_deg / 2, 3)
    return AngleRange.box(np.column_stack([middle - half, middle + half]))


def sampled(rng, range_, count) -> np.ndarray:
    piece = rng.integers(0, len(range_.starts_deg), count)
    return range_.angles_deg(piece, rng.uniform(0, 1, (count, range_.n_sides)))


def scene(rng, separation_mm):
    """Return two lumpy bodies and a turning that carries one past the other."""
    a, b = blob(rng, 2), blob(rng, 2)
    turning = turning_past(rng, 40.0)
    aside = rigid.translation(separation_mm * rigid.unit(rng.normal(size=3)))
    return a, b.transformed(aside), turning


# the bounds everything rests on


def test_turning__moves_no_point_farther_than_the_first_bound(rng):
    turning = turning_past(rng, 40.0)
    centres, steps = rng.uniform(-180, 180, (4000, 3)), rng.uniform(-180, 180, (4000, 3))
    points = rng.normal(size=(4000, 1, 3)) * 60.0
    forth, after = (turning.transforms(angles) for angles in (centres, centres + steps))
    there = rigid.apply(forth, points)[:, 0]
    moved = np.linalg.norm(rigid.apply(after, points)[:, 0] - there, axis=1)
    seen = rigid.apply(rigid.inverse(after), points) - rigid.apply(rigid.inverse(forth), points)
    reach = Reach(turning.axes_at(centres), np.radians(steps)[:, None])
    for point, way in ((there, moved), (points[:, 0], np.linalg.norm(seen[:, 0], axis=1))):
        bound = reach.ways(reach.lever(point - turning.centre))[:, 0]
        assert (way <= bound + ROUNDING).all()
        assert (way / bound).max() > 0.9  # sharp: a bound half as large would fail


def test_turning__is_linear_up_to_the_second_bound(rng):
    turning = turning_past(rng, 40.0)
    centres, steps = rng.uniform(-180, 180, (4000, 3)), rng.uniform(-30, 30, (4000, 3))
    points = rng.normal(size=(4000, 1, 3)) * 60.0
    there, after = (
        rigid.apply(turning.transforms(angles), points)[:, 0]
        for angles in (centres, centres + steps)
    )
    reach = Reach(turning.axes_at(centres), np.radians(steps)[:, None])
    lever = reach.lever(there - turning.centre)
    linear = reach.corner_steps(lever, np.ones((1, 1)))[:, 0]
    left = np.linalg.norm(after - there - linear, axis=1)
    assert (left <= reach.remainder(lever) + ROUNDING).all()
    assert (left / reach.remainder(lever)).max() > 0.9  # sharp


def test_turning__repeats_the_transforms_it_is_made_of(rng):
    before, after = random_rigid(rng), random_rigid(rng)
    first, second, third = (
        rigid.transform_from(rigid.rotation_about(axis, np.radians(angle)))
        for axis, angle in zip(JOINT, (-20.0, 10.0, 35.0), strict=True)
    )
    expected = before @ first @ second @ third @ after
    found = Turning(before, JOINT, after).transforms([[-20.0, 10.0, 35.0]])[0]
    assert found == pytest.approx(expected, abs=ROUNDING)


def test_gap_bounds__lie_below_every_sample_within_a_cell(rng):
    for n_sides in (1, 3):
        a, b, turning = scene(rng, 30.0)
        search, range_ = CertifiedSearch(a, b), random_range(rng, n_sides, 8.0)
        gaps = search._gaps(turning, range_)
        cells = Cells.whole(range_)
        for _ in range(n_sides + 1):
            cells = Cells.joined(list(cells.halves(gaps.longest_side(cells))))
        lower = gaps.lower(cells)
        rows = np.repeat(np.arange(len(cells)), 60)
        place = cells.low[rows] + rng.uniform(0, 1, cells.low[rows].shape) * cells.size[rows]
        angles = range_.angles_deg(cells.piece[rows], place)
        values = search._query(turning.transforms(angles)).distance_mm
        assert lower.max() > 0.0
        assert (np.maximum(values, 0.0) >= lower[rows] - ROUNDING).all()


@pytest.mark.parametrize("widest_deg", [1.0, 30.0])
def test_depth_bounds__lie_above_every_vertex_in_every_pose_of_a_cell(rng, widest_deg):
    sharpest = 0.0
    for n_sides in (1, 3):
        a, b, turning = scene(rng, 8.0)
        search, range_ = CertifiedSearch(a, b), random_range(rng, n_sides, widest_deg)
        if n_sides == 1:  # one angle alone, where the bound is sharp
            range_ = AngleRange(range_.starts_deg, range_.spans_deg * [0.0, 1.0, 0.0])
        depths = search._depths(turning, range_)
        sides = np.repeat([0, 1], 40)
        nodes = np.where(rng.random(80) < 0.5, rng.integers(1, 64, 80), rng.integers(256, 512, 80))
        cells = Cells.joined([*Cells.whole(range_).halves(np.zeros(len(range_.spans_deg), int))])
        items = depths.measured(sides, nodes, cells[rng.integers(0, len(cells), 80)])[0]
        for k in range(80):
            deepest = sampled_depth(rng, search, turning, range_, items[[k]])
            assert deepest <= items.bound[k] + ROUNDING
            if nodes[k] >= 256:  # single vertices: all of the slack is owed to the cell
                used = deepest - (items.bound[k] - items.slack[k])
                sharpest = max(sharpest, used / items.slack[k])
    assert sharpest > 0.7  # a bound of half the size would fail


def sampled_depth(rng, search, turning, range_, item) -> float:
    """Return the largest depth of an item's vertices in poses of its cell."""
    side, cells = search._sides[int(item.side[0])], item.cells
    place = cells.low + rng.uniform(0, 1, (30, range_.n_sides)) * cells.size
    poses = turning.transforms(range_.angles_deg(np.repeat(cells.piece, 30), place))
    poses = poses if item.side[0] == 0 else rigid.inverse(poses)
    seen = rigid.apply(poses, side.balls.pivots[below(side.balls, int(item.node[0]))])
    return float(-signed_feet(side.solid, seen.reshape(-1, 3) - side.centre)[0].min())


def below(balls, node) -> list[int]:
    """Return the single vertices of a ball."""
    nodes = [node]
    while nodes[0] < balls.first_leaf:
        nodes = [child for parent in nodes for child in (2 * parent, 2 * parent + 1)]
    return nodes


def test_balls__hold_their_halves(rng):
    points = rng.normal(size=(37, 3))
    balls = make_balls(points)
    for node in range(1, balls.first_leaf):
        inside = balls.pivots[below(balls, node)]
        apart = np.linalg.norm(inside - balls.pivots[node], axis=1)
        assert apart.max() <= balls.radii[node] + ROUNDING
    leaves = balls.pivots[balls.first_leaf :]
    assert {tuple(p) for p in leaves} == {tuple(p) for p in points}


def test_cross__equals_numpy(rng):
    a, b = rng.normal(size=(2, 5, 4, 3))
    assert cross(a, b) == pytest.approx(np.cross(a, b), abs=1e-12)


# the minimum


@pytest.mark.parametrize("n_sides", [1, 3])
@pytest.mark.parametrize("separation_mm", [0.0, 12.0, 25.0, 40.0])
def test_minimum__no_sample_is_below_the_certificate(rng, separation_mm, n_sides):
    for _ in range(3):
        a, b, turning = scene(rng, separation_mm)
        range_ = random_range(rng, n_sides)
        found = CertifiedSearch(a, b).minimum(turning, range_)
        query = DistanceQuery(a, b)
        values = query(turning.transforms(sampled(rng, range_, SAMPLES))).distance_mm
        assert values.min() >= found.lower_bound_mm - TOUCHING
        assert 0.0 <= found.minimum_mm - found.lower_bound_mm <= TOLERANCE + ROUNDING
        there = query(turning.transforms(found.angles_deg[None]))
        assert there.distance_mm[0] == pytest.approx(found.minimum_mm, abs=TOLERANCE)
        assert there.kind[0] == found.kind


def test_minimum__of_a_sphere_and_a_point_is_the_closed_form(rng):
    """A speck circles about Z and about X; its distance from a far speck is known everywhere."""
    speck = Mesh([[30.0, 0, 0], [30.0, 0, 0], [30.0, 0, 0]], [[0, 1, 2]])
    for _ in range(4):
        far = rigid.unit(rng.normal(size=3)) * [1, 1, 0.3] * 50.0
        other = Mesh(np.tile(far, (3, 1)), [[0, 1, 2]])
        turning = Turning(np.eye(4), np.eye(3)[[2, 0, 1]], np.eye(4))
        found = CertifiedSearch(speck, other).minimum(
            turning, AngleRange.line([[-180, 0, 0], [180, 0, 0]]), tolerance_mm=1e-4
        )
        expected = np.hypot(np.hypot(far[0], far[1]) - 30.0, far[2])
        assert found.lower_bound_mm - ROUNDING <= expected <= found.minimum_mm + ROUNDING
        assert found.minimum_mm - found.lower_bound_mm <= 1e-4


def test_minimum__finds_the_deepest_inside_the_range(rng):
    """A ball swings through a plate and out: the deepest pose is in the middle, in every angle."""
    plate = box((-60, -60, -40), (60, 60, 0))
    ball = sphere(4.0, (0, 0, -30.0))
    turning = Turning(rigid.translation([0, 0, 20.0]), np.eye(3), np.eye(4))
    found = CertifiedSearch(ball, plate).minimum(turning, AngleRange.box([(-40, 47)] * 3))
    lowest = np.linalg.norm(ball.vertices, axis=1).max() - 20.0  # farthest vertex straight down
    assert found.lower_bound_mm - ROUNDING <= -lowest <= found.minimum_mm + ROUNDING
    assert found.kind == "depth"
    assert found.points_mm[0, 2] == pytest.approx(-lowest, abs=TOLERANCE)
    assert found.points_mm[1, 2] == pytest.approx(0.0, abs=ROUNDING)


def test_minimum__sees_a_body_wholly_inside_another():
    found = CertifiedSearch(sphere(2.0), sphere(30.0)).minimum(
        Turning(rigid.translation([5.0, 0, 0]), JOINT, rigid.translation([6.0, 0, 0])),
        AngleRange.box([(-90, 90)] * 3),
    )
    assert found.kind == "depth"
    assert found.minimum_mm < -30.0 + 2.0


def test_minimum__mirrors_and_swaps(rng):
    a, b, turning = scene(rng, 25.0)
    range_ = random_range(rng, 3)
    found = CertifiedSearch(a, b).minimum(turning, range_)
    mirror = np.diag([1.0, -1.0, 1.0, 1.0])
    other = Turning(  # a mirror turns an axial vector the other way
        mirror @ turning.before @ mirror, -turning.axes @ mirror[:3, :3],
        mirror @ turning.after @ mirror,
    )  # fmt: skip
    mirrored = CertifiedSearch(a.mirrored(1), b.mirrored(1)).minimum(other, range_)
    assert mirrored.minimum_mm == pytest.approx(found.minimum_mm, abs=TOLERANCE)
    back = Turning(rigid.inverse(turning.after), -turning.axes[::-1], rigid.inverse(turning.before))
    flipped = AngleRange(range_.starts_deg[:, ::-1], range_.spans_deg[:, :, ::-1])
    swapped = CertifiedSearch(b, a).minimum(back, flipped)
    assert swapped.minimum_mm == pytest.approx(found.minimum_mm, abs=TOLERANCE)


def test_minimum__of_open_surfaces_without_a_bone_is_contact(rng):
    a, b = (Mesh(rng.normal(size=(3, 3)) * 10.0 + [20.0, 0, 0], [[0, 1, 2]]) for _ in range(2))
    found = CertifiedSearch(a, b).minimum(
        Turning(np.eye(4), JOINT, np.eye(4)), AngleRange.box([(-180, 180)] * 3)
    )
    assert found.kind in ("contact", "gap")
    assert -ROUNDING <= found.minimum_mm <= TOLERANCE


def test_minimum__counts_vertices_inside_a_parent():
    """A ball enters a bone from below; the surface named is the bone's top, far away."""
    bone, ball = box((-30, -30, -60), (30, 30, 0)), sphere(3.0, (0, 0, -61.0))
    top = bone.submesh(bone.face_centres[:, 2] > -1.0)
    turning = Turning(np.eye(4), np.eye(3), np.eye(4))
    swing = AngleRange.line([[-3, 0, 0], [3, 0, 0]])
    deep = CertifiedSearch(ball, top, parent_b=bone).minimum(turning, swing)
    apart = CertifiedSearch(ball, top).minimum(turning, swing)
    assert deep.kind == "depth" and deep.minimum_mm == pytest.approx(-2.0, abs=0.1)
    assert apart.kind == "gap" and apart.minimum_mm == pytest.approx(58.0, abs=0.1)


@pytest.mark.parametrize("tolerance_mm", [0.3, 1e-3, 1e-5])
def test_minimum__honours_the_tolerance(rng, tolerance_mm):
    for separation_mm in (10.0, 28.0):
        a, b, turning = scene(rng, separation_mm)
        found = CertifiedSearch(a, b).minimum(
            turning, random_range(rng, 3, 20.0), tolerance_mm=tolerance_mm
        )
        assert found.minimum_mm - found.lower_bound_mm <= tolerance_mm + ROUNDING


def test_minimum__of_a_single_pose_is_that_of_the_query(rng):
    for separation_mm in (5.0, 40.0):
        a, b, turning = scene(rng, separation_mm)
        found = CertifiedSearch(a, b).minimum(turning, AngleRange.line([[3.0, 4.0, 5.0]]))
        expected = DistanceQuery(a, b)(turning.transforms([[3.0, 4.0, 5.0]])).distance_mm[0]
        assert found.minimum_mm == pytest.approx(expected, abs=ROUNDING)
        assert found.lower_bound_mm == pytest.approx(expected, abs=TOUCHING)


def test_minimum__gives_up_with_both_bounds(rng):
    a, b, turning = scene(rng, 25.0)
    search, range_ = CertifiedSearch(a, b), random_range(rng, 3)
    with pytest.raises(ComputationError, match=r"gave up after \d+ eval.* between .* and .* mm"):
        search.minimum(turning, range_, tolerance_mm=1e-5, max_evaluations=10)
    apart = CertifiedSearch(Mesh(a.vertices, a.faces[1:]), Mesh(b.vertices, b.faces[1:]))
    with pytest.raises(ComputationError, match="raise max_evaluations or allow a larger"):
        apart.minimum(turning, range_, tolerance_mm=1e-5, max_evaluations=10)


# the first below


@pytest.mark.parametrize("threshold_mm", [8.0, 0.0, -1.0])
def test_first_below__is_confirmed_by_brute_force(rng, threshold_mm):
    n_below = 0
    for _ in range(4):
        a, b, turning = scene(rng, 27.0)
        start = rng.uniform(-60, 60, 3)
        line = AngleRange.line([start, start + rng.uniform(-25, 25, 3)])
        found = CertifiedSearch(a, b).first_below(turning, line, threshold_mm=threshold_mm)
        travel = np.abs(line.spans_deg).max()
        places = np.linspace(0.0, 1.0, int(travel / STEP) + 2)
        angles = line.angles_deg(np.zeros(len(places), dtype=np.int64), places[:, None])
        values = DistanceQuery(a, b)(turning.transforms(angles)).distance_mm
        is_below = (values < threshold_mm) | ((values <= 0.0) & (threshold_mm == 0.0))
        if found.below_at is None:
            assert not is_below.any()
            continue
        n_below += 1
        assert not is_below[places < found.clear_until - 1e-12].any()
        assert (found.below_at - found.clear_until) * travel <= RESOLUTION + 1e-9
        first = places[is_below][0] if is_below.any() else np.inf
        assert found.below_at <= first + 1e-12 or first >= found.clear_until
        at = line.angles_deg(np.zeros(1, dtype=np.int64), np.array([[found.below_at]]))
        assert DistanceQuery(a, b)(turning.transforms(at)).distance_mm[0] <= threshold_mm + TOUCHING
    assert n_below > 0


def test_first_below__at_the_start_and_never(rng):
    turning = Turning(np.eye(4), JOINT, np.eye(4))
    line = AngleRange.line([[0, 0, 0], [30, 0, 0], [30, 20, 0]])
    ball = sphere(5.0, (30, 0, 0))
    touching = CertifiedSearch(ball, sphere(5.0, (36, 0, 0))).first_below(turning, line)
    assert (touching.clear_until, touching.below_at) == (0.0, 0.0)
    away = CertifiedSearch(ball, sphere(5.0, (-36, 0, 0))).first_below(turning, line)
    assert (away.clear_until, away.below_at) == (2.0, None)


def test_first_below__counts_pieces_of_a_broken_line():
    """Two specks, 25 mm from the axis and fixed at 60 deg: the gap is a chord, known exactly."""
    speck = Mesh([[25.0, 0, 0]] * 3, [[0, 1, 2]])
    turned = rigid.rotation_about([0, 0, 1], np.radians(60.0)) @ [25.0, 0, 0]
    other = Mesh([turned] * 3, [[0, 1, 2]])
    turning = Turning(np.eye(4), np.eye(3)[[2, 0, 1]], np.eye(4))
    line = AngleRange.line([[0, 0, 0], [40, 0, 0], [60, 0, 0]])
    found = CertifiedSearch(speck, other).first_below(turning, line, threshold_mm=5.0)
    expected = 60.0 - np.degrees(2.0 * np.arcsin(5.0 / 50.0))
    clear, below = (40.0 + 20.0 * (at - 1.0) for at in (found.clear_until, found.below_at))
    assert clear <= expected + 1e-9 and expected - 1e-6 <= below <= expected + RESOLUTION


def test_first_below__gives_up_in_words(rng):
    a, b, turning = scene(rng, 25.0)
    line = AngleRange.line([[0, 0, 0], [170, 0, 0]])
    with pytest.raises(ComputationError, match="raise max_evaluations or allow a coarser"):
        CertifiedSearch(a, b).first_below(turning, line, threshold_mm=0.5, max_evaluations=1)


# wrong input


def test_wrong_input__is_refused(rng):
    a, b, turning = scene(rng, 30.0)
    search, range_ = CertifiedSearch(a, b), random_range(rng, 3)
    with pytest.raises(InputError, match="tolerance_mm must be within 1e-05"):
        search.minimum(turning, range_, tolerance_mm=0.0)
    with pytest.raises(InputError, match="needs a line of poses, got a box"):
        search.first_below(turning, range_)
    with pytest.raises(InputError, match="resolution_deg must be within"):
        search.first_below(turning, random_range(rng, 1), resolution_deg=0.0)
    with pytest.raises(InputError, match="threshold_mm must be finite"):
        search.first_below(turning, random_range(rng, 1), threshold_mm=np.nan)
    with pytest.raises(InputError, match="parent_b must be a Mesh"):
        CertifiedSearch(a, b, parent_b="bone")
    with pytest.raises(InputError, match="a direction must have a length"):
        Turning(np.eye(4), np.zeros((3, 3)), np.eye(4))
    with pytest.raises(InputError, match="before must be rigid"):
        Turning(2.0 * np.eye(4), JOINT, np.eye(4))
    with pytest.raises(InputError, match="at least one pose"):
        AngleRange.line(np.zeros((0, 3)))
