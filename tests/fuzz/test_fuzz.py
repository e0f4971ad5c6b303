"""Damaged and hostile files are refused by name or read right; the harness catches what is not."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.child import CPU_S
from tests.fuzz.hostile import HOSTILE
from tests.fuzz.readers import BROKEN, READERS
from tests.fuzz.run import Tally, fuzz, table, write

COUNT = 60  # damaged files of each reader; the whole run is python -m tests.fuzz.run
SLOW = ("dicom seg", "results.nc", "manifest.json")
SLOW_COUNT = 15
SEED = "20090615"
CAUGHT = {
    "broken: crash": "crash: segmentation fault",
    "broken: hang": "hang: more than 5 s",
    "broken: memory": "MemoryError",
    "broken: stumbles": "KeyError",
    "broken: nameless": "names no file",
    "broken: number": "wrong result: the number nan",
}
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(),
    reason="the harness bounds memory and time by Linux means",
)
pytestmark = [
    needs_proc,
    pytest.mark.skipif(os.name != "posix", reason="the harness ends children by signals"),
]


@pytest.fixture(scope="module")
def usable() -> list[str]:
    """Return the readers whose libraries are installed."""
    for module in ("SimpleITK", "highdicom", "starlette", "httpx", "pyvista"):
        pytest.importorskip(module, reason="all readers are tested together: needs hipsim[test]")
    return list(READERS)


@pytest.fixture(scope="module")
def damaged(usable: list[str]) -> dict[str, Tally]:
    quick = fuzz([name for name in usable if name not in SLOW], COUNT, SEED)
    return quick | fuzz(SLOW, SLOW_COUNT, SEED)


@pytest.fixture(scope="module")
def hostile(usable: list[str]) -> dict[str, Tally]:
    if "HIPSIM_FUZZ" not in os.environ:
        pytest.skip("takes five minutes: set HIPSIM_FUZZ=1, or python -m tests.fuzz.run")
    return fuzz(usable, None, "hostile")


@pytest.mark.parametrize("name", READERS)
def test_damaged_files__are_refused_by_name_or_read_right(damaged: dict, name: str) -> None:
    tally = damaged[name]
    assert not tally.failures
    assert tally.inputs == (SLOW_COUNT if name in SLOW else COUNT)
    assert tally.refused, "damage that nothing notices tests nothing"


@pytest.mark.parametrize("name", READERS)
def test_hostile_files__do_no_harm(hostile: dict, name: str) -> None:
    came = zip(HOSTILE[name], hostile[name].verdicts, strict=True)
    wrong = {file.name: what for file, what in came if what[0] not in file.allowed}
    assert not wrong


@pytest.fixture(scope="module")
def broken() -> Iterator[dict[str, Tally]]:
    yield fuzz(CAUGHT, 1, SEED)


@pytest.mark.parametrize("name", CAUGHT)
def test_harness__catches_what_is_broken_on_purpose(broken: dict, name: str) -> None:
    kinds = list(broken[name].failures)
    assert len(kinds) == 1 and CAUGHT[name] in kinds[0]


def test_harness__catches_what_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIPSIM_FUZZ_WALL_S", "2")
    found = fuzz(["broken: sleep"], 1, SEED)["broken: sleep"]
    assert list(found.failures) == ["hang: waits for something that never comes"]


def test_harness__goes_on_behind_a_crash() -> None:
    found = fuzz(["broken: crash", "broken: stumbles"], 2, SEED)
    assert found["broken: crash"].inputs == 2 and found["broken: stumbles"].inputs == 2
    assert sum(found["broken: crash"].failures.values()) == 2


def test_harness__keeps_what_made_a_reader_fail(tmp_path: Path) -> None:
    fuzz(["broken: stumbles"], 1, SEED, keep=tmp_path)
    assert [file.suffix for file in tmp_path.iterdir()] == [".txt"]


def test_harness__makes_the_same_damage_of_the_same_seed() -> None:
    first, again = (fuzz(["landmarks csv"], 12, SEED)["landmarks csv"] for _ in range(2))
    plain = [(what, text.rpartition("/")[2]) for what, text in first.verdicts]
    assert plain == [(what, text.rpartition("/")[2]) for what, text in again.verdicts]


def test_table__counts_every_file(tmp_path: Path) -> None:
    tally = Tally("a")
    tally.add("refused", "", ms=3.0)
    tally.add("read", "")
    tally.add("failed", "KeyError at a.py:1 (b.py:2): 'x'")
    assert table([tally]).endswith("| a | 3 | 1 | 1 | 3 | 0 | 1 |")
    write({"a": tally}, tmp_path, {"command": "c", "platform": "p", "python": "3"})
    assert "KeyError at a.py:1" in (tmp_path / "fuzz.md").read_text()
    assert CPU_S == 5.0 and set(BROKEN) > set(CAUGHT)
