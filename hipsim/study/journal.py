"""What happened during a run, one JSON object per line: for people who look afterwards."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hipsim.io.files import as_input_error


class Journal:
    """A log file that grows line by line; every line is whole, also when the run is killed.

    Parameters
    ----------
    path
        The file; lines of an earlier run stay.

    Raises
    ------
    InputError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> journal = Journal(Path(tempfile.mkdtemp()) / "log.jsonl")
    >>> journal.note("start", hips=2)
    >>> json.loads(journal.path.read_text())["hips"]
    2
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, event: str, **facts: Any) -> None:
        """Write one line: time, event and facts."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": event, **facts}, ensure_ascii=False)
        with as_input_error("write", self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
