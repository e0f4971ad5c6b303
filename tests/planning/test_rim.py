"""The bone around the socket: in front, behind, and not the hollow in between."""

from dataclasses import replace

import numpy as np
import pytest

from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.io import load_hip
from hipsim.planning.rim import REACH_RADII, rim_regions

REACH_TOL_RADII = 0.25  # the socket's sphere is a little larger than the head's


@pytest.fixture(scope="module")
def hip():
    return load_hip("woman")


@pytest.fixture(scope="module")
def rim(hip):
    return rim_regions(hip)


def in_pelvis(hip, mask):
    return rigid.apply(rigid.inverse(hip.pelvic_frame("app")), hip.hip_bone.face_centres[mask])


def test_rim_regions__part_front_and_back(hip, rim):
    front, back = in_pelvis(hip, rim.is_front), in_pelvis(hip, rim.is_back)
    assert not (rim.is_front & rim.is_back).any()
    assert front[:, 0].mean() > 10.0 > -10.0 > back[:, 0].mean()  # mm in front of the hip centre


def test_rim_regions__stay_near_the_socket_and_out_of_it(hip, rim):
    for mask in (rim.is_front, rim.is_back):
        distance = np.linalg.norm(in_pelvis(hip, mask), axis=1) / hip.head_radius_mm
        assert distance.max() < REACH_RADII + REACH_TOL_RADII
        assert distance.min() > 1.0  # nothing of it inside the head


def test_rim_regions__follow_the_bone_when_the_scan_turns(hip, rim):
    turn = rigid.transform_from(rigid.rotation_about((1, 2, 3), 1.0), [100.0, -50.0, 30.0])
    marks = {name: rigid.apply(turn, point[None])[0] for name, point in hip.landmarks.items()}
    moved = hip.evolved(
        femur=hip.femur.transformed(turn),
        hip_bone=hip.hip_bone.transformed(turn),
        landmarks=type(hip.landmarks)(marks),
    )
    again = rim_regions(moved)
    assert (again.is_front != rim.is_front).sum() <= 2  # faces on a border, by rounding
    assert (again.is_back != rim.is_back).sum() <= 2


def test_rim_regions__refuse_a_bone_without_a_socket(hip):
    far = Mesh(hip.hip_bone.vertices + [300.0, 0.0, 0.0], hip.hip_bone.faces)
    with pytest.raises(AnatomyError):
        rim_regions(replace(hip, hip_bone=far))


def test_rim_regions__of_ct_hips_hold_the_anterior_inferior_spine(bones):
    from real_hips import CT_HIPS, real_hip

    for case, side in CT_HIPS[2:4]:
        hip = real_hip(bones, case, side)
        rim = rim_regions(hip)
        front = in_pelvis(hip, rim.is_front)
        highest = front[front[:, 0] > hip.head_radius_mm]  # in front of the head
        assert 25.0 < highest[:, 1].max() < 60.0  # mm above the hip joint centre
