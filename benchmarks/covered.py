"""Which lines the tests run: of the kernels as plain Python, and of the whole package.

Compiled loops show no lines, so the kernels are run once more without a compiler
(NUMBA_DISABLE_JIT=1) by the questions of tests/kernels_as_python.py, whose answers the tests
compare with the compiled ones; every array is checked for indices below zero and for numbers
nobody wrote. The package is what that run and the tests cover together. What tests start in
processes of their own is not counted; lines that only type checkers read are left out.

    python -m benchmarks.covered                           # the kernels, about a minute
    python -m benchmarks.covered --suite                   # the package as well
    python -m benchmarks.covered --tests tests/kinematics  # the package, by some of the tests
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.report import RESULTS, Goal, at_least, goal_table, machine, table

ROOT = Path(__file__).parents[1]
QUESTIONS = "tests/kernels_as_python.py"
KERNELS, EACH_KERNEL, PACKAGE = 95.0, 85.0, 90.0  # %, goals
UNSAID = "module-not-measured, no-data-collected, no-sysmon, already-imported"
SETTINGS = """\
[run]
source = {package}
data_file = {data}
disable_warnings = {unsaid}
[report]
exclude_also =
    if TYPE_CHECKING:
"""
RUN_BY_COMPILER = (
    "_compiled_kernels.py: two lines put what numba keeps under the text of all kernel files; "
    "without a compiler it keeps nothing. tests/geometry/test_compiled_kernels.py tests them."
)


@dataclass(frozen=True)
class Lines:
    """How many lines of code there are, and which of them did not run."""

    count: int
    missing: tuple[int, ...]

    @property
    def percent(self) -> float:
        """Share of the lines that ran."""
        return 100.0 * (1.0 - len(self.missing) / self.count) if self.count else 100.0

    @classmethod
    def joined(cls, parts: "list[Lines]") -> "Lines":
        """Return the lines of several files, whose numbers mean nothing then."""
        missing = [line for part in parts for line in part.missing]
        return cls(sum(part.count for part in parts), tuple(missing))


def main(arguments: list[str] | None = None) -> int:
    """Count, print and write what ran; 0 where all goals that were measured are met."""
    given = parsed(arguments)
    tests = [] if given.suite else given.tests
    with tempfile.TemporaryDirectory(prefix="covered") as scratch:
        run_kernels(Path(scratch) / "kernels")
        kernels = only_kernels(counted(Path(scratch), ["kernels"]))
        package: dict[str, Lines] = {}
        ended = "no test was run"
        if given.suite or tests:
            ended = run_tests(Path(scratch) / "tests", tests)
            package = counted(Path(scratch), ["kernels", "tests"])
    goals = judged(kernels, package if given.suite else {})
    record = {
        "machine": machine(),
        "tests": {"asked": ", ".join(tests) or "all", "ended": ended},
        "kernels": {name: asdict(lines) for name, lines in kernels.items()},
        "package": {name: asdict(lines) for name, lines in package.items()},
    }
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "coverage.json").write_text(json.dumps(record, indent=1) + "\n")
    (given.out / "coverage.md").write_text(text := told(goals, record["tests"], kernels, package))
    print(text)
    return 1 if any(goal.state == "missed" for goal in goals) else 0


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """Return what was asked; some of the tests do not go to the folder of results by themselves."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--suite", action="store_true", help="count lines under all tests as well")
    asked.add_argument("--tests", nargs="+", default=[], help="count lines under these tests")
    parser.add_argument("--out", type=Path, help="folder for the report")
    given = parser.parse_args(arguments)
    given.out = given.out or (Path("out/benchmarks") if given.tests else RESULTS)
    return given


def run_kernels(folder: Path) -> None:
    """Count the lines that the questions to the kernels run, without a compiler."""
    environment = settings(folder) | {"NUMBA_DISABLE_JIT": "1"}
    run(["-m", "coverage", "run", "--parallel-mode", QUESTIONS], environment)


def run_tests(folder: Path, tests: list[str]) -> str:
    """Count the lines that tests run, all of them where none is named; return pytest's last word.

    Tests that fail are part of that; where pytest cannot run at all nothing is reported.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-p", "benchmarks.covered_lines", *tests]
    last = ""
    with subprocess.Popen(
        command, cwd=ROOT, env=settings(folder), stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip() or last
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} failed: nothing is reported")
    return last


def settings(folder: Path) -> dict[str, str]:
    """Write the settings of coverage and return the environment that names them."""
    folder.mkdir()
    file, package = folder / "settings", ROOT / "hipsim"
    file.write_text(SETTINGS.format(package=package, data=folder / "lines", unsaid=UNSAID))
    core = {"COVERAGE_CORE": "sysmon"} if sys.version_info >= (3, 12) else {}
    return {**os.environ, "COVERAGE_RCFILE": str(file), **core}


def run(command: list[str], environment: dict[str, str]) -> str:
    """Run Python from the project's root and return what it prints.

    Stops where it fails, for the lines of a run that broke off would mislead.
    """
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        tail = (done.stdout + done.stderr)[-4000:]
        raise SystemExit(f"{tail}\npython {' '.join(command)} failed: nothing is reported")
    return done.stdout


def counted(scratch: Path, folders: list[str]) -> dict[str, Lines]:
    """Return the lines of each file of the package that ran in some runs together."""
    environment = {**os.environ, "COVERAGE_RCFILE": str(scratch / folders[0] / "settings")}
    sum_of = scratch / "-".join(["sum", *folders])
    sum_of.mkdir()
    data = [f"--data-file={sum_of / 'lines'}"]  # named as what is summed
    sources = [str(scratch / folder) for folder in folders]
    run(["-m", "coverage", "combine", "--keep", *data, *sources], environment)
    report = sum_of / "report.json"
    run(["-m", "coverage", "json", "-o", str(report), *data], environment)
    found = {}
    for name, file in json.loads(report.read_text())["files"].items():
        place = (ROOT / name).relative_to(ROOT / "hipsim").as_posix()
        found[place] = Lines(file["summary"]["num_statements"], tuple(file["missing_lines"]))
    return found


def only_kernels(found: dict[str, Lines]) -> dict[str, Lines]:
    """Return the files of kernels."""
    return {name: lines for name, lines in found.items() if name.endswith("_kernels.py")}


def judged(kernels: dict[str, Lines], package: dict[str, Lines]) -> list[Goal]:
    """Judge the goals."""
    whole = [Lines.joined(list(package.values())).percent] if package else []
    each = [lines.percent for lines in kernels.values()]
    together = [Lines.joined(list(kernels.values())).percent]
    return [
        at_least("kernels without a compiler", together, KERNELS, unit="%"),
        at_least("each file of kernels", each, EACH_KERNEL, unit="%"),
        at_least("the package, by all tests", whole, PACKAGE, unit="%"),
    ]


def told(
    goals: list[Goal],
    tests: dict[str, object],
    kernels: dict[str, Lines],
    package: dict[str, Lines],
) -> str:
    """Return the report."""
    about, commands = (__doc__ or "").strip().rsplit("\n\n", 1)
    parts = ["# Coverage", about, commands, goal_table(goals), "## Kernels as plain Python"]
    parts += [lines_table("file", kernels), RUN_BY_COMPILER]
    if package:
        parts += ["## The package", f"Tests asked: {tests['asked']}. {tests['ended']}"]
        parts += [lines_table("room", joined_rooms(package)), "Files least covered:"]
        parts += [lines_table("file", least_covered(package))]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def joined_rooms(package: dict[str, Lines]) -> dict[str, Lines]:
    """Return the lines of each room."""
    rooms: dict[str, list[Lines]] = defaultdict(list)
    for name, lines in package.items():
        rooms[name.split("/")[0]].append(lines)
    return {room: Lines.joined(parts) for room, parts in sorted(rooms.items())}


def least_covered(package: dict[str, Lines], count: int = 10) -> dict[str, Lines]:
    """Return the files of which the least share ran."""
    worst = sorted(package, key=lambda name: package[name].percent)[:count]
    return {name: package[name] for name in worst}


def lines_table(header: str, found: dict[str, Lines]) -> str:
    """Return files or rooms as a table, with their sum."""
    named = [*found.items(), ("**together**", Lines.joined(list(found.values())))]
    rows = ([name, of.count, len(of.missing), f"{of.percent:.1f}"] for name, of in named)
    return table([header, "lines", "not run", "%"], rows)


if __name__ == "__main__":
    sys.exit(main())
