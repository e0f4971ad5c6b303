"""What instruments do against the ideal: as much space, for more bone; no more than they must."""

from functools import cache

import pytest

from hipsim.anatomy.hip import Hip
from hipsim.geometry import cut
from hipsim.io import load_hip
from hipsim.kinematics.arcs import neutral
from hipsim.planning.clearance import clearance_along
from hipsim.planning.required_outcome import certified
from hipsim.planning.required_resection import RequiredResection, required_resection
from hipsim.planning.required_tools import (
    WAIVED_MM,
    ToolResection,
    best_burr,
    best_contour,
    best_plane,
)
from hipsim.planning.targets import Target
from hipsim.surgery import resect_lesser_trochanter
from hipsim.surgery.excision import lesser_trochanter_excision

GAIN_MM = 2.0
MARGIN_MM = 0.15  # of depth: the ideal's margin and the step in which depths are sought
HELD_REL = 2e-3  # of the ideal's volume: what lies within its margin may stick out of a plane


@cache
def hip() -> Hip:
    return load_hip("woman_narrow")


@cache
def ideal() -> RequiredResection:
    (start,) = certified(hip(), [Target(neutral(), 0.0, "")])
    return required_resection(hip(), [Target(neutral(), start.minimum_mm + GAIN_MM, "2 mm more")])


@cache
def plane() -> ToolResection:
    return best_plane(ideal())


@cache
def burr() -> ToolResection:
    return best_burr(ideal(), plane=plane())


@cache
def contour() -> ToolResection:
    return best_contour(ideal())


@pytest.mark.parametrize("tool", [plane, burr, contour])
def test_tools__that_reach_the_target_cost_no_less_bone_than_the_ideal(tool):
    found = tool()
    if not found.is_reached:
        pytest.skip("this instrument does not reach the target on this hip")
    (outcome,) = found.outcomes
    assert found.is_as_good
    assert outcome.after.lower_bound_mm >= outcome.target.clearance_mm
    assert found.extra_volume_mm3 > -HELD_REL * ideal().volume_mm3
    total = found.resection.volume_mm3 + found.resection.hip.femur.volume_mm3
    assert total == pytest.approx(hip().femur.volume_mm3, rel=1e-6)


def test_best_plane__holds_the_ideal():
    removed, whole = ideal().removed, plane().resection.removed
    assert removed is not None and whole is not None
    together = cut.union(removed, whole).mesh.volume_mm3
    assert together - whole.volume_mm3 < HELD_REL * removed.volume_mm3


def test_best_plane__a_little_less_deep_does_not_do():
    amounts = plane().amounts
    shallow = {**amounts, "depth_mm": amounts["depth_mm"] - MARGIN_MM}
    less = clearance_along(resect_lesser_trochanter(hip(), **shallow), neutral())
    assert less.minimum_mm < ideal().outcomes[0].target.clearance_mm


def test_best_plane__costs_no_more_footprint_than_its_neighbours():
    """Planes of other tilts that do as much lose at least as much of the insertion."""
    wanted = ideal().outcomes[0].target.clearance_mm
    for tilt in (-10.0, 0.0, 10.0, 20.0):
        for depth in (2.0, 4.0, 6.0):
            other = resect_lesser_trochanter(hip(), depth_mm=depth, tilt_deg=tilt)
            if clearance_along(other, neutral()).minimum_mm >= wanted + MARGIN_MM:
                lost = other.footprints["iliopsoas"].lost_share
                assert plane().resection.footprint.lost_share <= lost + 0.01


def test_best_burr__is_no_shallower_than_a_plane_of_its_tilt_may_be():
    found = burr()
    assert found.amounts["diameter_mm"] == 5.5
    shallow = found.amounts["depth_mm"] - MARGIN_MM
    less = resect_lesser_trochanter(hip(), depth_mm=shallow, tilt_deg=found.amounts["tilt_deg"])
    assert clearance_along(less, neutral()).minimum_mm < found.outcomes[0].after.minimum_mm


def test_best_contour__spares_half_of_the_footprint():
    assert contour().resection.footprint.lost_share <= 0.6


def test_tools__for_nothing_take_nothing():
    (start,) = certified(hip(), [Target(neutral(), 0.0, "")])
    met = required_resection(hip(), [Target(neutral(), start.minimum_mm, "as it is")])
    for found in (best_plane(met), best_burr(met), best_contour(met)):
        assert (found.resection.removed, found.is_reached) == (None, True)
        assert found.extra_volume_mm3 == 0.0
        assert found.amounts["depth_mm"] == 0.0


def test_tools__out_of_reach_say_what_is_missing():
    far = required_resection(hip(), [Target(neutral(), 40.0, "40 mm")])
    whole = clearance_along(lesser_trochanter_excision(hip()).hip, neutral()).minimum_mm
    for found in (best_plane(far), best_burr(far)):
        (outcome,) = found.outcomes
        assert not found.is_reached
        assert outcome.limit == far.outcomes[0].limit
        assert outcome.missing_mm >= 40.0 - whole - 0.02
        if found.is_as_good:
            assert outcome.missing_mm <= 40.0 - whole + WAIVED_MM + 0.05


def test_tools__speak_for_themselves():
    assert repr(plane()).startswith("<plane of")
    assert "tilt_deg" in repr(plane())
