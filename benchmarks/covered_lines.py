"""A plug-in of pytest that counts the lines its process runs, also in workers of pytest-xdist.

``benchmarks.covered`` starts it with ``-p benchmarks.covered_lines`` and names the settings in
COVERAGE_RCFILE. Counting starts when this file is read, which is before the package is.
"""

from coverage import Coverage

_lines = Coverage(data_suffix=True)
_lines.start()


def pytest_unconfigure() -> None:
    """Keep what was counted when the process has run its tests."""
    _lines.stop()
    _lines.save()
