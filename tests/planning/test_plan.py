"""The plan: what it says, that its numbers are the measured ones, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
from shapes import box

from hipsim.errors import ComputationError, InputError
from hipsim.io import load_hip
from hipsim.planning import plan as planning
from hipsim.planning import plan_ways, plan_words
from hipsim.planning.certified import certified_minimum
from hipsim.planning.pairs import PAIRS
from hipsim.planning.plan import plan
from hipsim.planning.plan_plate import plane_plate
from hipsim.planning.plan_record import as_plain
from hipsim.planning.required_resection import TOLERANCE_MM
from hipsim.surgery import apply_procedures
from hipsim.surgery.procedure import Procedure

SAME_TOL = 1e-6  # mm
VOLUME_TOL = 1e-6  # relative
TARGETS = {"neutral": 17, "ifi_test": 0}


@pytest.fixture(scope="module")
def hip():
    return load_hip("woman_narrow")


@pytest.fixture(scope="module")
def found(hip):
    with pytest.MonkeyPatch.context() as patch:  # few amounts per curve; the ways are whole
        patch.setattr(plan_ways, "DEPTH_STEP_MM", 5.0)
        patch.setattr(plan_ways, "ANGLE_STEP_DEG", 20.0)
        return plan(hip, TARGETS, detail="quick")


@pytest.fixture(scope="module")
def record(found):
    return json.loads(json.dumps(found.to_dict(), allow_nan=False))


def test_plan__works_out_every_way(found):
    assert [option.name for option in found.options] == list(plan_ways.WAYS)
    assert found.not_available == {}
    assert not found.is_met
    assert found.sex == "female"


def test_plan__space_is_certified_before_and_after(found, hip):
    for row in found.reached:
        exact = certified_minimum(hip, row.target.motion)
        assert row.before.minimum_mm == pytest.approx(exact.minimum_mm, abs=2 * TOLERANCE_MM)
    for option in found.options:
        for row in option.reached:
            exact = certified_minimum(option.hip, row.target.motion)
            assert row.after.minimum_mm == pytest.approx(exact.minimum_mm, abs=2 * TOLERANCE_MM)
            short = max(row.target.clearance_mm - row.after.minimum_mm, 0.0)
            assert row.missing_mm == pytest.approx(short, abs=TOLERANCE_MM)


def test_plan__parameters_are_the_operation(found, hip):
    for option in found.options[1:]:
        known = {k: v for k, v in option.parameters.items() if not k.startswith("plane_")}
        again = apply_procedures(hip, [Procedure(known.pop("procedure"), known)])
        assert again.femur.volume_mm3 == pytest.approx(option.hip.femur.volume_mm3, rel=VOLUME_TOL)


def test_plan__no_instrument_takes_less_than_the_ideal(found):
    volumes = {o.name: o.side_effects.removed_volume_mm3 for o in found.options}
    assert 0.0 < volumes["ideal"] < volumes["plane"]
    assert volumes["derotation"] == pytest.approx(0.0, abs=1e-3)


def test_plan__kept_and_removed_bone_are_the_bone(found, hip):
    for option in found.options:
        if option.removed is not None:
            whole = option.removed.volume_mm3 + option.hip.femur.volume_mm3
            assert whole == pytest.approx(hip.femur.volume_mm3, rel=VOLUME_TOL)
            assert option.removed.volume_mm3 == pytest.approx(
                option.side_effects.removed_volume_mm3, rel=1e-3
            )


def test_plan__removed_bone_lies_beyond_the_plane(found):
    option = found.option("plane")
    point, normal = option.plane
    beyond = (option.removed.vertices - point) @ normal
    assert beyond.max() == pytest.approx(option.side_effects.deepest_cut_mm, abs=1.0)
    assert beyond.max() > 1.0


def test_plan__derotation_costs_rotation_in_flexion_and_no_bone(found):
    option, before = found.option("derotation"), found.start.pairs
    angle = option.parameters["angle_deg"]
    lost = before.flexion_internal_rotation_deg - option.pairs.flexion_internal_rotation_deg
    assert lost == pytest.approx(angle, abs=0.3)  # each contact is found to 0.1 deg
    assert option.side_effects.version_change_deg == pytest.approx(-angle, abs=0.01)
    assert option.removed is None and option.plane is None


def test_plan__every_option_has_pairs_and_its_response(found):
    for option in found.options:
        assert set(option.pairs.minimum_mm) == set(PAIRS)
        assert (option.response is None) == (option.name == "ideal")
        if option.response is not None:
            assert option.response.procedure == option.parameters["procedure"]
            start = [row.before.minimum_mm for row in option.reached]
            assert np.abs(option.response.minimum_mm[:, 0] - start).max() < 0.05  # poses, arc


def test_plan__says_what_cannot_be_reached(found):
    text = " ".join(found.summary)
    ideal = found.option("ideal")
    missing = [row for row in ideal.reached if not row.is_reached]
    assert [row.target.motion.name for row in missing] == ["neutral"]
    assert f"{missing[0].missing_mm:.1f} mm remain out of its reach" in text
    assert "Every target is reached by: derotation." in text
    assert "% of the iliopsoas attachment" in text
    assert found.binding.motion.name in ("neutral", "ifi_test")


def test_plan__record_is_plain_json_with_units_and_zeros(record):
    assert record["hip"] == "woman_narrow" and record["side"] == "right"
    assert record["conventions"]["zeros"]["ifi_test"]["femoral_zero"] == "condylar"
    assert record["conventions"]["hipsim_version"]
    for option in record["options"]:
        for row in option["targets"]:
            assert row["space_mm"] + row["missing_mm"] >= row["target_mm"] - TOLERANCE_MM
    plane = next(option for option in record["options"] if option["name"] == "plane")
    assert len(plane["parameters"]["plane_point_mm"]) == 3
    assert len(plane["response"]["depth_mm"]) == len(
        plane["response"]["motions"]["neutral"]["space_mm"]
    )


def test_plan__that_is_met_says_so_and_does_nothing():
    hip = load_hip("man")
    done = plan(hip, {"neutral": 10}, detail="quick")
    assert done.is_met and done.options == () and done.binding is None
    assert done.summary[-1] == plan_words.nothing_needed()
    assert done.option("plane") is None
    assert "met" in done.summary[0]
    assert done.to_dict()["options"] == []


def test_plan__a_way_that_fails_is_named_and_the_others_stay(hip, monkeypatch):
    def fails(self):
        raise ComputationError("volumes do not add up")

    monkeypatch.setattr(plan_ways.Ways, "plane", property(fails))
    for name in ("burr", "contour", "derotation"):
        monkeypatch.setattr(plan_ways.Ways, name, property(lambda self: None))
    done = plan(hip, {"neutral": 11}, detail="quick")
    assert done.not_available == {"plane": "volumes do not add up"}
    assert "Best plane: not available on this hip: volumes do not add up." in done.summary
    assert [option.name for option in done.options] == ["ideal"]


def test_plan__refuses_targets_it_cannot_use(hip):
    with pytest.raises(InputError, match="the motion of a target must be one of"):
        plan(hip, {"walk": 5})
    unknown = hip.evolved(notes=())
    with pytest.raises(InputError, match="detail must be one of"):
        plan(hip, TARGETS, detail="long")
    with pytest.raises(InputError, match="samples must be within 128"):
        plan(hip, TARGETS, samples=10)
    with pytest.raises(InputError, match="give sex='female' or 'male'"):
        plan(unknown, {"ifi_test": "p25"})


def test_new_conflict__is_named(found):
    option = found.option("derotation")
    pair = "neck - rim in front"
    worse = replace(
        option.pairs, minimum_mm={**option.pairs.minimum_mm, pair: np.array([-2.0, -3.0])}
    )
    text = plan_words.said(replace(option, pairs=worse), found.start, None)
    assert f"New conflict: {pair}" in text and "to -3.0 mm" in text


def test_plane_plate__is_a_closed_plate_in_the_plane():
    point, normal = np.array([10.0, -4.0, 2.0]), np.array([1.0, 2.0, -0.5])
    plate = plane_plate(point, normal)
    unit = normal / np.linalg.norm(normal)
    assert plate.is_closed and plate.volume_mm3 == pytest.approx(50.0 * 50.0 * 0.2)
    height = (plate.vertices - point) @ unit
    assert np.abs(np.abs(height) - 0.1).max() < SAME_TOL
    assert plate.vertices.mean(axis=0) == pytest.approx(point)
    assert plate.faces.shape == box(np.zeros(3), np.ones(3)).faces.shape


def test_plane_plate__refuses_no_normal_and_no_size():
    with pytest.raises(InputError, match="the normal of a plane must have a length"):
        plane_plate([0, 0, 0], [0, 0, 0])
    with pytest.raises(InputError, match="side_mm must be within"):
        plane_plate([0, 0, 0], [0, 0, 1], side_mm=0)


def test_as_plain__leaves_out_what_is_not_finite():
    assert as_plain({"a": np.array([np.nan, 1.0]), "b": np.bool_(True), "c": None}) == {
        "a": [None, 1.0],
        "b": True,
        "c": None,
    }


def test_plan__of_a_narrow_ct_hip_says_what_no_resection_reaches(bones, monkeypatch):
    from real_hips import real_hip

    monkeypatch.setattr(planning, "WAYS", ("ideal", "derotation"))
    monkeypatch.setattr(plan_ways, "ANGLE_STEP_DEG", 40.0)
    done = plan(real_hip(bones, "z027", "right"), {"neutral": 17}, sex="female", detail="quick")
    ideal, turned = done.options
    (row,) = ideal.reached
    assert 0.0 < row.missing_mm < 17.0 - row.before.minimum_mm
    assert ideal.removed is not None and ideal.removed.is_closed
    assert turned.is_reached and turned.parameters["angle_deg"] > 10.0
    assert "remain out of its reach" in " ".join(done.summary)
