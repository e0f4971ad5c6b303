"""``hipsim cohort``: a table for a population, one clear line when refused."""

import csv

import pytest

from hipsim.cli import EXIT_REFUSED, answer


def test_cohort__writes_tables_and_a_summary(tmp_path, capsys):
    out = tmp_path / "out"
    asked = ["cohort", "--n", "2", "--sex-ratio", "1", "--seed", "1", "--motion", "neutral"]
    assert answer([*asked, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "neutral" in said and "female" in said and "cohort.csv" in said
    with (out / "cohort.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 2 and float(rows[0]["minimum_mm"]) > 0.0
    assert answer([*asked, "--out", str(out)]) == EXIT_REFUSED
    assert "already holds results" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--n", "0"], "n must be"),
        (["--sex-ratio", "2"], "sex_ratio must be"),
        (["--motion", "running"], "running"),
    ],
)
def test_cohort__refuses(arguments, said, tmp_path, capsys):
    code = answer(["cohort", *arguments, "--out", str(tmp_path / "out")])
    told = capsys.readouterr()
    assert code == EXIT_REFUSED
    assert said in told.err + told.out
    assert not (tmp_path / "out").exists()
