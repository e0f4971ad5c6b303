"""What the manual's pages on security and licences claim, read off the source and the packages."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

from hipsim import guide

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "hipsim"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "_data" not in p.parts)
each_module = pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))

DOORS = {
    "pickle": {"study/executors.py", "study/worker.py"},
    "subprocess": {
        "study/executors.py",
        "study/health.py",
        "study/validation_determinism.py",
        "viz/probe.py",
    },
    "socket": {"planner/server.py", "study/lock.py"},
    "requests": {"io/open_hips.py"},
    "zipfile": {"io/three_mf.py", "study/blocks.py"},
    "xml": {"io/three_mf.py", "io/vtp_files.py"},
}
NOWHERE = {"shelve", "marshal", "dill", "cloudpickle", "joblib", "code", "pty", "ctypes", "urllib"}
CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
ATTRIBUTES = {
    ("os", "system"),
    ("os", "popen"),
    ("yaml", "load"),
    ("yaml", "load_all"),
    ("yaml", "unsafe_load"),
    ("yaml", "full_load"),
    ("tempfile", "mktemp"),
    ("tarfile", "open"),
}
FORBIDDEN = re.compile(r"\b(A?GPL|GNU (Affero )?General|Non-?Commercial|CC-BY-NC|SSPL)", re.I)
LESSER = re.compile(r"LGPL|Lesser General", re.I)


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def guests(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.split(".")[0]


@each_module
def test_dangerous_modules__stay_behind_their_doors(path: Path) -> None:
    inside = path.relative_to(PACKAGE).as_posix()
    for name in guests(path):
        assert name not in NOWHERE, f"{name} has no place in hipsim"
        assert inside in DOORS.get(name, {inside}), f"{name} belongs to {DOORS[name]}"


@each_module
def test_text__is_never_run(path: Path) -> None:
    for call in calls(path):
        function, words = call.func, {word.arg: word.value for word in call.keywords}
        if isinstance(function, ast.Name):
            assert function.id not in CALLS, f"{function.id} in line {call.lineno}"
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            name = (function.value.id, function.attr)
            assert name not in ATTRIBUTES, f"{'.'.join(name)} in line {call.lineno}"
            if name == ("np", "load"):
                assert ast.unparse(words["allow_pickle"]) == "False"
            if name[0] == "subprocess" and "shell" in words:
                assert ast.unparse(words["shell"]) == "False"
        if "Loader" in words:
            assert ast.unparse(words["Loader"]) == "yaml.SafeLoader"
        assert "verify" not in words or ast.unparse(words["verify"]) != "False"


def test_children__are_this_python() -> None:
    for path in (PACKAGE / name for name in DOORS["subprocess"]):
        assert "sys.executable" in path.read_text()


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def package_of(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0]


def direct() -> list[str]:
    extras = project()["optional-dependencies"].values()
    lines = [*project()["dependencies"], *(line for extra in extras for line in extra)]
    return sorted({package_of(line) for line in lines} - {"hipsim"}, key=str.lower)


def installed_below(names: list[str]) -> dict[str, Distribution]:
    """Return everything that is installed of what the packages need, themselves included."""
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # an extra that is not installed here, or another system's
        needs = found[name].requires or []
        waiting += [package_of(line) for line in needs if "extra ==" not in line]
    return found


def licence_words(package: Distribution) -> str:
    about = package.metadata
    classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License")]
    short = (about.get("License") or "")[:200]  # some put the whole text here
    return " ".join([about.get("License-Expression") or "", short, *classifiers])


@pytest.mark.parametrize("name", direct())
def test_licences_page__lists_what_we_depend_on(name: str) -> None:
    assert re.search(rf"^    {re.escape(name)} ", guide.page("licences"), re.MULTILINE)


def test_licences__none_is_copyleft_or_non_commercial() -> None:
    packages = installed_below(direct())
    assert len(packages) > len(project()["dependencies"])
    wrong = {
        name: words
        for name, package in packages.items()
        if FORBIDDEN.search(LESSER.sub("", words := licence_words(package)))
    }
    assert not wrong


def test_licences__the_rule_can_fail() -> None:
    assert FORBIDDEN.search("GPL-3.0-or-later") and FORBIDDEN.search("GNU Affero General Public")
    assert not FORBIDDEN.search(LESSER.sub("", "LGPL-2.1, GNU Lesser General Public License"))


def test_three_js__has_its_licence_beside_it() -> None:
    held = [path for path in (PACKAGE / "report" / "static").iterdir() if "LICEN" in path.name]
    assert held and "three.js" in held[0].read_text()
