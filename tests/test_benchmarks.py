"""The benchmarks run from end to end on little, and say what is true; nothing here is timed."""

import json

import numpy as np
import pytest

from benchmarks import (
    certified,
    decisions,
    distance,
    distance_goals,
    field,
    free_range,
    options,
    report,
    surgery,
)
from benchmarks.cases import COARSE, DEGREE, QUARTER, RANGES_DEG, tubes
from benchmarks.clock import take_turns

SCALE_TOL = 1e-9  # deg, rounding
WITHOUT_BONES = ["--size", "tiny"]


@pytest.fixture
def out(tmp_path, monkeypatch):
    monkeypatch.delenv("HIPSIM_BONES", raising=False)
    return tmp_path / "results"


def results(out, name: str) -> dict:
    """Return the record a benchmark wrote, its report and chart being there as well."""
    assert (out / f"{name}.png").stat().st_size > 10_000
    record = json.loads((out / f"{name}.json").read_text())
    assert all(goal["what"] in (out / f"{name}.md").read_text() for goal in record["goals"])
    return record


def test_distance__runs_and_agrees_with_whatever_is_installed(out, capsys):
    distance.main([*WITHOUT_BONES, "--out", str(out)])
    record = results(out, "distance")
    assert "left out" in capsys.readouterr().out
    goals = [goal for goal in record["goals"] if goal["what"].startswith("difference")]
    assert len(goals) == 3
    assert "missed" not in {goal["state"] for goal in goals}
    assert all(row["same_bits"] for row in record["threads"])
    assert set(record["versions"]) | set(record["absent"]) == set(
        ("coal", "coal preset", "python-fcl", "trimesh")
    )


def test_certified__runs_and_its_certificates_hold(out):
    certified.main([*WITHOUT_BONES, "--out", str(out)])
    record = results(out, "certified")
    assert len(record["ranges"]) == len(certified.TINY)
    assert all(row["holds"] for row in record["ranges"])
    assert all(row["uncertain_deg"] <= 0.05 for row in record["contacts"])


def test_decisions__runs_and_judges_its_goals(out):
    decisions.main([*WITHOUT_BONES, "--out", str(out)])
    record = json.loads((out / "decisions.json").read_text())
    report_text = (out / "decisions.md").read_text()
    assert all(goal["what"] in report_text for goal in record["goals"])
    (row,) = record["rows"]
    assert row["low_mm"] < row["high_mm"] and 0 <= row["chance"] <= 1


def test_field__runs_and_agrees_with_vtk(out):
    field.main([*WITHOUT_BONES, "--out", str(out)])
    (row,) = results(out, "field")["maps"]
    assert row["vtk_differ_mm"] < field.AGREEMENT_MM


def test_free_range__runs_and_its_proofs_hold(out):
    free_range.main([*WITHOUT_BONES, "--out", str(out)])
    record = results(out, "free_range")
    assert all(row["holds"] for row in record["ranges"])
    assert {row["contradictions"] for row in record["volumes"]} == {0}
    assert all(row["gap_sd_mm"] <= row["gap_sd_fixed_mm"] for row in record["centres"])


def test_surgery__runs_and_agrees_with_manifold3d_and_coal(out, monkeypatch):
    monkeypatch.setattr(surgery, "REPEATS", 1)
    surgery.main([*WITHOUT_BONES, "--out", str(out)])
    record = results(out, "surgery")
    (curve,) = record["curves"]
    assert len(curve["curve_mm"]) == surgery.FEW_DEPTHS
    assert (np.diff(curve["curve_mm"]) >= 0.0).all()
    if "differ_mm" in curve and curve["differ_mm"] is not None:
        assert curve["differ_mm"] < surgery.AGREEMENT_MM
    assert record["required"][0]["required_s"] > 0.0


def test_options__send_only_full_runs_to_the_results(monkeypatch):
    monkeypatch.setenv("HIPSIM_BONES", "somewhere")
    full, quick = options.parsed("about", []), options.parsed("about", ["--quick"])
    assert (full.size, full.out) == ("full", report.RESULTS)
    assert quick.size == "quick"
    assert quick.out != report.RESULTS
    assert str(full.bones) == "somewhere"


def test_stretches__are_neighbours_in_the_same_region_for_any_step():
    low, high = np.transpose(RANGES_DEG)
    assert sum(map(len, COARSE.stretches(3))) == len(COARSE) == 1000
    for grid in (DEGREE, QUARTER):
        runs = grid.stretches(3)
        assert len(runs) == 9
        for run in runs:
            angles = grid.angles_deg(run)
            assert (angles >= low - SCALE_TOL).all() and (angles <= high + SCALE_TOL).all()
            steps = np.abs(np.diff(angles, axis=0))
            assert steps.sum(axis=1) == pytest.approx(grid.step_deg, abs=SCALE_TOL)
            assert np.ptp(angles[:, 2]) == pytest.approx(80.0, abs=SCALE_TOL)


def test_tubes__have_about_as_many_faces_as_asked():
    case = tubes(5_000)
    assert len(case.a.faces) == pytest.approx(5_000, rel=0.05)
    assert not case.a.is_closed


def test_take_turns__asks_everyone_every_part_and_keeps_first_answers():
    asked = []

    def ask(name):
        def answer(part):
            asked.append(name)
            return part + len(asked)

        return answer

    parts = [np.zeros(2), np.zeros(3)]
    turns, answers = take_turns({"a": ask("a"), "b": ask("b")}, parts, {"a": 2, "b": 1})
    assert asked == ["a", "b", "a", "a", "b", "a"]
    assert [part[0] for part in answers["a"]] == [1, 4]
    assert turns["a"].lengths == [2, 3]
    assert [len(part) for part in turns["a"].cpu_s] == [2, 2]
    assert turns["b"].cpu_us() >= 0.0


@pytest.mark.parametrize(
    ("value", "state"), [(1.0, "missed"), (2.0, "met"), (None, "not measured")]
)
def test_goals__are_met_missed_or_not_measured(value, state):
    values = [] if value is None else [3.0, value]
    assert report.at_least("ratio", values, 2).state == state


def test_ratio__is_to_the_fastest_rival():
    costs = {"hipsim": 2.0, "coal": 8.0, "coal preset": 6.0}
    assert distance_goals.ratio(costs) == 3.0
    assert distance_goals.ratio(costs, ("coal",)) == 4.0
    assert distance_goals.ratio({"hipsim": 2.0}) is None
