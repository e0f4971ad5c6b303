"""``hipsim run``, ``results`` and ``schema`` as people meet them."""

import json
import re

import pytest

from hipsim.cli import EXIT_INTERRUPTED, EXIT_REFUSED, answer
from hipsim.cli.progress import StudyBar, duration
from hipsim.cli.run import EXIT_FAILED, choose_executor
from hipsim.study.executors import Inline, Processes
from hipsim.study.scenario import load_scenario

ROUNDED_MM = 0.1001  # two numbers written to a tenth
SCENARIO = """\
name: small
hips: [woman_narrow]
motions: [neutral]
procedures:
  - {procedure: derotate_femur, angle_deg: {start: 1, stop: 17, step: 1}}
outputs: {measures: none, pictures: none}
"""


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(SCENARIO)
    return "s.yaml"


def test_run__dry_run_says_what_would_run_and_writes_nothing(scenario, tmp_path, capsys):
    assert answer(["run", scenario, "--dry-run", "--workers", "2"]) == 0
    said = capsys.readouterr().out
    assert "18 hips x plans in 2 shards; 0 of them done" in said
    assert re.search(r"time +about \d+ .* on 2 processes \(measured here: .* s per plan\)", said)
    assert re.search(r"disk +\d+ kB at most, \d+ kB meanwhile", said)
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


def test_run__needs_to_know_where_to(scenario, capsys):
    assert answer(["run", scenario]) == EXIT_REFUSED
    assert "say where the results shall go: --out FOLDER" in capsys.readouterr().err


def test_run__parts_then_the_whole_then_results(scenario, capsys):
    assert answer(["run", scenario, "--out", "out", "--shard", "1/2"]) == 0
    assert "This part is done; the others still owe 1 shard." in capsys.readouterr().out
    assert answer(["run", scenario, "--out", "out", "--shard", "2/2", "--workers", "1"]) == 0
    assert "All 2 parts are done: run without --shard" in capsys.readouterr().out
    assert answer(["results", "out"]) == EXIT_REFUSED
    assert "holds no results, but 2 shards of an unfinished run" in capsys.readouterr().err
    assert answer(["run", scenario, "--out", "out"]) == 0
    assert "derotation 17 deg" in capsys.readouterr().out
    assert answer(["results", "out"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"neutral +derotation 17 deg +1 +\d+\.\d +\+\d+\.\d", said)
    assert "1 hips x 18 plans x 1 motions" in said


def test_run__answers_whether_targets_are_reached(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = """\
name: is a shorter stride enough?
hips: [woman_narrow]
motions:
  - {motion: gait, name: long}
  - {motion: gait, name: short, stride_factor: 0.5}
targets_mm: {long: 12.6, short: 12.6}
outputs: {measures: none, pictures: none}
"""
    (tmp_path / "s.yaml").write_text(text)
    for words in (["run", "s.yaml", "--out", "out", "--workers", "1"], ["results", "out"]):
        assert answer(words) == 0
        said = capsys.readouterr().out
        sentence = (
            r"Target 12\.6 mm: reached by none of long, short; nearest: short with (\d\.\d) mm "
        )
        found = re.search(sentence + r"\((\d\.\d)\s+missing\)\.", said)
        assert float(found[1]) + float(found[2]) == pytest.approx(12.6, abs=ROUNDED_MM)
        assert re.search(rf"short .*{re.escape(found[2])}", said) and "missing mm" in said


def test_run__tells_what_failed_and_exits_with_one(scenario, tmp_path, capsys):
    (tmp_path / "s.yaml").write_text(SCENARIO.replace("stop: 17", "stop: 2") + "combine: each\n")
    text = (tmp_path / "s.yaml").read_text()
    plan = "  - {procedure: resect_lesser_trochanter, depth_mm: 400}\noutputs"
    (tmp_path / "s.yaml").write_text(text.replace("outputs", plan))
    assert answer(["run", scenario, "--out", "out"]) == EXIT_FAILED
    said = capsys.readouterr().out
    assert re.search(r"1 hips x plans failed; .*\n +1  depth_mm must be at most", said)
    assert "resection 400" not in said
    assert answer(["results", "out"]) == 0
    assert "1  depth_mm must be at most" in capsys.readouterr().out


def test_run__ctrl_c_before_the_first_shard_leaves_nothing(scenario, tmp_path, monkeypatch, capsys):
    def interrupted(self, *told):
        raise KeyboardInterrupt

    monkeypatch.setattr(StudyBar, "__call__", interrupted)
    assert answer(["run", scenario, "--out", "out"]) == EXIT_INTERRUPTED
    assert "stopped; nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_choose_executor__by_what_there_is_to_do(scenario):
    checked = load_scenario(scenario)
    assert isinstance(choose_executor(checked, 1, None), Inline)
    chosen = choose_executor(checked, 3, None)
    assert isinstance(chosen, Processes) and chosen.count == 3


def test_run__the_workers_of_a_scheduler_are_not_started_here(scenario, capsys):
    options = ["--scheduler", "tcp://10.0.0.1:8786", "--workers", "4"]
    assert answer(["run", scenario, "--out", "out", *options]) == EXIT_REFUSED
    assert "dask worker tcp://10.0.0.1:8786 --nthreads 1" in capsys.readouterr().err


def test_schema__is_printed_or_written(tmp_path, capsys):
    assert answer(["schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert answer(["schema", "--out", str(tmp_path)]) == 0
    assert "yaml-language-server: $schema=hipsim.schema.json" in capsys.readouterr().out
    assert json.loads((tmp_path / "hipsim.schema.json").read_text()) == printed


def test_study_bar__writes_lines_where_there_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr("hipsim.cli.progress.LINE_EVERY_S", -1.0)
    with StudyBar("hips x plans") as progress:
        progress(20, 100, 0)
        progress(60, 100, 2)
        progress(100, 100, 2)
    first, second = capsys.readouterr().err.splitlines()
    assert first == "20 of 100 hips x plans (20 %), 0 per s, time left not known"
    assert re.fullmatch(r"60 of 100 hips x plans \(60 %\), .* per s, .* left, 2 failed", second)


def test_study_bar__draws_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr("hipsim.cli.progress.PATIENCE_S", -1.0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with StudyBar("hips x plans") as progress:
        progress(0, 3, 0)
        progress(1, 3, 1)
        assert progress._bar.tasks[0].completed == 1
        assert "1 of 3 hips x plans (33 %)" in progress._bar.tasks[0].fields["told"]


def test_duration__rounds_down():
    assert [duration(s) for s in (0, 59.9, 3599, 86_399)] == [
        "0 s",
        "59 s",
        "59 min",
        "23 h 59 min",
    ]
