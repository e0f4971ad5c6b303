"""Small questions to every kernel, asked compiled and, as a script, in plain strict Python.

    NUMBA_DISABLE_JIT=1 python tests/kernels_as_python.py

prints the answers as JSON: the test compares them with the compiled ones, and
``benchmarks/covered.py`` counts the lines that ran.
"""

import json
import sys
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

if "bodies" not in sys.modules:  # run as a script, or collected by itself
    _HERE = Path(__file__).parent
    sys.path += [str(_HERE.parent), str(_HERE), str(_HERE / "proximity")]

import numpy as np
from bodies import SOUPS, blob, path, soup
from scipy import sparse
from shapes import box, sphere
from strict_arrays import strict_kernels

from hipsim.anatomy import virtual_template_skin
from hipsim.anatomy.virtual_template_skin import Cells, Nodes, Skin
from hipsim.geometry import Mesh, intersections, rigid
from hipsim.geometry.sphere_mesh import SphereMesh
from hipsim.proximity import DistanceQuery, candidates, distance
from hipsim.proximity.deepest import signed_feet
from hipsim.proximity.field import DistanceField
from hipsim.proximity.moving import MovingQuery
from hipsim.proximity.overlap import Answers
from hipsim.proximity.solid import make_solid
from hipsim.proximity.tree import make_tree

ENTRIES = {
    "proximity._build_kernels": ("build_tree", "refit_tree"),
    "proximity._candidate_kernels": ("find_candidates",),
    "proximity._depth_kernels": ("find_inside", "find_nearest", "find_deepest"),
    "proximity._distance_kernels": ("sweep",),
    "proximity._field_kernels": ("find_minima",),
    "proximity._moving_kernels": ("refit_boxes", "fill_normals"),
    "geometry._intersection_kernels": ("crossing_pairs",),
    "geometry._sphere_mesh_kernels": ("nearest_values",),
    "anatomy._virtual_template_kernels": (
        "place_cells",
        "union_values",
        "step_onto",
        "near_cells",
    ),
    "anatomy._virtual_measure_kernels": ("tube_sections", "cap"),
}  # what Python calls
CORNER = Mesh(
    np.vstack([np.zeros(3), 3.0 * np.eye(3)]), [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]
)
SQUARE = Mesh([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 3]])


def module_of(name: str):
    """Return a module of kernels by its name below the package."""
    return import_module(f"hipsim.{name}")


def shifts(start: float, end: float, count: int, across=(0.1, 0.2)) -> np.ndarray:
    """Return poses along x, shape (count, 4, 4)."""
    return np.stack([rigid.translation([x, *across]) for x in np.linspace(start, end, count)])


def turned_about(count: int) -> np.ndarray:
    """Return poses that turn about y, shape (count, 4, 4)."""
    turn = rigid.rotation_about(np.array([0.0, 1.0, 0.0]), np.linspace(-0.2, 0.2, count))
    return rigid.transform_from(turn, np.zeros((count, 3)))


def moved(mesh: Mesh, shift) -> Mesh:
    return Mesh(mesh.vertices + np.asarray(shift), mesh.faces)


def joined(*meshes: Mesh) -> Mesh:
    """Return several bodies as one mesh."""
    firsts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    faces = [mesh.faces + first for mesh, first in zip(meshes, firsts, strict=False)]
    return Mesh(np.vstack([mesh.vertices for mesh in meshes]), np.vstack(faces))


@contextmanager
def replaced(owner, **values):
    """Give names of a module or class other values for a while."""
    before = {name: getattr(owner, name) for name in values}
    for name, value in values.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(owner, name, value)


def seeded() -> np.random.Generator:
    return np.random.default_rng(7)


def told(found) -> list[float]:
    """Return of distances what does not depend on which of two equals is taken."""
    kinds = (found.kind == "gap") - 1.0 * (found.kind == "depth")
    return [*found.distance_mm, *kinds]


def distances_of_small_bodies():
    """Apart, touching, overlapping, enclosed, collapsed; few poses, for which nothing is sifted."""
    small, large = box((1, 1, 1), (2, 2, 2)), box((-9, -9, -9), (9, 9, 9))
    thin = Mesh(np.ones((3, 3)), [[0, 1, 2]])
    two, speck = joined(small, moved(small, 30.0)), Mesh(1e-85 * np.eye(3), [[0, 1, 2]])
    yield from told(DistanceQuery(CORNER, box())(shifts(4.0, -0.5, 9)))
    yield from told(DistanceQuery(CORNER, box())(shifts(1.0, 1.0, 1, (0.0, 0.0))))
    for a, b in ((thin, large), (small, large), (large, small), (two, large), (large, two)):
        yield from told(DistanceQuery(a, b)(shifts(0.0, 12.0, 4)))
    yield from told(
        DistanceQuery(SQUARE, speck)(shifts(-0.4, -0.6, 3, (-0.1, 0.2)))
    )  # too small to be squared
    yield from told(DistanceQuery(SQUARE, SQUARE)(shifts(0.0, 0.5, 9, (0.0, 0.0))))  # they meet
    for across in ((0.0, 0.0), (0.3, 0.0), (0.0, 0.5)):
        yield from told(DistanceQuery(SQUARE, SQUARE)(shifts(0.0, 3.0, 5, across)))


def distances_of_part_of_a_bone():
    """The surface asked for is cut from the bone that tells inside from outside."""
    ball = blob(seeded(), 1)
    part = Mesh(ball.vertices, ball.faces[::2])
    query = DistanceQuery(part, part, parent_a=ball, parent_b=ball)
    yield from told(query(path(seeded(), 9, reach_mm=30.0)))
    moved = [Mesh(1.1 * mesh.vertices, mesh.faces) for mesh in (part, ball)]
    yield from told(query.with_moved(a=moved[0], parent_a=moved[1])(shifts(9.0, 30.0, 3)))


def distances_of_any_triangles():
    """Degenerate, coplanar and on a lattice."""
    rng = seeded()
    for shape in SOUPS:
        query = DistanceQuery(soup(rng, shape, 3.0), soup(rng, "plain", 3.0))
        yield from query(path(rng, 8, reach_mm=40.0)).distance_mm
        yield from DistanceQuery(soup(rng, shape, 3.0), soup(rng, shape, 3.0))(
            shifts(-8.0, 8.0, 5, (0.0, 0.0))
        ).distance_mm


def distances_sifted():
    """A body that turns beside another: near and far, standing still, and each and the least."""
    rng = seeded()
    query = DistanceQuery(blob(rng, 1), blob(rng, 1))
    turn = rigid.rotation_about(np.array([0.2, 1.0, 0.1]), np.linspace(0.0, 0.5, 10))
    for gap in (21.0, 60.0):
        poses = rigid.transform_from(turn, np.tile([gap, 0.0, 0.0], (10, 1)))
        yield from told(query(poses))
    yield from told(query.gaps(poses[:4]))
    yield from told(query.minimum(poses)[1])
    yield from told(query(np.repeat(poses[:1], 9, axis=0)))
    yield from told(query(path(rng, 12, reach_mm=60.0)))


def distances_of_two_lobes():
    """Now one lobe is nearest, now the other: a pair followed from pose to pose is not enough."""
    ball = sphere(6.0, subdivisions=1)
    lobes = joined(ball, moved(ball, [0.0, 40.0, 0.0]))
    query = DistanceQuery(lobes, sphere(8.0, subdivisions=1))
    swing = rigid.rotation_about(np.array([0.0, 0.0, 1.0]), np.linspace(-0.4, 0.4, 16))
    for start in (1, -1):
        yield from told(
            query(rigid.transform_from(swing[::start], np.tile([25.0, -20.0, 0.0], (16, 1))))
        )


def distances_of_a_fine_detail():
    """A box too small for the grid, beside a large one and nearer: it is listed unopened."""
    speck = box((10.0, 0.0, 0.0), (10.05, 0.05, 0.05))
    body = joined(box((-10, -10, -10), (9, 9, 9)), speck)
    yield from told(DistanceQuery(body, body)(shifts(25.0, 24.0, 9)))
    yield from told(DistanceQuery(body, moved(body, [24.0, 0, 0]))(turned_about(9)))


def distances_in_little_room():
    """The same where lists, boxes abreast or fronts do not fit: whole trees take their place."""
    poses = path(seeded(), 8, reach_mm=30.0)
    for room in ((2, 1024, 16384), (512, 128, 60), (40, 64, 16)):
        rng = seeded()
        query = DistanceQuery(blob(rng, 1), blob(rng, 1))
        with replaced(candidates, **dict(zip(("LISTED", "ASKED", "FRONTS"), room, strict=True))):
            yield from told(query(poses))


def distances_of_uneven_lists():
    """Nothing of one side, or one box, could be nearest while the other has too many to list."""
    query = DistanceQuery(CORNER, box())
    poses = distance._as_poses(shifts(4.0, 3.5, 2), query._a.tree.centre, query._b.tree.centre)
    for counts in ((0, -1), (-1, 0), (1, -1), (-1, 1)):
        found, answers = candidates.Candidates.everything(len(poses)), Answers.empty(len(poses))
        for side, count in enumerate(counts):
            found.counts[side] = count
            found.lists[side, :, : max(count, 0)] = 0
        with replaced(distance, find_candidates=lambda *given, found=found: found.paired()):
            query._fill(poses, answers, "each", "measured")
        yield from answers.distance


def least_of_uneven_lists():
    """A coarse body beside a fine one: far poses have nothing of the one, too much of the other.

    That is how ``sweep`` once came to read a list nobody had written.
    """
    coarse, fine = blob(seeded(), 0), blob(seeded(), 2)
    with replaced(candidates, LISTED=4):
        for query in (DistanceQuery(coarse, fine), DistanceQuery(fine, coarse)):
            index, found = query.minimum(shifts(24.0, 30.0, 12))
            yield from (index, *told(found))


def field_of_a_body():
    """Least distances, shares below a level, and signed distances, at corners and in line."""
    body, rng = blob(seeded(), 1), seeded()
    points = np.vstack([rng.normal(size=(12, 3)) * 8.0, body.vertices[:3], np.zeros((1, 3))])
    poses = shifts(25.0, -5.0, 9)
    weights = {"pose_weights": np.ones(9), "step_weights": np.full(8, 0.5)}
    for level in (None, 2.0):
        found = DistanceField(body)(points, poses, level_mm=level, **weights)
        yield from (*found.distance_mm, *found.pose_index, *found.share_below)
    for mesh in (body, box(), wedge()):
        solid = make_solid(mesh, make_tree(mesh, np.zeros(3)), name="body")
        yield from signed_feet(solid, np.vstack([points, 1.5 * mesh.vertices[:5]]))[0]


def wedge() -> Mesh:
    """Return a box with a face without area: a vertex on the middle of an edge."""
    cube = box((-5, -5, -5), (5, 5, 5))
    a, b, c = cube.faces[0]
    vertices = np.vstack([cube.vertices, [0.5 * (cube.vertices[a] + cube.vertices[b])]])
    return Mesh(vertices, np.vstack([cube.faces[1:], [[a, 8, c], [8, b, c], [a, b, 8]]]))


def moving_bodies():
    """Vertices in other places; a face without area among them."""
    mesh, other = blob(seeded(), 1), wedge()
    query = MovingQuery(mesh, other)
    for growth in (1.0, 1.2):
        found = query(growth * mesh.vertices, other.vertices / growth)
        yield from told(found(shifts(30.0, 2.0, 9)))
        yield from found._a.solid.normals[::5]
        yield from np.sort(found._b.tree.boxes)


def self_intersections():
    """Twice the same body, sharing nothing, a corner, an edge; more pairs than have room."""
    for shift in (0.0, 0.2, 1.0, 9.0):
        twice = joined(CORNER, moved(CORNER, shift))
        for listed in (intersections.LISTED, 1):
            with replaced(intersections, LISTED=listed):
                yield intersections.find_self_intersections(twice).count
    fan = [[0, 0, 0], [4, 0, 0], [0, 4, 0], [1, 1, -2], [1, 1, 2], [-3, 0, 0], [2, 2, 0.0]]
    for others in ([0, 3, 4], [0, 3, 5], [0, 1, 3], [5, 3, 4], [6, 3, 4]):
        yield intersections.find_self_intersections(Mesh(fan, [[0, 1, 2], others])).count


CENTRES = np.array(
    [[0.0, 0, 0], [20, 0, 0], [10, 16, 2], [40, 2, 0], [-25, 0, 0], [-25, 7, 0]]
)  # mm, of balls
RADII = np.array([5.0, 4.0, 3.0, 2.0, 3.0, 3.0])
EDGES = np.array([[0, 1], [1, 2], [0, 2], [1, 3], [4, 4], [5, 5]])
TRIANGLES = np.array([[0, 1, 2]])


def sphere_mesh_values():
    """Balls, cones and slabs: inside, outside, beside, over a slab and at a ball alone."""
    body = SphereMesh(CENTRES, RADII, EDGES, TRIANGLES)
    points = seeded().uniform(-30.0, 45.0, size=(40, 3)) * [1.0, 0.5, 0.3]
    over = CENTRES[:3].mean(axis=0) + np.outer(np.linspace(-7.0, 7.0, 5), [0.0, 0.0, 1.0])
    yield from body(np.vstack([points, CENTRES, over]))
    yield from body(CENTRES[4:] + [0.0, 0.0, 1.0])
    yield from SphereMesh(CENTRES, RADII, EDGES, np.empty((0, 3), int))(points[:5])


def moving_skin():
    """A skin laid over two parts and a ball, then carried along by nodes that move and grow."""
    cells = Cells(
        sparse.eye_array(len(CENTRES), format="csr"),
        EDGES,
        TRIANGLES,
        np.array([0, 0, 0, 1, 1, 1, 0]),  # part of each cone and of the slab
    )
    home, mesh = Nodes(CENTRES, RADII, 6.0), sphere(1.0, subdivisions=1)
    mesh = Mesh(mesh.vertices * [34.0, 9.0, 6.0] + [-1.0, 4.0, 0.0], mesh.faces)
    shift = np.array([[1.0, 2, 0], [0, 1, 1], [0, 5, 0], [6, 0, 0], [-2, 0, 0], [-2, 1, 1]])
    for blends in ((1.0, 0.0), (1.0, 2.0)):
        skin = Skin.on(mesh, cells, home, blends_mm=blends)
        yield from (*skin.level, *skin.with_ball)
        for longest in (virtual_template_skin.LONGEST_STEP_MM, 0.2):
            with replaced(virtual_template_skin, LONGEST_STEP_MM=longest):
                yield from skin.moved(Nodes(CENTRES + shift, RADII + 0.5, 7.0)).ravel()
        yield from skin.part(np.arange(5)).moved(home).ravel()


def measured_patches():
    """Sections of a ball and of a box at its corners, and caps of little and much area."""
    kernels = module_of("anatomy._virtual_measure_kernels")
    ball, cube = sphere(10.0, subdivisions=2), box((-9, -9, -9), (9, 9, 9))
    axis, up = rigid.unit(np.array([0.2, 1.0, 0.1])), np.array([0.0, 1.0, 0.0])
    for mesh, along in ((ball, axis), (cube, up)):
        found = np.empty((7, 4))
        kernels.tube_sections(mesh.vertices, mesh.faces, along, np.linspace(-9.0, 9.0, 7), found)
        yield from found.ravel()
    for heights in (ball.vertices @ axis, ball.vertices[:, 2].round(3)):
        for area in (0.5, 20.0, 200.0):
            cap = np.empty(6)
            top = float(heights.max())
            kernels.cap(ball.vertices, ball.faces, heights, top, area, cap)
            yield from cap


QUESTIONS = (
    distances_of_small_bodies,
    distances_of_part_of_a_bone,
    distances_of_any_triangles,
    distances_sifted,
    distances_of_two_lobes,
    distances_of_a_fine_detail,
    distances_in_little_room,
    distances_of_uneven_lists,
    least_of_uneven_lists,
    field_of_a_body,
    moving_bodies,
    self_intersections,
    sphere_mesh_values,
    moving_skin,
    measured_patches,
)


def measure() -> dict[str, list[float]]:
    """Return the answers to every question, by its name."""
    return {question.__name__: [float(x) for x in question()] for question in QUESTIONS}


def read_unwritten() -> str:
    """Return what is said of a list that nobody wrote: the fault ``paired`` took away."""
    try:
        with replaced(candidates.Candidates, paired=lambda found: found):
            list(least_of_uneven_lists())
    except ValueError as error:
        return str(error)
    return ""


def main() -> None:
    """Print the answers of strict kernels, and what they say of a known fault."""
    entries = [(module_of(name), entry) for name, entries in ENTRIES.items() for entry in entries]
    with strict_kernels(entries):
        print(json.dumps({"answers": measure(), "fault": read_unwritten()}))


if __name__ == "__main__":
    main()
