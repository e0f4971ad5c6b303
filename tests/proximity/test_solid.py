import numpy as np
import oracles
import pytest
from bodies import blob
from shapes import box, sphere

from hipsim.errors import MeshError
from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery
from hipsim.proximity.solid import make_solid, pseudo_normals
from hipsim.proximity.tree import make_tree

DISTANCE_TOL = 1e-9  # mm, rounding of float64


def speck(at: np.ndarray, size_mm: float = 1e-3) -> Mesh:
    """Return a tiny closed body."""
    return box(at - size_mm, at + size_mm)


def with_flat_face(mesh: Mesh, face: int = 0) -> Mesh:
    """Return the same closed surface with an edge of one face split by a face without area."""
    vertices, faces = mesh.vertices.tolist(), mesh.faces.tolist()
    i, j, k = faces.pop(face)
    vertices.append(((mesh.vertices[i] + mesh.vertices[j]) / 2.0).tolist())
    middle = len(vertices) - 1
    faces += [[i, middle, k], [middle, j, k], [i, j, middle]]
    return Mesh(vertices, faces)


@pytest.mark.parametrize("alter", [lambda mesh: mesh, with_flat_face])
def test_inside__is_that_of_the_winding_number(alter, rng):
    for body in (box((-6, -6, -6), (6, 6, 6)), blob(rng, 1)):
        solid = alter(body)
        assert solid.is_closed
        points = rng.uniform(-12.0, 12.0, size=(120, 3))
        truth = oracles.signed_distances(points, solid)
        points = points[abs(truth) > 0.01]
        poses = np.stack([rigid.translation(point) for point in points])
        found = DistanceQuery(speck(np.zeros(3)), solid)(poses)
        assert ((found.kind == "depth") == (truth[abs(truth) > 0.01] < 0.0)).all()
        assert found.distance_mm == pytest.approx(truth[abs(truth) > 0.01], abs=2e-3)


def test_inside__is_right_beside_a_face_without_area(rng):
    body = blob(rng, 1)
    for face in range(0, 80, 4):
        solid = with_flat_face(body, face)
        start, end = body.vertices[body.faces[face, :2]]
        outward = rigid.unit(start) + rigid.unit(end)
        points = (start + end) / 2.0 + np.array([[-0.2], [-0.1], [0.1], [0.2]]) * outward
        poses = np.stack([rigid.translation(point) for point in points])
        found = DistanceQuery(speck(np.zeros(3)), solid)(poses)
        assert found.kind.tolist() == ["depth", "depth", "gap", "gap"]


def test_inside__does_not_depend_on_how_a_side_is_divided():
    blade = np.array([[0, 0, 10], [-1, -5, 0], [-1, 5, 0]], dtype=float)
    rim = np.column_stack([np.ones(30), np.linspace(-5, 5, 30), np.zeros(30)])
    fan = [[0, k, k + 1] for k in range(3, 32)]
    low = [[1, k + 1, k] for k in range(3, 32)]
    sides = [[0, 2, 1], [0, 1, 3], [0, 32, 2], [1, 2, 32]]
    solid = Mesh(np.vstack([blade, rim]), fan + low + sides)
    assert solid.is_closed
    points = blade[0] + [[-0.5, 0.0, 0.5], [0.5, 0.0, 0.5]]
    poses = np.stack([rigid.translation(point) for point in points])
    assert (DistanceQuery(speck(np.zeros(3)), solid)(poses).kind == "gap").all()


def test_pseudo_normals__point_outward_on_a_sphere():
    ball = sphere(10.0)
    normals = pseudo_normals(ball)
    outward = rigid.unit(ball.triangles)
    assert rigid.unit(normals[:, :3]) == pytest.approx(outward, abs=0.02)
    assert ((normals[:, 3:6] * outward).sum(axis=2) > 0).all()


def test_pseudo_normals__are_zero_beside_a_face_without_area():
    normals = pseudo_normals(with_flat_face(box()))
    assert (normals[-1] == 0.0).all()
    assert (normals[0] != 0.0).any()


def test_pseudo_normals__do_not_see_seams():
    body = sphere(10.0, subdivisions=1)
    apart = Mesh(body.triangles.reshape(-1, 3), np.arange(3 * len(body.faces)).reshape(-1, 3))
    assert pseudo_normals(apart) == pytest.approx(pseudo_normals(body), abs=1e-12)


def test_make_solid__refuses_an_open_surface():
    opened = Mesh(box().vertices, box().faces[1:])
    with pytest.raises(MeshError, match="parent_a must be a closed surface"):
        make_solid(opened, make_tree(opened, np.zeros(3)), name="parent_a")


def test_make_solid__refuses_a_surface_turned_inside_out():
    inverted = Mesh(box().vertices, box().faces[:, ::-1])
    with pytest.raises(MeshError, match="turned outward"):
        DistanceQuery(inverted, box())
