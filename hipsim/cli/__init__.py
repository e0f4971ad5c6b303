"""The command ``hipsim``: a file per command, each a thin function over the rooms below.

Nothing heavy is imported until a command runs, so ``hipsim --help`` answers at once. Refusals are
one clear message on standard error and exit code 2; ``check`` answers 1 when a bone fails.
"""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from cyclopts import App, CycloptsError

from hipsim import __version__
from hipsim.cli.analyse import analyse
from hipsim.cli.animate import animate
from hipsim.cli.check import check
from hipsim.cli.cohort import cohort
from hipsim.cli.demo import demo
from hipsim.cli.doctor import doctor
from hipsim.cli.fetch import fetch
from hipsim.cli.guide import guide
from hipsim.cli.import_ import import_
from hipsim.cli.measure import measure
from hipsim.cli.plan import plan
from hipsim.cli.planner import planner
from hipsim.cli.report import report
from hipsim.cli.results import results
from hipsim.cli.run import run
from hipsim.cli.schema import schema
from hipsim.cli.validate import validate
from hipsim.cli.view import view
from hipsim.errors import HipsimError

EXIT_REFUSED = 2
EXIT_INTERRUPTED = 130

app = App(
    name="hipsim",
    version=__version__,
    help="Ischiofemoral space over the motion of the hip, and how much bone must go. "
    "Research software, not a medical device.",
    suppress_keyboard_interrupt=False,  # answered below, like every other way to end
)
for command in (
    demo,
    doctor,
    guide,
    fetch,
    run,
    report,
    view,
    animate,
    plan,
    planner,
    cohort,
    results,
    analyse,
    schema,
    validate,
    measure,
    check,
):
    app.command(command)
app.command(import_, name="import")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Parameters
    ----------
    arguments
        Words after ``hipsim``; those of the process by default.
    """
    sys.exit(answer(arguments))


def answer(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    interrupts: list[int] = []
    try:
        with _remembered(interrupts):
            code = app(arguments, exit_on_error=False, result_action="return_value")
            sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except CycloptsError:
        return EXIT_REFUSED  # the message is printed already
    except HipsimError as error:
        print(f"hipsim: {error}", file=sys.stderr)
        return EXIT_REFUSED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, Exception) as error:
        if not interrupts and not isinstance(error, KeyboardInterrupt):
            raise
        print("hipsim: stopped; nothing was written", file=sys.stderr)
        return EXIT_INTERRUPTED


@contextmanager
def _remembered(interrupts: list[int]) -> Iterator[None]:
    """Remember Ctrl-C: a library that is being imported may turn it into another error."""

    def note(number: int, frame: object) -> None:
        interrupts.append(number)
        raise KeyboardInterrupt

    earlier = signal.getsignal(signal.SIGINT)
    if earlier is signal.default_int_handler:
        signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        if earlier is signal.default_int_handler:
            signal.signal(signal.SIGINT, earlier)
