"""The report on paper: the page's numbers and words, and names that stay names."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hipsim.errors import InputError
from hipsim.kinematics.motions import grid
from hipsim.report.pdf import add_pictures, check_pdf, pdf_of
from hipsim.report.pdf_data import FACTS_A_TABLE, fact_tables, paper_data
from hipsim.report.subject import Subject, make_subject
from hipsim.report.told import told
from hipsim.study.conventions import CONVENTIONS
from hipsim.viz.probe import WINDOW_VARIABLE, rendering_problem

SHOWN_MM = 0.05 + 1e-9  # a tenth of a millimetre is printed
TRAPS = '#panic("x") $ \\ *b* <l> @r #read("data.json") "quoted" // \u2028'
NO_WINDOW = "vtkNoSuchWindow"


@pytest.fixture(scope="module")
def small(subject: Subject) -> Subject:
    """The neutral pose only: no charts, one still."""
    motions = subject.motions[:1]
    found = {p: {m.name: c[m.name] for m in motions} for p, c in subject.clearances.items()}
    return replace(subject, motions=motions, clearances=found)


def test_paper_data__prints_the_numbers_of_the_api(subject: Subject) -> None:
    data = paper_data(subject, title="t", about={}, conventions=CONVENTIONS)
    for motion, said in zip(subject.motions, data["motions"], strict=True):
        for plan, row in zip(subject.plans, said["rows"][1:], strict=True):
            least = subject.clearances[plan][motion.name].minimum_mm
            assert row[0] == plan
            assert abs(float(row[1].replace("\N{MINUS SIGN}", "-")) - least) < SHOWN_MM


def test_paper_data__has_what_the_page_says(subject: Subject) -> None:
    data = paper_data(subject, title="t", about={"seed": 1}, conventions=CONVENTIONS)
    page = told(subject)
    for part in ("sentences", "details", "caveats"):
        assert data[part] == page[part]
    assert len(data["conventions"]) == len(CONVENTIONS)
    assert data["about"] == [["seed", "1"]]
    json.dumps(data, allow_nan=False)


def test_fact_tables__are_no_wider_than_a_page() -> None:
    facts = {"plan": {f"fact {i}": str(i) for i in range(2 * FACTS_A_TABLE + 1)}}
    tables = fact_tables(facts)
    assert [len(rows[0]) - 1 for rows in tables] == [FACTS_A_TABLE, FACTS_A_TABLE, 1]
    assert [cell for rows in tables for cell in rows[1][1:]] == list(facts["plan"].values())
    assert fact_tables({"intact": {}}) == []


def test_pdf_of__is_a_pdf_with_charts_and_stills(subject: Subject) -> None:
    pytest.importorskip("typst", reason="needs the extra 'pdf'")
    seen: list[tuple[int, int]] = []
    made = pdf_of(
        subject,
        title="Narrow hip",
        about={},
        conventions=CONVENTIONS,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert made.startswith(b"%PDF-") and made.rstrip().endswith(b"%%EOF")
    assert seen[-1][0] == seen[-1][1]
    if rendering_problem() is None:
        assert b"/Subtype/Image" in made.replace(b" ", b"")


def test_pdf_of__names_are_never_instructions(
    small: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("typst", reason="needs the extra 'pdf'")
    monkeypatch.setenv(WINDOW_VARIABLE, NO_WINDOW)  # stills do not matter here
    intact = small.intact
    trapped = replace(
        small,
        plans={TRAPS: small.plans[intact]},
        clearances={TRAPS: small.clearances[intact]},
        facts={TRAPS: {TRAPS: TRAPS}},
        sentences=(TRAPS,),
        details=(TRAPS,),
    )
    made = pdf_of(trapped, title=TRAPS, about={TRAPS: TRAPS}, conventions={TRAPS: TRAPS})
    assert made.startswith(b"%PDF-")


def test_add_pictures__says_what_is_left_out_and_why(
    small: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WINDOW_VARIABLE, NO_WINDOW)
    data = paper_data(small, title="t", about={}, conventions={})
    add_pictures(data, small, tmp_path)
    assert data["stills"] == [] and "left out" in data["notices"][0]
    assert data["motions"][0]["charts"] == []  # a single pose is no curve


def test_add_pictures__draws_a_grid_as_a_map(
    small: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WINDOW_VARIABLE, NO_WINDOW)
    motion = grid(extension_deg=(0, 10), adduction_deg=(0, 10), rotation_deg=0, step_deg=10)
    mapped = make_subject({"intact": small.hip}, [motion])
    data = paper_data(mapped, title="t", about={}, conventions={})
    add_pictures(data, mapped, tmp_path)
    (chart,) = data["motions"][0]["charts"]
    assert (tmp_path / chart["file"]).suffix == ".svg"
    assert (tmp_path / chart["file"]).stat().st_size > 1000


def test_check_pdf__without_the_compiler_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(InputError, match=r"hipsim\[pdf\]"):
        check_pdf()
