"""Cohorts on the disk: tables that read back, a folder that is refused or replaced."""

import json

import numpy as np
import pytest

from hipsim.anatomy.population import sample_population
from hipsim.errors import InputError
from hipsim.kinematics.arcs import arc
from hipsim.planning.cohort import Cohort
from hipsim.planning.reference import ReferencePopulation, reference_population
from hipsim.study.cohort_files import (
    FILES,
    read_table,
    reference_module,
    summary_rows,
    write_cohort,
)

DIGITS_TOL = 1e-4  # the tables' digits


@pytest.fixture
def cohort() -> Cohort:
    motion = arc(flexion_deg=(0, -20), step_deg=10)
    population = sample_population(6, seed=2)
    values = np.linspace(5.0, 20.0, 18, dtype=np.float32).reshape(6, 3)
    values[4] = np.nan
    structures = np.full((6, 3), 2, np.int8)
    return Cohort(population, (motion,), {"arc": values}, {"arc": structures}, {4: "no neck"})


def test_write_cohort__reads_back(cohort, tmp_path):
    files = write_cohort(cohort, tmp_path / "out", seconds=1.5)
    assert [path.name for path in files] == list(FILES)
    rows = read_table(tmp_path / "out" / "cohort.csv")
    assert [row["subject"] for row in rows] == list(range(6))
    assert rows[0]["minimum_mm"] == pytest.approx(5.0, abs=DIGITS_TOL)
    assert rows[4]["minimum_mm"] is None and rows[4]["failure"] == "no neck"
    assert rows[1]["version_deg"] == pytest.approx(cohort.population[1].version_deg, abs=DIGITS_TOL)
    about = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert about["population"]["seed"] == 2 and about["failed"] == 1
    assert set(about["files"]) == {"cohort.csv", "summary.csv"}


def test_summary__leaves_out_who_failed(cohort):
    rows = summary_rows(cohort)
    assert sum(row["subjects"] for row in rows) == 5
    least = cohort.minimum_mm("arc")
    for row in rows:
        own = least[(cohort.population.sexes == row["sex"]) & cohort.is_measured]
        assert row["mean_mm"] == pytest.approx(own.mean())


def test_write_cohort__refuses_a_folder_with_results(cohort, tmp_path):
    write_cohort(cohort, tmp_path)
    with pytest.raises(InputError, match="already holds results"):
        write_cohort(cohort, tmp_path)
    write_cohort(cohort, tmp_path, existing="replace")


def test_read_table__refuses_other_files(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="is no table of a cohort"):
        read_table(tmp_path / "other.csv")


def test_reference_module__runs_and_says_the_same():
    reference = reference_population()
    known: dict = {}
    exec(reference_module(reference, command="x"), known)
    made = ReferencePopulation(
        known["NAME"], known["SOURCE"], known["LEVELS_PCT"], known["TABLE_MM"]
    )
    assert made.source == reference.source and made.table_mm == reference.table_mm
    assert made.levels == reference.levels
