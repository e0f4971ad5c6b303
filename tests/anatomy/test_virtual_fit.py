"""Parameters of virtual hips act on the surface: each moves its own measure, and all are met."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from hipsim.anatomy import measures
from hipsim.anatomy.assemble import Bones, assemble_hip
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.virtual import hip_from_shape
from hipsim.anatomy.virtual_fit import (
    FEMORAL_TOLERANCES,
    PELVIC_TOLERANCES,
    TUNING_SPACING_MM,
    Finished,
    fitted_shape,
    not_met,
)
from hipsim.anatomy.virtual_fit import _femur as raw_femur
from hipsim.anatomy.virtual_fit import _hip_bone as raw_hip_bone
from hipsim.anatomy.virtual_shape import RANGES, HipShape
from hipsim.errors import ComputationError
from hipsim.geometry import rigid

SPACING_MM = 4.0  # coarse and quick
STEP = 0.12  # of a parameter's range: one to two standard deviations
GAIN = (0.5, 1.5)  # mm per mm asked, of the body before it is corrected: the warp is smooth
ANGLE_DEG = 2.0  # automatic anatomy run blind
HEAD_MM = 0.3
APEX_MM = 2.0
WIDTH_MM = 2.0  # of the pelvis, from landmarks found on a coarse mesh
ROUND_OFF = 1.05  # the scan frame moves the last digits of every estimator
OTHERS = ("version_deg", "femoral_length_mm", "neck_shaft_angle_deg")
SETS = {  # everything away from the mean, by about one standard deviation
    "female": {
        "head_radius_mm": 22.5,
        "femoral_length_mm": 385,
        "neck_shaft_angle_deg": 121,
        "version_deg": 28,
        "neck_length_mm": 53,
        "lesser_trochanter_reach_mm": 32,
        "lesser_trochanter_direction_deg": 48,
        "lesser_trochanter_level_mm": 46,
        "inter_asis_mm": 236,
        "inter_tuberous_mm": 137,
        "acetabular_inclination_deg": 59,
        "acetabular_anteversion_deg": 20,
        "tuberosity_behind_mm": 41,
        "tuberosity_below_mm": 49,
        "greater_trochanter_height_mm": 9,
        "neck_width_mm": 29,
    },
}


@cache
def raw(kind: str, name: str | None = None) -> Finished:
    """Return a body without correction, one parameter moved by its step."""
    make, shape = {"femur": raw_femur, "hip bone": raw_hip_bone}[kind], HipShape.typical("female")
    moved = shape if name is None else replace(shape, **{name: getattr(shape, name) + step(name)})
    asked = shape if name == "lesser_trochanter_direction_deg" else moved
    return make(moved, asked, SPACING_MM, False)


def step(name: str) -> float:
    low, high = RANGES[name]
    return STEP * (high - low)


@pytest.fixture(scope="module")
def shape() -> HipShape:
    return HipShape.typical("female", **SETS["female"])


@pytest.fixture(scope="module")
def made(shape) -> Hip:
    return hip_from_shape(shape, spacing_mm=2.5)


@pytest.fixture(scope="module")
def blind(shape, made) -> Hip:
    """The same bones somewhere in a scanner, all anatomy found anew."""
    turn = rigid.rotation_about([1.0, 2.0, 3.0], 0.4)
    scan = rigid.translation([30.0, -400.0, 90.0]) @ rigid.transform_from(turn)
    other = made.hip_bone.mirrored(2).transformed(rigid.translation([0, 0, -shape.inter_hip_mm]))
    bones = (bone.transformed(scan) for bone in (made.femur, made.hip_bone, other))
    return assemble_hip(Bones(*bones), "right")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("femur", name) for name in FEMORAL_TOLERANCES]
    + [("hip bone", name) for name in PELVIC_TOLERANCES],
)
def test_bodies__each_parameter_moves_its_own_measure(kind, name):
    gain = (raw(kind, name).values[name] - raw(kind).values[name]) / step(name)
    assert GAIN[0] < gain < GAIN[1]


@pytest.mark.parametrize("name", [n for n in FEMORAL_TOLERANCES if n not in OTHERS])
def test_bodies__what_a_parameter_does_not_mean_stays(name):
    moved, before = raw("femur", name).values, raw("femur").values
    for other in OTHERS:
        assert abs(moved[other] - before[other]) < 2.0


def test_fitted_shape__starts_where_the_surface_measures_as_asked(shape):
    trial = fitted_shape(shape)
    assert trial.head_radius_mm == shape.head_radius_mm
    femur = raw_femur(trial, shape, TUNING_SPACING_MM, False).values
    for name, most in FEMORAL_TOLERANCES.items():
        assert abs(femur[name] - getattr(shape, name)) < most
    bone = raw_hip_bone(trial, shape, TUNING_SPACING_MM, False).values
    for name, most in PELVIC_TOLERANCES.items():
        assert abs(bone[name] - getattr(shape, name)) < most


def test_blind__femur_is_measured_as_it_was_asked(shape, blind):
    assert abs(measures.femoral_versions_deg(blind)["3d"] - shape.version_deg) < ANGLE_DEG
    assert abs(measures.neck_shaft_angle_deg(blind) - shape.neck_shaft_angle_deg) < ANGLE_DEG
    assert abs(blind.head_radius_mm - shape.head_radius_mm) < HEAD_MM
    trochanter = measures.lesser_trochanter_shape(blind)
    assert abs(trochanter.reach_mm - shape.lesser_trochanter_reach_mm) < APEX_MM
    assert abs(trochanter.width_mm - shape.lesser_trochanter_width_mm) < APEX_MM
    assert abs(measures.neck_length_mm(blind) - shape.neck_length_mm) < APEX_MM


def test_blind__lesser_trochanter_is_found_where_it_was_made(made, blind):
    to_own = rigid.inverse(blind.femoral_frame("condylar"))
    found = rigid.apply(to_own, blind.landmarks["lesser_trochanter"][None])[0]
    assert np.linalg.norm(found - made.landmarks["lesser_trochanter"]) < APEX_MM


def test_blind__hip_bone_is_measured_as_it_was_asked(shape, blind):
    socket = measures.acetabular_orientation(blind)
    assert abs(socket.version_anatomical_deg - shape.acetabular_anteversion_deg) < ANGLE_DEG
    assert abs(socket.inclination_anatomical_deg - shape.acetabular_inclination_deg) < ANGLE_DEG
    assert abs(measures.inter_tuberous_mm(blind) - shape.inter_tuberous_mm) < WIDTH_MM
    assert abs(measures.inter_asis_mm(blind) - shape.inter_asis_mm) < WIDTH_MM
    assert abs(measures.inter_hip_mm(blind) - shape.inter_hip_mm) < WIDTH_MM


def test_hip_from_shape__says_what_to_do_where_parameters_do_not_go_together():
    impossible = replace(HipShape.typical("female"), ischium_width_mm=90.0)
    with pytest.raises(ComputationError, match="ischium_width_mm .* nearer to their defaults"):
        fitted_shape(impossible)


def test_not_met__tells_what_is_measured_instead():
    shape = HipShape.typical("female")
    femur = raw_femur(shape, shape, SPACING_MM, False)
    assert not_met(femur, shape, dict.fromkeys(FEMORAL_TOLERANCES, np.inf)) == {}
    told = not_met(femur, shape, dict.fromkeys(FEMORAL_TOLERANCES, 0.0))
    assert set(told) == set(FEMORAL_TOLERANCES)
    assert told["femoral_length_mm"] == pytest.approx(femur.values["femoral_length_mm"], abs=0.01)
