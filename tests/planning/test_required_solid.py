"""What lies too near, against slabs one can work out by hand."""

import numpy as np
import pytest
from shapes import box, random_rotation

from hipsim.geometry import Mesh, cut, rigid
from hipsim.planning.required_solid import Lattice, excess_mm, too_near
from hipsim.planning.required_space import Space
from hipsim.proximity.field import DistanceField

SPACING = 0.5
SLAB_REL = 1e-5  # of a volume: the contour of a distance to a plane is that plane, in float32
ROUND_REL = 0.03  # where the surface is round: half a mm of grid
BONE = box((0, 0, 0), (10, 10, 10))
AXES = np.eye(3)
MIRROR = np.diag([-1.0, 1.0, 1.0])


def taken(pelvis: Mesh, level: float, *, frame=AXES, poses=None) -> float:
    """Return the volume of the cube that is nearer to a body than a level."""
    moves = np.eye(4)[None] if poses is None else poses
    lattice = Lattice.around(BONE, frame=frame, origin=np.full(3, 5.0), spacing_mm=SPACING)
    spaces = [Space(DistanceField(pelvis), moves)]
    near = too_near(spaces, np.array([level]), DistanceField(BONE), lattice)
    shared = None if near is None else cut.common(near, BONE)
    return 0.0 if shared is None else shared.volume_mm3


@pytest.mark.parametrize("frame", [AXES, MIRROR])
def test_too_near__to_a_plate_above_is_a_slab(frame):
    plate = box((-20, -20, 11), (30, 30, 15))
    assert taken(plate, 3.2, frame=frame) == pytest.approx(220.0, rel=SLAB_REL)


def test_too_near__does_not_depend_on_the_frame(rng):
    plate = box((-20, -20, 11), (30, 30, 15))
    assert taken(plate, 3.2, frame=random_rotation(rng)) == pytest.approx(220.0, rel=ROUND_REL)


def test_too_near__takes_the_nearest_of_all_poses():
    plate = box((-20, -20, 11), (30, 30, 15))
    lifted = np.stack([rigid.translation([0, 0, -h]) for h in (2.0, 0.5, 4.0)])
    assert taken(plate, 3.2, poses=lifted) == pytest.approx(170.0, rel=SLAB_REL)


def test_too_near__is_nothing_where_all_is_far():
    assert taken(box((0, 0, 20), (10, 10, 30)), 5.0) == 0.0


def test_too_near__is_all_where_the_bone_is_inside():
    assert taken(box((-20, -20, -20), (30, 30, 30)), 1.0) == pytest.approx(1000.0, rel=SLAB_REL)


def test_too_near__leaves_no_bone_over_a_hollow():
    """A bar beside the cube at mid height: what lies above the groove goes, what is below stays."""
    bar = box((11, -20, 4), (15, 30, 6))
    groove = 10.0 * (2.0 * 2.0 + 0.5 * (9.0 * np.arccos(1 / 3) - np.sqrt(8.0)) * 2.0)
    low = 0.5 * (groove - 10.0 * 2.0 * 2.0)  # its part below the bar's height
    assert taken(bar, 3.0) == pytest.approx(low + 10.0 * 2.0 * 6.0, rel=ROUND_REL)
    turned_over = np.diag([1.0, -1.0, -1.0])
    assert taken(bar, 3.0, frame=turned_over) == pytest.approx(low + 120.0, rel=ROUND_REL)


def test_too_near__of_two_motions_is_the_union_of_both():
    lattice = Lattice.around(BONE, frame=AXES, origin=np.full(3, 5.0), spacing_mm=SPACING)
    plates = box((-20, -20, 11), (30, 30, 15)), box((-20, 11, -20), (30, 15, 30))
    spaces = [Space(DistanceField(plate), np.eye(4)[None]) for plate in plates]
    near = too_near(spaces, np.array([3.0, 2.0]), DistanceField(BONE), lattice)
    assert near is not None
    shared = cut.common(near, BONE)
    assert shared is not None
    assert shared.volume_mm3 == pytest.approx(200.0 + 100.0 - 20.0, rel=0.01)


def test_excess__is_distance_less_level():
    space = Space(DistanceField(box((0, 0, 11), (10, 10, 15))), np.eye(4)[None])
    found = excess_mm([space], np.array([3.0]), np.array([[5.0, 5.0, 10.0], [5.0, 5.0, 5.0]]))
    np.testing.assert_allclose(found, [[-2.0, 3.0]], atol=1e-12)


def test_lattice__of_a_mirror_image_is_the_mirror_image():
    plate = Lattice.around(BONE, frame=AXES, origin=np.zeros(3), spacing_mm=SPACING)
    other = Lattice.around(BONE.mirrored(), frame=MIRROR, origin=np.zeros(3), spacing_mm=SPACING)
    index = np.array([[1, 2, 3]])
    np.testing.assert_array_equal(other.points(index), plate.points(index) * [-1, 1, 1])
    assert plate.shape == other.shape
