import numpy as np
import pytest
from shapes import box, random_rigid, sphere

from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh

VOLUME_TOL = 1e-9  # relative, rounding of float64


def test_box__has_its_volume_area_and_is_closed():
    mesh = box((1, 2, 3), (3, 5, 7))
    assert mesh.is_closed
    assert mesh.volume_mm3 == pytest.approx(24, rel=VOLUME_TOL)
    assert mesh.face_areas_mm2.sum() == pytest.approx(52, rel=VOLUME_TOL)


def test_sphere__normals_point_outward():
    mesh = sphere(7.0, (1, 2, 3))
    outward = (mesh.vertex_normals * (mesh.vertices - [1, 2, 3])).sum(axis=1)
    assert (outward > 6.9).all()


def test_volume__does_not_change_under_rigid_motion(rng):
    mesh = sphere(9.0)
    moved = mesh.transformed(random_rigid(rng))
    assert moved.volume_mm3 == pytest.approx(mesh.volume_mm3, rel=VOLUME_TOL)


def test_mirrored__keeps_volume_positive():
    mesh = sphere(9.0, (20, 0, 0))
    assert mesh.mirrored().volume_mm3 == pytest.approx(mesh.volume_mm3, rel=VOLUME_TOL)


def test_submesh__is_open_and_drops_unused_vertices():
    part = box().submesh(np.arange(12) < 2)
    assert not part.is_closed
    assert len(part.vertices) == 4


def test_is_closed__sees_a_flipped_face():
    mesh = box()
    faces = mesh.faces.copy()
    faces[0] = faces[0, ::-1]
    assert not Mesh(mesh.vertices, faces).is_closed


def test_mesh__is_frozen_and_keeps_no_link_to_its_source():
    vertices = box().vertices.copy()
    mesh = Mesh(vertices, box().faces)
    vertices[0] = 99
    assert mesh.vertices[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        mesh.vertices[0, 0] = 1


def test_content_hash__knows_every_coordinate():
    mesh = box()
    moved = mesh.vertices.copy()
    moved[3, 1] += 1e-12
    assert mesh.content_hash == box().content_hash != Mesh(moved, mesh.faces).content_hash


@pytest.mark.parametrize(
    ("vertices", "faces", "error", "message"),
    [
        (np.zeros((3, 3)), np.empty((0, 3), int), MeshError, "with m >= 1"),
        (np.zeros((3, 3)), [[0, 1, 3]], MeshError, "must index 3 vertices, got 0 to 3"),
        (np.zeros((3, 3)), [[-1, 1, 2]], MeshError, "got -1 to 2"),
        (np.zeros((3, 3)), [[0.0, 1.0, 2.0]], MeshError, "must be integers"),
        (np.full((3, 3), np.inf), [[0, 1, 2]], InputError, "must be finite"),
        (np.zeros((3, 2)), [[0, 1, 2]], InputError, "vertices must have shape"),
    ],
)
def test_mesh__refuses_what_is_no_mesh(vertices, faces, error, message):
    with pytest.raises(error, match=message):
        Mesh(vertices, faces)
