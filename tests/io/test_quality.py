"""Is a surface fit to be a bone? Every check has a surface that fails it."""

import numpy as np
import pytest
from shapes import box, random_rigid, sphere

from hipsim.errors import MeshError
from hipsim.geometry import Mesh
from hipsim.io.quality import COARSE_EDGE_MM, TOO_COARSE_EDGE_MM, as_bone, check_bone


def finely(mesh: Mesh, rounds: int) -> Mesh:
    """Split every face in four, so often."""
    for _ in range(rounds):
        edges = np.sort(mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        ends, index = np.unique(edges, axis=0, return_inverse=True)
        ab, bc, ca = (index.reshape(-1, 3) + len(mesh.vertices)).T
        a, b, c = mesh.faces.T
        parts = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
        points = np.vstack([mesh.vertices, mesh.vertices[ends].mean(axis=1)])
        mesh = Mesh(points, np.vstack([np.column_stack(part) for part in parts]))
    return mesh


_BALL = sphere(1.0, subdivisions=5)
BONE = Mesh(_BALL.vertices * [15.0, 25.0, 200.0], _BALL.faces)  # as long as a femur


def joined(*meshes: Mesh) -> Mesh:
    offsets = np.cumsum([0] + [len(m.vertices) for m in meshes[:-1]])
    faces = [m.faces + offset for m, offset in zip(meshes, offsets, strict=True)]
    return Mesh(np.vstack([m.vertices for m in meshes]), np.vstack(faces))


def scaled(mesh: Mesh, factor: float) -> Mesh:
    return Mesh(mesh.vertices * factor, mesh.faces)


def shifted(mesh: Mesh, x: float) -> Mesh:
    return Mesh(mesh.vertices + [x, 0.0, 0.0], mesh.faces)


def level(mesh: Mesh, check: str, bone: str = "femur") -> str:
    (finding,) = [f for f in check_bone(mesh, bone) if f.check == check]
    return finding.level


def flipped_one(mesh: Mesh) -> Mesh:
    faces = mesh.faces.copy()
    faces[0] = faces[0, ::-1]
    return Mesh(mesh.vertices, faces)


INSIDE = scaled(BONE, 0.97)
OPEN = BONE.submesh(BONE.face_centres[:, 2] < 150.0)
PRICKED = Mesh(BONE.vertices, BONE.faces[1:])
STRAY = Mesh(BONE.vertices, np.vstack([BONE.faces, BONE.faces[:1, ::-1]]))
FIN = Mesh(
    np.vstack([BONE.vertices, [[3000.0, 0.0, 0.0]]]),
    np.vstack([BONE.faces, [[*BONE.faces[0, :2], len(BONE.vertices)]]]),
)
REPEATED = Mesh(BONE.vertices, np.vstack([BONE.faces, BONE.faces[:1]]))
INSIDE_OUT = Mesh(BONE.vertices, BONE.faces[:, ::-1])
TWO = joined(BONE, shifted(BONE, 100.0))
SPECKLED = joined(BONE, sphere(1.0, centre=(200.0, 0.0, 0.0), subdivisions=1))
HOLLOW = joined(BONE, Mesh(INSIDE.vertices, INSIDE.faces[:, ::-1]))
SPIKED = Mesh(
    np.where(np.arange(len(BONE.vertices))[:, None] == 100, -1.3 * BONE.vertices, BONE.vertices),
    BONE.faces,
)

CASES = [
    ("closed", OPEN, "fail"),
    ("closed", PRICKED, "warn"),
    ("manifold", FIN, "fail"),
    ("manifold", STRAY, "warn"),
    ("manifold", REPEATED, "warn"),
    ("duplicates", REPEATED, "warn"),
    ("oriented", flipped_one(BONE), "warn"),
    ("oriented", INSIDE_OUT, "warn"),
    ("components", TWO, "fail"),
    ("components", SPECKLED, "warn"),
    ("components", HOLLOW, "warn"),
    ("self-intersections", SPIKED, "warn"),
    ("self-intersections", joined(BONE, shifted(BONE, 5.0)), "pass"),  # united on loading
    ("resolution", finely(box(high=(40.0, 60.0, 400.0)), 3), "fail"),
    ("size", scaled(BONE, 0.1), "fail"),
    ("size", scaled(BONE, 0.4), "warn"),
]


@pytest.mark.parametrize(("check", "mesh", "expected"), CASES)
def test_check_bone__finds_each_fault(check, mesh, expected):
    assert level(mesh, check) == expected


def test_check_bone__finds_a_hollow_bone_with_an_open_inside():
    """Inner and outer wall joined by a rim: closed, in one piece, and still no bone."""
    from shapes import box as brick

    outer, inner = brick(high=(40.0, 40.0, 400.0)), brick((1.0, 1.0, 1.0), (39.0, 39.0, 400.0))
    walls = joined(outer, Mesh(inner.vertices, inner.faces[:, ::-1]))
    is_lid = (walls.triangles[:, :, 2] == 400.0).all(axis=1)
    corner = {tuple(v): i for i, v in enumerate(walls.vertices.tolist())}
    around = [(0, 0), (1, 0), (1, 1), (0, 1)]
    rim = []
    for (ax, ay), (bx, by) in zip(around, around[1:] + around[:1], strict=True):
        a, b = corner[40.0 * ax, 40.0 * ay, 400.0], corner[40.0 * bx, 40.0 * by, 400.0]
        c, d = (corner[1.0 + 38.0 * x, 1.0 + 38.0 * y, 400.0] for x, y in ((bx, by), (ax, ay)))
        rim += [[a, b, c], [a, c, d]]
    tube = Mesh(walls.vertices, np.vstack([walls.faces[~is_lid], rim]))
    assert tube.is_closed
    assert level(tube, "solid") == "fail"


def test_check_bone__passes_a_good_surface():
    assert {finding.level for finding in check_bone(BONE, "femur")} == {"pass"}


@pytest.mark.parametrize(("radius", "expected"), [(40.0, "pass"), (80.0, "warn"), (150.0, "fail")])
def test_resolution__follows_the_edges(radius, expected):
    ball = sphere(radius, subdivisions=4)
    edges = ball.vertices[ball.edge_counts[0]]
    median = np.median(np.linalg.norm(edges[:, 0] - edges[:, 1], axis=1))
    assert level(ball, "resolution") == expected
    assert (median > COARSE_EDGE_MM, median > TOO_COARSE_EDGE_MM) == (
        expected != "pass",
        expected == "fail",
    )


UNITS = [(0.1, "cm"), (0.001, "m"), (1 / 25.4, "inch")]


@pytest.mark.parametrize(("factor", "unit"), UNITS)
def test_as_bone__names_the_unit_and_how_to_say_it(factor, unit):
    with pytest.raises(MeshError, match=rf"probably in {unit}: write 'unit: {unit}' in case\.yaml"):
        as_bone(scaled(BONE, factor), "femur", name="femur_r.stl")


def test_as_bone__says_a_size_no_unit_explains():
    with pytest.raises(MeshError, match="it must be a whole bone"):
        as_bone(scaled(BONE, 2.0), "femur", name="femur_r.stl")


def test_as_bone__size_does_not_depend_on_orientation(rng):
    turned = BONE.transformed(random_rigid(rng))
    assert as_bone(turned, "femur", name="x")[1] == ()


def test_as_bone__counts_open_edges():
    with pytest.raises(
        MeshError, match=r"^a\.stl cannot be used as a femur: .* \d+ open edges round 1 hole"
    ):
        as_bone(OPEN, "femur", name="a.stl")


def test_as_bone__tells_every_fault_at_once():
    with pytest.raises(MeshError, match="open edges .* mm long"):
        as_bone(scaled(OPEN, 2.0), "femur", name="a.stl")


def test_as_bone__turns_an_inside_out_surface_and_says_so():
    mesh, mended = as_bone(INSIDE_OUT, "femur", name="a.stl")
    assert mesh.volume_mm3 == pytest.approx(BONE.volume_mm3)
    assert mended == ("turned the surface outward",)


def test_as_bone__drops_specks_and_says_so():
    mesh, mended = as_bone(SPECKLED, "femur", name="a.stl")
    assert len(mesh.faces) == len(BONE.faces)
    assert mended == ("dropped 1 speck",)


def test_as_bone__leaves_a_good_bone_alone():
    mesh, mended = as_bone(BONE, "femur", name="a.stl")
    assert mended == ()
    assert mesh.content_hash == BONE.content_hash
