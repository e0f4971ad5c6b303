"""Would the tests notice? Deliberate errors of sign, side and unit, one by one, in a copy.

Each error is one line of the package changed into a wrong one. The tests named with it pass on the
untouched copy (else nothing is shown) and at least one of them must fail on the changed one. Only
the room's own tests are asked, so that an error is caught near where it is.

    python -m benchmarks.mutations [NAME ...]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import RESULTS, table

ROOT = Path(__file__).parents[1]
COPIED = "hipsim", "tests", "meshes", "scenarios", "benchmarks", "pyproject.toml", "README.md"
LIMIT_S = 600.0


@dataclass(frozen=True)
class Mutation:
    """A deliberate error.

    Parameters
    ----------
    name
        What is wrong, for people.
    file
        Below the package.
    right, wrong
        The text that is replaced, which must occur once, and what takes its place.
    tests
        Files below ``tests`` that must notice.
    """

    name: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]


MUTATIONS = (
    Mutation(
        "left and right exchanged",
        "anatomy/sides.py",
        "return 1.0 if side",
        "return -1.0 if side",
        ("kinematics/test_joint.py",),
    ),
    Mutation(
        "adduction opens instead of closing",
        "kinematics/joint.py",
        "[1.0, 0.0, 0.0], sign * adduction",
        "[1.0, 0.0, 0.0], -sign * adduction",
        ("kinematics/test_joint.py",),
    ),
    Mutation(
        "internal rotation the same way round on both sides",
        "kinematics/joint.py",
        "[0.0, 1.0, 0.0], sign * rotation",
        "[0.0, 1.0, 0.0], rotation",
        ("kinematics/test_joint.py",),
    ),
    Mutation(
        "degrees taken for radians in poses",
        "kinematics/joint.py",
        "np.radians(_as_angles(flexion_deg, adduction_deg, rotation_deg))",
        "_as_angles(flexion_deg, adduction_deg, rotation_deg)",
        ("kinematics/test_joint.py",),
    ),
    Mutation(
        "pelvic tilt turned the other way",
        "kinematics/joint.py",
        "motion.flexion_deg + motion.pelvic_tilt_deg",
        "motion.flexion_deg - motion.pelvic_tilt_deg",
        ("kinematics/test_joint.py", "kinematics/test_motion.py"),
    ),
    Mutation(
        "femoral axes of the left femur point left",
        "anatomy/frames.py",
        "z_hint=outward * side_sign(side)",
        "z_hint=outward",
        ("anatomy/test_frames.py",),
    ),
    Mutation(
        "centimetres read as millimetres",
        "io/units.py",
        '"cm": 10.0',
        '"cm": 1.0',
        ("io/test_units.py", "io/test_landmark_files.py"),
    ),
    Mutation(
        "Slicer's LPS and RAS confused",
        "io/landmark_files.py",
        "HALF_TURN = np.array([-1.0, -1.0, 1.0])",
        "HALF_TURN = np.array([1.0, -1.0, 1.0])",
        ("io/test_landmark_files.py",),
    ),
    Mutation(
        "derotation turns the knee the other way",
        "surgery/osteotomy.py",
        "-side_sign(hip.side) * np.deg2rad(angle)",
        "side_sign(hip.side) * np.deg2rad(angle)",
        ("surgery/test_osteotomy.py",),
    ),
    Mutation(
        "a plane tilted anteriorly is called posterior",
        "surgery/trochanter.py",
        "side_sign(hip.side) * np.deg2rad(tilt_deg)",
        "-side_sign(hip.side) * np.deg2rad(tilt_deg)",
        ("surgery/test_resection.py",),
    ),
    Mutation(
        "leg lengthening called shortening",
        "surgery/leg.py",
        "leg_length_mm(after) - leg_length_mm(before)",
        "leg_length_mm(before) - leg_length_mm(after)",
        ("surgery/test_osteotomies.py",),
    ),
    Mutation(
        "retroversion reported as anteversion",
        "anatomy/measure_version.py",
        "np.arctan2(-neck[0], neck[2])",
        "np.arctan2(neck[0], neck[2])",
        ("anatomy/test_measure_version.py",),
    ),
    Mutation(
        "overlap counted as space",
        "proximity/overlap.py",
        "answers.distance[rows] = -depth[is_deeper]",
        "answers.distance[rows] = depth[is_deeper]",
        ("proximity/test_overlap.py",),
    ),
    Mutation(
        "valgus of the leg called varus",
        "surgery/leg.py",
        "return 90.0 - float(np.degrees(angle_rad(up, outward)))",
        "return float(np.degrees(angle_rad(up, outward))) - 90.0",
        ("surgery/test_osteotomies.py", "surgery/test_side_effects.py"),
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Try the errors asked for, print and write what was noticed; 0 where all were."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of the names of the errors to try")
    given = parser.parse_args(arguments)
    wanted = [m for m in MUTATIONS if not given.names or any(n in m.name for n in given.names)]
    with tempfile.TemporaryDirectory(prefix="mutations") as scratch:
        copy = copied(Path(scratch))
        found = [tried(copy, mutation) for mutation in wanted]
    if not given.names:
        (RESULTS / "mutations.md").write_text(told(found))
    return 0 if all(row[-1] == "noticed" for row in found) else 1


def copied(folder: Path) -> Path:
    """Copy what the tests need, without compiled kernels."""
    ignore = shutil.ignore_patterns("__pycache__", "results")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy(source, folder / name)
    return folder


def tried(copy: Path, mutation: Mutation) -> list[object]:
    """Run the tests on the right and on the wrong text; return a row of the table."""
    path, start = copy / "hipsim" / mutation.file, time.perf_counter()
    text = path.read_text()
    if text.count(mutation.right) != 1:
        raise SystemExit(f"{mutation.name}: {mutation.right!r} is not once in {mutation.file}")
    before = failures(copy, mutation)
    path.write_text(text.replace(mutation.right, mutation.wrong))
    after = failures(copy, mutation)
    path.write_text(text)
    verdict = "noticed" if after and not before else "the tests fail anyway" if before else "MISSED"
    row = [mutation.name, mutation.file, ", ".join(mutation.tests), len(after), verdict]
    print(*row, f"({time.perf_counter() - start:.0f} s)", sep=" | ", flush=True)
    return row


def failures(copy: Path, mutation: Mutation) -> list[str]:
    """Run the tests of a mutation and return the names of those that fail."""
    tests = [f"tests/{name}" for name in mutation.tests]
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(
        command,
        cwd=copy,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    lines = done.stdout.splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    if done.returncode not in (0, 1):
        raise SystemExit(f"{mutation.name}: the tests did not run\n{done.stdout}{done.stderr}")
    return failed


def told(rows: list[list[object]]) -> str:
    """Return the report."""
    noticed = sum(row[-1] == "noticed" for row in rows)
    about = (__doc__ or "").strip().rsplit("\n\n", 1)[0]
    head = ["error", "file", "tests asked", "tests that fail", ""]
    return f"# Mutations\n\n{about}\n\n{noticed} of {len(rows)} noticed.\n\n{table(head, rows)}"


if __name__ == "__main__":
    sys.exit(main())
