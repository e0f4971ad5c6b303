"""``hipsim view`` and ``hipsim animate``: what they show of a case or run, what they refuse."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hipsim import cli
from hipsim.cli.shown import chosen_motion, exhibit_of, is_result, plan_number
from hipsim.errors import InputError
from hipsim.kinematics.motions import grid, ifi_test, neutral
from hipsim.viz.probe import rendering_problem

SCENARIO = """
name: one woman
hips: [woman_narrow]
motions: [neutral, gait]
targets_mm: {gait_free: 9}
procedures:
  - {procedure: derotate_femur, angle_deg: [10]}
"""
ASKED = {
    "side": None, "hip": None, "motion": None, "resect": None, "derotate": None
}  # fmt: skip


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "one.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


def test_exhibit_of__a_case_with_what_the_options_ask_for() -> None:
    asked = {**ASKED, "motion": "neutral", "resect": 5.0, "derotate": 10.0}
    found = exhibit_of("woman_narrow", **asked)  # type: ignore[arg-type]
    assert found.programme.plans == ("as it is", "resection 5 mm + derotation 10 deg")
    assert found.clearance(1).minimum_mm > found.clearance(0).minimum_mm
    assert plan_number(found, None) == 1


def test_exhibit_of__a_run_with_its_plans_motions_and_targets(scenario: Path) -> None:
    found = exhibit_of(str(scenario), **ASKED)  # type: ignore[arg-type]
    assert found.programme.plans == ("as it is", "derotation 10 deg")
    assert found.motion.name.startswith("gait") and found.clearance(0).threshold_mm == 9.0
    assert plan_number(found, "as it is") == 0
    with pytest.raises(InputError, match="plan must be one of"):
        plan_number(found, "prayer")


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"side": "right"}, "use --hip"), ({"motion": "ifi_test"}, "motion of this run"),
     ({"hip": "man"}, "hip must be one of")],
)  # fmt: skip
def test_exhibit_of__a_run_refuses_what_is_not_in_it(
    scenario: Path, asked: dict[str, str], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        exhibit_of(str(scenario), **{**ASKED, **asked})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"hip": "man"}, "use --side"), ({"motion": "dance"}, "motion must be one of"),
     ({"motion": "grid"}, "is a grid of angles")],
)  # fmt: skip
def test_exhibit_of__a_case_refuses_what_it_cannot_show(asked: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        exhibit_of("woman_narrow", **{**ASKED, **asked})  # type: ignore[arg-type]


def test_is_result__a_scenario_file_not_a_case(scenario: Path, tmp_path: Path) -> None:
    assert is_result(str(scenario)) and not is_result(str(tmp_path))
    assert not is_result("woman_narrow")


def test_chosen_motion__the_ifi_test_or_the_first_way() -> None:
    ways = [neutral(), ifi_test()]
    assert chosen_motion(None, ways).name == "ifi_test"
    assert chosen_motion(None, [neutral()]).name == "neutral"
    grids = [grid(adduction_deg=0, rotation_deg=0), neutral()]
    assert chosen_motion("neutral", grids).name == "neutral"


def test_animate__writes_film_and_stills(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = rendering_problem()
    if problem is not None:
        pytest.skip(problem)
    out = tmp_path / "arc.gif"
    words = ["animate", "woman_narrow", "--out", str(out), "--motion", "neutral"]
    assert cli.answer([*words, "--size", "400", "300", "--derotate", "15", "--stills"]) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "arc-end.png", "arc-minimum.png", "arc-start.png", "arc.gif"
    ]  # fmt: skip
    with Image.open(out) as film:
        assert film.size == (400, 300)
        assert np.asarray(film.convert("L")).std() > 10
    assert "not a medical device" in capsys.readouterr().out


def test_animate__refuses_an_ending_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.answer(["animate", "woman_narrow", "--out", str(tmp_path / "arc.mov")]) == 2
    assert "a film ends in" in capsys.readouterr().err


def test_view__without_a_screen_says_what_works_without(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert cli.answer(["view", "woman_narrow"]) == 2
    told = capsys.readouterr().err
    assert "DISPLAY is not set" in told and "hipsim animate" in told and "hipsim report" in told


def test_view__refuses_a_folder_for_pictures_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.answer(["view", "woman_narrow", "--pictures", str(tmp_path / "no")]) == 2
    assert "must be a folder" in capsys.readouterr().err
