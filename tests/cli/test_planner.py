"""The planner's command: what it refuses, and that it serves until it is stopped."""

import signal
import subprocess
import sys
import urllib.request

import pytest

from hipsim import cli

pytest.importorskip("uvicorn", reason="needs the extra 'web'")
PROGRAM = "from hipsim.cli import main; main()"


def test_planner__other_machines_need_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["planner", "woman", "--host", "0.0.0.0"]) == 2
    assert "ask for a token" in capsys.readouterr().err


def test_planner__unknown_motion_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["planner", "woman", "--motion", "dance"]) == 2
    assert "motion must be one of" in capsys.readouterr().err


def test_planner__serves_until_interrupted() -> None:
    command = [sys.executable, "-c", PROGRAM, "planner", "woman", "--port", "0"]
    command += ["--motion", "neutral", "--token"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().split("open ")[1].strip()
        with urllib.request.urlopen(address, timeout=60) as page:
            assert "planner" in page.read().decode()
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) in (0, 130)
