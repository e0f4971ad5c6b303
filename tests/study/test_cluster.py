"""A real Dask scheduler and two worker processes on this machine; one is killed in the middle."""

import os
import signal
import subprocess
import sys

import pytest
from lost_cases import ROOT, n_kept, scenario_file, wait_for

from hipsim.errors import InputError
from hipsim.study import cluster
from hipsim.study.output import run_to_folder
from hipsim.study.results import load_results

pytestmark = pytest.mark.usefixtures("small_shards")
WORKER = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]


@pytest.fixture
def dask(tmp_path):
    """Start processes of Dask, and end those that were started."""
    pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    file, started = tmp_path / "scheduler.json", []
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    settings = {**os.environ, "PYTHONPATH": path, "NUMBA_NUM_THREADS": "1"}

    def start(kind, *options):
        command = [sys.executable, "-m", "dask", kind, "--scheduler-file", str(file), *options]
        process = subprocess.Popen(
            command,
            env=settings,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    wait_for(file.exists, started[0])
    yield file, start
    for process in started:
        process.kill()
        process.wait()


def test_cluster__with_one_of_two_workers_killed_gives_the_same_bits(tmp_path, dask, undisturbed):
    import json

    file, start = dask
    workers = [start("worker", *WORKER) for _ in range(2)]
    address = json.loads(file.read_text())["address"]
    out, killed = tmp_path / "out", []

    def kill_one(done, total, failed):
        if n_kept(out) >= 2 and not killed:
            workers[0].send_signal(signal.SIGKILL)
            killed.append(done)

    executor = cluster.Cluster(address)
    run_to_folder(scenario_file(tmp_path), out, executor=executor, progress=kill_one)
    assert killed and workers[0].wait() == -signal.SIGKILL
    assert (out / "results.csv").read_bytes() == (undisturbed / "results.csv").read_bytes()
    with load_results(out) as found, load_results(undisturbed) as wanted:
        assert found.load().identical(wanted.load())


def test_cluster__says_that_nobody_answers(tmp_path, monkeypatch):
    pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    monkeypatch.setattr(cluster, "CONNECT_S", 0.2)
    executor = cluster.Cluster("tcp://127.0.0.1:1")
    with pytest.raises(InputError, match="no Dask scheduler answers at tcp://127.0.0.1:1"):
        run_to_folder(scenario_file(tmp_path), tmp_path / "out", executor=executor)
    assert not (tmp_path / "out").exists()


def test_cluster__says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'hipsim\[cluster\]'"):
        cluster.Cluster("local")
