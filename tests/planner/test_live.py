import pytest

import hipsim as hs
from hipsim.errors import InputError
from hipsim.planner.live import KEPT_PLANS, LIVE, LivePlanner, Wanted

SAME_MM = 1e-6  # the derotation law, through the turning of a mesh


def test_wanted__names_what_it_cannot_use() -> None:
    with pytest.raises(InputError, match="a plan is an object with named values, got list"):
        Wanted.told([])
    with pytest.raises(InputError, match="unknown depth; a plan has depth_mm, tilt_deg"):
        Wanted.told({"depth": 3})
    for value in ("3", True, None):
        with pytest.raises(InputError, match="depth_mm must be a number"):
            Wanted.told({"depth_mm": value})
    with pytest.raises(InputError, match="angle_deg"):
        Wanted.told({"angle_deg": 90})
    with pytest.raises(InputError, match="depth_mm"):
        Wanted.told({"depth_mm": float("nan")})
    with pytest.raises(InputError, match="level"):
        Wanted.told({"level": "knee"})


def test_wanted__zero_is_not_done() -> None:
    assert Wanted.told({}).plan.procedures == ()
    both = Wanted.told({"depth_mm": 3, "angle_deg": 10, "level": "supracondylar"}).plan
    assert both.name == "resection 3 mm + derotation 10 deg supracondylar"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"depth_mm": 4.0},
        {"angle_deg": 15.0},
        {"depth_mm": 3.0, "angle_deg": 10.0},
        {"angle_deg": 10.0, "level": "intertrochanteric"},
    ],
)
def test_numbers__are_those_of_the_api(planner: LivePlanner, asked: dict) -> None:
    wanted = Wanted.told(asked)
    found = planner.numbers(wanted)["results"]
    after = wanted.plan(planner.hip)
    for motion in planner.motions:
        expected = hs.clearance_along(after, motion).distance_mm
        assert found[motion.name]["distance_mm"] == pytest.approx(expected.tolist(), abs=SAME_MM)


def test_picture__tells_what_it_costs(planner: LivePlanner) -> None:
    facts = planner.picture(Wanted.told({"depth_mm": 4.0}))["facts"]
    assert float(facts["bone removed, mm\u00b3"]) > 100
    assert planner.picture(Wanted())["facts"] == {}


def test_numbers__a_plan_that_cannot_be_done_says_why(planner: LivePlanner) -> None:
    with pytest.raises(InputError, match="depth_mm must be at most"):
        planner.numbers(Wanted.told({"depth_mm": 50.0}))


def test_planner__keeps_only_the_latest(planner: LivePlanner) -> None:
    fresh = LivePlanner(planner.hip, planner.motions[:1], source="woman_narrow")
    for step in range(KEPT_PLANS + 3):
        fresh.numbers(Wanted(depth_mm=0.1 + 0.01 * step))
    assert len(fresh._queries) == KEPT_PLANS


def test_compared__every_plan_beside_the_hip_as_it_is(planner: LivePlanner) -> None:
    subject = planner.compared({"A": Wanted(depth_mm=3.0), "B": Wanted(angle_deg=10.0)})
    assert list(subject.plans) == ["intact", "A", "B"]
    assert LIVE not in subject.clearances
    least = {name: found["neutral"].minimum_mm for name, found in subject.clearances.items()}
    assert least["A"] > least["intact"] and least["B"] > least["intact"]
