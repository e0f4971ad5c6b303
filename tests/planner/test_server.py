"""The server: right answers to its own page, and nothing to anybody else."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from browsing import Tab, open_browser

import hipsim as hs
from hipsim.errors import InputError
from hipsim.planner.live import LivePlanner, Wanted
from hipsim.planner.server import LARGEST_BODY, as_host, listen, live_page, make_app
from hipsim.study.run import run_scenario

testing = pytest.importorskip("starlette.testclient", reason="needs the extra 'web' and httpx")
HOST = "127.0.0.1:8765"
SAME_MM = 1e-6  # the derotation law, through the turning of a mesh
SHOWN_MM = 0.01
ANSWERED = "wanted => document.documentElement.dataset.drawn === wanted"


@pytest.fixture(scope="module")
def page(planner: LivePlanner) -> str:
    return live_page(planner)


@pytest.fixture(scope="module")
def client(planner: LivePlanner, page: str) -> Any:
    return testing.TestClient(make_app(planner, page, hosts=(HOST,)), base_url=f"http://{HOST}")


def test_front__is_the_page(client: Any, page: str) -> None:
    answer = client.get("/")
    assert answer.status_code == 200 and answer.text == page
    assert answer.headers["cache-control"] == "no-store"
    assert "connect-src" in page


def test_numbers__equal_the_python_api(client: Any, planner: LivePlanner) -> None:
    answer = client.post("/api/numbers", json={"angle_deg": 12}).json()
    after = hs.derotate_femur(planner.hip, angle_deg=12)
    expected = hs.clearance_along(after, hs.motions.ifi_test()).distance_mm
    found = answer["results"]["ifi_test"]["distance_mm"]
    assert found == pytest.approx(expected.tolist(), abs=SAME_MM)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "is JSON"),
        (b"[" * 50_000, "is JSON"),
        (b"\xff\xfe", "is JSON"),
        (b"[]", "named values"),
        (b'{"depth_mm": NaN}', "depth_mm"),
        (b'{"depth_mm": 1e999}', "depth_mm"),
        (b'{"depth_mm": 50}', "at most"),
        (b'{"__class__": 1}', "unknown __class__"),
        (b" " * (LARGEST_BODY + 1), "at most 64000 bytes"),
    ],
)
def test_api__bad_requests_get_one_clear_message(client: Any, body: bytes, message: str) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/api/numbers", content=body, headers=headers)
    assert answer.status_code == 422 and message in answer.json()["error"]


def test_api__other_kinds_of_body_are_refused(client: Any) -> None:
    answer = client.post("/api/numbers", content=b"{}", headers={"content-type": "text/plain"})
    assert answer.status_code == 422 and "application/json" in answer.json()["error"]


def test_api__other_pages_and_names_are_refused(client: Any) -> None:
    for headers, status in (
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "evil.example"}, 421),
    ):
        assert client.post("/api/numbers", json={}, headers=headers).status_code == status
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/api/../../etc/passwd", "/static/x", "/api/"]
)
def test_server__no_path_reaches_the_disk(client: Any, path: str) -> None:
    assert client.get(path).status_code in (404, 405)


def test_token__is_asked_of_every_request(planner: LivePlanner, page: str) -> None:
    app = make_app(planner, page, hosts=(HOST,), token="secret")
    client = testing.TestClient(app, base_url=f"http://{HOST}")
    assert client.get("/").status_code == 403
    assert client.get("/?token=secret").status_code == 200
    assert client.post("/api/numbers", json={}).status_code == 403
    assert client.post("/api/numbers", json={}, headers={"x-token": "secret"}).status_code == 200


def test_host__others_than_this_machine_need_a_token() -> None:
    with pytest.raises(InputError, match="ask for a token"):
        as_host("0.0.0.0", token=None)
    with pytest.raises(InputError, match="must be an IP address"):
        as_host("example.org", token="secret")
    assert as_host("localhost", token=None) == "127.0.0.1"
    assert as_host("0.0.0.0", token="secret") == "0.0.0.0"


def test_port__that_is_taken_is_told(planner: LivePlanner, page: str) -> None:
    with listen(planner, page, address=("127.0.0.1", 0), token=None) as (url, _):
        port = int(url.rsplit(":", 1)[1].strip("/"))
        again = listen(planner, page, address=("127.0.0.1", port), token=None)
        with pytest.raises(InputError, match="try --port 0"), again:
            pass


def test_saved_scenario__repeats_the_plan(
    client: Any, planner: LivePlanner, tmp_path: Path
) -> None:
    asked = {"depth_mm": 3.0, "angle_deg": 10.0}
    file = tmp_path / "saved.yaml"
    file.write_bytes(client.post("/api/scenario.yaml", json=asked).content)
    outcomes = run_scenario(file).outcomes[0]
    expected = planner.numbers(Wanted.told(asked))["results"]["ifi_test"]["distance_mm"]
    found = next(o for o in outcomes if o.plan.name == Wanted.told(asked).plan.name)
    assert found.clearances[1].distance_mm.tolist() == pytest.approx(expected, abs=SAME_MM)


def test_saved_stl__is_the_femur_in_its_scan(
    client: Any, planner: LivePlanner, tmp_path: Path
) -> None:
    file = tmp_path / "femur.stl"
    file.write_bytes(client.post("/api/femur.stl", json={"depth_mm": 3.0}).content)
    found = hs.load_mesh(file)
    expected = hs.resect_lesser_trochanter(planner.hip, depth_mm=3.0).femur
    assert found.volume_mm3 == pytest.approx(expected.volume_mm3, rel=1e-5)
    np.testing.assert_allclose(found.bounds, expected.bounds, atol=1e-4)


def test_saved_report__tells_every_plan(client: Any) -> None:
    plans = {"your plan": {"depth_mm": 3.0}, "plan A": {"angle_deg": 10.0}}
    text = client.post("/api/report.html", json=plans).text
    assert text.startswith("<!doctype html>") and '"plan A"' in text and "planner.js" not in text
    refused = client.post("/api/report.html", json={})
    assert refused.status_code == 422 and "1 to 4 named plans" in refused.json()["error"]


@pytest.fixture(scope="module")
def address(planner: LivePlanner, page: str) -> Iterator[str]:
    with listen(planner, page, address=("127.0.0.1", 0), token=None) as (url, run):
        Thread(target=run, daemon=True).start()
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as found:
        yield found


def slide(tab: Tab, **wanted: float) -> None:
    """Move sliders and wait for the answer, picture and all."""
    for name, value in wanted.items():
        tab.slide(f"#live-{name}", value)
    told = json.loads(tab.page.evaluate("() => JSON.stringify(wanted)"))
    tab.page.wait_for_function(ANSWERED, arg=json.dumps(told, separators=(",", ":")))


def test_planner__sliders_answer_as_the_api(
    browser: Any, address: str, planner: LivePlanner
) -> None:
    tab = Tab(browser, address)
    tab.choose("#motion", "ifi_test")
    before = tab.picture()
    slide(tab, depth_mm=4.0, angle_deg=10)
    wanted = Wanted(depth_mm=4.0, angle_deg=10.0)
    index = int(tab.page.input_value("#pose"))
    expected = planner.numbers(wanted)["results"]["ifi_test"]["distance_mm"][index]
    assert abs(tab.exact_mm() - expected) < SHOWN_MM
    assert tab.picture() != before
    assert tab.messages == []


def test_planner__undo_and_two_kept_plans(browser: Any, address: str) -> None:
    tab = Tab(browser, address)
    slide(tab, depth_mm=2.0)
    shallow = tab.exact_mm()
    tab.page.click("#keep-a")
    slide(tab, depth_mm=5.0)
    deep = tab.exact_mm()
    assert deep > shallow
    tab.page.click("#undo")
    tab.page.wait_for_function(
        "(mm) => Number(document.getElementById('now').dataset.mm) === mm", arg=shallow
    )
    tab.choose("#plan", "plan A")
    assert tab.exact_mm() == shallow


def test_planner__tabs_are_each_their_own(browser: Any, address: str) -> None:
    one, other = Tab(browser, address), Tab(browser, address)
    slide(one, angle_deg=20)
    slide(other, angle_deg=5)
    assert one.exact_mm() > other.exact_mm()
    assert all(url.startswith(address) for url in one.requests + other.requests)


def test_planner__says_what_cannot_be_done(browser: Any, address: str) -> None:
    tab = Tab(browser, address)
    tab.page.evaluate("() => setWanted({ depth_mm: 55 })")
    tab.page.wait_for_selector("#live-note.is-error")
    assert "at most" in tab.page.inner_text("#live-note")
