"""What is written, and what the command says and answers."""

import csv
import json
from dataclasses import replace

import pytest
from made_rows import EXCUSED, LEFT_OUT, RIGHT, WRONG, made

from hipsim.cli import answer
from hipsim.errors import InputError
from hipsim.study import validation
from hipsim.study.validation import FILES, Validation, as_markdown, write_validation
from hipsim.study.validation_row import UNEXPLAINED
from hipsim.study.validation_slopes import LANDMARKS, PUBLISHED, Slopes, slope_tables

NAN = float("nan")
SLOPES = Slopes(
    "made right",
    (0.3, -0.2, -0.5, -0.7, NAN, 49.0, -26.0),
    (0.5, -0.7, 0.4),
    0.5,
    dict.fromkeys(LANDMARKS, 0.1),
)
FOUND = Validation((RIGHT, EXCUSED, LEFT_OUT), (SLOPES,), "quick")


@pytest.fixture
def run(monkeypatch, capsys):
    """Return what runs the command on a made table: exit code and text."""

    def command(found, *words):
        asked = []
        monkeypatch.delenv("HIPSIM_BONES", raising=False)
        monkeypatch.setattr(validation, "validate", lambda *a, **k: asked.append((a, k)) or found)
        return answer(["validate", *words]), capsys.readouterr().out, asked[0]

    return command


def test_command__answers_0_when_every_disagreement_has_its_reason(run):
    code, text, (given, rest) = run(FOUND, "--quick")
    assert code == 0
    assert given == (None,) and rest["depth"] == "quick"
    assert "3 rows: 1 agrees, 1 disagrees, 1 not run." in text
    assert "a known reason" in text and "no time" in text
    assert "Everything that disagrees has its reason beside it." in text


def test_command__answers_1_when_one_has_none(run):
    code, text, _ = run(replace(FOUND, rows=(RIGHT, WRONG)))
    assert code == 1
    assert "Without a reason: 02 wrong virtual" in text and UNEXPLAINED in text


def test_command__fits_a_terminal(run):
    text = run(replace(FOUND, rows=(made(1.5, quantity="long " * 60, ours="word " * 60),)))[1]
    assert max(map(len, text.splitlines())) <= 100


def test_command__writes_and_takes_the_folder_of_bones(run, tmp_path, monkeypatch):
    code, text, (given, _) = run(FOUND, "--out", str(tmp_path / "out"), "--bones", "bones")
    assert code == 0 and [str(each) for each in given] == ["bones"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)
    assert "validation.md" in text


def test_command__refuses_a_folder_without_hips(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(validation, "virtual_subjects", lambda: None)
    assert answer(["validate", "--bones", str(tmp_path)]) == 2
    assert "no case with femur_r and hip_r" in capsys.readouterr().err


def test_part_that_fails__disagrees_and_the_rest_goes_on():
    def fails():
        raise InputError("a folder is gone")

    parts = [
        validation.Part("laws", "lost", fails),
        validation.Part("laws", "kept", lambda: [RIGHT]),
    ]
    rows = validation._computed(parts, None)
    assert [(row.name, row.verdict) for row in rows] == [
        ("lost", "disagrees"),
        ("01 made", "agrees"),
    ]
    assert not rows[0].is_accounted_for and rows[0].ours == "a folder is gone"


def test_files__hold_every_row_in_three_forms(tmp_path):
    write_validation(replace(FOUND, rows=(*FOUND.rows, made(NAN))), tmp_path)
    with (tmp_path / "validation.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["verdict"] for row in rows] == ["agrees", "disagrees", "not run", "disagrees"]
    record = json.loads((tmp_path / "validation.json").read_text())
    assert [row["value"] for row in record["rows"]] == [1.5, 3.0, None, None]
    assert record["counts"]["disagrees"] == 2 and record["unaccounted"] == ["01 made"]
    assert (tmp_path / "validation.md").read_text().count("| 01 made |") == 3


def test_files__are_replaced(tmp_path):
    write_validation(FOUND, tmp_path)
    write_validation(replace(FOUND, rows=(RIGHT,)), tmp_path)
    assert "excused" not in (tmp_path / "validation.md").read_text()


def test_files__that_cannot_be_written_are_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        write_validation(FOUND, tmp_path / "file" / "out")


def test_markdown__puts_disagreement_first():
    text = as_markdown(FOUND)
    assert text.index("## What disagrees, and why") < text.index("## Published expectations")
    assert "a known reason" in text


def test_slope_tables__show_published_figures_and_every_input():
    text = slope_tables([SLOPES])
    for title, figure, source in PUBLISHED:
        assert title in text and figure in text and source in text
    assert "| made right | 0.30 | -0.20 | -0.50 | -0.70 | none | 49.0 | -26.0 |" in text
    assert all(f"{name}, mm/mm" in text for name in LANDMARKS)
