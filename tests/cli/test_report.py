import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from hipsim import cli
from hipsim.cli.report import chosen, plan_figures, scenario_of
from hipsim.cli.shown import exhibit_of
from hipsim.errors import InputError
from hipsim.planning import plan as planning
from hipsim.planning import plan_ways
from hipsim.study import plan_files
from hipsim.study.plan_folder import read_plan
from hipsim.study.scenario import load_scenario

SAME_MM = 0.02  # a pose, and the certificate of the same pose
ASKED: dict[str, Any] = {
    "side": None, "hip": None, "motion": None, "resect": None, "derotate": None
}  # fmt: skip
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


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a quick plan of one pose with two ways and no 3D pictures."""
    out = tmp_path_factory.mktemp("report") / "plan"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_ways, "DEPTH_STEP_MM", 8.0)
        patch.setattr(plan_ways, "ANGLE_STEP_DEG", 40.0)
        patch.setattr(planning, "WAYS", ("ideal", "derotation"))
        patch.setattr(plan_files, "rendering_problem", lambda: "no 3D here")
        words = ["plan", "woman_narrow", "--target", "neutral=11", "--quick", "--out", str(out)]
        assert cli.answer(words) == 0
    return out


def data_of(page: Path) -> dict[str, Any]:
    """Return the data of a page."""
    block = re.search(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page.read_text())
    assert block is not None
    told: dict[str, Any] = json.loads(block[1])
    return told


def test_report__of_a_plan_is_the_page_the_plan_wrote(planned: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    assert cli.answer(["report", str(planned), "--out", str(out)]) == 0
    here, there = data_of(out), data_of(planned / "report.html")
    assert here["told"] == there["told"] and here["scene"] == there["scene"]
    assert "files of the case, SHA-256" in dict(here["about"])


def test_report__of_a_plan_as_a_pdf(planned: Path, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra 'pdf'")
    out = tmp_path / "plan.pdf"
    assert cli.answer(["report", str(planned), "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF-")
    names = [figure.path.name for figure in plan_figures(read_plan(planned))]
    assert names == ["unfolded_ideal.svg", "response.svg"]


def test_report__of_a_plan_has_one_hip(
    planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "page.html")
    assert cli.answer(["report", str(planned), "--hip", "man", "--out", out]) == 2
    assert "is a plan of one hip: leave out --hip" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"hip": "man"}, "leave out --side and --hip"), ({"side": "right"}, "leave out --side"),
     ({"motion": "ifi_test"}, "motion of this plan must be one of")],
)  # fmt: skip
def test_exhibit_of__a_plan_refuses_what_is_not_in_it(
    planned: Path, asked: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        exhibit_of(str(planned), **{**ASKED, **asked})


def test_exhibit_of__a_plan_shows_its_options_against_the_target(planned: Path) -> None:
    found = exhibit_of(str(planned), **{**ASKED, "derotate": 5.0})
    names = ("as it is", "ideal", "derotation", "derotation 5 deg")
    assert found.programme.plans == names
    assert found.clearance(0).threshold_mm == 11.0
    record = json.loads((planned / "plan.json").read_text())
    for number, option in enumerate(record["options"], start=1):
        stated = option["targets"][0]["space_mm"]
        assert found.clearance(number).minimum_mm == pytest.approx(stated, abs=SAME_MM)


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
