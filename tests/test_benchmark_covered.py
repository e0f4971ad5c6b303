"""The benchmark of covered lines adds up and judges; no line is counted here."""

from pathlib import Path

import pytest

from benchmarks import covered
from benchmarks.covered import Lines

KERNELS = {"proximity/_a_kernels.py": Lines(90, (3,)), "geometry/_b_kernels.py": Lines(10, ())}
PACKAGE = {**KERNELS, "io/files.py": Lines(100, tuple(range(40)))}
PERCENT_TOL = 1e-9  # %, rounding


def test_lines__add_up():
    together = Lines.joined(list(PACKAGE.values()))
    assert (together.count, len(together.missing)) == (200, 41)
    assert together.percent == pytest.approx(79.5, abs=PERCENT_TOL)
    assert Lines(0, ()).percent == 100.0


def test_rooms__are_summed_and_the_worst_files_named():
    rooms = covered.joined_rooms(PACKAGE)
    assert {room: lines.count for room, lines in rooms.items()} == {
        "geometry": 10,
        "io": 100,
        "proximity": 90,
    }
    assert list(covered.least_covered(PACKAGE, 1)) == ["io/files.py"]
    assert covered.only_kernels(PACKAGE) == KERNELS


def test_goals__are_judged_by_what_was_measured():
    assert [goal.state for goal in covered.judged(KERNELS, {})] == ["met", "met", "not measured"]
    assert [goal.state for goal in covered.judged(KERNELS, PACKAGE)] == ["met", "met", "missed"]
    bare = {"proximity/_a_kernels.py": Lines(10, (1, 2))}
    assert [goal.state for goal in covered.judged(bare, {})][:2] == ["missed", "missed"]


def test_report__tells_of_rooms_only_where_tests_were_run():
    goals, tests = covered.judged(KERNELS, PACKAGE), {"asked": "all", "ended": "7 passed in 1 s"}
    whole, bare = (covered.told(goals, tests, KERNELS, package) for package in (PACKAGE, {}))
    assert "| io | 100 | 40 | 60.0 |" in whole and "7 passed" in whole
    assert "## The package" not in bare and "| **together** | 100 | 1 | 99.0 |" in bare


def test_run__stops_where_python_fails():
    with pytest.raises(SystemExit, match="nothing is reported"):
        covered.run(["-c", "raise SystemExit(3)"], {})


def test_settings__name_the_package_and_the_place(tmp_path):
    environment = covered.settings(tmp_path / "kernels")
    text = Path(environment["COVERAGE_RCFILE"]).read_text()
    assert f"source = {covered.ROOT / 'hipsim'}" in text
    assert str(tmp_path / "kernels" / "lines") in text


@pytest.mark.parametrize("asked", [["--suite"], []])
def test_parsed__only_some_of_the_tests_stay_out_of_the_results(asked):
    assert covered.parsed(asked).out == covered.RESULTS
    assert covered.parsed(["--tests", "tests/io"]).out != covered.RESULTS
