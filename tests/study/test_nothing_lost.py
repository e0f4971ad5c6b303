"""Killed drivers, killed workers, damaged shards, full disks: the results stay the same bits."""

import errno
import json
import os
import random
import signal
import sys

import pytest
from lost_cases import N_SHARDS, children_of, n_kept, scenario_file, start_run, wait_for

from hipsim.errors import InputError
from hipsim.study import output
from hipsim.study.executors import Inline, Processes
from hipsim.study.output import Part, run_to_folder
from hipsim.study.results import load_results
from hipsim.study.shard_store import ShardStore

FILES = ["log.jsonl", "manifest.json", "results.csv", "results.nc"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="finds child processes in /proc")
pytestmark = pytest.mark.usefixtures("small_shards")


def assert_same(folder, undisturbed):
    """The table is the same bytes, the Dataset the same bits, and nothing else is left."""
    assert sorted(path.name for path in folder.iterdir()) == FILES
    for name in ("results.csv", "results.nc"):
        assert (folder / name).read_bytes() == (undisturbed / name).read_bytes(), name
    with load_results(folder) as found, load_results(undisturbed) as wanted:
        assert found.load().identical(wanted.load())


def events(folder):
    lines = (folder / "log.jsonl").read_text().splitlines()
    return [json.loads(line)["event"] for line in lines]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill-9", "ctrl-c"])
def test_main_process__stopped_at_random_moments_goes_on(tmp_path, undisturbed, number):
    """Each seed stops the run after another number of shards, the next goes on from there."""
    scenario, out = scenario_file(tmp_path), tmp_path / "out"
    for seed in (1, 2) if number == signal.SIGKILL else (3,):
        wanted = n_kept(out) + random.Random(seed).randint(1, 3)
        process = start_run(scenario, out, "--workers", "1")
        wait_for(lambda wanted=wanted: n_kept(out) >= wanted, process)
        process.send_signal(number)
        said = process.communicate()[1]
        assert 0 < n_kept(out) < N_SHARDS, "stopped in the middle"
        if number == signal.SIGINT:
            assert process.returncode == 130
            assert "the same command goes on from there" in said
    before = n_kept(out)
    seen = []
    run_to_folder(scenario, out, progress=lambda *told: seen.append(told))
    assert seen[0][:2] == (before, N_SHARDS)
    assert_same(out, undisturbed)


@linux
def test_worker_process__killed_at_random_moments_is_replaced(tmp_path, undisturbed):
    scenario, out = scenario_file(tmp_path), tmp_path / "out"
    process = start_run(scenario, out, "--workers", "2")
    for seed in (1, 2):
        wanted = n_kept(out) + random.Random(seed).randint(1, 3)
        wait_for(lambda wanted=wanted: n_kept(out) >= wanted, process)
        os.kill(random.Random(seed).choice(sorted(children_of(process.pid))), signal.SIGKILL)
    said = process.communicate()[1]
    assert process.returncode == 1, said  # one plan fails on this hip, on record
    assert "worker died" in events(out)
    assert_same(out, undisturbed)


def test_processes__do_what_one_process_does_in_any_order(tmp_path, undisturbed):
    class Backwards(Inline):
        def run(self, shards, note):
            yield from super().run(list(shards)[::-1], note)

    for name, executor in (("processes", Processes(2)), ("backwards", Backwards())):
        run_to_folder(scenario_file(tmp_path), tmp_path / name, executor=executor)
        assert_same(tmp_path / name, undisturbed)


class Fails(Inline):
    """Stops after some shards, as a machine does."""

    def __init__(self, after, error):
        self.after, self.error = after, error

    def run(self, shards, note):
        for index, finished in enumerate(super().run(shards, note)):
            if index == self.after:
                raise self.error
            yield finished


def interrupted(scenario, out, after=4):
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(scenario, out, executor=Fails(after, KeyboardInterrupt()))
    return sorted((out / "unfinished" / "shards").glob("*/[!.]*.shard"))


def test_shards__damaged_or_cut_short_are_made_anew(tmp_path, undisturbed):
    scenario, out = scenario_file(tmp_path), tmp_path / "out"
    first, second, third, _ = interrupted(scenario, out)
    first.write_bytes(first.read_bytes()[:-100])
    altered = bytearray(second.read_bytes())
    altered[len(altered) // 2] ^= 1
    second.write_bytes(altered)
    third.write_bytes(b"")
    seen = []
    run_to_folder(scenario, out, progress=lambda *told: seen.append(told))
    assert seen[0][0] == 1
    assert_same(out, undisturbed)


def test_shards__damaged_after_they_were_checked_are_made_anew(tmp_path, undisturbed, monkeypatch):
    damaged, read = [], ShardStore.read

    def read_once_damaged(self, shard):
        if not damaged:
            damaged.append(shard)
            self.path(shard).write_bytes(b"nonsense")
        return read(self, shard)

    monkeypatch.setattr(ShardStore, "read", read_once_damaged)
    run_to_folder(scenario_file(tmp_path), tmp_path / "out")
    assert "damaged" in events(tmp_path / "out")
    assert_same(tmp_path / "out", undisturbed)


def test_shards__of_other_inputs_are_never_taken(tmp_path, undisturbed):
    scenario, out = scenario_file(tmp_path), tmp_path / "out"
    text = scenario.read_text()
    scenario_file(tmp_path, text.replace("step_deg: 5", "step_deg: 4"))
    interrupted(scenario, out)
    scenario_file(tmp_path, text)
    seen = []
    run_to_folder(scenario, out, progress=lambda *told: seen.append(told))
    assert seen[0][0] == 0
    assert_same(out, undisturbed)


def test_disk__full_while_shards_are_written_keeps_what_is_done(tmp_path, undisturbed, monkeypatch):
    scenario, out = scenario_file(tmp_path), tmp_path / "out"
    sync, calls = os.fsync, []

    def full(file):
        calls.append(file)
        if len(calls) > 7:  # a shard and its folder each
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(file)

    monkeypatch.setattr("hipsim.io.files.os.fsync", full)
    with pytest.raises(InputError, match=r"No space left on device; make room"):
        run_to_folder(scenario, out)
    monkeypatch.setattr("hipsim.io.files.os.fsync", sync)
    assert n_kept(out) == 4  # the last is there, though its folder was not flushed
    assert not list(out.rglob("*.partial*"))
    run_to_folder(scenario, out)
    assert_same(out, undisturbed)


def test_folder__killed_while_results_are_moved_in_is_completed(tmp_path, undisturbed, monkeypatch):
    scenario, out = scenario_file(tmp_path), tmp_path / "out"
    replace, moved = os.replace, []

    def stop_after_one(source, target):
        if str(target).startswith(str(out / "results")):
            if moved:
                raise KeyboardInterrupt
            moved.append(target)
        replace(source, target)

    monkeypatch.setattr(output.os, "replace", stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(scenario, out)
    monkeypatch.setattr(output.os, "replace", replace)
    assert moved and not (out / "manifest.json").exists()
    run_to_folder(scenario, out)
    assert_same(out, undisturbed)


def test_parts__of_an_array_job_make_the_whole(tmp_path, undisturbed):
    scenario, out = scenario_file(tmp_path), tmp_path / "out"
    owed = [run_to_folder(scenario, out, part=Part(number, 3)).n_missing for number in (2, 1, 3)]
    assert owed[0] > owed[1] > owed[2] == 0
    seen = []
    run_to_folder(scenario, out, progress=lambda *told: seen.append(told))
    assert seen == [(N_SHARDS, N_SHARDS, 0)]
    assert_same(out, undisturbed)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0"])
def test_part__is_one_of_n(text):
    with pytest.raises(InputError, match="a part is i/N with i from 1 to N"):
        Part.parsed(text)
