"""One small study for all tests of the room."""

import pytest
from study_cases import phantom_results


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """Return two phantom hips x four plans x three motions."""
    return phantom_results(tmp_path_factory.mktemp("study"))
