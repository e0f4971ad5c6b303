"""A progress bar for long runs: only on a terminal, and only after two seconds."""

import sys
import time
from types import TracebackType
from typing import Any, Self

PATIENCE_S = 2.0


class ProgressBar:
    """Call it with (done, total); it shows itself when there is someone to wait.

    Examples
    --------
    >>> with ProgressBar("plans") as progress:
    ...     progress(1, 2)
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._start = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, done: int, total: int) -> None:
        """Tell how many are done of how many."""
        waited = time.monotonic() - self._start
        if self._bar is None and waited > PATIENCE_S and done < total and sys.stderr.isatty():
            self._show(total)
        if self._bar is not None:
            self._bar.update(self._task, completed=done)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _show(self, total: int) -> None:
        """Open the bar on standard error."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        self._bar = Progress(
            f"{self.what}",
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(self.what, total=total)
        self._bar.start()
