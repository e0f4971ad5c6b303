import hashlib
import json
from pathlib import Path

import pytest

from hipsim import cli
from hipsim.cli.report import chosen, scenario_of
from hipsim.errors import InputError
from hipsim.study.scenario import load_scenario

SCENARIO = """
name: two women
hips: [woman, woman_narrow]
motions: [neutral]
procedures:
  - {procedure: derotate_femur, angle_deg: [10]}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "two.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


def manifest(folder: Path, scenario: Path) -> Path:
    """Write the part of a manifest that says where results came from."""
    folder.mkdir()
    sha256 = hashlib.sha256(scenario.read_bytes()).hexdigest()
    told = {"scenario": {"file": str(scenario), "sha256": sha256}}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def test_report__writes_one_page(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    done = cli.answer(["report", str(scenario), "--hip", "woman_narrow", "--out", str(out)])
    text = out.read_text(encoding="utf-8")
    assert done == 0 and "Written to" in capsys.readouterr().out
    assert "two women: woman_narrow" in text and "derotation 10 deg" in text
    assert "version, deg" in text


def test_scenario_of__a_folder_of_results_is_its_scenario(scenario: Path, tmp_path: Path) -> None:
    folder = manifest(tmp_path / "out", scenario)
    assert scenario_of(folder).name == "two women"


def test_scenario_of__refuses_what_is_not_the_run(scenario: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no results of hipsim run"):
        scenario_of(tmp_path)
    folder = manifest(tmp_path / "out", scenario)
    scenario.write_text(SCENARIO + "# later\n", encoding="utf-8")
    with pytest.raises(InputError, match="moved or changed since"):
        scenario_of(folder)


def test_chosen__asks_which_of_several_hips(scenario: Path) -> None:
    loaded = load_scenario(scenario)
    with pytest.raises(InputError, match="this run has 2 hips, choose one with --hip: woman"):
        chosen(loaded, None)
    with pytest.raises(InputError, match="hip must be one of"):
        chosen(loaded, "man")
    assert chosen(loaded, "woman").name == "woman"


def test_report__writes_a_pdf(scenario: Path, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra 'pdf'")
    out = tmp_path / "record.pdf"
    assert cli.answer(["report", str(scenario), "--hip", "woman_narrow", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF-")


def test_report__refuses_other_endings_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.answer(["report", "none.yaml", "--out", str(tmp_path / "page.docx")]) == 2
    assert "a report ends in .html or .pdf" in capsys.readouterr().err
