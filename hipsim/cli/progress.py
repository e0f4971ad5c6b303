"""Progress of long runs: a bar on a terminal after two seconds, elsewhere a line now and then."""

import sys
import time
from types import TracebackType
from typing import Any, Self

PATIENCE_S = 2.0
LINE_EVERY_S = 10.0


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


class StudyBar:
    """Progress of a study: a bar with rate, time left and failures, or plain lines now and then.

    Call it with (done, total, failed). What was done before the first call does not count for the
    rate.

    Examples
    --------
    >>> with StudyBar("hips x plans") as progress:
    ...     progress(0, 2, 0)
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._start = self._told = time.monotonic()
        self._before: int | None = None
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, done: int, total: int, failed: int) -> None:
        """Tell how many are done of how many, and how many of them failed."""
        if self._before is None:
            self._before = done
        elapsed = time.monotonic() - self._start
        if sys.stderr.isatty():
            self._draw(done, total, failed, is_due=elapsed > PATIENCE_S and done < total)
        elif time.monotonic() - self._told > LINE_EVERY_S and done < total:
            self._told = time.monotonic()
            print(self.line(done, total, failed, elapsed), file=sys.stderr, flush=True)

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

    def line(self, done: int, total: int, failed: int, elapsed_s: float) -> str:
        """Write progress as a line.

        Examples
        --------
        >>> StudyBar("hips x plans").line(30, 120, 1, 60.0)
        '30 of 120 hips x plans (25 %), 0.5 per s, 3 min left, 1 failed'
        """
        rate = (done - (self._before or 0)) / max(elapsed_s, 1e-9)
        left = f"{duration((total - done) / rate)} left" if rate > 0.0 else "time left not known"
        parts = [f"{done} of {total} {self.what} ({done / max(total, 1):.0%})".replace("%", " %")]
        parts += [f"{rate:.2g} per s", left, *([f"{failed} failed"] if failed else [])]
        return ", ".join(parts)

    def _draw(self, done: int, total: int, failed: int, *, is_due: bool) -> None:
        """Draw the bar, once there is someone to wait."""
        if self._bar is None and is_due:
            self._bar = _rich_bar("{task.fields[told]}")
            self._task = self._bar.add_task(self.what, total=total, told="")
            self._bar.start()
        if self._bar is not None:
            told = self.line(done, total, failed, time.monotonic() - self._start)
            self._bar.update(self._task, completed=done, told=told)


def duration(seconds: float) -> str:
    """Write a time as people say it.

    Examples
    --------
    >>> [duration(s) for s in (4.2, 75, 4000, 200_000)]
    ['4 s', '1 min', '1 h 6 min', '2 d 7 h']
    """
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def _rich_bar(*texts: str) -> Any:
    """Make a bar on standard error with texts behind it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress

    return Progress(BarColumn(), *texts, console=Console(stderr=True), transient=True)
