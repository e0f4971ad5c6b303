"""Bones against their names and each other: sides, joints, the space between them."""

import numpy as np
import pytest
from real_hips import CASES, CT_CASES
from shapes import box

from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.io.fit_together import check_resolution, check_together, refuse_misfits
from hipsim.io.hips import load_hip
from hipsim.io.meshes import load_mesh

HIP = load_hip("woman")
APART_MM = 172.0
LEFT_HIP_BONE = HIP.hip_bone.mirrored(2).transformed(rigid.translation([0.0, 0.0, -APART_MM]))
LEFT_FEMUR = HIP.femur.mirrored(2).transformed(rigid.translation([0.0, 0.0, -APART_MM]))
BONES = {"femur_r": HIP.femur, "hip_r": HIP.hip_bone, "hip_l": LEFT_HIP_BONE}
FILES = {"femur_r": "a/femur_r.stl", "hip_r": "a/hip_r.stl", "hip_l": "a/hip_l.stl"}


def shifted(mesh: Mesh, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
    return mesh.transformed(rigid.translation([x, y, z]))


def found(bones, row, check):
    (finding,) = [f for r, f in check_together(bones) if (r, f.check) == (row, check)]
    return finding


def test_check_together__passes_a_good_pelvis_with_both_femora():
    levels = {finding.level for _, finding in check_together({**BONES, "femur_l": LEFT_FEMUR})}
    assert levels == {"pass"}


@pytest.mark.parametrize(
    ("bone", "other"), [("femur_r", LEFT_FEMUR), ("hip_r", LEFT_HIP_BONE), ("hip_l", HIP.hip_bone)]
)
def test_side__a_bone_of_the_other_side_shows_name_and_shape(bone, other):
    finding = found({bone: other}, bone, "side")
    called, shape = ("right", "left") if bone[-1] == "r" else ("left", "right")
    assert finding.level == "fail"
    assert finding.found.startswith(f"called {called}, by its shape a {shape}")
    assert f"rename the file to {bone[:-1]}{shape[0]}" in finding.advice


def test_side__a_body_without_side_is_a_warning():
    assert found({"hip_r": box(high=(40.0, 150.0, 200.0))}, "hip_r", "side").level == "warn"


def test_joint__what_cannot_be_judged_is_a_warning():
    bones = {"femur_r": HIP.femur, "hip_r": box(high=(40.0, 150.0, 200.0))}
    assert found(bones, "right joint", "joint centres").level == "warn"


@pytest.mark.parametrize(
    ("medial_mm", "level", "words"),
    [
        (0.0, "pass", "mm between the bones"),
        (3.5, "warn", r"the bones overlap: \d"),
        (25.0, "fail", r"the bones overlap: \d+"),
        (-60.0, "warn", "mm between the bones"),
    ],
)
def test_joint_space__is_the_gap_or_the_overlap(medial_mm, level, words):
    import re

    bones = {**BONES, "femur_r": shifted(HIP.femur, z=-medial_mm)}
    finding = found(bones, "right joint", "joint space")
    assert finding.level == level
    assert re.search(words, finding.found)


def test_joint_space__a_bone_inside_the_other_overlaps_by_all_of_itself():
    inner, outer = box((40.0, 40.0, 40.0), (60.0, 60.0, 60.0)), box(high=(100.0, 100.0, 100.0))
    finding = found({"femur_r": inner, "hip_r": outer}, "right joint", "joint space")
    assert (finding.level, "8000 mm3" in finding.found) == ("fail", True)


def test_pair__another_persons_femur_is_longer():
    longer = Mesh(LEFT_FEMUR.vertices * 1.1, LEFT_FEMUR.faces)
    bones = {"femur_r": HIP.femur, "femur_l": longer}
    assert found(bones, "femora", "both sides: length").level == "warn"
    assert found(bones, "femora", "both sides: head radius").level == "warn"


def test_refuse_misfits__is_silent_where_all_is_well():
    assert refuse_misfits(BONES, FILES) == ()


def test_refuse_misfits__names_the_file_the_name_and_the_shape():
    wrong = {**BONES, "femur_r": HIP.femur.mirrored(2)}
    with pytest.raises(
        AnatomyError, match=r"a/femur_r\.stl: called right, by its shape a left femur \(votes"
    ):
        refuse_misfits(wrong, FILES)


def test_refuse_misfits__a_femur_of_another_scan():
    with pytest.raises(
        AnatomyError, match=r"right joint: head centre 5\d\d\.\d mm .* lies elsewhere"
    ):
        refuse_misfits({**BONES, "femur_r": shifted(HIP.femur, x=300.0, y=400.0)}, FILES)


def test_refuse_misfits__bones_turned_between_lps_and_ras_one_by_one():
    """Half a turn about the long axis of the body: no shape changes, nothing fits any more."""
    turn = rigid.transform_from(np.diag([-1.0, 1.0, -1.0]), [40.0, 0.0, 30.0])
    with pytest.raises(AnatomyError, match="LPS and RAS"):
        refuse_misfits({**BONES, "femur_r": HIP.femur.transformed(turn)}, FILES)


def test_refuse_misfits__both_hip_bones_exchanged():
    wrong = {"hip_r": LEFT_HIP_BONE, "hip_l": HIP.hip_bone}
    with pytest.raises(AnatomyError, match=r"called right.*called left"):
        refuse_misfits(wrong, FILES)


def test_refuse_misfits__returns_what_is_unusual():
    (warning,) = refuse_misfits({**BONES, "femur_r": shifted(HIP.femur, x=4.0)}, FILES)
    assert "right joint: head centre" in warning
    assert "subluxated" in warning


def test_check_resolution__looks_where_the_closest_points_lie():
    rows = dict(check_resolution(BONES, {"right": HIP.landmarks["lesser_trochanter"]}))
    assert set(rows) == {"femur_r", "hip_r", "hip_l"}
    assert {finding.level for finding in rows.values()} == {"pass"}
    assert "within 25 mm" in rows["femur_r"].found


def test_check_resolution__a_bone_that_ends_before_has_no_surface_there():
    rows = dict(check_resolution({"femur_r": HIP.femur}, {"right": np.array([900.0, 0.0, 0.0])}))
    assert (rows["femur_r"].level, rows["femur_r"].found) == ("fail", "no surface within 25 mm")


@pytest.mark.bones
@pytest.mark.parametrize("case", ["z036", "vh_f"])
def test_refuse_misfits__no_real_hip_is_refused(bones, case):
    from hipsim.io.cases import find_case

    files = find_case(bones / CASES[case][0]).files
    meshes = {bone: load_mesh(file) for bone, file in files.items()}
    refuse_misfits(meshes, files)
    wrong = {**meshes, "femur_r": meshes["femur_l"], "femur_l": meshes["femur_r"]}
    with pytest.raises(AnatomyError, match="called right, by its shape a left femur"):
        refuse_misfits(wrong, files)


@pytest.mark.bones
@pytest.mark.parametrize("own", CT_CASES)
def test_refuse_misfits__no_femur_of_another_person_passes_silently(bones, own):
    """As scanned. Moved into the socket, one of the same head size cannot be told from the own."""
    hip_bone = load_mesh(bones / "vsd" / own / "hip_r.ply")
    for other in set(CT_CASES) - {own}:
        pair = {"femur_r": load_mesh(bones / "vsd" / other / "femur_r.ply"), "hip_r": hip_bone}
        with pytest.raises(AnatomyError, match=r"right joint: head centre \d.* one scan"):
            refuse_misfits(pair, {})
