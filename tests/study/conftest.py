"""One small study for all tests of the room."""

import pytest
from lost_cases import PLANS_EACH, scenario_file
from study_cases import phantom_results

from hipsim.study import shards
from hipsim.study.output import run_to_folder


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """Return two phantom hips x four plans x three motions."""
    return phantom_results(tmp_path_factory.mktemp("study"))


@pytest.fixture
def small_shards(monkeypatch):
    """Cut studies into shards of one plan."""
    monkeypatch.setattr(shards, "PLANS_EACH", PLANS_EACH)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """Return the folder of a study that ran in one go in this process."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "PLANS_EACH", PLANS_EACH)
        run_to_folder(scenario_file(folder), folder / "out")
    return folder / "out"
