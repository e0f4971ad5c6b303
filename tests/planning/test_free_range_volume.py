"""The free range in three angles: proofs against samples, volumes, boundary, caps, mirror."""

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_clearance_mm, phantom_hip
from real_hips import real_hip

from hipsim.errors import InputError
from hipsim.kinematics.arcs import neutral
from hipsim.kinematics.motion import Motion
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.free_range_caps import SoftTissueCap
from hipsim.planning.free_range_volume import FreeVolume, free_volume

ROUNDING = 1e-6  # mm, what the proofs allow for
MANY = 10_000  # random poses against the proven cells
FEW = 1_000
CLOSED = {"extension_deg": (-10, 20), "adduction_deg": (-15, 15), "rotation_deg": (-30, 10)}
SMALL = {"extension_deg": (0, 20), "adduction_deg": (-10, 10), "rotation_deg": (-40, 20)}


def poses(volume: FreeVolume, n: int, rng) -> np.ndarray:
    """Return random extension, adduction, rotation within the box, shape (3, n)."""
    ends = np.array([[edges[0], edges[-1]] for edges in volume.edges_deg])
    return rng.uniform(ends[:, :1], ends[:, 1:], (3, n))


def motion_through(angles: np.ndarray, base: Motion) -> Motion:
    n = angles.shape[1]
    return base.evolved(
        flexion_deg=-angles[0],
        adduction_deg=angles[1],
        rotation_deg=angles[2],
        progress=np.arange(n),
        segments=("samples",) * n,
        shape=(),
        grid_index=None,
    )


def check_against(volume: FreeVolume, angles: np.ndarray, clearance: np.ndarray) -> None:
    """No sample contradicts a proof, and the bounds of the share hold the sampled share."""
    states = volume.state_at(*angles)
    assert clearance[states == 1].min(initial=np.inf) >= volume.target_mm - ROUNDING
    assert clearance[states == -1].max(initial=-np.inf) <= volume.target_mm + ROUNDING
    low, high = volume.share_free
    sampled, slack = (clearance >= volume.target_mm).mean(), 3.0 / np.sqrt(len(clearance))
    assert low - slack <= sampled <= high + slack


@pytest.mark.parametrize("target", [0.0, 2.0, 9.0])
def test_volume__of_the_phantom_is_that_of_the_closed_form(target, rng):
    volume = free_volume(phantom_hip(gap_mm=12.0), target_mm=target, resolution_deg=1.5, **CLOSED)
    angles = poses(volume, 30 * MANY, rng)
    values = phantom_clearance_mm(-angles[0], angles[1], angles[2], gap_mm=12.0)
    check_against(volume, angles, values)
    low, high = volume.share_free
    assert 0.0 < low < high < 1.0 and high - low < 0.25
    assert volume.box_deg3 == pytest.approx(30 * 30 * 40)
    assert volume.volume_deg3 == pytest.approx((low * 36000, high * 36000))


@pytest.mark.parametrize(
    ("target", "tilt", "n"), [(2.0, 0.0, MANY), (0.0, 0.0, FEW), (10.0, 8.0, FEW)]
)
def test_volume__of_a_ct_hip_is_contradicted_by_no_sample(bones, rng, target, tilt, n):
    hip = real_hip(bones, "z027", "right")
    base = neutral().evolved(pelvic_tilt_deg=tilt)
    volume = free_volume(hip, base=base, target_mm=target, resolution_deg=4.0)
    angles = poses(volume, n, rng)
    angles = angles[:, np.lexsort(angles.round(-1))]
    values = ClearanceQuery(hip)(motion_through(angles, base)).distance_mm
    check_against(volume, angles, values)


def test_volume__tightens_with_the_resolution():
    hip, bounds = phantom_hip(gap_mm=12.0), []
    for resolution in (2.5, 1.25, 0.625):
        volume = free_volume(hip, resolution_deg=resolution, **SMALL)
        assert all((np.diff(edges) <= resolution + 1e-9).all() for edges in volume.edges_deg)
        bounds.append(volume.share_free)
    assert max(low for low, _ in bounds) <= min(high for _, high in bounds)
    widths = [high - low for low, high in bounds]
    assert widths[0] > 1.3 * widths[1] > 1.7 * widths[2]


def test_volume__shrinks_with_the_target():
    hip = phantom_hip(gap_mm=12.0)
    shares = [
        free_volume(hip, target_mm=t, resolution_deg=2.0, **SMALL).share_free for t in (1, 3, 8)
    ]
    assert shares[0][0] > shares[1][0] > shares[2][0] >= 0.0
    assert shares[0][1] > shares[1][1] > shares[2][1]


def test_volume__of_a_mirrored_hip_is_the_same():
    right = phantom_hip(gap_mm=12.0)
    one, other = (
        free_volume(hip, resolution_deg=2.0, **SMALL) for hip in (right, mirrored_hip(right))
    )
    assert (one.states != other.states).mean() < 1e-3  # a bound within rounding of the target
    assert not (one.states * other.states == -1).any()


def test_boundary__is_where_clearance_along_a_line_falls_below_the_target(rng):
    """Poses along lines of rotation: free up to the boundary, narrow beyond its doubt."""
    hip = phantom_hip(gap_mm=12.0)
    volume = free_volume(hip, resolution_deg=1.0, **SMALL)
    found, query = volume.boundary, ClearanceQuery(hip)
    assert (found.lowest_deg >= found.beyond_lowest_deg).all()
    assert (found.highest_deg <= found.beyond_highest_deg).all()
    assert found.doubt_deg.max() <= 1.0
    for i, j in ((0, 12), (12, 4), (24, 20)):
        low, beyond = found.lowest_deg[i, j], found.beyond_lowest_deg[i, j]
        turns = np.array([*np.linspace(low, found.highest_deg[i, j], 50), beyond - 1e-3])
        angles = np.broadcast_arrays(found.extension_deg[i], found.adduction_deg[j], turns)
        values = query(motion_through(np.array(angles), neutral())).distance_mm
        assert values[:-1].min() >= volume.target_mm - ROUNDING
        assert beyond == -40.0 or values[-1] < volume.target_mm
    # extension and adduction cost external rotation
    assert found.lowest_deg[-1, -1] > found.lowest_deg[0, 12] > found.lowest_deg[0, 0]


def test_boundary__is_nowhere_without_a_free_base_pose():
    volume = free_volume(phantom_hip(gap_mm=12.0), target_mm=20.0, resolution_deg=4.0, **SMALL)
    assert not volume.connected.any()
    assert np.isnan(volume.boundary.lowest_deg).all()


def test_within__shares_add_up_and_name_the_limit():
    volume = free_volume(phantom_hip(gap_mm=12.0), resolution_deg=2.0, **SMALL)
    low, high = volume.share_free
    tight = SoftTissueCap("tight", {"internal_rotation": 1, "extension": 5}, "test")
    for cap, limited_by in ((tight, "soft tissue"), ("kouyoumdjian_2012_prone", "bone")):
        cut = volume.within(cap)
        assert cut.limited_by == limited_by
        assert cut.usable[0] + cut.soft_tissue_alone == pytest.approx(low)
        assert cut.usable[1] <= high + 1e-12
        assert cut.bone_alone + cut.both == pytest.approx(1.0 - high)
    assert volume.within(tight).usable[0] <= (5 / 20) * (41 / 60)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base": neutral().evolved(flexion_deg=[30])}, "extension -30 is not in 0 to 40 deg"),
        ({"rotation_deg": (10, -10)}, "rotation_deg must ascend"),
        ({"resolution_deg": 0.01}, "resolution_deg must be within 0.05 to 10"),
        ({"target_mm": -2}, "target_mm must be within 0 to 100"),
        ({"pelvic_region": "sacrum"}, "region must be one of"),
        ({"base": neutral().evolved(centre="equidistant")}, "need centre='fixed'"),
    ],
)
def test_volume__refuses(changes, message):
    with pytest.raises(InputError, match=message):
        free_volume(phantom_hip(), **changes)


def test_volume__refuses_a_base_of_many_poses():
    with pytest.raises(InputError, match="must be one pose"):
        free_volume(phantom_hip(), base=motion_through(np.zeros((3, 2)), neutral()))


def test_state_at__refuses_poses_beyond_the_box():
    volume = free_volume(phantom_hip(), resolution_deg=10, **SMALL)
    assert "of the range has 2 mm" in repr(volume)
    with pytest.raises(InputError, match="poses must lie between 0 and 20 deg"):
        volume.state_at([0.0, 30.0], [0.0, 0.0], [0.0, 0.0])
