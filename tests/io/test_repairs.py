"""What is safe is mended and told; the outside stays where it was."""

import numpy as np
import pytest
from shapes import box, random_rigid, sphere

from hipsim.geometry import Mesh
from hipsim.geometry.shells import welded
from hipsim.io.repairs import SMALL_HOLE_MM, repaired

BALL = sphere(30.0)
COVER_TOL = 1e-3  # relative volume under the cover of a pinhole


def joined(*meshes: Mesh) -> Mesh:
    starts = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    faces = [mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)]
    return Mesh(np.vstack([mesh.vertices for mesh in meshes]), np.vstack(faces))


def inside_out(mesh: Mesh) -> Mesh:
    return Mesh(mesh.vertices, mesh.faces[:, ::-1])


def one_turned(mesh: Mesh) -> Mesh:
    return Mesh(mesh.vertices, np.vstack([mesh.faces[:1, ::-1], mesh.faces[1:]]))


def pricked(mesh: Mesh) -> Mesh:
    return mesh.submesh(np.arange(len(mesh.faces)) > 0)


def repeated(mesh: Mesh) -> Mesh:
    return Mesh(mesh.vertices, np.vstack([mesh.faces, np.roll(mesh.faces[:2], 1, axis=1)]))


def patched(mesh: Mesh) -> Mesh:
    points = mesh.triangles.reshape(-1, 3) + np.linspace(0.0, 1e-4, 3 * len(mesh.faces))[:, None]
    return Mesh(points, np.arange(len(points)).reshape(-1, 3))


FINE = sphere(30.0, subdivisions=4)  # edges of 2.3 mm: one missing face is a pinhole
CASES = [
    (BALL, ()),
    (inside_out(BALL), ("turned the surface outward",)),
    (one_turned(BALL), ("turned 1 face to agree with the others",)),
    (pricked(FINE), (r"closed 1 hole up to 2\.\d mm wide",)),
    (repeated(BALL), ("dropped 2 repeated faces",)),
    (patched(BALL), (r"joined \d+ corners within 0\.001 mm of another",)),
    (joined(BALL, sphere(0.5, centre=(90.0, 0, 0), subdivisions=1)), ("dropped 1 speck",)),
    (joined(BALL, sphere(25.0)), ("kept the outer surface of 2 shells",)),
    (joined(BALL, inside_out(sphere(25.0))), ("kept the outer surface of 2 shells",)),
    (
        pricked(one_turned(joined(FINE, sphere(0.5, centre=(90.0, 0, 0), subdivisions=1)))),
        ("dropped 1 speck", "closed 1 hole"),
    ),
]


@pytest.mark.parametrize(("mesh", "words"), CASES)
def test_repaired__mends_and_tells(mesh, words, rng):
    expected = FINE if len(mesh.faces) > 4000 else BALL
    after = repaired(mesh.transformed(random_rigid(rng)))
    assert after.mesh.is_closed
    assert after.mesh.volume_mm3 == pytest.approx(expected.volume_mm3, rel=COVER_TOL)
    assert len(after.repairs) == len(words)
    for said, word in zip(after.repairs, words, strict=True):
        assert said.startswith(word) or __import__("re").fullmatch(word, said)
    assert after.refusals == ()


def test_repaired__leaves_a_good_surface_alone():
    assert repaired(BALL).mesh is BALL


def test_repaired__parts_a_surface_that_touches_itself_at_an_edge():
    """As label surfaces do where two voxels meet at an edge."""
    step = welded(joined(box(), box(low=(1.0, 1.0, 0.0), high=(2.0, 2.0, 1.0))))
    after = repaired(step)
    assert after.mesh.is_closed
    assert "parted the surface at 1 edge where it touches itself" in after.repairs


def test_repaired__leaves_large_holes_open():
    half = BALL.submesh(BALL.face_centres[:, 2] > 0.0)
    after = repaired(half)
    assert (after.mesh.is_closed, after.repairs) == (False, ())


def test_repaired__leaves_two_bones_apart_and_says_why():
    after = repaired(joined(BALL, sphere(30.0, centre=(90.0, 0.0, 0.0))))
    assert after.repairs == ()
    assert "2 separate closed pieces remain" in after.refusals[0]


def test_repaired__refuses_dust():
    after = repaired(Mesh(1e-4 * np.eye(3), [[0, 1, 2]]))
    assert "every face is smaller than" in after.refusals[0]


def test_small_hole__hides_less_than_the_scan_resolves():
    radius_mm, ct_surface_error_mm = 8.0, 0.8
    assert SMALL_HOLE_MM**2 / (8.0 * radius_mm) < ct_surface_error_mm / 2.0
