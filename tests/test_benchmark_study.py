"""The study benchmark runs from end to end on little; nothing here is timed."""

import json

from benchmarks import study


def test_study__runs_and_says_what_is_true(tmp_path):
    study.main(["--size", "tiny", "--out", str(tmp_path)])
    record = json.loads((tmp_path / "study.json").read_text())
    assert [found["evaluations"] for found in record["driven"]] == [16, 32]
    assert set(record["compute"]) == {"1", "2"}
    assert record["driven"][-1]["peak_mb"] < study.MEMORY_MB
    text = (tmp_path / "study.md").read_text()
    assert all(goal["what"] in text for goal in record["goals"])
    assert (tmp_path / "study.png").stat().st_size > 10_000
