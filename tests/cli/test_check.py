"""``hipsim check``: a table, what to do, JSON, an exit code."""

import json
import shutil

import pytest

from hipsim.cli import answer
from hipsim.cli.check import EXIT_FAILED


@pytest.mark.parametrize("name", ["woman_narrow", "man"])
def test_check__passes_the_embedded_hips(name, capsys):
    assert answer(["check", name]) == 0
    said = capsys.readouterr().out
    assert " 0 fail" in said
    assert "right joint  joint centres" in said


def test_check__writes_every_finding_as_json(tmp_path, capsys):
    assert answer(["check", "woman", "--json", str(tmp_path / "c.json")]) == 0
    data = json.loads((tmp_path / "c.json").read_text())
    assert set(data) == {"case", "unit", "repairs", "findings"}
    assert (data["case"], data["unit"]) == ("woman", "mm")
    for finding in data["findings"]:
        assert set(finding) == {"bone", "check", "level", "found", "advice"}
        assert finding["level"] == "pass" or finding["advice"]
    said = capsys.readouterr().out
    assert f"{len(data['findings'])} pass, 0 warn, 0 fail" in said


def test_check__tells_what_was_mended_and_what_to_do(tmp_path, capsys):
    from hipsim.geometry import Mesh
    from hipsim.io.hips import load_hip
    from hipsim.io.meshes import save_mesh

    hip = load_hip("woman")
    save_mesh(tmp_path / "femur_r.ply", Mesh(hip.femur.vertices, hip.femur.faces[:, ::-1]))
    save_mesh(tmp_path / "hip_r.ply", hip.hip_bone.mirrored(2))
    assert answer(["check", str(tmp_path)]) == EXIT_FAILED
    said = capsys.readouterr().out
    assert "mended on loading: femur_r: turned the surface outward" in said
    assert "warn: femur_r: oriented: inside out; mended on loading" in said
    assert "fail: hip_r: side: called right, by its shape a left hip bone" in said
    assert "rename the file to hip_l" in said


@pytest.mark.bones
def test_check__tells_what_to_do_with_ugly_bones(bones, tmp_path, capsys):
    shutil.copy(bones / "ugly" / "r_pelvis.stl", tmp_path / "hip_r.stl")
    shutil.copy(bones / "ugly" / "r_femur.stl", tmp_path / "femur_r.stl")
    (tmp_path / "hip_l.stl").write_bytes(b"")
    assert answer(["check", str(tmp_path), "--json", str(tmp_path / "c.json")]) == EXIT_FAILED
    said = capsys.readouterr().out
    assert "fail: hip_r: closed: the surface has 1 open edge" in said
    assert "fail: femur_r: resolution: median edge 10 mm, 908 faces; too coarse" in said
    assert "fail: hip_l: readable:" in said
    assert json.loads((tmp_path / "c.json").read_text())["unit"] == "m"
