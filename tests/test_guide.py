"""The manual: every command on its pages is run as printed, from one empty folder.

Its Python is run by the doctest collector. What is only mentioned inside a sentence must exist.
"""

import re
from pathlib import Path

import numpy as np
import pytest

from hipsim import cli, guide
from hipsim.geometry import Mesh
from hipsim.io.hips import load_hip
from hipsim.io.meshes import save_mesh

Z = np.array([0.0, 0.0, 1.0])
READERS = ("surgeon", "researcher", "engineer")


def commands(name: str) -> list[str]:
    """Return the indented commands of a page."""
    return re.findall(r"^    hipsim (.+)$", guide.page(name), re.MULTILINE)


def scanned(folder: Path) -> None:
    """Put the surfaces of a narrow hip where the surgeon's page expects a scan's."""
    hip = load_hip("woman_narrow")  # its frame: Z to the right, origin at the hip joint centre
    spines = [hip.landmarks[f"asis_{side}"] for side in ("right", "left")]
    whole = Mesh(hip.hip_bone.vertices - np.mean(spines, axis=0) * Z, hip.hip_bone.faces)
    femur = Mesh(hip.femur.vertices - np.mean(spines, axis=0) * Z, hip.femur.faces)
    (folder / "scan").mkdir()
    for name, bone in {"femur_r": femur, "hip_r": whole, "hip_l": whole.mirrored(2)}.items():
        save_mesh(folder / "scan" / f"{name}.stl", bone)


@pytest.mark.parametrize("name", READERS)
def test_commands_of_a_page__run_as_printed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    scanned(tmp_path)
    assert commands(name)
    for line in commands(name):
        assert cli.answer(line.split()) == 0, f"{line}: {capsys.readouterr().err}"


@pytest.mark.parametrize("name", guide.PAGES)
def test_commands_in_sentences__exist(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in set(re.findall(r"``hipsim ([a-z]+)", guide.page(name))):
        assert cli.answer([command, "--help"]) == 0, command


@pytest.mark.parametrize("name", guide.PAGES)
def test_guide__prints_the_page(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["guide", name]) == 0
    assert capsys.readouterr().out == guide.page(name)


def test_guide__without_a_name_lists_the_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["guide"]) == 0
    assert [line.split()[2] for line in capsys.readouterr().out.splitlines()] == list(guide.PAGES)


def test_guide__unknown_page_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["guide", "nurse"]) == 2
    assert "surgeon, researcher" in capsys.readouterr().err
    with pytest.raises(KeyError, match="nurse"):
        guide.page("nurse")
