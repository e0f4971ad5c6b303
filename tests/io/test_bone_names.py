"""Bones by the names of files and parts."""

import pytest

from hipsim.errors import CaseError
from hipsim.io.bone_names import bone_named, bone_of

SAID = [
    ("femur_r", ("femur", "right")),
    ("Femur_L", ("femur", "left")),
    ("VH_F_femur_R", ("femur", "right")),
    ("p_r_007_femur_left", ("femur", "left")),
    ("femur_right_smoothed", ("femur", "right")),
    ("hip_left", ("hip", "left")),
    ("RightHip", ("hip", "right")),
    ("r_pelvis", ("hip", "right")),
    ("rfemur", ("femur", "right")),
    ("Femur", ("femur", None)),
    ("L os coxae", ("hip", "left")),
    ("VH_F_ilium_compact_bone_R", ("hip", "right")),
    ("Sacrum", ("sacrum", None)),
    ("VH_F_ilium_spongy_bone_R", None),
    ("tibia_r", None),
    ("articular_cartilage_of_femur_R", None),
    ("femoral_artery_left", None),
    ("segment_1", None),
    ("", None),
]


@pytest.mark.parametrize(("label", "bone"), SAID)
def test_bone_of__knows_what_people_write(label, bone):
    assert bone_of(label) == bone


@pytest.mark.parametrize("label", ["left_femur_right", "R-femur-L"])
def test_bone_of__refuses_both_sides(label):
    with pytest.raises(CaseError, match="names both sides; rename it to femur_r"):
        bone_of(label)


def test_bone_of__refuses_two_bones():
    with pytest.raises(CaseError, match="names two bones: femur and hip"):
        bone_of("hip_and_femur_r")


@pytest.mark.parametrize(
    ("name", "bone"),
    [
        ("femur_left", "femur_l"),
        ("Femur, right", "femur_r"),
        ("RightFemur", "femur_r"),
        ("R-Femur", "femur_r"),
        ("os coxae left", "hip_l"),
        ("innominate_bone_r", "hip_r"),
        ("Sacrum", "sacrum"),
        ("hip_implant_right", None),
        ("femur_left_right", None),
        ("RT hip bone", "hip_r"),
        ("sacrum_left", None),
        ("femur", None),
        ("left femoral head", None),
        ("iliac_artery_left", None),
    ],
)
def test_bone_named__knows_a_bone_with_its_side_only(name, bone):
    assert bone_named(name) == bone
