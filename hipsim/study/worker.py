"""A process that computes shards for another: pickles come in, answers go out, until it is over.

Run by :class:`hipsim.study.executors.Processes`; not for people. It ends with the process that
started it, however that one ends.
"""

import os
import pickle
import signal
import sys
import threading
import time
import traceback
from typing import Any, BinaryIO

PARENT_CHECK_S = 1.0


def main() -> None:
    """Answer shards until the other side closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get among the answers
    while (shard := _next(sys.stdin.buffer)) is not None:
        pickle.dump(_answer(shard), answers)
        answers.flush()


def _next(questions: BinaryIO) -> Any:
    """Return the next shard, None at the end."""
    try:
        return pickle.load(questions)
    except EOFError:
        return None


def _answer(shard: Any) -> tuple[str, Any]:
    """Compute a shard; say apart what is of the machine and what ends the study."""
    from hipsim.errors import ComputationError
    from hipsim.study.evaluate import compute

    try:
        return "done", compute(shard)
    except MemoryError:
        return "machine", "out of memory"
    except ComputationError as error:
        return "over", str(error)
    except Exception:
        return "over", traceback.format_exc()


def _leave_with(parent: int) -> None:
    """End when the process that started this one is gone."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_S)
    os._exit(1)


if __name__ == "__main__":
    main()
