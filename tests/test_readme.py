"""README shows only what works: its Python runs, its commands exist, its pictures are there."""

import re
from pathlib import Path

import pytest

from hipsim import cli

README = (Path(__file__).parents[1] / "README.md").read_text()


BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_python__measures_as_printed(capsys):
    exec(compile(BLOCKS[0], "README.md", "exec"), {})
    space, gain, proven = capsys.readouterr().out.strip().splitlines()
    assert "lesser_trochanter" in space
    assert float(gain) > 0.0
    minimum, lower_bound = map(float, proven.split())
    assert lower_bound <= minimum <= float(space.split()[0]) + 1e-9


def test_python__plans_as_printed(capsys):
    (program,) = BLOCKS[1:]
    exec(compile(program, "README.md", "exec"), {})
    told = capsys.readouterr().out
    assert "Ideal resection" in told and "Combination(" in told and "Interval(" in told


def test_two_commands__are_one_line_each():
    lines = [line.strip() for line in README.splitlines() if "python3 -m venv" in line]
    assert lines == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/hipsim demo",
        'python3 -m venv .venv && .venv/bin/pip install ".[test]" && .venv/bin/pytest',
    ]


@pytest.mark.parametrize("command", re.findall(r"^    hipsim ([a-z]+)", README, re.MULTILINE))
def test_commands__exist(command, capsys):
    assert cli.answer([command, "--help"]) == 0
    assert f"hipsim {command}" in capsys.readouterr().out


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)]+)\)|`([a-z]+/[\w./]+)`", README))
def test_files_it_points_to__exist(path):
    assert (Path(__file__).parents[1] / "".join(path)).exists()


def test_motions_it_lists__exist():
    from hipsim.kinematics.motions import NAMED_MOTIONS

    listed = re.search(r"Motions: (.*?)\.", README, re.DOTALL)[1]
    assert set(re.findall(r"`(\w+)`", listed)) <= set(NAMED_MOTIONS) | {"arc", "grid"}
