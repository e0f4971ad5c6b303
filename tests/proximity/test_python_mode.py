"""The kernels also run as plain Python, where an index out of range or an unset name would show."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import kernels_as_python
import numpy as np
import pytest
from strict_arrays import POISON, StrictArray, poisoned, strict

import hipsim

ENTRIES = kernels_as_python.ENTRIES
SCRIPT = Path(kernels_as_python.__file__)
PACKAGE = Path(hipsim.__file__).parent
SAME_TOL = 1e-9  # mm, mm2 or mm3: compiled code may round products differently (contract)
KERNEL_MAKERS = "kernel", "_kernel", "njit"


@pytest.fixture(scope="module")
def interpreted() -> dict:
    """Return what the kernels answer in plain Python, every array checked."""
    run = subprocess.run(
        [sys.executable, str(SCRIPT)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("question", kernels_as_python.QUESTIONS, ids=lambda q: q.__name__)
def test_kernels__give_the_same_as_plain_python(question, interpreted):
    compiled = [float(x) for x in question()]
    assert len(compiled) > 0 and np.isfinite(compiled).all()
    assert interpreted["answers"][question.__name__] == pytest.approx(compiled, abs=SAME_TOL)


def test_questions__are_of_gaps_and_of_overlap():
    found = list(kernels_as_python.distances_of_small_bodies())
    assert min(found) < 0.0 < max(found)


def test_strict_arrays__notice_a_list_that_was_never_written(interpreted):
    assert "nobody has written" in interpreted["fault"]


def test_entries__are_all_kernels_that_python_calls():
    listed = {f"{name.replace('.', '/')}.py": set(of) for name, of in ENTRIES.items()}
    for path in PACKAGE.rglob("*_kernels.py"):
        inside = path.relative_to(PACKAGE).as_posix()
        tree = ast.parse(path.read_text())
        made = {
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and any(decorator_name(d) in KERNEL_MAKERS for d in node.decorator_list)
        }
        assert listed.get(inside, set()) == made, inside


def decorator_name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(called, "id", "")


@pytest.mark.parametrize("key", [-1, (0, -1), (-1, slice(0, 1))])
def test_strict_arrays__refuse_an_index_below_zero(key):
    array = strict((np.zeros((2, 2)),))[0]
    with pytest.raises(IndexError, match="below zero"):
        array[key]
    with pytest.raises(IndexError, match="below zero"):
        array[key] = 1.0


@pytest.mark.parametrize("dtype", [float, np.float32, np.int64, np.int32])
def test_strict_arrays__tell_who_reads_what_nobody_wrote(dtype):
    array = poisoned((2, 3), dtype=dtype).view(StrictArray)
    row = array[1]
    row[2] = 7
    assert array[1, 2] == 7
    with pytest.raises(ValueError, match="nobody has written"):
        row[0]
    assert dtype(POISON[np.dtype(dtype).kind]) == np.asarray(array)[0, 0]
