"""A headless browser for pages: Debian's Chromium, or the one playwright brought."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
)
READY = "() => document.documentElement.dataset.ready === 'true'"


@contextmanager
def open_browser() -> Iterator[Any]:
    """Start a browser, or skip the test with the reason why there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        found = next((path for path in (CHROMIUM, own) if path.exists()), None)
        if found is None:
            pytest.skip("no Chromium: apt-get install chromium, or playwright install chromium")
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


class Tab:
    """A page and everything it did besides: requests, messages, errors."""

    def __init__(self, browser: Any, url: str) -> None:
        self.page = browser.new_page(viewport={"width": 1280, "height": 720})
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.goto(url)
        self.page.wait_for_function(READY)

    def choose(self, selector: str, value: str) -> None:
        self.page.select_option(selector, value)

    def slide(self, selector: str, value: float) -> None:
        """Set a slider the way a hand does: the page sees an input event, then a change."""
        self.page.eval_on_selector(
            selector,
            "(slider, value) => { slider.value = value; for (const kind of ['input', 'change']) "
            "slider.dispatchEvent(new Event(kind, { bubbles: true })); }",
            value,
        )

    def shown_mm(self) -> float:
        """Return the number shown, as it is written."""
        text = self.page.inner_text("#now")
        return float(text.removesuffix(" mm").replace("\N{MINUS SIGN}", "-"))

    def exact_mm(self) -> float:
        """Return the number behind the one shown."""
        return float(self.page.get_attribute("#now", "data-mm"))

    def picture(self) -> list[int]:
        """Return the colour of every 97th pixel of the canvas, each as one number."""
        return self.page.evaluate(
            "() => { const c = document.getElementById('canvas'); "
            "const d = document.createElement('canvas'); d.width = c.width; d.height = c.height; "
            "const x = d.getContext('2d'); x.drawImage(c, 0, 0); "
            "const all = new Uint32Array(x.getImageData(0, 0, c.width, c.height).data.buffer); "
            "return [...all.filter((_, i) => i % 97 === 0)]; }"
        )
