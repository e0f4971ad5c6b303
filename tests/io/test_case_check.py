"""From files to findings: the whole path, for good cases and for ugly ones."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from shapes import sphere

from hipsim.errors import AnatomyError, CaseError, MeshError
from hipsim.geometry import Mesh
from hipsim.geometry.cut import trimmed
from hipsim.geometry.shells import outer_surface
from hipsim.io.case_check import check_case
from hipsim.io.cases import find_case
from hipsim.io.hips import load_hip
from hipsim.io.meshes import load_mesh, save_mesh
from hipsim.proximity import DistanceQuery

HIP = load_hip("woman")
OUTSIDE_TOL_MM = 0.3  # male right: rims up to 0.5 mm apart are joined; the others agree to 0.02
VOLUME_TOL = 0.001


def write_case(folder: Path, femur: Mesh, hip_bone: Mesh, unit_mm: float = 1.0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, mesh in (("femur_r", femur), ("hip_r", hip_bone)):
        save_mesh(folder / f"{name}.ply", Mesh(mesh.vertices / unit_mm, mesh.faces))
    return folder


def levels(folder: Path) -> dict[tuple[str, str], str]:
    rows = check_case(find_case(folder)).rows
    return {(row, finding.check): finding.level for row, finding in rows}


def test_check_case__passes_a_good_case_in_any_unit(tmp_path):
    for unit, unit_mm in (("mm", 1.0), ("m", 1000.0)):
        folder = write_case(tmp_path / unit, HIP.femur, HIP.hip_bone, unit_mm)
        checked = check_case(find_case(folder))
        assert checked.unit == unit
        assert {finding.level for _, finding in checked.rows} == {"pass"}
        assert not any(checked.repairs.values())


def test_check_case__looks_at_everything_the_manual_promises(tmp_path):
    found = set(levels(write_case(tmp_path, HIP.femur, HIP.hip_bone)))
    promised = {
        "closed", "manifold", "oriented", "components", "solid", "duplicates", "degenerate faces",
        "self-intersections", "resolution", "size", "side",
    }  # fmt: skip
    assert {("femur_r", check) for check in promised} <= found
    assert {("hip_r", check) for check in promised} <= found
    assert {("femur_r", "resolution near LT"), ("hip_r", "resolution near tuberosity")} <= found
    joint = ("joint centres", "joint size", "joint direction", "joint space")
    assert {("right joint", check) for check in joint} <= found
    assert ("case", "unit") in found


def test_check_case__looks_for_the_trochanter_of_a_femur_that_ends_in_its_shaft(tmp_path):
    below = HIP.landmarks["lesser_trochanter"] - 110.0 * HIP.femoral_frame()[:3, 1]
    short = trimmed(HIP.femur, below[None], -HIP.femoral_frame()[None, :3, 1])
    found = levels(write_case(tmp_path, short, HIP.hip_bone))
    assert found["femur_r", "resolution near LT"] == "pass"
    assert found["femur_r", "size"] == "warn"


def test_check_case__mends_on_the_way_and_tells(tmp_path):
    inside_out = Mesh(HIP.femur.vertices, HIP.femur.faces[:, ::-1])
    checked = check_case(find_case(write_case(tmp_path, inside_out, HIP.hip_bone)))
    assert checked.repairs["femur_r"] == ("turned the surface outward",)
    assert {(row, f.check): f.level for row, f in checked.rows}["femur_r", "oriented"] == "warn"


def test_check_case__a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path):
    folder = write_case(tmp_path, HIP.femur, HIP.hip_bone)
    (folder / "hip_r.ply").write_bytes(b"ply\n")
    found = levels(folder)
    assert found["hip_r", "readable"] == "fail"
    assert found["femur_r", "closed"] == "pass"


def test_check_case__without_any_readable_file_the_unit_fails(tmp_path):
    folder = write_case(tmp_path, HIP.femur, HIP.hip_bone)
    for file in folder.iterdir():
        file.write_bytes(b"")
    assert levels(folder)["case", "unit"] == "fail"


def test_check_case__a_stated_unit_that_is_wrong_fails(tmp_path):
    folder = write_case(tmp_path, HIP.femur, HIP.hip_bone)
    (folder / "case.yaml").write_text("unit: cm\n")
    assert levels(folder)["case", "unit"] == "fail"
    with pytest.raises(CaseError, match="stated unit 'cm' contradicts the bones"):
        load_hip(folder)


def test_check_case__a_femur_without_landmarks_is_a_warning(tmp_path):
    ball = sphere(150.0, subdivisions=5)
    assert levels(write_case(tmp_path, ball, HIP.hip_bone))["femur_r", "landmarks"] == "warn"


def test_load_hip__refuses_a_mirrored_femur_and_shows_both(tmp_path):
    folder = write_case(tmp_path, HIP.femur.mirrored(2), HIP.hip_bone)
    with pytest.raises(
        AnatomyError, match=r"femur_r\.ply: called right, by its shape a left femur"
    ):
        load_hip(folder)


@pytest.mark.bones
def test_ugly_bones__are_refused_with_the_reason_and_never_give_a_number(bones, tmp_path):
    """OpenSim: a pelvis of 122 vertices, open and non-manifold, and a femur of 456."""
    shutil.copy(bones / "ugly" / "r_femur.stl", tmp_path / "femur_r.stl")
    shutil.copy(bones / "ugly" / "r_pelvis.stl", tmp_path / "hip_r.stl")
    found = levels(tmp_path)
    assert found["case", "unit"] == "pass"
    assert found["femur_r", "resolution"] == found["hip_r", "manifold"] == "fail"
    with pytest.raises(
        MeshError, match=r"femur_r\.stl cannot be used as a femur: median edge 10 mm"
    ):
        load_hip(tmp_path)
    save_mesh(tmp_path / "good.ply", HIP.femur)
    (tmp_path / "femur_r.stl").unlink()
    (tmp_path / "good.ply").rename(tmp_path / "femur_r.ply")
    with pytest.raises(CaseError, match=r"hip_r: .* read in m it is 219 mm"):
        load_hip(tmp_path)  # one bone in mm, the other in metres


def parts_of(file: Path, wanted, left_out=()) -> Mesh:
    """Return named parts of a GLB of the Visible Human in mm."""
    import trimesh

    scene = trimesh.load_scene(file, process=False)
    points, faces, count = [], [], 0
    for node in scene.graph.nodes_geometry:
        if wanted in node and not any(word in node for word in left_out):
            move, name = scene.graph[node]
            mesh = scene.geometry[name]
            points.append(np.asarray(mesh.vertices) @ move[:3, :3].T + move[:3, 3])
            faces.append(np.asarray(mesh.faces) + count)
            count += len(points[-1])
    return Mesh(1000.0 * np.vstack(points), np.vstack(faces))


def farthest_mm(points: np.ndarray, mesh: Mesh) -> float:
    """Return the largest distance of points from a surface, each as a triangle of no size."""
    dots = [Mesh(point + 1e-6 * np.eye(3), [[0, 1, 2]]) for point in points]
    query = DistanceQuery(dots[0], mesh)
    found = [query.with_a(dot)(np.eye(4)).distance_mm[0] for dot in dots]
    return float(np.abs(found).max())


@pytest.mark.bones
@pytest.mark.parametrize(("sex", "side"), [("f", "r"), ("m", "r"), ("m", "l")])
def test_outer_surface__of_the_visible_human_originals_is_the_closed_bone(bones, sex, side):
    """Three hollow shells make the hip bone; the femur is one open mesh and fifteen patches."""
    folder, here = bones / "hubmap_vh" / "original", f"_{side.upper()}"
    shells = parts_of(folder / f"VH_{sex.upper()}_Pelvis.glb", "compact_bone" + here)
    leg = ("tibia", "fibula", "patella_", "meniscus")
    patches = parts_of(folder / f"VH_{sex.upper()}_Knee{here}.glb", "", left_out=leg)
    for bone, raw in (("hip", shells), ("femur", patches)):
        outside = outer_surface(raw)
        closed = load_mesh(bones / "hubmap_vh" / f"vh_{sex}_{bone}_{side}.stl")
        assert outside.is_closed
        assert outside.volume_mm3 == pytest.approx(closed.volume_mm3, rel=VOLUME_TOL)
        for one, other in ((outside, closed), (closed, outside)):
            assert farthest_mm(one.vertices[::40], other) < OUTSIDE_TOL_MM
