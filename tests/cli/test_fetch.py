"""``hipsim fetch`` as a person meets it; nothing here leaves this machine."""

import pytest

from hipsim.cli import EXIT_REFUSED, answer
from hipsim.io.open_hips import OPEN_HIPS


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("HIPSIM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def test_fetch__lists_what_there_is(data, capsys):
    assert answer(["fetch"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in OPEN_HIPS)
    assert "CC BY-NC-SA 4.0" in said
    assert f"brings one into {data / 'cases'}" in said


def test_fetch__suggests_a_name(capsys):
    assert answer(["fetch", "vhf"]) == EXIT_REFUSED
    assert "did you mean 'vh_f'?" in capsys.readouterr().err


def test_fetch__names_what_the_mirror_lacks(data, capsys):
    assert answer(["fetch", "z027", "--from", "."]) == EXIT_REFUSED
    error = capsys.readouterr().err
    assert "z027.mat: no such file; it can be had from https://raw.githubusercontent.com/" in error
    assert OPEN_HIPS["z027"].files[0].sha256 in error
    assert not data.exists()


@pytest.mark.bones
def test_fetch__then_measure_by_name(bones, capsys):
    mirror = str(bones / "hubmap_vh" / "original")
    assert answer(["fetch", "vh_m", "--from", mirror]) == 0
    said = capsys.readouterr().out
    assert "licence: CC BY 4.0" in said and "cite: Browne" in said
    assert said.splitlines()[-1] == "next: hipsim measure vh_m --side right"
    assert answer(["measure", "vh_m", "--side", "right"]) == 0
    assert "vh_m, right hip" in capsys.readouterr().out
    assert answer(["fetch"]) == 0
    assert "fetched" in capsys.readouterr().out
