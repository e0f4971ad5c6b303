"""The side of a bone by its shape, in any orientation, mirrored, cut off, coarse."""

import numpy as np
import pytest
from mean_bones import right_bones
from real_hips import HIPS, real_hip
from shapes import box, random_rigid, sphere

from hipsim.anatomy.find_side import find_head, side_of_femur, side_of_hip_bone
from hipsim.anatomy.sides import other_side
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.cut import trimmed

SHAPES = [
    ("male", {}),
    ("male", {"version_deg": -15.0}),
    ("female", {"version_deg": 40.0, "lesser_trochanter_direction_deg": 10.0}),
]
CLEAR = 0.25  # margin; the least of 12 real hips in any orientation is 0.5
CUT_MM = (95.0, 140.0, 250.0)  # below the head centre: from just below the lesser trochanter on
TWELVE = pytest.mark.bones


def cut_off(femur: Mesh, depth_mm: float, tilt=(0.0, 0.0, 0.0)) -> Mesh:
    """Return a femur in its condylar frame without what lies deeper than a depth."""
    away = rigid.unit(np.array([0.0, -1.0, 0.0]) + tilt)
    return trimmed(femur, [[0.0, -depth_mm, 0.0]], [away])


@pytest.mark.parametrize(("sex", "shape"), SHAPES)
def test_side__of_virtual_bones_is_right_in_any_orientation_and_left_in_a_mirror(sex, shape, rng):
    for bone, side_of in zip(
        right_bones(sex, **shape), (side_of_femur, side_of_hip_bone), strict=True
    ):
        found = side_of(bone.transformed(random_rigid(rng)))
        mirrored = side_of(bone.mirrored(int(rng.integers(3))).transformed(random_rigid(rng)))
        assert (found.side, mirrored.side) == ("right", "left")
        assert min(found.margin, mirrored.margin) > CLEAR


@pytest.mark.parametrize("depth_mm", CUT_MM)
def test_side__of_a_proximal_femur(depth_mm, rng):
    femur, _ = right_bones("male")
    part = cut_off(femur, depth_mm, 0.2 * rng.normal(size=3)).transformed(random_rigid(rng))
    assert side_of_femur(part).side == "right"
    assert side_of_femur(part.mirrored()).side == "left"


def test_side__says_what_it_was_told_by():
    femur, hip_bone = right_bones("male")
    assert "condyles +" in side_of_femur(femur).why
    assert "likeness +" in side_of_femur(cut_off(femur, 140.0)).why
    assert "off the mean right bone by" in side_of_hip_bone(hip_bone).why


def test_side_of_femur__refuses_a_head_without_a_shaft():
    femur, _ = right_bones("male")
    with pytest.raises(AnatomyError, match=r"ends \d\d mm below the head centre, wanted 8\d mm"):
        side_of_femur(cut_off(femur, 65.0))


def test_side_of_femur__refuses_what_tells_no_side():
    """A ball on a rod is its own mirror image."""
    angle = np.linspace(0.0, 2.0 * np.pi, 64, endpoint=False)
    profile = [
        (0.0, 24.0),
        *((24.0 * np.sin(t), 24.0 * np.cos(t)) for t in np.arange(0.1, 2.6, 0.1)),
    ]
    profile += [(12.0, -depth) for depth in np.arange(24.0, 400.0, 4.0)]
    rings = [
        np.column_stack([r * np.cos(angle), np.full(64, y), r * np.sin(angle)])
        for r, y in profile[1:]
    ]
    points = np.vstack([*rings, [[0.0, 24.0, 0.0], [0.0, -396.0, 0.0]]])
    here = np.arange(64 * len(rings)).reshape(-1, 64)
    there = np.roll(here, -1, axis=1)
    walls = [
        np.stack([here[:-1], there[:-1], there[1:]], -1),
        np.stack([here[:-1], there[1:], here[1:]], -1),
    ]
    top, bottom = here.size, here.size + 1
    caps = [
        np.stack([np.full(64, top), there[0], here[0]], -1),
        np.stack([np.full(64, bottom), here[-1], there[-1]], -1),
    ]
    rod = Mesh(points, np.vstack([part.reshape(-1, 3) for part in (*walls, *caps)]))
    with pytest.raises(AnatomyError, match="the side of this femur cannot be told from its shape"):
        side_of_femur(rod)


def test_find_head__refuses_a_bone_without_one():
    with pytest.raises(AnatomyError, match="no femoral head found: wanted a sphere of 14 to 34 mm"):
        find_head(box(high=(30.0, 40.0, 400.0)))


def test_side_of_hip_bone__refuses_another_bone():
    femur, _ = right_bones("female")
    for other in (femur, sphere(60.0)):
        with pytest.raises(AnatomyError, match="does not look like a hip bone|cannot be told"):
            side_of_hip_bone(other)


@TWELVE
@pytest.mark.parametrize(("case", "side"), HIPS[::2])
def test_side__of_real_bones_in_any_orientation_and_mirrored(bones, case, side, rng):
    """Right bones of every subject, every other one mirrored."""
    hip, is_mirrored = real_hip(bones, case, side), HIPS.index((case, side)) % 4 == 0
    for bone, side_of in ((hip.femur, side_of_femur), (hip.hip_bone, side_of_hip_bone)):
        moved = (bone.mirrored(int(rng.integers(3))) if is_mirrored else bone).transformed(
            random_rigid(rng)
        )
        found = side_of(moved)
        assert found.side == (other_side(side) if is_mirrored else side)
        assert found.margin > CLEAR


@TWELVE
@pytest.mark.parametrize(("case", "side"), HIPS[1::4])
def test_side__of_real_femora_cut_off_below_the_trochanter(bones, case, side, rng):
    hip = real_hip(bones, case, side)
    head = find_head(hip.femur)
    up = hip.femoral_frame("condylar")[:3, 1]
    part = trimmed(hip.femur, [head.centre - 4.5 * head.radius_mm * up], [-up])
    assert side_of_femur(part.transformed(random_rigid(rng))).side == side
