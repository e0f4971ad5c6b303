"""Executors tell what is of the machine apart from what is of the hip."""

import os

import pytest
from lost_cases import scenario_file

from hipsim.errors import ComputationError, InputError
from hipsim.study import executors
from hipsim.study.executors import Finished, Inline, Processes, processors
from hipsim.study.output import run_to_folder
from hipsim.study.results import load_results
from hipsim.study.scenario import load_scenario
from hipsim.study.shards import shards_of

pytestmark = pytest.mark.usefixtures("small_shards")
FALSE = "/bin/false"


def note(event, **facts):
    """Tell nobody."""


@pytest.fixture
def shard(tmp_path):
    return next(shards_of(load_scenario(scenario_file(tmp_path))))


def test_inline__a_lack_of_memory_is_of_the_machine(shard, monkeypatch):
    def starved(shard):
        raise MemoryError

    monkeypatch.setattr(executors, "compute", starved)
    (finished,) = Inline().run([shard], note)
    assert finished == Finished(shard, problem="out of memory")


@pytest.mark.skipif(not os.path.exists(FALSE), reason="needs a program that ends at once")
def test_processes__give_up_a_shard_that_kills_every_process(shard, monkeypatch):
    """Every worker dies at once: the shard is told after three deaths, and the study goes on."""
    told = []
    monkeypatch.setattr(executors.sys, "executable", FALSE)
    found = list(Processes(2).run([shard, shard], lambda event, **facts: told.append(event)))
    assert [one.problem for one in found] == [
        "its process died 3 times (killed, or out of memory)"
    ] * 2
    assert told == ["worker died"] * 6


def test_run_to_folder__tries_again_what_the_machine_failed(tmp_path, undisturbed):
    class Starved(Inline):
        def run(self, shards, note):
            for shard in shards:
                yield Finished(shard, problem="out of memory")
                raise KeyboardInterrupt

    scenario, out = scenario_file(tmp_path), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(scenario, out, executor=Starved())
    seen = []
    run_to_folder(scenario, out, progress=lambda *told: seen.append(told))
    assert seen[0][0] == 0
    assert (out / "results.nc").read_bytes() == (undisturbed / "results.nc").read_bytes()


def test_run_to_folder__puts_on_record_what_the_machine_failed_to_the_end(tmp_path):
    class Starved(Inline):
        def run(self, shards, note):
            yield from (Finished(shard, problem="out of memory") for shard in shards)

    done = run_to_folder(scenario_file(tmp_path), tmp_path / "out", executor=Starved())
    assert done.failures == (("out of memory", 7),)
    with load_results(tmp_path / "out") as dataset:
        assert set(dataset.failure.values.ravel()) == {"out of memory"}
        assert dataset.minimum_mm.isnull().all()


def test_judged__other_code_ends_the_study(shard):
    with pytest.raises(ComputationError, match="other version"):
        executors._judged(shard, "over", "other version")
    assert executors._judged(shard, "machine", "x").problem == "x"


@pytest.mark.parametrize("count", [0, -1, 5000])
def test_processes__are_a_sensible_number(count):
    with pytest.raises(InputError, match="workers must be within 1 to 1024"):
        Processes(count)


def test_processes__are_as_many_as_processors_by_default():
    assert Processes().count == processors() >= 1
