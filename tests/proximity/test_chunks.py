import _thread
import threading
import time

import pytest

from hipsim.errors import InputError
from hipsim.proximity.chunks import CHUNK, run_chunks


@pytest.mark.parametrize("n_threads", [1, 2, 7, None])
@pytest.mark.parametrize("length", [0, 1, CHUNK, 3 * CHUNK + 1])
def test_run_chunks__covers_everything_once(length, n_threads):
    parts = []
    run_chunks(parts.append, length, n_threads)
    covered = sorted(k for part in parts for k in range(length)[part])
    assert covered == list(range(length))


@pytest.mark.parametrize("n_threads", [1, 2])
def test_run_chunks__hears_ctrl_c_between_chunks(n_threads):
    parts = []

    def work(part):
        parts.append(part)
        time.sleep(0.01)

    timer = threading.Timer(0.05, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run_chunks(work, 500 * CHUNK, n_threads)
    timer.join()
    assert len(parts) < 400


@pytest.mark.parametrize("n_threads", [1, 2])
def test_run_chunks__passes_errors_on(n_threads):
    def work(part):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_chunks(work, 3 * CHUNK, n_threads)


@pytest.mark.parametrize("n_threads", [0, -1, 1.5, True, "two"])
def test_run_chunks__refuses_what_is_no_number_of_threads(n_threads):
    with pytest.raises(InputError, match="n_threads must be a whole number above zero"):
        run_chunks(print, 1, n_threads)
