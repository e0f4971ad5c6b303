"""``hipsim import`` as a person meets it."""

import json
import os
import re

import pytest
from patient import MIDLINE_TO_HEAD_MM, patient, right_hip, written

from hipsim.cli import EXIT_REFUSED, answer
from hipsim.io.cases import find_case
from hipsim.io.catalogue import embedded_hips


def test_import__makes_a_case_that_can_be_measured(tmp_path, monkeypatch, capsys):
    """Files in metres under names of their own; landmarks from Slicer."""
    monkeypatch.chdir(tmp_path)
    os.mkdir("in")
    written(tmp_path / "in", patient(), factor=0.001, name="patient 7 {}.stl")
    known = json.loads((embedded_hips()["woman"] / "landmarks.json").read_text())["points"]
    points = [
        {"label": name, "position": [x, y, z + MIDLINE_TO_HEAD_MM]}
        for name, (x, y, z) in known.items()
    ]
    markups = {"markups": [{"coordinateSystem": "LPS", "controlPoints": points}]}
    (tmp_path / "F.mrk.json").write_text(json.dumps(markups))
    files = [f"in/patient 7 {bone}.stl" for bone in patient()]
    command = ["import", *files, "--out", "case", "--landmarks", "F.mrk.json", "--frame", "lps"]
    assert answer([*command, "--side", "right"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"femur_r +\d+ mm +\d+", said)
    assert re.search(r"unit: m\n  femur_r: .*head radius 21\.\d mm", said)
    assert "written to case" in said
    assert said.splitlines()[-1] == "next: hipsim check case; hipsim measure case"
    assert answer(["measure", "case"]) == 0
    assert "ischiofemoral space" in capsys.readouterr().out


def test_import__takes_files_whatever_they_are_called(tmp_path, capsys):
    written(tmp_path, right_hip(), name="export {}x.ply")
    command = ["import", "--femur-r", str(tmp_path / "export femur_rx.ply")]
    command += ["--hip-r", str(tmp_path / "export hip_rx.ply"), "--out", str(tmp_path / "case")]
    assert answer(command) == 0
    assert find_case(tmp_path / "case").sides == ("right",)


def test_import__says_both_hips_need_a_side(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    written(tmp_path / "in", patient())
    assert answer(["import", str(tmp_path / "in"), "--out", str(tmp_path / "case")]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("case --side right")


REFUSED = [
    (["import", "--out", "c"], "nothing to import: name a file or folder"),
    (["import", "none.stl", "--out", "c"], r"cannot read none\.stl: no such file"),
    (["import", "a.stl", "--out", "c", "--labels", "femur_r"], "wants femur_r=76 or femur_r=NAME"),
    (["import", "a.stl", "--out", "c", "--labels", "femurr=76"], r"did you mean 'femur_r'\?"),
    (["import", "a.stl", "--out", "c", "--labels", "femur_r=76", "zzz=5"], "known: hip_r, hip_l"),
    (["import", "a.stl"], "requires an argument"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_import__refuses_in_one_clear_message(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert answer(arguments) == EXIT_REFUSED
    assert re.search(message, capsys.readouterr().err)
    assert os.listdir(tmp_path) == []
