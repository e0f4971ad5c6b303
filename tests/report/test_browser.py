"""The page in a real browser: number, curve and bone move together, and nothing leaves the page."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from browsing import Tab, open_browser

from hipsim.report.page import page_of
from hipsim.report.subject import Subject
from hipsim.study.conventions import CONVENTIONS

SHOWN_MM = 0.05 + 1e-9  # a tenth of a millimetre is shown
SAME_MM = 0.01
LEAST_COLOURS = 200  # a picture of shaded bone has many
SCREENS = ((1280, 720), (1024, 768), (820, 1180))
HEADINGS = (
    "What to keep in mind",
    "Conventions",
    "Where these numbers come from",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as found:
        yield found


@pytest.fixture(scope="module")
def address(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    text = page_of(subject, title="Narrow hip", about={}, conventions=CONVENTIONS)
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


def test_report__number_is_the_api_at_random_settings(
    browser: Any, address: str, subject: Subject
) -> None:
    tab, chance = Tab(browser, address), Random(20)
    for _ in range(20):
        plan, motion = chance.choice(list(subject.plans)), chance.choice(subject.motions)
        index = chance.randrange(motion.n_poses)
        tab.choose("#plan", plan)
        tab.choose("#motion", motion.name)
        tab.slide("#pose", index)
        expected = float(subject.clearances[plan][motion.name].distance_mm[index])
        assert abs(tab.exact_mm() - expected) < SAME_MM
        assert abs(tab.shown_mm() - expected) < SHOWN_MM


def test_report__slider_moves_number_curve_and_bone_together(browser: Any, address: str) -> None:
    tab = Tab(browser, address)
    tab.choose("#motion", "ifi_test")
    seen = []
    for index in (0, 40):
        tab.slide("#pose", index)
        marker = float(tab.page.get_attribute("#marker", "cx"))
        seen.append((tab.exact_mm(), marker, tab.picture(), tab.page.inner_text("#pose-words")))
    assert all(before != after for before, after in zip(*seen, strict=True))


def test_report__a_plan_changes_bone_and_number(browser: Any, address: str) -> None:
    tab = Tab(browser, address)
    before = tab.picture(), tab.exact_mm()
    tab.choose("#plan", "resection 5 mm")
    after = tab.picture(), tab.exact_mm()
    assert before[0] != after[0] and after[1] > before[1]
    tab.page.check("#ghost")
    assert tab.picture() != after[0]


def test_report__dragging_the_curve_moves_the_hip(browser: Any, address: str) -> None:
    tab = Tab(browser, address)
    tab.choose("#motion", "ifi_test")
    box = tab.page.locator("#chart svg").bounding_box()
    tab.page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.5 * box["height"])
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.5 * box["height"])
    tab.page.mouse.up()
    assert "abduction 20" in tab.page.inner_text("#pose-words")


def test_report__keyboard_alone_is_enough(browser: Any, address: str) -> None:
    tab = Tab(browser, address)
    tab.choose("#motion", "ifi_test")
    tab.slide("#pose", 10)
    tab.page.focus("#pose")
    tab.page.keyboard.press("ArrowRight")
    assert tab.page.input_value("#pose") == "11"
    assert "mm" in tab.page.get_attribute("#pose", "aria-valuetext")


def test_report__nothing_leaves_the_page_and_nothing_fails(browser: Any, address: str) -> None:
    tab = Tab(browser, address)
    for button in tab.page.locator("#views button").all():
        button.click()
    assert tab.requests == [address] and tab.messages == []
    assert len(set(tab.picture())) > LEAST_COLOURS


def test_report__two_tabs_are_independent(browser: Any, address: str) -> None:
    one, other = Tab(browser, address), Tab(browser, address)
    before = other.exact_mm()
    one.choose("#motion", "ifi_test")
    assert other.exact_mm() == before != one.exact_mm()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_report__fits_screen_and_tablet(browser: Any, address: str, scheme: str) -> None:
    tab = Tab(browser, address)
    tab.page.emulate_media(color_scheme=scheme)
    for width, height in SCREENS:
        tab.page.set_viewport_size({"width": width, "height": height})
        too_wide = "() => document.documentElement.scrollWidth > window.innerWidth"
        assert not tab.page.evaluate(too_wide), f"{width} x {height} scrolls sideways"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_report__prints_black_on_white_with_every_section(
    browser: Any, address: str, scheme: str
) -> None:
    tab = Tab(browser, address)
    tab.page.emulate_media(media="print", color_scheme=scheme)
    text = tab.page.inner_text("main")
    assert all(heading in text for heading in HEADINGS)
    look = "() => getComputedStyle(document.body)"
    assert tab.page.evaluate(f"({look})().backgroundColor") == "rgb(255, 255, 255)"
    assert tab.page.evaluate(f"({look})().color") == "rgb(0, 0, 0)"
    assert not tab.page.is_visible("#play") and tab.page.is_visible("#canvas")
    assert tab.page.evaluate("() => getComputedStyle(canvas).objectFit") == "contain"
    assert len(tab.page.pdf(format="A4")) > 10_000  # nothing breaks on the way to paper
