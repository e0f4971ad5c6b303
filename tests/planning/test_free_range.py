"""The free range by direction: brute force at 0.01 deg, laws, caps, refusals."""

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_clearance_mm, phantom_hip
from real_hips import real_hip

from hipsim.errors import InputError
from hipsim.kinematics.arcs import arc, neutral
from hipsim.kinematics.motion import Motion
from hipsim.planning.certified import CertifiedQuery
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.free_range import (
    DIRECTIONS,
    SEARCHED_DEG,
    SoftTissueCap,
    free_range,
    way_of,
)

RESOLUTION = 0.1  # deg, what a range promises by default
STEP = 0.01  # deg, brute force along an arc
TOUCHING = 1e-6  # mm, overlap below this counts as none
MIRROR = 1e-6  # deg
TARGET = 2.0  # mm


def pose(flexion=0.0, adduction=0.0, rotation=0.0) -> Motion:
    angles = {"flexion_deg": [flexion], "adduction_deg": [adduction], "rotation_deg": [rotation]}
    return neutral().evolved(**angles)


def samples(way: Motion, until: float) -> Motion:
    """Return poses 0.01 deg apart along a way up to a progress."""
    n = max(2, int(np.ceil((until - way.progress[0]) / STEP)) + 1)
    share = np.linspace(0.0, 1.0, n) * (until - way.progress[0]) / np.ptp(way.progress)
    angles = way.angles_deg[0] + share[:, None] * np.diff(way.angles_deg, axis=0)
    flexion, adduction, rotation = angles.T
    return way.evolved(
        flexion_deg=flexion,
        adduction_deg=adduction,
        rotation_deg=rotation,
        progress=np.arange(n),
        segments=("way",) * n,
        shape=(),
        grid_index=None,
    )


def check_by_brute_force(hip, base, direction, target):
    """No sample before the proven angle is below; one within the resolution after it is."""
    limit = free_range(hip, base=base, target_mm=target, directions=[direction]).limits[direction]
    way, query = way_of(base, direction), ClearanceQuery(hip)
    for free, below, threshold in (
        (limit.free_until_deg, limit.below_deg, target),
        (limit.no_contact_until_deg, limit.contact_deg, 0.0),
    ):
        if free > way.progress[0]:
            assert query(samples(way, free)).distance_mm.min() >= threshold - TOUCHING
        if below is None:
            assert free == SEARCHED_DEG[direction]
        else:
            assert 0.0 <= below - free <= RESOLUTION + 1e-9
            assert query(samples(way, below)).distance_mm.min() < threshold + TOUCHING
    return limit


def test_range__is_that_of_the_closed_form():
    """External rotation of the phantom: the apex meets the plane where the formula says."""
    hip = phantom_hip(gap_mm=10.0)
    angles = np.arange(0.0, 30.0, STEP)
    values = phantom_clearance_mm(0.0, 0.0, -angles, gap_mm=10.0)
    limit = free_range(hip, target_mm=3.0, directions=["external_rotation"]).limits[
        "external_rotation"
    ]
    first = angles[np.argmax(values < 3.0)]
    contact = angles[np.argmax(values < 0.0)]
    assert limit.free_until_deg <= first <= limit.below_deg + STEP
    assert limit.no_contact_until_deg <= contact <= limit.contact_deg + STEP
    assert limit.limited_by == "bone" and limit.structure == "lesser_trochanter"
    assert limit.limit_deg == limit.free_until_deg and limit.cap_deg is None


def test_range__of_random_arcs_is_confirmed_by_brute_force(rng):
    hip, found = phantom_hip(gap_mm=12.0), set()
    for direction in DIRECTIONS:
        base = pose(*rng.uniform((-15, -10, -20), (10, 10, 10)))
        found.add(check_by_brute_force(hip, base, direction, TARGET).limited_by)
    assert found == {"bone", "nothing searched"}


@pytest.mark.parametrize(
    ("direction", "base"),
    [("external_rotation", (-10, 10, 10)), ("extension", (0, 10, -15)), ("adduction", (-20, 0, 0))],
)
def test_range__of_a_ct_hip_is_confirmed_by_brute_force(bones, direction, base):
    check_by_brute_force(real_hip(bones, "z027", "right"), pose(*base), direction, TARGET)


def test_certified_angles__of_slanted_random_arcs_are_confirmed_by_brute_force(bones, rng):
    """All three angles at once: the first pose below is missed by no sample 0.01 deg apart."""
    hip = real_hip(bones, "z027", "left")
    certified, query = CertifiedQuery(hip), ClearanceQuery(hip)
    for _ in range(4):
        ends = rng.uniform((-40, 0, -50), (-10, 20, -10))
        names = neutral().pose_deg(0)
        sides = {f"{n}_deg": (0, e) for n, e in zip(names, ends, strict=True)}
        way = arc(**sides, n_poses=2)
        found = certified.first_contact(way, threshold_mm=TARGET, resolution_deg=RESOLUTION)["arc"]
        values = query(samples(way, way.progress[-1])).distance_mm
        places = np.linspace(0.0, way.progress[-1], len(values))
        is_below = values < TARGET - TOUCHING
        assert not is_below[places <= found.clear_until - TOUCHING].any()
        assert (found.progress is not None) >= is_below.any()


def test_range__of_a_mirrored_hip_is_the_same():
    right = phantom_hip(gap_mm=12.0)
    limits = [free_range(hip, base=pose(-5, 5, 0)).limits for hip in (right, mirrored_hip(right))]
    for direction in DIRECTIONS:
        one, other = (limit[direction] for limit in limits)
        assert other.free_until_deg == pytest.approx(one.free_until_deg, abs=MIRROR)
        assert (one.limited_by, one.structure) == (other.limited_by, other.structure)


def test_range__shrinks_with_the_target_and_starts_where_it_is_told():
    hip = phantom_hip(gap_mm=12.0)
    ends = [
        free_range(hip, target_mm=t, directions=["external_rotation"])
        .limits["external_rotation"]
        .limit_deg
        for t in (0.0, 2.0, 5.0, 11.5)
    ]
    assert ends == sorted(ends, reverse=True) and len(set(ends)) == 4
    narrow = free_range(hip, target_mm=13.0, directions=["external_rotation"])
    assert narrow.limits["external_rotation"].below_deg == 0.0
    tilted = free_range(
        hip, base=neutral().evolved(pelvic_tilt_deg=10), directions=["external_rotation"]
    )
    assert tilted.limits["external_rotation"].limit_deg != pytest.approx(ends[1], abs=RESOLUTION)


def test_range__says_whether_bone_or_soft_tissue_limits():
    hip = phantom_hip(gap_mm=12.0)
    free = free_range(hip, directions=["external_rotation"]).limits["external_rotation"]
    for cap, limited_by in ((free.limit_deg - 1, "soft tissue"), (free.limit_deg + 1, "bone")):
        own = SoftTissueCap("own", {"external_rotation": cap}, "test")
        found = free_range(hip, directions=["external_rotation"], cap=own)
        limit = found.limits["external_rotation"]
        assert limit.limited_by == limited_by and limit.cap_deg == cap
        assert limit.limit_deg == min(cap, free.limit_deg)
    named = free_range(hip, directions=["internal_rotation"], cap="kouyoumdjian_2012_supine")
    assert named.limits["internal_rotation"].limit_deg == 29.6
    assert named.cap.source.endswith("2012") and "bone stops nothing searched" in repr(named)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base": arc(flexion_deg=(0, -10))}, "base of a range must be one pose"),
        (
            {"base": pose(rotation=-90), "directions": ["external_rotation"]},
            "base pose is at 90 already",
        ),
        ({"directions": ["sideways"]}, "direction must be one of"),
        ({"cap": "none"}, "cap must be one of"),
        ({"target_mm": -1}, "target_mm must be within 0 to 100"),
        ({"resolution_deg": 0}, "resolution_deg must be within"),
        ({"base": neutral().evolved(centre="equidistant")}, "need centre='fixed'"),
    ],
)
def test_range__refuses(changes, message):
    with pytest.raises(InputError, match=message):
        free_range(phantom_hip(), **changes)
