"""What hipsim finds on a machine."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from hipsim.study.health import (
    Finding,
    examine,
    opengl_found,
    packages_found,
    place_found,
    python_found,
)

REQUIREMENTS = [
    "numpy>=2.0",
    "scipy>=1.13",
    "starlette>=0.46; extra == 'web'",
    'uvicorn>=0.34; extra == "web"',
    "hipsim[images,web]; extra == 'test'",
    "ruff>=0.8; extra == 'dev'",
]


def without(*absent: str):
    def installed(name: str) -> str:
        if name in absent:
            raise PackageNotFoundError(name)
        return "1.2"

    return installed


def test_packages_found__all_there__says_versions() -> None:
    own, web = packages_found(REQUIREMENTS, without())
    assert own == Finding("packages", "good", "numpy 1.2, scipy 1.2")
    assert web.state == "good" and "planner" in web.what


def test_packages_found__absent__names_what_to_install() -> None:
    own, web = packages_found(REQUIREMENTS, without("scipy", "uvicorn"))
    assert own.state == "broken" and own.found == "without scipy"
    assert web.state == "missing" and web.found == "without uvicorn"
    assert web.remedy == 'pip install "hipsim[web]"'


def test_python_found__old__is_broken() -> None:
    assert python_found((3, 10)).state == "broken"
    assert python_found((3, 14)).state == "good"


def test_place_found__folder_to_come__is_good(tmp_path: Path) -> None:
    finding = place_found("data", tmp_path / "not" / "yet")
    assert finding.state == "good" and "GB free" in finding.found
    assert not (tmp_path / "not").exists(), "nothing is made by looking"


def test_place_found__no_right_to_write__says_what_to_set() -> None:
    proc = Path("/proc/self")
    if not proc.is_dir():
        pytest.skip("no folder that even root cannot write to")
    finding = place_found("data", proc / "x")
    assert finding.state == "missing" and "HIPSIM_DATA_DIR" in finding.remedy


def test_place_found__full_disk__says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hipsim.study.health.SPARE_MB", float("inf"))
    finding = place_found("data", tmp_path)
    assert finding.state == "missing" and finding.remedy == "make room on the disk"


def test_opengl_found__problem__keeps_the_remedy() -> None:
    finding = opengl_found("3D pictures cannot be drawn here; install OpenGL: 'apt-get install x'")
    assert finding.state == "missing" and "apt-get install" in finding.remedy


def test_examine__here__finds_hipsim_working() -> None:
    findings = {finding.what: finding for finding in examine()}
    assert findings["packages"].state == "good"
    assert findings["compiled core"].state == "good", findings["compiled core"].found
    assert all(f.remedy for f in findings.values() if f.state != "good")
