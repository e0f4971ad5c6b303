"""Laws of the least resection: enough, none too much, nested, the same left and right."""

from functools import cache

import numpy as np
import pytest
from phantom import mirrored_hip
from real_hips import real_hip

from hipsim.anatomy.hip import Hip
from hipsim.errors import InputError
from hipsim.geometry import cut
from hipsim.io import load_hip
from hipsim.kinematics.arcs import arc, neutral
from hipsim.kinematics.clinical import ifi_test
from hipsim.planning.clearance import clearance_along
from hipsim.planning.required_outcome import certified
from hipsim.planning.required_resection import RequiredResection, required_resection
from hipsim.planning.required_space import make_spaces
from hipsim.planning.targets import Target
from hipsim.proximity.field import DistanceField
from hipsim.surgery.excision import lesser_trochanter_excision

VOLUME_REL = 1e-6  # of a femur, kept and removed against before
NESTED_REL = 1e-4  # of a piece: two contours of one grid, cut by manifold3d
MIRROR_REL = 1e-4  # of a piece: rounding moves contours across grid edges
EXCESS_MM = 0.2  # the most a target is overshot, margin and grid together
CERTIFIED_MM = 0.03  # two certificates of 0.01 mm, and one's goal lies as much below it
THINNER_MM = 1.0
FINE = ifi_test(step_deg=0.1)  # ten times finer than the motion that was planned for
IFI_MM = 0.5
GAIN_MM = 2.0  # in neutral


@cache
def hip() -> Hip:
    return load_hip("woman_narrow")


@cache
def start_mm() -> tuple[float, float]:
    found = certified(hip(), targets(0.0, 0.0))
    return found[0].minimum_mm, found[1].minimum_mm


def targets(neutral_mm: float, ifi_mm: float) -> tuple[Target, Target]:
    return (
        Target(neutral(), neutral_mm, f"{neutral_mm:g} mm"),
        Target(ifi_test(), ifi_mm, f"{ifi_mm:g} mm"),
    )


@cache
def found(ifi_mm: float = IFI_MM) -> RequiredResection:
    """Return the resection that gives 2 mm more in neutral and some space in the IFI test."""
    return required_resection(hip(), targets(start_mm()[0] + GAIN_MM, ifi_mm))


def test_required_resection__of_targets_that_are_met_removes_nothing():
    met = required_resection(hip(), [Target(neutral(), start_mm()[0], "as it is")])
    assert met.hip is hip()
    assert (met.removed, met.volume_mm3, met.deepest_mm, met.binding) == (None, 0.0, 0.0, None)
    assert met.is_reached
    assert met.outcomes[0].missing_mm == 0.0


def test_required_resection__reaches_its_targets_and_hardly_more():
    result = found()
    assert result.is_reached
    assert result.binding is not None
    least = result.binding
    assert least.target.clearance_mm <= least.after.lower_bound_mm
    assert least.after.minimum_mm <= least.target.clearance_mm + EXCESS_MM


def test_required_resection__holds_at_every_pose_of_a_ten_times_finer_arc():
    assert clearance_along(found().hip, FINE).minimum_mm >= IFI_MM


def test_required_resection__a_mm_thinner_would_not_do():
    """Bone that a resection a mm thinner would leave comes nearer than wanted."""
    result = found()
    made = result.resection.made_surface
    assert made is not None and result.removed is not None
    above = made.face_centres + THINNER_MM * made.face_normals
    left = above[DistanceField(result.removed)(above, np.eye(4)).distance_mm < 0.0]
    spaces = make_spaces(hip(), tuple(one.target for one in result.outcomes))
    wanted = np.array([one.target.clearance_mm for one in result.outcomes])
    short = wanted[:, None] - np.stack([space.distances_mm(left) for space in spaces])
    assert short.max() > 0.5 * THINNER_MM
    assert (short.max(axis=0) > 0.0).mean() > 0.95


def test_required_resection__conserves_volume():
    result = found()
    parts = result.hip.femur.volume_mm3 + result.volume_mm3
    assert parts == pytest.approx(hip().femur.volume_mm3, rel=VOLUME_REL)
    assert result.removed is not None and result.removed.is_closed


def test_required_resection__of_a_larger_target_holds_that_of_a_smaller():
    small, large = found().removed, found(IFI_MM + 0.5).removed
    assert small is not None and large is not None
    assert large.volume_mm3 >= small.volume_mm3
    together = cut.union(small, large).mesh.volume_mm3
    assert together == pytest.approx(large.volume_mm3, rel=NESTED_REL)


def test_required_resection__of_the_mirrored_hip_is_the_mirror_image():
    other = required_resection(mirrored_hip(hip()), tuple(one.target for one in found().outcomes))
    assert other.volume_mm3 == pytest.approx(found().volume_mm3, rel=MIRROR_REL)
    assert other.footprint_lost_share == pytest.approx(found().footprint_lost_share, abs=1e-3)
    np.testing.assert_allclose(other.depth_mm, found().depth_mm, atol=0.02)


def test_required_resection__depth_map_is_the_distance_to_the_bone_that_is_left():
    result = found()
    deep = result.depth_mm > 0.0
    assert 0.0 < deep.mean() < 0.1
    assert result.removed is not None
    inside = DistanceField(result.removed)(hip().femur.vertices[deep], np.eye(4)).distance_mm
    assert inside.max() < 1e-6
    away = DistanceField(result.hip.femur)(hip().femur.vertices[deep], np.eye(4)).distance_mm
    np.testing.assert_allclose(result.depth_mm[deep], away)
    assert result.deepest_mm <= result.resection.deepest_mm + 1e-9


def test_required_resection__names_the_binding_target():
    """A target that is met dictates nothing; of two that are not, their shares add up."""
    low, ifi = targets(start_mm()[0] - 3.0, IFI_MM)
    result = required_resection(hip(), [low, ifi])
    assert result.binding is not None and result.binding.target is ifi
    assert [one.goal_mm for one in result.outcomes] == [None, IFI_MM]
    assert [one.share for one in result.outcomes] == pytest.approx([0.0, 1.0])
    assert sum(one.share for one in found().outcomes) == pytest.approx(1.0)


def test_required_resection__out_of_reach_gains_what_the_whole_zone_would():
    result = required_resection(hip(), [Target(neutral(), 40.0, "40 mm")])
    (outcome,) = result.outcomes
    whole = lesser_trochanter_excision(hip())
    (most,) = certified(whole.hip, [outcome.target])
    assert not outcome.is_reached
    assert outcome.missing_mm == pytest.approx(40.0 - most.minimum_mm, abs=CERTIFIED_MM)
    assert outcome.reachable is not None
    assert outcome.reachable.minimum_mm == most.minimum_mm
    assert outcome.limit
    assert result.volume_mm3 < whole.volume_mm3  # no bone goes that gains nothing


def test_required_resection__takes_no_bone_where_none_of_the_zone_gains_space():
    """The greater trochanter comes no farther from the ischium by a resection of the lesser."""
    greater = Target(neutral(), 59.0, "59 mm", femoral_region="greater_trochanter")
    result = required_resection(hip(), [greater])
    assert (result.hip is hip(), result.removed, result.is_reached) == (True, None, False)
    assert result.outcomes[0].limit == "greater trochanter"


def test_required_resection__says_what_overlap_it_cannot_end():
    """Extended, adducted and turned out, a narrow hip collides with its whole trochanter gone."""
    deep = arc(flexion_deg=(-25, -35), adduction_deg=10, rotation_deg=-20, step_deg=5)
    result = required_resection(hip(), [Target(deep, 0.0, "no contact")])
    (outcome,) = result.outcomes
    assert outcome.reachable is not None and outcome.reachable.minimum_mm < 0.0
    assert not outcome.is_reached
    assert outcome.after.minimum_mm >= outcome.before.minimum_mm
    assert outcome.missing_mm == -outcome.after.minimum_mm


def test_required_resection__leaves_its_input_alone():
    before = hip().femur.content_hash, hip().notes
    note = found().hip.notes[-1]
    assert (hip().femur.content_hash, hip().notes) == before
    assert note["procedure"] == "required_resection"
    assert note["removed_volume_mm3"] == found().volume_mm3


@pytest.mark.parametrize(
    ("wanted", "message"), [([], "there is no target"), ([17.0], "targets must be Target")]
)
def test_required_resection__refuses(wanted, message):
    with pytest.raises(InputError, match=message):
        required_resection(hip(), wanted)


def test_required_resection__speaks_for_itself():
    assert "all targets reached" in repr(found())
    assert "reached" in repr(found().outcomes[0])


@pytest.mark.bones
@pytest.mark.parametrize("side", ["right", "left"])
def test_required_resection__frees_the_narrow_ct_hip_in_extension(bones, side):
    narrow = real_hip(bones, "z027", side)
    extension = arc(flexion_deg=(0, -10))
    (start,) = certified(narrow, [Target(extension, 0.0, "contact")])
    wanted = Target(extension, start.minimum_mm + 2.0, "2 mm more")
    result = required_resection(narrow, [wanted])
    assert result.is_reached
    fine = arc(flexion_deg=(0, -10), step_deg=0.1)
    assert clearance_along(result.hip, fine).minimum_mm >= wanted.clearance_mm
    assert result.outcomes[0].after.minimum_mm <= wanted.clearance_mm + EXCESS_MM
    assert result.deepest_mm < 8.0
