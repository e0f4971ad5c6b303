"""The command ``hipsim plan``: what may be typed, what is said, what is refused."""

import json

import pytest

from hipsim.cli import EXIT_REFUSED, answer
from hipsim.cli.plan import parsed_targets
from hipsim.errors import InputError


def test_parsed_targets__reads_each_motion_once():
    assert parsed_targets(["neutral=17", " ifi_test = p25 "]) == {
        "neutral": "17",
        "ifi_test": "p25",
    }


@pytest.mark.parametrize("word", ["neutral", "neutral=", "=17", "17"])
def test_parsed_targets__says_how_a_target_is_written(word):
    with pytest.raises(InputError, match="a target is written MOTION=MM or MOTION=pNN"):
        parsed_targets([word])


def test_parsed_targets__refuses_a_motion_twice():
    with pytest.raises(InputError, match="the target of 'neutral' is given twice"):
        parsed_targets(["neutral=17", "neutral=15"])


def test_plan__that_is_met_is_told_and_written(tmp_path, capsys):
    out = tmp_path / "out"
    assert answer(["plan", "man", "--target", "neutral=10", "--quick", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "no bone needs to go" in told
    assert "Research software, not a medical device." in told
    record = json.loads((out / "plan.json").read_text())
    assert record["is_met"] and record["sex"] == "male"


def test_plan__refuses_to_write_over_a_plan(tmp_path, capsys):
    words = ["plan", "man", "--target", "neutral=10", "--quick", "--out", str(tmp_path)]
    assert answer(words) == 0
    assert answer(words) == EXIT_REFUSED
    assert "already holds a plan" in capsys.readouterr().err
    assert answer([*words, "--overwrite"]) == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--target", "walk=5"], "the motion of a target must be one of"),
        (["--target", "neutral"], "a target is written MOTION=MM"),
        (["--side", "left"], "holds no left hip"),
    ],
)
def test_plan__refuses_in_one_clear_line(tmp_path, capsys, words, message):
    out = tmp_path / "out"
    assert answer(["plan", "man", *words, "--out", str(out)]) == EXIT_REFUSED
    assert message in capsys.readouterr().err
    assert not out.exists()
