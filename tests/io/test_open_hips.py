"""Open hips: the whole path from published files to a case, with no network but this machine."""

import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from patient import mat, right_hip

from hipsim.errors import CaseError, InputError
from hipsim.io import open_hips
from hipsim.io.hips import load_hip, resolve_case
from hipsim.io.importing import sha256_of
from hipsim.io.open_hips import OPEN_HIPS, OpenHip, RemoteFile, fetch_hip, open_hip

SAME_MM = 0.05  # another way of closing overlapping shells, far from the joint


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A hip published on this machine: its file, its address, and where data goes."""
    monkeypatch.setenv("HIPSIM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NO_PROXY", "*")
    (tmp_path / "web").mkdir()
    path = mat(
        tmp_path / "web" / "w001.mat",
        {"Femur_R": right_hip()["femur_r"], "Hip_R": right_hip()["hip_r"]},
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "web")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/w001.mat"
    yield OpenHip(
        "w001", "a woman", (RemoteFile(url, sha256_of(path)),), "CC0", "Us 2026", url, "female", 40
    )
    server.shutdown()
    server.server_close()


def test_fetch_hip__downloads_into_a_case_found_by_its_name(published, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case = fetch_hip(published)
    assert case.folder == tmp_path / "data" / "cases" / "w001"
    assert resolve_case("w001").files == case.files
    said = case.description
    assert (said["licence"], said["citation"], said["age_years"]) == ("CC0", "Us 2026", 40)
    assert said["sources"][0]["url"] == published.files[0].url
    assert said["sources"][0]["sha256"] == published.files[0].sha256


def test_fetch_hip__tells_of_its_progress(published):
    class Seen:
        total = 0
        n_bytes = 0

        def update(self, n):
            self.n_bytes += n

        def reset(self):
            pass

        def close(self):
            pass

    seen = Seen()
    fetch_hip(published, progress=seen)
    assert seen.n_bytes >= seen.total > 100_000


def test_fetch_hip__needs_no_network_the_second_time(published, tmp_path):
    first = fetch_hip(published)
    gone = replace(
        published, files=(replace(published.files[0], url="http://127.0.0.1:9/w001.mat"),)
    )
    assert fetch_hip(gone).files == first.files
    assert fetch_hip(gone, out=tmp_path / "mine").folder == tmp_path / "mine" / "w001"


def test_fetch_hip__refuses_and_does_not_keep_a_corrupt_download(published, tmp_path):
    (tmp_path / "web" / "w001.mat").write_bytes(b"something else")
    with pytest.raises(CaseError, match="damaged or not what was published .* it was not kept"):
        fetch_hip(published)
    assert not any((tmp_path / "data").rglob("*.mat"))
    assert not (tmp_path / "data" / "cases").exists()


def test_fetch_hip__says_what_to_do_without_a_network(published, tmp_path):
    url = "http://127.0.0.1:9/w001.mat"  # nothing listens there
    with pytest.raises(CaseError, match="w001.mat cannot be downloaded: no connection") as caught:
        fetch_hip(replace(published, files=(RemoteFile(url, "ab12"),)))
    words = str(caught.value)
    assert f"by hand: {url}" in words
    assert "sha256: ab12" in words
    assert f"put it as is: {tmp_path / 'data' / 'downloads' / 'w001.mat'}" in words


def test_fetch_hip__passes_on_what_the_server_says(published):
    url = published.files[0].url.replace("w001", "w002")
    with pytest.raises(CaseError, match=r"w002\.mat cannot be downloaded: 404 Client Error"):
        fetch_hip(replace(published, files=(RemoteFile(url, "ab12"),)))


def test_fetch_hip__reads_a_mirror(published, tmp_path):
    gone = replace(published, files=(replace(published.files[0], url="http://nowhere/w001.mat"),))
    assert fetch_hip(gone, mirror=tmp_path / "web").sides == ("right",)


def test_fetch_hip__checks_the_mirror_too(published, tmp_path):
    with pytest.raises(CaseError, match=r"w001\.mat: no such file; it can be had from http"):
        fetch_hip(published, mirror=tmp_path)
    (tmp_path / "w001.mat").write_bytes(b"something else")
    with pytest.raises(CaseError, match=r"is not the file that was published: its sha256 is"):
        fetch_hip(published, mirror=tmp_path)


def test_fetch_hip__checks_a_file_put_there_by_hand(published, tmp_path):
    (tmp_path / "data" / "downloads").mkdir(parents=True)
    (tmp_path / "data" / "downloads" / "w001.mat").write_bytes(b"something else")
    with pytest.raises(CaseError, match="is not the file that was published"):
        fetch_hip(published)


def test_fetch_hip__says_that_it_cannot_write(published, tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(InputError, match=r"cannot write .*w001\.mat"):
        fetch_hip(published)


def test_fetch_hip__times_out_in_words(published, monkeypatch):
    """A server that takes the call and says nothing."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(open_hips, "TIMEOUT_S", 0.2)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/w001.mat"
        with pytest.raises(CaseError, match=r"cannot be downloaded: no answer within 0\.2 s"):
            fetch_hip(replace(published, files=(RemoteFile(url, "ab12"),)))


def test_open_hips__are_pinned_and_attributed():
    for hip in OPEN_HIPS.values():
        assert hip.licence.startswith("CC BY") and hip.citation and hip.source
        for remote in hip.files:
            assert len(remote.sha256) == 64
            assert any(len(part) == 40 for part in remote.url.split("/")), "a fixed commit"


def test_open_hip__suggests_the_nearest_name():
    with pytest.raises(CaseError, match=r"called 'vh_x' \(did you mean 'vh_[fm]'\?\); known: vh_f"):
        open_hip("vh_x")


@pytest.mark.bones
def test_fetch_hip__visible_human_measures_as_the_closed_surfaces(bones, tmp_path):
    case = fetch_hip(open_hip("vh_f"), out=tmp_path, mirror=bones / "hubmap_vh" / "original")
    fetched = load_hip(case, side="right")
    closed = load_hip(bones / "hubmap_vh" / "vh_f", side="right")
    for name, point in closed.landmarks.items():
        assert fetched.landmarks[name] == pytest.approx(point, abs=SAME_MM), name
    assert fetched.head_radius_mm == pytest.approx(closed.head_radius_mm, abs=SAME_MM)
