"""The whole analysis: what is asked of a table, what is left out and said, what is written."""

import csv
import json

import numpy as np
import pytest
from tables import N, cohort_folder, edit_manifest, trial_table

from hipsim.cli import EXIT_REFUSED, answer
from hipsim.cli.analyse import told
from hipsim.errors import InputError
from hipsim.planning.reference import reference_population
from hipsim.study import analyse as room
from hipsim.study.analyse import Question, analyse, needed_mm, procedures_of
from hipsim.study.analysis_data import load_table
from hipsim.study.analysis_files import ANALYSIS, tables, write_analysis
from hipsim.study.analysis_grouping import grouping


@pytest.fixture(scope="module")
def table():
    return trial_table()


@pytest.fixture
def of_table(table, monkeypatch):
    """Analyse the made-up table in place of a folder."""

    def analysed(found=table, **asked):
        monkeypatch.setattr(room, "load_table", lambda folder: found)
        return analyse("anywhere", Question(**asked))

    return analysed


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return cohort_folder(tmp_path_factory.mktemp("analyse") / "cohort")


def test_analyse__answers_everything_that_can_be_asked(of_table):
    found = of_table()
    assert [one.name for one in found.groupings] == ["sex", "narrow (neutral < 17 mm)"]
    version = found.correlations["neutral"].found[0]
    assert version.column == "measured_version_deg"
    assert version.slope.low < -0.4 < version.slope.high  # as it was made
    assert {one.procedure for one in found.doses} == {"resection"}  # derotation had one amount
    assert all(one.slope_mm.low < 0.4 < one.slope_mm.high for one in found.doses)
    assert len(found.head.responses) == 6 and len(found.head.pairs) == 6
    text = told(found)
    for title in ("Groups, intact hips", "Gain by amount", "Plans head to head", "Side effects"):
        assert title in text
    assert "n counts persons" in text and "internal rotation lost" in text


def test_analyse__does_not_compare_what_makes_the_groups(of_table):
    found = of_table(group_by="narrow")
    compared = {(one.motion, one.plan) for one in found.groups}
    assert ("walk", "intact") in compared and ("neutral", "intact") not in compared
    assert ("neutral", "resection 5 mm") in compared
    assert any("neutral makes the groups" in note for note in found.notes)


def test_analyse__targets_come_from_the_scenario_or_the_reference(table):
    needed, told_ = needed_mm(table, Question(), "neutral")
    assert (needed == 17.0).all() and told_ == "17 mm"
    without = trial_table()
    without.targets_mm.clear()
    needed, told_ = needed_mm(without, Question(), "neutral")
    wanted = reference_population().percentile_mm("neutral", 25, sex="female")
    assert needed[0] == wanted and "reference p25" in told_
    assert needed_mm(table, Question(), "walk") == (None, "")
    low, _ = needed_mm(without, Question(response_percentile=0.0), "neutral")
    assert (low == 0.0).all()  # overlapping bones are no response


def test_analyse__says_what_it_leaves_out(of_table):
    women = trial_table()
    women.words["sex"][:] = "female"
    women.numbers.clear()
    found = of_table(women)
    said = "\n".join(found.notes)
    assert "not grouped by sex: groups by sex need two kinds of hips, got female" in said
    assert "no measures of the hips were kept" in said
    assert "walk has no target and is not one of the reference: no responders" in said


def test_analyse__failed_hips_are_left_out(of_table):
    some = trial_table()
    some.space_mm["neutral", "resection 10 mm"][:4] = np.nan
    some.space_mm["walk", "intact"][7] = np.nan
    found = of_table(some)
    response = {(r.motion, r.plan): r for r in found.head.responses}
    assert response["neutral", "resection 10 mm"].n_done == N - 4
    assert response["neutral", "resection 10 mm"].n == N
    assert response["walk", "derotation 20 deg"].n == N - 1


def test_grouping__by_a_column_parts_at_the_median_or_where_asked(table):
    halves = grouping(table, "measured_version_deg")
    assert [int((halves.labels == name).sum()) for name in halves.names] == [N // 2, N // 2]
    parted = grouping(table, "measured_version_deg", split_at=20.0)
    assert parted.names == ("measured_version_deg < 20", "measured_version_deg >= 20")


@pytest.mark.parametrize(
    ("by", "more", "said"),
    [
        ("side", {}, "groups by side need two kinds of hips, got right"),
        ("measured_verison_deg", {}, "did you mean"),
        ("blood_group", {}, "there are: sex, side, narrow, measured_version_deg"),
        ("measured_version_deg", {"split_at": 90.0}, "no hip is 'measured_version_deg >= 90'"),
        ("narrow", {"narrow_mm": -50.0}, "no hip is 'narrow'"),
    ],
)
def test_grouping__refuses(table, by, more, said):
    with pytest.raises(InputError, match=said):
        grouping(table, by, **more)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"motions": ("running",)}, "there is no motion 'running' here, only neutral, walk"),
        ({"columns": ("weight",)}, "there is no column 'weight' here; columns: measured_version"),
        ({"confidence": 2.0}, "confidence must be"),
        ({"response_percentile": 120.0}, "response_percentile must be"),
        ({"patient": "p01", "motions": ("walk",)}, "has the poses of one of the reference"),
    ],
)
def test_analyse__refuses(of_table, asked, said):
    with pytest.raises(InputError, match=said):
        of_table(**asked)


def test_procedures_of__takes_single_procedures_with_all_that_is_stated():
    plans = [
        "intact",
        "burr 3 mm",
        "burr 1.5 mm",
        "derotation 20 deg supracondylar",
        "a 1 b + c 2 d",
    ]
    assert procedures_of(plans) == {
        ("burr", "mm"): {1.5: "burr 1.5 mm", 3.0: "burr 3 mm"},
        ("derotation supracondylar", "deg"): {20.0: "derotation 20 deg supracondylar"},
    }


def test_patient__of_a_run_stands_in_the_reference(of_table, table):
    (found,) = of_table(patient="p03").percentiles
    space = float(table.space_mm["neutral", "intact"][3])
    wanted = reference_population().percentile_of("neutral", space, sex="male")
    assert found.percentile.value == pytest.approx(wanted) and found.what == "neutral"


def test_patient__of_a_run_stands_in_a_cohort_of_the_same_sex(of_table, cohort):
    (found,) = of_table(patient="p03", cohort=cohort).percentiles
    assert "male" in found.cohort and found.n < 59


def test_patient__a_case_stands_in_the_cohort(cohort):
    (found,) = analyse(cohort, Question(patient="woman_narrow", sex="female")).percentiles
    assert found.percentile.value < 20.0 and found.value_mm > 0.0
    with pytest.raises(InputError, match="sex must be"):
        analyse(cohort, Question(patient="woman_narrow", sex="f"))


def test_load_table__of_a_cohort(cohort):
    found = load_table(cohort)
    assert (found.kind, len(found), found.plans) == ("cohort", 60, ("intact",))
    assert found.in_reference == ("neutral",) and "1 subjects failed" in found.notes[0]
    assert np.isnan(found.space_mm["neutral", "intact"][0])
    assert "version_deg" in found.numbers and "subject" not in found.numbers


def test_analyse__a_cohort(cohort):
    found = analyse(cohort)
    best = found.correlations["neutral"].found[0]
    assert best.column == "version_deg" and best.slope.low < -0.3 < best.slope.high
    assert found.head is None and found.doses == ()


def test_load_table__says_that_everybody_was_derotated(tmp_path):
    folder = cohort_folder(tmp_path / "c", failures=0)
    edit_manifest(folder, derotation_deg=10.0)
    found = load_table(folder)
    assert found.notes == ("everybody was derotated by 10 deg",) and found.in_reference == ()


def test_load_table__refuses(tmp_path):
    with pytest.raises(InputError, match="holds no results of 'hipsim run' or 'hipsim cohort'"):
        load_table(tmp_path)
    folder = cohort_folder(tmp_path / "c")
    (folder / "manifest.json").unlink()
    with pytest.raises(InputError, match="holds no readable manifest.json"):
        load_table(folder)
    cohort_folder(tmp_path / "d")
    path = tmp_path / "d" / "cohort.csv"
    text = path.read_text().splitlines()
    path.write_text("\n".join([*text, text[-1].replace("neutral", "gait")]) + "\n")
    with pytest.raises(InputError, match="every subject needs every motion"):
        load_table(tmp_path / "d")


def test_write_analysis__writes_what_was_found(of_table, tmp_path):
    found = of_table(patient="p00")
    files = write_analysis(found, tmp_path / "out", pictures="none")
    about = json.loads((tmp_path / "out" / ANALYSIS).read_text())
    for name, rows in tables(found).items():
        with (tmp_path / "out" / f"{name}.csv").open() as file:
            assert len(list(csv.DictReader(file))) == len(rows) == len(about[name])
    assert set(tables(found)) == {
        "groups", "correlations", "doses", "percentiles", "plans", "pairs", "costs",
    }  # fmt: skip
    assert len(files) == 8 and about["question"]["patient"] == "p00"
    with pytest.raises(InputError, match="already holds an analysis"):
        write_analysis(found, tmp_path / "out")
    write_analysis(found, tmp_path / "out", existing="replace", pictures="none")


def test_write_analysis__draws(of_table, tmp_path):
    write_analysis(of_table(patient="p00"), tmp_path / "out")
    drawn = {path.stem for path in (tmp_path / "out").glob("*.png")}
    assert drawn == {"groups_1", "groups_2", "correlations", "doses_1", "plans", "percentiles"}


def test_command__prints_writes_and_refuses(cohort, tmp_path, capsys):
    out = tmp_path / "out"
    asked = ["analyse", str(cohort), "--column", "version_deg", "--pictures", "none"]
    assert answer([*asked, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "version_deg" in said and "analysis.json" in said and "not a medical device" in said
    assert answer([*asked, "--out", str(out)]) == EXIT_REFUSED
    assert "already holds an analysis" in capsys.readouterr().err
    assert answer([*asked, "--out", str(cohort)]) == EXIT_REFUSED
    assert "holds the results of a study" in capsys.readouterr().err
    assert answer([*asked, "--group-by", "side"]) == EXIT_REFUSED
    assert "nothing called 'side'" in capsys.readouterr().err
