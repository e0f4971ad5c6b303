"""Tables line up, and the progress bar keeps quiet where nobody waits."""

from hipsim.cli.progress import ProgressBar
from hipsim.cli.tables import aligned


def test_aligned__columns_are_as_wide_as_their_widest_cell():
    lines = aligned(["a", "b"], [["long cell", "1"], ["x", "100"]], "lr").splitlines()
    assert lines[2:] == ["long cell    1", "x          100"]
    assert len(set(map(len, lines[1:]))) == 1


def test_progress_bar__is_silent_where_there_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr("hipsim.cli.progress.PATIENCE_S", -1.0)
    with ProgressBar("plans") as progress:
        progress(1, 3)
    assert capsys.readouterr().err == ""


def test_progress_bar__shows_itself_on_a_terminal_after_a_while(capsys, monkeypatch):
    monkeypatch.setattr("hipsim.cli.progress.PATIENCE_S", -1.0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with ProgressBar("plans") as progress:
        progress(1, 3)
        assert progress._bar is not None
