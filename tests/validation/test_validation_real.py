"""The command's parts on the hips that come with hipsim, and on a real one."""

import numpy as np
import pytest
from real_hips import real_hip

from hipsim.io import load_hip
from hipsim.study import validation, validation_determinism
from hipsim.study.validation import AMOUNTS, Amount, validate
from hipsim.study.validation_anatomy import ANATOMY
from hipsim.study.validation_facts import Facts
from hipsim.study.validation_hips import Subjects
from hipsim.study.validation_libraries import HOW, library_rows
from hipsim.study.validation_poses import POSES
from hipsim.study.validation_slopes import slopes_of

SLOW = {"14", "15", "20"}  # expectations that operate or sample


@pytest.fixture(scope="module")
def narrow():
    return load_hip("woman_narrow")


@pytest.fixture(scope="module")
def found(narrow):
    """Return the quick table of one embedded hip, without what starts processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(AMOUNTS, "quick", Amount(20, 12, 1, 0, 0))
        patch.setattr(validation, "virtual_subjects", lambda: Subjects(((narrow, "female"),), {}))
        patch.setattr(validation_determinism, "_elsewhere", lambda seed: _here())
        patch.setattr(validation_determinism, "_studies", lambda: iter(()))
        told = []
        table = validate(depth="quick", page=lambda: "a page", progress=lambda *n: told.append(n))
    assert told[-1][0] == told[-1][1] == len(told)
    return table


def _here():
    from hashlib import sha256

    return sha256(validation_determinism.clearance_bytes()).hexdigest().encode()


def test_quick_table__of_an_embedded_hip_leaves_nothing_unexplained(found):
    assert [(row.name, row.value, row.ours) for row in found.unaccounted] == []
    assert {row.group for row in found.rows} == set(validation.GROUPS)


def test_quick_table__says_what_was_left_out(found):
    reasons = {row.reason for row in found.rows if row.verdict == "not run"}
    assert {validation.WHERE, validation.LONG} <= reasons


def test_slopes__have_the_published_signs(found):
    (slopes,) = found.slopes
    internal, external, extension, adduction, *_ = slopes.published
    assert internal > 0.0 > external and extension < 0.0 and adduction < 0.0
    assert slopes.tilt == pytest.approx(slopes.by_axis[0], abs=0.01), "tilt is flexion"
    assert all(0.0 <= value < 2.0 for value in slopes.landmarks.values())


def test_page_that_changes__disagrees(monkeypatch):
    pages = iter(["one", "two"])
    for name in ("_threaded", "_elsewhere", "_resection"):
        monkeypatch.setattr(validation_determinism, name, lambda *given: b"same")
    monkeypatch.setattr(validation_determinism, "clearance_bytes", lambda: b"same")
    monkeypatch.setattr(validation_determinism, "_studies", lambda: iter(()))
    rows = validation_determinism.determinism_rows(lambda: next(pages), plans=0)
    assert {row.name: row.verdict for row in rows}["HTML report"] == "disagrees"


def test_library_that_is_off__disagrees(monkeypatch, narrow):
    from hipsim.study import validation_libraries as libraries

    (vtk, *_) = libraries.FROM_POINTS
    off = libraries.Library("off", vtk.module, "vtk", lambda body: lambda p: np.full(len(p), 1.0))
    absent = libraries.Library("absent", "no_such_module", "absent", vtk.build)
    monkeypatch.setattr(libraries, "BETWEEN_SURFACES", ())
    monkeypatch.setattr(libraries, "FROM_POINTS", (off, absent))
    rows = list(library_rows([narrow], subjects="virtual", poses=4, points=8))
    assert [row.verdict for row in rows] == ["disagrees", "not run"]
    assert rows[1].reason == f"not installed: {HOW}"


@pytest.mark.bones
def test_evidence__of_a_real_hip_leaves_nothing_unexplained(bones):
    facts = [Facts(real_hip(bones, "z027", "right"), "female")]
    rows = [e.row(facts, subjects="real") for e in (*POSES, *ANATOMY) if e.name[:2] not in SLOW]
    assert [row.name for row in rows if not row.is_accounted_for] == []
    slopes = slopes_of(facts[0])
    assert slopes.published[0] > 0.0 > slopes.published[1]
