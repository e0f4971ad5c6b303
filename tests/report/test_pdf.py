"""The report on paper: the page's numbers and words, and names that stay names."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hipsim.errors import InputError
from hipsim.kinematics.motions import grid
from hipsim.report.decision import HEADS
from hipsim.report.pdf import add_pictures, check_pdf, pdf_of, shown_plan
from hipsim.report.pdf_data import FACTS_A_TABLE, fact_tables, paper_data
from hipsim.report.subject import Figure, Subject, make_subject
from hipsim.report.told import told
from hipsim.study.conventions import CONVENTIONS
from hipsim.viz.probe import WINDOW_VARIABLE, rendering_problem

SHOWN_MM = 0.05 + 1e-9  # a tenth of a millimetre is printed
TRAPS = '#panic("x") $ \\ *b* <l> @r #read("data.json") "quoted" // \u2028'
NO_WINDOW = "vtkNoSuchWindow"
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    '<rect width="9" height="9"/></svg>'
)


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


def test_paper_data__has_the_decision_instead_of_the_results(small: Subject) -> None:
    heads = ["what", "neutral: target 17.0, mm", *HEADS, "free adduction, deg"]
    cells = ["Best plane\n5 mm", "9.0 (\N{MINUS SIGN}8.0)", *["1"] * len(HEADS), ""]
    row = {"cells": cells, "short": [1], "is_cheapest": True}
    table = {"heads": heads, "caption": TRAPS, "rows": [{**row, "plan": "plane"}]}
    data = paper_data(replace(small, decision=table), title="t", about={}, conventions={})
    assert data["results"] == []
    assert data["decision"] == {"heads": heads, "caption": TRAPS, "rows": [row], "motions": 1}


def test_pdf_of__sets_the_decision_and_the_figures(
    small: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("typst", reason="needs the extra 'pdf'")
    monkeypatch.setenv(WINDOW_VARIABLE, NO_WINDOW)
    heads = ["what", "neutral: target 17.0, mm", *HEADS, "free range"]
    rows = [
        {"cells": [TRAPS] * len(heads), "short": [1], "plan": None, "is_cheapest": is_cheapest}
        for is_cheapest in (False, True)
    ]
    table = {"heads": heads, "caption": TRAPS, "rows": rows}
    picture = tmp_path / "own.svg"
    picture.write_text(SQUARE, encoding="utf-8")
    figures = (Figure(picture, TRAPS), Figure(picture, "half", is_wide=False))
    told = {"title": "t", "about": {}, "conventions": {}}
    with_all = pdf_of(replace(small, decision=table, figures=figures), **told)
    assert with_all.startswith(b"%PDF-")
    assert len(with_all) > len(pdf_of(small, **told))


def test_shown_plan__is_the_roomiest_or_one_of_the_cheapest(small: Subject) -> None:
    now, *others = small.plans
    least = {plan: small.clearances[plan]["neutral"].minimum_mm for plan in others}
    worse, best = sorted(others, key=lambda plan: least[plan])
    assert shown_plan(small) == best
    rows = [{"plan": plan, "is_cheapest": plan in (now, worse)} for plan in small.plans]
    assert shown_plan(replace(small, decision={"rows": rows})) == worse
    alone = replace(small, plans={now: small.hip}, clearances={now: small.clearances[now]})
    assert shown_plan(alone) is None


def test_pdf_of__says_which_figure_cannot_be_read(
    small: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("typst", reason="needs the extra 'pdf'")
    monkeypatch.setenv(WINDOW_VARIABLE, NO_WINDOW)
    lost = replace(small, figures=(Figure(tmp_path / "lost.svg", "lost"),))
    with pytest.raises(InputError, match=r"cannot read .*lost\.svg"):
        pdf_of(lost, title="t", about={}, conventions={})


def test_check_pdf__without_the_compiler_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(InputError, match=r"hipsim\[pdf\]"):
        check_pdf()
