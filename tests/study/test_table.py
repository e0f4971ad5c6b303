"""The table: one row per hip x plan x motion, the same bytes every time."""

import csv
import io

import pytest
from study_cases import phantom_hips

from hipsim.study.run import run_hips
from hipsim.study.table import COLUMNS, as_csv, rows

ROUNDING_MM = 0.0005  # the table shows three digits


@pytest.fixture(scope="module")
def read(results):
    return list(csv.DictReader(io.StringIO(as_csv(results))))


def test_as_csv__has_one_row_per_hip_plan_motion(results, read):
    assert tuple(read[0]) == COLUMNS
    assert len(read) == 2 * 4 * 3
    assert [row["motion"] for row in read[:3]] == ["neutral", "ifi_test", "grid"]


def test_as_csv__says_what_the_clearances_say(results, read):
    for row, want in zip(read, rows(results), strict=True):
        assert float(row["space_after_mm"]) == pytest.approx(
            want["space_after_mm"], abs=ROUNDING_MM
        )
        gain = float(row["space_after_mm"]) - float(row["space_before_mm"])
        assert float(row["gain_mm"]) == pytest.approx(gain, abs=3 * ROUNDING_MM)


def test_as_csv__the_intact_hip_gains_nothing(read):
    assert {row["gain_mm"] for row in read if row["plan"] == "intact"} == {"0.000"}


def test_as_csv__targets_belong_to_their_motion(read):
    reached = {
        (row["hip"], row["plan"]): row["target_reached"]
        for row in read
        if row["motion"] == "neutral"
    }
    assert reached["phantom-right", "intact"] == "no"
    assert reached["phantom-right", "resection 8 mm"] == "yes"
    assert {row["target_reached"] for row in read if row["motion"] != "neutral"} == {""}


def test_as_csv__has_no_share_where_a_motion_has_no_threshold(read):
    shares = {row["share_below_threshold"] for row in read if row["motion"] == "grid"}
    assert shares == {""}


def test_as_csv__signs_are_clinical_on_both_sides(read):
    worst = [row for row in read if row["motion"] == "ifi_test" and row["plan"] == "intact"]
    assert {(row["flexion_deg"], row["adduction_deg"]) for row in worst} == {("-20.000", "10.000")}


def test_as_csv__is_the_same_bytes_every_time(results):
    again = run_hips(results.scenario, phantom_hips())
    assert as_csv(again) == as_csv(results)
    assert "-0.000," not in as_csv(results) and "nan" not in as_csv(results)
