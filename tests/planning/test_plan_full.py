"""The full plan: one table in order of invasiveness, its probabilities, its plain sentences."""

import json
from dataclasses import replace

import numpy as np
import pytest

from hipsim.cli.plan import summary
from hipsim.cli.plan_table import WIDTH, decision_table
from hipsim.errors import ComputationError
from hipsim.io import load_hip
from hipsim.planning import plan as planning
from hipsim.planning import plan_combined, plan_details, plan_ways
from hipsim.planning.certified import certified_minimum
from hipsim.planning.plan import plan
from hipsim.planning.plan_again import decision_again, hips_again
from hipsim.planning.plan_combined import cheapest, price
from hipsim.planning.plan_decision import Cost, DecisionRow, cheapest_marked
from hipsim.planning.plan_doubt import AS_IT_IS, NO_INSTRUMENT, amounts_of, margin_of
from hipsim.planning.plan_range import limited_directions
from hipsim.planning.plan_steps import Steps
from hipsim.planning.required_resection import TOLERANCE_MM
from hipsim.planning.tradeoff import Combination
from hipsim.planning.uncertainty import uncertainty
from hipsim.report.decision import decision_of, decision_of_record
from hipsim.study.plan_files import decision_csv
from hipsim.viz.plan_decision import plot_decision

TARGETS = {"neutral": 15}
SAME_MM = 0.05  # poses of a motion against the continuous arc
SAMPLES_MM = 0.3  # 128 samples against the same seed with other depths in between


@pytest.fixture(scope="module")
def steps():
    return []


@pytest.fixture(scope="module")
def found(steps):
    """Return a full plan of one pose: coarse curves and map, every part of it there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_ways, "DEPTH_STEP_MM", 8.0)
        patch.setattr(plan_ways, "ANGLE_STEP_DEG", 40.0)
        patch.setattr(plan_combined, "STEPS", 9)
        patch.setattr(planning, "WAYS", ("ideal", "plane", "derotation"))
        return plan(
            load_hip("woman_narrow"),
            TARGETS,
            samples=128,
            progress=lambda *step: steps.append(step),
        )


def rows(found):
    return {row.name: row for row in found.decision}


def test_decision__is_in_order_of_invasiveness(found):
    kinds = [row.kind for row in found.decision]
    order = ["as it is", "conservative", "operation", "yardstick"]
    assert kinds == sorted(kinds, key=order.index) and set(kinds) == set(order)
    names = [row.name for row in found.decision if row.kind == "operation"]
    assert names == ["plane", "derotation", "combined"]


def test_combined__is_carried_out_and_certified(found):
    option = found.option("combined")
    depth, angle = amounts_of(option)
    assert depth > 0.0 and angle > 0.0
    motion = found.targets[0].motion
    exact = certified_minimum(option.hip, motion).minimum_mm
    assert rows(found)["combined"].space_mm["neutral"] == pytest.approx(exact, abs=TOLERANCE_MM)
    assert option.side_effects.version_change_deg == pytest.approx(-angle, abs=0.01)
    assert option.side_effects.removed_volume_mm3 > 0.0
    assert angle < found.option("derotation").parameters["angle_deg"]
    assert rows(found)["combined"].is_reached


def test_cheapest__reach_every_target_and_undercut_each_other_nowhere(found):
    best = [row for row in found.decision if row.is_cheapest]
    assert best and all(row.is_reached and row.kind != "yardstick" for row in best)


def test_cheapest_marked__leaves_out_what_another_undercuts():
    costs = {
        "plane": Cost(500.0, 0.3, 0.0, 0.0, 40.0, 40.0),
        "burr": Cost(600.0, 0.4, 0.0, 0.0, 40.0, 40.0),
        "derotation": Cost(0.0, 0.0, -20.0, 0.0, 40.0, 20.0),
        "ideal": Cost(300.0, 0.2, 0.0, 0.0, 40.0, 40.0),
    }
    given = [
        DecisionRow(n, "yardstick" if n == "ideal" else "operation", "", {}, {}, cost=cost)
        for n, cost in costs.items()
    ]
    assert [r.name for r in cheapest_marked(given) if r.is_cheapest] == ["plane", "derotation"]
    short = replace(given[0], missing_mm={"neutral": 1.0})
    assert not cheapest_marked([short, *given[1:]])[0].is_cheapest
    free = DecisionRow("wider_step", "conservative", "", {}, {})
    marked = cheapest_marked([free, *given])
    assert [row.name for row in marked if row.is_cheapest] == ["wider_step"]


def test_doubt__is_that_of_the_one_plan_alone(found):
    plane = found.option("plane")
    alone = uncertainty(
        found.hip,
        found.targets,
        depth_mm=plane.parameters["depth_mm"],
        tilt_deg=plane.parameters["tilt_deg"],
        n=128,
    )
    ours = found.doubt.options
    assert ours[AS_IT_IS].space_mm == pytest.approx(alone.before_mm, abs=1e-9)
    assert np.abs(ours["plane"].space_mm - alone.after_mm).max() < SAMPLES_MM
    same = found.doubt.needed["plane"].interval.median
    assert same == pytest.approx(alone.depth.interval.median, abs=SAMPLES_MM)


def test_doubt__probability_is_the_share_of_samples_and_never_invented(found):
    for name, option in found.doubt.options.items():
        share = (margin_of(found.targets, option.space_mm) >= 0).mean()
        assert rows(found)[name].probability == pytest.approx(share)
        interval = option.space["neutral"]
        within = (option.space_mm >= interval.low) & (option.space_mm <= interval.high)
        assert 0.88 < within.mean() < 0.93
    ideal = rows(found)["ideal"]
    assert ideal.probability is None and ideal.why_not_known == NO_INSTRUMENT
    assert not ideal.interval_mm


def test_doubt__more_is_needed_for_ninety_percent_than_for_half(found):
    for needed in found.doubt.needed.values():
        half, most = needed.amount_for(0.5), needed.amount_for(0.9)
        assert most is None or half < most


def test_doubt__errors_of_what_is_not_done_explain_nothing(found):
    options = found.doubt.options
    assert options[AS_IT_IS].indices["resection depth"] == 0.0
    assert options["plane"].indices["derotation angle"] == 0.0
    assert options["derotation"].indices["resection depth"] == 0.0
    assert options["derotation"].indices["derotation angle"] > 0.05


def test_conservative__is_what_the_changed_motion_leaves(found):
    for change in found.conservative.rows:
        exact = certified_minimum(found.hip, change.targets[0].motion).minimum_mm
        assert change.space_mm["neutral"] == pytest.approx(exact, abs=2 * TOLERANCE_MM)
    wide = rows(found)["wider_step"]
    assert wide.space_mm["neutral"] > rows(found)[AS_IT_IS].space_mm["neutral"]
    assert found.conservative.walking["shorter_stride"].gain_mm > 0.0


def test_free_range__most_limited_direction_is_gained_by_surgery(found):
    way = found.free_range.most_limited
    assert way == limited_directions(found.free_range.before)[0]
    for name in ("plane", "derotation", "combined"):
        assert rows(found)[name].free_range_gain_deg > 0.0


def test_centres__stand_side_by_side(found):
    for name in (AS_IT_IS, "plane", "combined"):
        row = rows(found)[name]
        assert abs(row.moving_centre_mm["neutral"] - row.space_mm["neutral"]) < 3.0


def test_answer__says_what_is_cheapest_and_what_matters_most(found):
    text = " ".join(found.answer)
    assert "the input that matters most is" in text and "of variance" in text
    assert "Cheapest of what reaches every target:" in text
    assert "probability that every target is met as it is" in text
    assert "For 90 % (freehand) plan:" in text
    assert "Without surgery" in text or "No change of habit alone" in text


def test_table__fits_a_terminal_and_has_every_row(found):
    table = decision_table(found)
    assert max(map(len, table.splitlines())) <= WIDTH
    assert all(name in table for name in ("As it is", "Best plane", "Plane and derotation"))
    assert table in summary(found)


def test_page_and_csv__have_the_same_rows(found):
    told = decision_of(found)
    assert len(told["rows"]) == len(found.decision) == len(decision_csv(found).splitlines()) - 1
    assert all(len(row["cells"]) == len(told["heads"]) for row in told["rows"])


def test_record__is_plain_json_with_every_part(found):
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    for part in ("tradeoff", "conservative", "free_range", "centres", "doubt"):
        assert record[part] is not None
    assert [row["name"] for row in record["decision"]] == [row.name for row in found.decision]


def test_picture__is_drawn(found, tmp_path):
    plot_decision(found, path=tmp_path / "decision")
    assert (tmp_path / "decision.png").stat().st_size > 10_000


def test_progress__rises_to_the_end(found, steps):
    done = [step for step, _ in steps]
    assert done == sorted(done) and len({total for _, total in steps}) == 1
    assert steps[-1][0] == steps[-1][1]


def test_plan__part_that_fails_is_named_and_the_others_stay(monkeypatch):
    def fails(*given):
        raise ComputationError("the centre does not settle")

    monkeypatch.setattr(plan_details, "plan_centres", fails)
    done = plan(load_hip("man"), {"neutral": 10}, samples=128)
    assert done.centres is None and done.doubt is not None
    assert done.not_available == {"centres": "the centre does not settle"}
    assert done.is_met and done.tradeoff is None and len(done.decision) == 1
    assert "Every target is met" in " ".join(done.answer)
    assert done.decision[0].probability > 0.5


def test_cheapest__is_the_pair_of_least_price():
    def pair(first, second, lost):
        return Combination(first, second, {}, lost)

    class Front:
        front = (pair(0, 30, 0.0), pair(2, 20, 0.2), pair(4, 4, 0.3), pair(8, 0, 0.6))

    assert cheapest(Front(), 40.0).first == 4
    assert price(pair(1, 10, 0.1), float("nan")) == pytest.approx(0.1 + 10 / 75)
    Front.front = Front.front[:1]
    assert cheapest(Front(), 40.0) is None


def test_steps__within_a_long_one_never_goes_back():
    told = []
    steps = Steps(lambda *step: told.append(step), 10)
    steps.finish(2)
    inner = steps.within(8)
    for k in range(1, 101):
        inner(k, 100)
    steps.finish(8)
    assert [done for done, _ in told] == list(range(2, 11))


def test_decision_again__is_that_of_the_full_plan_and_so_is_its_table(found):
    record = json.loads(json.dumps(found.to_dict()))
    assert decision_again(record) == found.decision
    assert decision_of_record(record, found.targets) == decision_of(found)


def test_hips_again__carries_out_the_combination_of_the_full_plan(found):
    record = json.loads(json.dumps(found.to_dict()))
    again = hips_again(found.hip, found.targets, record["options"])
    combined = found.option("combined").hip
    np.testing.assert_array_equal(again["combined"].femur.vertices, combined.femur.vertices)
