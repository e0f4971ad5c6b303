"""The command that tells what works on a machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hipsim.cli import answer
from hipsim.study.health import Finding


def test_doctor__here__ends_well_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert answer(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "compiled core" in told and "OpenGL" in told
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("state", "code", "said"),
    [("missing", 0, "only by the parts named"), ("broken", 1, "cannot work here")],
)
def test_doctor__finding__gives_remedy_and_exit_code(
    state: str,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def examine() -> Iterator[Finding]:
        yield Finding("thing", state, "not there", "fetch it")  # type: ignore[arg-type]

    monkeypatch.setattr("hipsim.study.health.examine", examine)
    assert answer(["doctor"]) == code
    told = capsys.readouterr().out
    assert "-> fetch it" in told and said in told
