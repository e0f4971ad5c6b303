"""Shards are named by all they depend on, and cut by the scenario alone."""

from dataclasses import replace

import pytest
from lost_cases import TEXT, scenario_file

from hipsim.errors import ComputationError
from hipsim.study import evaluate, shards
from hipsim.study.evaluate import compute
from hipsim.study.scenario import load_scenario
from hipsim.study.shards import PLANS_EACH, n_shards, shards_of, work_of


@pytest.fixture
def keys_of(tmp_path):
    def keys(text=TEXT):
        return [shard.key for shard in shards_of(load_scenario(scenario_file(tmp_path, text)))]

    return keys


def test_shards_of__covers_every_plan_of_every_hip_once(tmp_path):
    text = TEXT.replace("[woman_narrow]", "[woman, woman_narrow]").replace("step: 4", "step: 1")
    text = text.replace("step: 8", "step: 1")
    scenario = load_scenario(scenario_file(tmp_path, text))
    cut = list(shards_of(scenario))
    covered = [(s.hip_index, plan) for s in cut for plan in range(s.first, s.last)]
    assert covered == [(h, p) for h in range(2) for p in range(len(scenario.plans))]
    assert max(s.n_plans for s in cut) == PLANS_EACH
    assert len(cut) == n_shards(scenario) > 2


CHANGES = {
    "motion": ("step_deg: 5", "step_deg: 4"),
    "zero": ("- neutral", "- neutral"),
    "amount": ("stop: 32", "stop: 24"),
    "kept": ("measures: numbers", "measures: numbers, poses: distances"),
    "measures": ("measures: numbers", "measures: none"),
    "region": ("name:", "femoral_region: shaft\nname:"),
    "hip": ("[woman_narrow]", "[woman]"),
    "threshold": ("[neutral,", "[{motion: neutral, threshold_mm: 9},"),
    "tilt": ("[neutral,", "[{motion: neutral, pelvic_tilt_deg: 9},"),
}


@pytest.mark.parametrize("change", sorted(set(CHANGES) - {"zero"}))
def test_key__changes_with_everything_it_depends_on(keys_of, change):
    assert not set(keys_of()) & set(keys_of(TEXT.replace(*CHANGES[change])))


def test_key__does_not_change_with_what_it_does_not_depend_on(keys_of):
    same = TEXT.replace("name: nothing lost", "name: other\ntargets_mm: {neutral: 3}\nseed: 4")
    assert keys_of(same) == keys_of()


def test_key__changes_with_the_code(keys_of, monkeypatch):
    before = keys_of()
    monkeypatch.setattr(shards, "code_fingerprint", lambda: "other code")
    assert not set(before) & set(keys_of())


def test_work__rebuilds_its_plans(tmp_path):
    scenario = load_scenario(scenario_file(tmp_path))
    work = work_of(scenario)
    assert [work.plan(i).name for i in range(len(scenario.plans))] == [
        plan.name for plan in scenario.plans
    ]


def test_compute__refuses_to_mix_versions(tmp_path):
    shard = next(shards_of(load_scenario(scenario_file(tmp_path))))
    other = replace(shard, work=replace(shard.work, code="other"))
    with pytest.raises(ComputationError, match="runs another version of hipsim"):
        compute(other)


def test_evaluate__puts_whatever_happens_on_record(tmp_path, monkeypatch):
    shard = next(shards_of(load_scenario(scenario_file(tmp_path))))

    def broken(*arguments):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(evaluate, "prepare", broken)
    block = evaluate.evaluate(shard)
    assert set(block.failures) == {"ZeroDivisionError: by nothing"}


def test_evaluate__leaves_a_lack_of_memory_to_the_machine(tmp_path, monkeypatch):
    shard = next(shards_of(load_scenario(scenario_file(tmp_path))))

    def starved(*arguments):
        raise MemoryError

    for name in ("prepare", "run_plan"):
        with monkeypatch.context() as patch:
            patch.setattr(evaluate, name, starved)
            with pytest.raises(MemoryError):
                evaluate.evaluate(shard)
