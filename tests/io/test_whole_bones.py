"""From pieces to whole bones: unit, outer surface and side, each checked by the shape."""

from pathlib import Path

import numpy as np
import pytest
from patient import patient, right_hip, scaled

from hipsim.errors import CaseError, MeshError
from hipsim.geometry import Mesh
from hipsim.io.sources import Piece
from hipsim.io.whole_bones import whole_bones

FLOAT_TOL = 1e-9  # mm, scaling there and back


def pieces(bones, *, factor=1.0, sides=True, unit=None):
    words = {"r": "right", "l": "left"}
    return [
        Piece(
            bone.split("_")[0],
            words[bone[-1]] if sides else None,
            scaled(mesh, factor),
            Path(f"{bone}.ply"),
            unit,
        )
        for bone, mesh in bones.items()
    ]


def test_whole_bones__recognises_the_unit():
    found = whole_bones(pieces(right_hip(), factor=0.1))
    assert found.units[None].unit == "cm"
    for bone, mesh in right_hip().items():
        assert found.meshes[bone].vertices == pytest.approx(mesh.vertices, abs=FLOAT_TOL)


def test_whole_bones__takes_each_source_in_its_own_unit():
    femur, hip = ({bone: mesh} for bone, mesh in right_hip().items())
    found = whole_bones([*pieces(femur, factor=0.001), *pieces(hip, unit="mm")])
    assert {stated: decision.unit for stated, decision in found.units.items()} == {
        None: "m",
        "mm": "mm",
    }
    assert found.meshes["femur_r"].bounds == pytest.approx(right_hip()["femur_r"].bounds)


def test_whole_bones__refuses_a_unit_that_contradicts_the_bones():
    with pytest.raises(CaseError, match="the stated unit 'm' contradicts the bones"):
        whole_bones(pieces(right_hip()), said_unit="m")


def test_whole_bones__tells_the_side_of_bones_without_one():
    left = {bone: mesh for bone, mesh in patient().items() if bone.endswith("_l")}
    found = whole_bones(pieces(left, sides=False))
    assert sorted(found.meshes) == ["femur_l", "hip_l"]
    assert "femur_l: the side was told by its shape" in found.notes


def test_whole_bones__refuses_a_side_that_contradicts_the_shape():
    swapped = {"femur_r": patient()["femur_l"], "hip_r": patient()["hip_r"]}
    with pytest.raises(CaseError, match="the femur called right is, by its shape, a left one"):
        whole_bones(pieces(swapped))
    with pytest.raises(CaseError, match="called left is, by its shape, a right one"):
        whole_bones(pieces(right_hip(), sides=False), said_side="left")


def test_whole_bones__refuses_two_surfaces_for_a_bone():
    twice = [*pieces(right_hip()), *pieces({"femur_r": right_hip()["femur_r"]})]
    twice[-1] = Piece("femur", "right", twice[-1].mesh, Path("other.ply"))
    with pytest.raises(CaseError, match=r"two files for the right femur: femur_r\.ply and other"):
        whole_bones(twice)
    unnamed = pieces({"femur_r": right_hip()["femur_r"]}, sides=False)
    with pytest.raises(CaseError, match="two surfaces for femur_r: say which is which"):
        whole_bones([*pieces(right_hip()), *unnamed])


def test_whole_bones__wants_a_femur_and_a_hip_bone_of_one_side():
    mixed = {"femur_r": patient()["femur_r"], "hip_l": patient()["hip_l"]}
    with pytest.raises(CaseError, match="of one side, found femur_r, hip_l"):
        whole_bones(pieces(mixed))
    with pytest.raises(CaseError, match="wanted the femur and the hip bone of the left side"):
        whole_bones(pieces(right_hip()), said_side="left")


def hollow(mesh, inner=0.98):
    """Return a bone with an inner wall turned inward, as marrow cavities are exported."""
    centre = mesh.vertices.mean(axis=0)
    shrunk = centre + inner * (mesh.vertices - centre)
    vertices = np.vstack([mesh.vertices, mesh.vertices - 2.0 * mesh.vertex_normals])
    faces = np.vstack([mesh.faces, mesh.faces[:, ::-1] + len(shrunk)])
    return Mesh(vertices, faces)


def test_whole_bones__keeps_the_outer_surface_of_a_hollow_bone():
    bones = {**right_hip(), "femur_r": hollow(right_hip()["femur_r"])}
    found = whole_bones(pieces(bones))
    assert found.mended["femur_r"]
    volume = found.meshes["femur_r"].volume_mm3
    assert volume == pytest.approx(right_hip()["femur_r"].volume_mm3, rel=1e-3)


def test_whole_bones__joins_the_parts_of_a_bone():
    femur = right_hip()["femur_r"]
    lower = femur.face_centres[:, 1] < -200.0
    parts = [femur.submesh(lower), femur.submesh(~lower)]
    halves = [Piece("femur", "right", part, Path("a.3mf")) for part in parts]
    found = whole_bones([*halves, *pieces({"hip_r": right_hip()["hip_r"]})])
    assert found.mended["femur_r"][0] == "joined 2 parts"
    assert found.meshes["femur_r"].is_closed
    assert found.meshes["femur_r"].volume_mm3 == pytest.approx(femur.volume_mm3, rel=1e-9)


def test_whole_bones__refuses_parts_that_do_not_close():
    femur = right_hip()["femur_r"]
    lower = femur.face_centres[:, 1] < -200.0
    gap = np.abs(femur.face_centres[:, 1] + 150.0) < 20.0
    halves = [
        Piece("femur", "right", femur.submesh(mask), Path("a.3mf"))
        for mask in (lower, ~lower & ~gap)
    ]
    with pytest.raises(MeshError, match=r"a\.3mf cannot be used as a femur: "):
        whole_bones([*halves, *pieces({"hip_r": right_hip()["hip_r"]})])
