"""Is a surface fit to be a bone? Every check has a surface that fails it."""

import numpy as np
import pytest
from shapes import box, random_rigid, sphere

from hipsim.errors import MeshError
from hipsim.geometry import Mesh
from hipsim.io.quality import as_bone, check_bone

BONE = box(high=(40.0, 60.0, 400.0))  # as long as a femur


def joined(*meshes: Mesh) -> Mesh:
    offsets = np.cumsum([0] + [len(m.vertices) for m in meshes[:-1]])
    faces = [m.faces + offset for m, offset in zip(meshes, offsets, strict=True)]
    return Mesh(np.vstack([m.vertices for m in meshes]), np.vstack(faces))


def scaled(mesh: Mesh, factor: float) -> Mesh:
    return Mesh(mesh.vertices * factor, mesh.faces)


def level(mesh: Mesh, check: str, bone: str = "femur") -> str:
    (finding,) = [f for f in check_bone(mesh, bone) if f.check == check]
    return finding.level


def flipped_one(mesh: Mesh) -> Mesh:
    faces = mesh.faces.copy()
    faces[0] = faces[0, ::-1]
    return Mesh(mesh.vertices, faces)


OPEN = Mesh(BONE.vertices, BONE.faces[1:])
DOUBLED = Mesh(BONE.vertices, np.vstack([BONE.faces, BONE.faces[:1, ::-1]]))
INSIDE_OUT = Mesh(BONE.vertices, BONE.faces[:, ::-1])
TWO = joined(BONE, box(low=(100.0, 0.0, 0.0), high=(140.0, 60.0, 400.0)))
SPECKLED = joined(BONE, sphere(1.0, centre=(200.0, 0.0, 0.0), subdivisions=1))

CASES = [
    ("closed", OPEN, "fail"),
    ("manifold", DOUBLED, "fail"),
    ("oriented", flipped_one(BONE), "fail"),
    ("oriented", INSIDE_OUT, "warn"),
    ("components", TWO, "fail"),
    ("components", SPECKLED, "warn"),
    ("degenerate faces", Mesh(BONE.vertices, np.vstack([BONE.faces, [[0, 0, 1]]])), "warn"),
    ("resolution", BONE, "warn"),
    ("size", scaled(BONE, 0.1), "fail"),
]


@pytest.mark.parametrize(("check", "mesh", "expected"), CASES)
def test_check_bone__finds_each_fault(check, mesh, expected):
    assert level(mesh, check) == expected


def test_check_bone__passes_a_good_surface():
    fine = scaled(sphere(100.0, subdivisions=4), 1.5)
    assert {f.level for f in check_bone(fine, "femur")} <= {"pass", "warn"}
    assert level(fine, "size") == "pass"


UNITS = [(0.1, "cm"), (0.001, "m"), (1 / 25.4, "inch")]


@pytest.mark.parametrize(("factor", "unit"), UNITS)
def test_as_bone__names_the_unit_and_how_to_say_it(factor, unit):
    with pytest.raises(MeshError, match=rf"probably in {unit}: write 'unit: {unit}' in case\.yaml"):
        as_bone(scaled(BONE, factor), "femur", name="femur_r.stl")


def test_as_bone__says_a_size_no_unit_explains():
    with pytest.raises(MeshError, match="it must be a whole adult bone"):
        as_bone(scaled(BONE, 0.3), "femur", name="femur_r.stl")


def test_as_bone__size_does_not_depend_on_orientation(rng):
    turned = BONE.transformed(random_rigid(rng))
    assert as_bone(turned, "femur", name="x")[1] == ()


def test_as_bone__counts_open_edges():
    with pytest.raises(MeshError, match=r"^a\.stl cannot be used as a femur: .* 3 open edges"):
        as_bone(OPEN, "femur", name="a.stl")


def test_as_bone__tells_every_fault_at_once():
    with pytest.raises(MeshError, match="open edges .* mm long"):
        as_bone(scaled(OPEN, 0.1), "femur", name="a.stl")


def test_as_bone__turns_an_inside_out_surface_and_says_so():
    mesh, mended = as_bone(INSIDE_OUT, "femur", name="a.stl")
    assert mesh.volume_mm3 == pytest.approx(BONE.volume_mm3)
    assert mended == ("turned the surface outward",)


def test_as_bone__drops_specks_and_says_so():
    mesh, mended = as_bone(SPECKLED, "femur", name="a.stl")
    assert len(mesh.faces) == len(BONE.faces)
    assert mended == ("dropped 1 specks",)


def test_as_bone__leaves_a_good_bone_alone():
    mesh, mended = as_bone(BONE, "femur", name="a.stl")
    assert mended == ()
    assert mesh.content_hash == BONE.content_hash
