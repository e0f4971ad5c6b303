import json
import re
from dataclasses import replace

import pytest

from hipsim.report.page import as_script_json, page_of
from hipsim.report.subject import Subject
from hipsim.study.conventions import CONVENTIONS

LARGEST_PAGE_BYTES = 8e6
HOSTILE = "</script><script>alert(1)</script><!--data-->\u2028&amp;"


@pytest.fixture(scope="module")
def page(subject: Subject) -> str:
    return page_of(subject, title="Narrow hip", about={"seed": None}, conventions=CONVENTIONS)


def data_of(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_page__asks_for_nothing_outside_itself(page: str) -> None:
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert "@import" not in page and "default-src 'none'" in page.replace("&#x27;", "'")
    assert len(page.encode()) < LARGEST_PAGE_BYTES


def test_page__every_place_is_filled(page: str) -> None:
    for name in ("title", "policy", "style", "controls", "scripts"):
        assert f"<!--{name}-->" not in page


def test_page__holds_the_numbers_as_measured(page: str, subject: Subject) -> None:
    told = data_of(page)["told"]
    for plan in subject.plans:
        for motion in subject.motions:
            expected = subject.clearances[plan][motion.name]
            found = told["results"][plan][motion.name]
            assert found["distance_mm"] == expected.distance_mm.tolist()
            assert found["index"] == expected.index


def test_page__says_what_it_is_not(page: str) -> None:
    assert "not a medical device" in page
    assert any("clinical gain" in line for line in data_of(page)["told"]["caveats"])
    assert ["seed", "none"] in data_of(page)["about"]


def test_page__names_cannot_break_out_of_the_data(subject: Subject) -> None:
    hostile = replace(subject, sentences=(HOSTILE,))
    page = page_of(hostile, title=HOSTILE, about={HOSTILE: HOSTILE}, conventions={})
    assert page.count("<script>") == len(re.findall(r"</script>", page)) - 1  # one is JSON's
    assert data_of(page)["told"]["sentences"] == [HOSTILE]
    assert data_of(page)["title"] == HOSTILE


def test_as_script_json__refuses_what_json_has_not() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_script_json({"a": float("nan")})
