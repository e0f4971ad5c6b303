"""Result folders, shards, and requests to the planner."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.errors import InputError
from hipsim.study.analysis_data import HipTable, load_table
from hipsim.study.blocks import Block, from_bytes
from hipsim.study.results import Summary, summarise
from tests.fuzz.reader import Reader

SCENARIO = """name: little
hips: [woman_narrow]
motions: [neutral]
procedures: [{procedure: derotate_femur, angle_deg: 10}]
outputs: {pictures: none, measures: none}
"""
HOST = "127.0.0.1:8765"
STATUSES = (200, 403, 404, 405, 421, 422)
REQUEST = b"""{"depth_mm": 5.5, "tilt_deg": 2, "angle_deg": -10, "level": "subtrochanteric"}"""
HEADERS = b"""host: 127.0.0.1:8765
origin: http://127.0.0.1:8765
content-type: application/json
x-token: secret
"""


@cache
def little_study() -> dict[str, bytes]:
    """Run one plan of one hip and return the files."""
    import tempfile

    from hipsim.study.output import run_to_folder

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.yaml")
        file.write_text(SCENARIO)
        run_to_folder(file, Path(folder, "out"))
        names = ("results.nc", "manifest.json")
        return {name: Path(folder, "out", name).read_bytes() for name in names}


@cache
def little_block() -> bytes:
    """Return the archive in a shard."""
    import tempfile

    from hipsim.study.blocks import as_bytes, blocks_of
    from hipsim.study.run import run_scenario

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.yaml")
        file.write_text(SCENARIO)
        block = blocks_of(run_scenario(file))[0]
    return as_bytes(block).partition(b"\n")[2]


def beside(name: str) -> Any:
    """Put the other file of a study beside the damaged one."""
    return lambda folder: (folder / name).write_bytes(little_study()[name])


def read_results(path: Path) -> tuple[Summary, HipTable]:
    return summarise(path.parent), load_table(path.parent)


def judge_results(found: tuple[Summary, HipTable], path: Path, content: bytes) -> str | None:
    summary, table = found
    if not isinstance(summary.about, dict):
        return "the manifest is no mapping"
    for plan in summary.plans:
        if plan.n and not np.isfinite(plan.space_mm).all():
            return f"{plan.plan}: {plan.space_mm}"
    for key, values in table.space_mm.items():
        if values.shape != (len(table),) or np.isinf(values).any():
            return f"{key}: {values}"
    return judge_targets(table)


def judge_targets(table: HipTable) -> str | None:
    bad = {k: v for k, v in table.targets_mm.items() if not np.isfinite(v)}
    return f"targets {bad}" if bad else None


def summed(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def read_shard(path: Path) -> Block:
    try:
        return from_bytes(path.read_bytes())
    except InputError as error:  # the store puts the name of the file before it
        raise InputError(f"{path}: {error}") from None


def judge_block(found: Block, path: Path, content: bytes) -> str | None:
    if not isinstance(found.failures, tuple) or not isinstance(found.hip, dict):
        return f"failures {found.failures!r}, hip {found.hip!r}"
    if any(array.dtype.kind not in "fi" for array in found.arrays.values()):
        return "an array of other things than numbers"
    n = {len(array) for array in found.arrays.values() if array.ndim} | {len(found.failures)}
    return f"plans by array: {n}" if len(n) > 1 else None


def cohort(folder: Path) -> list[bytes]:
    head = "subject,sex,version_deg,motion,minimum_mm,progress,structure,threshold_mm,failure\n"
    rows = [
        f"{n},{'female' if n % 2 else 'male'},{12.5 + n},{motion},{20.25 - n},0.5,lesser,17.0,\n"
        for n in range(8)
        for motion in ("neutral", "ifi_test")
    ]
    return [(head + "".join(rows)).encode()]


def cohort_folder(folder: Path) -> None:
    about = {"derotation_deg": 0.0, "motions": [{"name": "neutral", "poses": 1}]}
    (folder / "manifest.json").write_text(json.dumps(about))


def cohort_manifest(folder: Path) -> list[bytes]:
    about = {"derotation_deg": 5.0, "motions": [{"name": "neutral", "poses": 1}], "seed": 3}
    return [json.dumps(about, indent=1).encode()]


def judge_cohort(found: HipTable, path: Path, content: bytes) -> str | None:
    for key, values in {**found.space_mm, **found.numbers}.items():
        if values.shape != (len(found),) or np.isinf(values).any():
            return f"{key}: {values}"
    return None


class Echo:
    """A planner that answers with what it was asked."""

    def numbers(self, wanted: Any) -> dict[str, Any]:
        return vars(wanted)

    picture = numbers


@cache
def client() -> Any:
    from starlette.testclient import TestClient

    from hipsim.planner.server import make_app

    app = make_app(Echo(), "page", hosts=(HOST,), token="secret")  # type: ignore[arg-type]
    return TestClient(app, base_url=f"http://{HOST}")


def asked(content: bytes, headers: dict[bytes, bytes], path: str) -> Any:
    answer = client().request("POST", path, content=content, headers=list(headers.items()))
    if answer.status_code != 200:
        if answer.status_code not in STATUSES:
            raise AssertionError(f"status {answer.status_code}")
        raise InputError(f"{path}: {answer.text}")
    return answer.json()


def told_headers(content: bytes) -> dict[bytes, bytes]:
    lines = [line.partition(b":") for line in content.split(b"\n") if line.strip()]
    allowed = bytes(range(33, 127))
    found = {}
    for key, _, value in lines:
        key = bytes(c for c in key if c in allowed) or b"x"
        found[key.lower()] = bytes(c for c in value if c >= 32 and c != 127).strip()
    found.pop(b"content-length", None)
    found.pop(b"transfer-encoding", None)
    return found


def ask_body(path: Path) -> Any:
    return asked(path.read_bytes(), told_headers(HEADERS), f"/api/{path.parent.name}"
                 if path.parent.name in ("numbers", "picture") else "/api/numbers")  # fmt: skip


def ask_headers(path: Path) -> Any:
    return asked(REQUEST, told_headers(path.read_bytes()), "/api/numbers")


def judge_answer(found: Any, path: Path, content: bytes) -> str | None:
    numbers = [value for value in found.values() if not isinstance(value, str)]
    if not np.isfinite(numbers).all() or max(map(abs, numbers)) > 60.0:
        return f"a plan of {found}"
    return None


def judge_headers(found: Any, path: Path, content: bytes) -> str | None:
    sent = told_headers(content)
    if sent.get(b"host", HOST.encode()) != HOST.encode() or sent.get(b"x-token") != b"secret":
        return f"answered {sent}"
    if sent.get(b"origin") not in (None, f"http://{HOST}".encode()):
        return f"answered a page of {sent[b'origin']!r}"
    return None


READERS = (
    Reader(
        "results.nc", "results.nc", lambda f: [little_study()["results.nc"]], read_results,
        judge_results, folder=beside("manifest.json"),
    ),
    Reader(
        "manifest.json", "manifest.json", lambda f: [little_study()["manifest.json"]], read_results,
        judge_results, is_text=True, folder=beside("results.nc"),
    ),
    Reader("shard", "a.shard", lambda f: [summed(little_block())], read_shard, judge_block),
    Reader(
        "shard, summed", "a.shard", lambda f: [little_block()], read_shard, judge_block, pack=summed
    ),
    Reader(
        "cohort.csv", "cohort.csv", cohort, lambda path: load_table(path.parent), judge_cohort,
        is_text=True, folder=cohort_folder,
    ),
    Reader(
        "cohort manifest", "manifest.json", cohort_manifest, lambda path: load_table(path.parent),
        judge_cohort, is_text=True, folder=lambda f: (f / "cohort.csv").write_bytes(cohort(f)[0]),
    ),
    Reader("planner body", "body", lambda f: [REQUEST], ask_body, judge_answer, is_text=True),
    Reader(
        "planner headers", "headers", lambda f: [HEADERS], ask_headers, judge_headers, is_text=True
    ),
)  # fmt: skip
