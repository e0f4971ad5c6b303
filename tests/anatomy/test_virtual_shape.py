"""Parameters of virtual hips, and the warp they steer."""

import numpy as np
import pytest

from hipsim.anatomy.virtual_handles import FixedWarp, Warp, femoral_handles, pelvic_handles
from hipsim.anatomy.virtual_shape import RANGES, HipShape
from hipsim.errors import InputError

ROUNDING = 1e-9  # mm
MISSED_MM = 4.0  # a smooth warp meets scattered points only roughly


def test_typical__is_the_published_mean():
    assert HipShape.typical("female").version_deg == 11.2
    assert HipShape.typical("male").head_radius_mm == 24.5


def test_typical__lengths_follow_the_head_unless_given():
    larger = HipShape.typical("female", head_radius_mm=22.7)
    assert larger.femoral_length_mm == pytest.approx(399.2 + 10.7)
    assert larger.version_deg == 11.2
    assert HipShape.typical(head_radius_mm=22.7, femoral_length_mm=390).femoral_length_mm == 390


def test_typical__none_stands_for_the_default():
    assert HipShape.typical("male", version_deg=None) == HipShape.typical("male")


@pytest.mark.parametrize("name", RANGES)
def test_typical__refuses_numbers_out_of_range(name):
    low, high = RANGES[name]
    for value in (low - 1.0, high + 1.0):
        with pytest.raises(InputError, match=f"{name} must be within"):
            HipShape.typical("female", **{name: value})


def test_typical__refuses_unknown_names_and_sexes():
    with pytest.raises(InputError, match="unknown parameters version;"):
        HipShape.typical(version=10.0)
    with pytest.raises(InputError, match="sex must be one of"):
        HipShape.typical("child")


@pytest.mark.parametrize("handles", [femoral_handles, pelvic_handles])
def test_warp__of_the_mean_woman_is_the_identity(handles, rng):
    points = handles(HipShape.typical("female"))
    warp = Warp.between(points, points)
    centres, radii = rng.uniform(-60, 60, (20, 3)), rng.uniform(2, 20, 20)
    moved, thickness = warp.balls(centres, radii)
    assert np.abs(moved - centres).max() < ROUNDING
    assert np.abs(thickness - radii).max() < ROUNDING


@pytest.mark.parametrize("handles", [femoral_handles, pelvic_handles])
def test_warp__brings_the_woman_to_the_man(handles):
    woman, man = handles(HipShape.typical("female")), handles(HipShape.typical("male"))
    moved = Warp.between(woman, man)(np.stack(list(woman.values())))
    assert np.linalg.norm(moved - np.stack(list(man.values())), axis=1).max() < MISSED_MM


def test_warp__scales_balls_with_a_pure_scaling(rng):
    woman = pelvic_handles(HipShape.typical("female"))
    larger = {name: 1.2 * point for name, point in woman.items()}
    centres, radii = rng.uniform(-60, 60, (20, 3)), rng.uniform(2, 20, 20)
    moved, thickness = Warp.between(woman, larger).balls(centres, radii)
    assert np.abs(moved - 1.2 * centres).max() < 1e-6
    assert np.abs(thickness - 1.2 * radii).max() < 1e-6


@pytest.mark.parametrize("handles", [femoral_handles, pelvic_handles])
def test_fixed_warp__moves_balls_as_the_warp_does(handles):
    woman, man = (handles(HipShape.typical(sex)) for sex in ("female", "male"))
    centres = np.stack(list(woman.values()))[::5] + 3.0
    radii = np.linspace(2.0, 12.0, len(centres))
    fixed = FixedWarp.of(woman, centres, radii)
    target = np.stack([man[name] for name in woman])
    for found, expected in zip(
        fixed.balls(target), Warp.between(woman, man).balls(centres, radii), strict=True
    ):
        assert found == pytest.approx(expected, abs=ROUNDING)


def test_femoral_handles__version_turns_the_neck_about_the_mechanical_axis():
    by_version = [femoral_handles(HipShape.typical(version_deg=v)) for v in (0.0, 30.0)]
    ends = [handles["neck_isthmus"] for handles in by_version]
    angles = [np.degrees(np.arctan2(-end[0], end[2])) for end in ends]
    assert angles[1] - angles[0] == pytest.approx(30.0)
    assert ends[0][1] == pytest.approx(ends[1][1])
    knees = [handles["medial_epicondyle"] for handles in by_version]
    assert np.abs(knees[0] - knees[1]).max() < ROUNDING


def test_femoral_handles__longer_neck_moves_trochanter_and_shaft_but_not_the_knee():
    short, long = (femoral_handles(HipShape.typical(neck_length_mm=v)) for v in (45.0, 55.0))
    for name in ("trochanter_lateral", "lesser_trochanter_0_0", "shaft_200"):
        assert long[name][2] > short[name][2] + 3.0
    assert np.abs(long["lateral_epicondyle"] - short["lateral_epicondyle"]).max() < ROUNDING


def test_pelvic_handles__inter_tuberous_width_moves_the_ischium_by_half():
    narrow, wide = (pelvic_handles(HipShape.typical(inter_tuberous_mm=v)) for v in (120, 130))
    for name in ("tuberosity_inferior", "ischium_lateral_200"):
        assert wide[name][2] - narrow[name][2] == pytest.approx(5.0)
    for name in ("asis", "psis", "symphysis"):
        assert np.abs(wide[name] - narrow[name]).max() < ROUNDING


def test_pelvic_handles__inter_asis_width_moves_the_wing_by_half():
    narrow, wide = (pelvic_handles(HipShape.typical(inter_asis_mm=v)) for v in (210, 230))
    assert wide["asis"][2] - narrow["asis"][2] == pytest.approx(10.0)
    assert 0.0 < wide["crest_2"][2] - narrow["crest_2"][2] < 10.0
