"""Motions from OpenSim and CSV files: the same angles, the right side, and clear refusals."""

import os

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.io.motion_files import load_motion, read_angle_table

ANGLE_TOL = 1e-9  # deg, rounding between radians and degrees
ZEROS = {"pelvic_zero": "isb", "femoral_zero": "isb"}
HEAD = "gait\nversion=1\nnRows=3\nnColumns=7\ninDegrees={degrees}\nendheader\n"
NAMES = [f"hip_{a}_{s}" for s in "rl" for a in ("flexion", "adduction", "rotation")]
VALUES = np.array(
    [
        [0.0, 30, 1, 2, -10, 4, 5],
        [0.5, 10, 2, 3, 0, 5, 6],
        [1.0, -10, 3, 4, 20, 6, 7],
    ]
)


def written(folder, name, text):
    path = folder / name
    path.write_text(text)
    return path


def opensim(folder, *, degrees="yes", names=NAMES, values=VALUES, name="walk.mot"):
    rows = ["\t".join(map(repr, map(float, row))) for row in values]
    header = "\t".join(["time", *names])
    return written(folder, name, "\n".join([HEAD.format(degrees=degrees) + header, *rows]))


@pytest.mark.parametrize(("side", "first"), [("right", 30.0), ("left", -10.0)])
def test_load_motion__takes_the_columns_of_the_side(tmp_path, side, first):
    motion = load_motion(opensim(tmp_path), side=side, **ZEROS)
    start = 1 if side == "right" else 4
    assert np.array_equal(motion.angles_deg, VALUES[:, start : start + 3])
    assert (motion.name, motion.progress_label) == ("walk", "time (s)")
    assert motion.flexion_deg[0] == first
    assert (motion.pelvic_zero, motion.femoral_zero) == ("isb", "isb")


def test_load_motion__turns_radians_into_degrees(tmp_path):
    values = VALUES.copy()
    values[:, 1:] = np.radians(values[:, 1:])
    paths = [f"/jointset/hip_{n[-1]}/{n}/value" for n in NAMES]
    file = opensim(tmp_path, degrees="no", names=paths, values=values, name="moco.sto")
    motion = load_motion(file, side="right", **ZEROS)
    assert motion.angles_deg == pytest.approx(VALUES[:, 1:4], abs=ANGLE_TOL)


def test_load_motion__reads_a_plain_csv_without_time(tmp_path):
    text = "flexion_deg,adduction_deg,rotation_deg\n0,0,0\n-10,5,-5\n\n"
    motion = load_motion(written(tmp_path, "own.csv", text), **ZEROS)
    assert motion.progress.tolist() == [0.0, 1.0]
    assert motion.pose_deg(1) == {"flexion": -10.0, "adduction": 5.0, "rotation": -5.0}


def test_load_motion__columns_are_chosen_and_turned(tmp_path):
    file = written(tmp_path, "v3d.csv", "time,Ext,Add\n0,10,1\n1,20,2\n")
    chosen = {"flexion_column": "-Ext", "adduction_column": "Add", "rotation_column": "none"}
    motion = load_motion(file, **chosen, **ZEROS)
    assert motion.angles_deg.tolist() == [[-10.0, 1.0, 0.0], [-20.0, 2.0, 0.0]]


def test_load_motion__takes_a_part_of_the_time(tmp_path):
    file = opensim(tmp_path)
    assert load_motion(file, side="right", start_s=0.4, **ZEROS).progress.tolist() == [0.5, 1.0]
    assert load_motion(file, side="right", every=2, **ZEROS).progress.tolist() == [0.0, 1.0]


GOOD = "time,flexion_deg,adduction_deg,rotation_deg\n"
REFUSED = [
    ("a.txt", GOOD, {}, "a motion file ends in .mot, .sto, .csv"),
    ("a.csv", GOOD, {}, "holds no poses"),
    ("a.csv", GOOD + "0,1,x,2\n", {}, "a.csv:2: wanted a number, got 'x'"),
    ("a.csv", GOOD + "0,1,2\n", {}, "a.csv:2: 4 columns, but 3 values"),
    ("a.csv", GOOD + "1,0,0,0\n0,0,0,0\n", {}, "time must not turn back"),
    ("a.csv", GOOD + "0,999,0,0\n", {}, "flexion_deg must be within -180 to 180 deg, got 999"),
    ("a.csv", GOOD + "0,0,0,0\n", {"start_s": 5}, "no pose between start_s and stop_s; it spans 0"),
    ("a.csv", GOOD + "0,0,0,0\n", {"every": 0}, "every must be within 1"),
    (
        "a.csv",
        GOOD + "0,0,0,0\n",
        {"flexion_column": "flexon_deg"},
        r"no column 'flexon_deg' \(did you mean 'flexion_deg'",
    ),
    ("a.csv", "time,f\n0,1\n", {}, "no column for flexion: wanted flexion_deg, hip_flexion_r"),
    ("a.mot", "time a\n0 1\n", {}, "has a line 'endheader'"),
    ("a.mot", "endheader\ntime a\n0 1\n", {}, "must say inDegrees=yes or inDegrees=no"),
    (
        "a.csv",
        "hip_flexion_r,hip_flexion_l\n0,1\n",
        {},
        "hip_flexion_r and hip_flexion_l: say side",
    ),
    ("a.csv", GOOD + "0,0,0,0\n", {"pelvic_zero": "ap"}, "pelvic_zero must be one of"),
    ("a.csv", GOOD + "0,0,0,0\n", {"femoral_zero": "x"}, "femoral_zero must be one of"),
]


@pytest.mark.parametrize(("name", "text", "keywords", "message"), REFUSED)
def test_load_motion__refuses(tmp_path, name, text, keywords, message):
    with pytest.raises(InputError, match=message):
        load_motion(written(tmp_path, name, text), **{**ZEROS, **keywords})


def test_read_angle_table__says_what_it_cannot_read(tmp_path):
    with pytest.raises(InputError, match="cannot read .*: no such file"):
        read_angle_table(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not a text file in UTF-8"):
        read_angle_table(tmp_path / "b.csv")


PLAIN = "inDegrees=yes\nendheader\nflexion_deg adduction_deg rotation_deg\n"
DAMAGED = {
    "column twice": ("a.csv", "flexion_deg,flexion_deg,adduction_deg,rotation_deg\n1,5,2,3\n",
                     "a.csv:1: column 'flexion_deg' is there twice"),
    "rows missing": ("a.mot", f"nRows=5\n{PLAIN}1 5 2\n", "says nRows=5, but it holds 1 rows"),
    "time not a number": (
        "a.csv", "time,flexion_deg,adduction_deg,rotation_deg\n0,1,2,3\nnan,1,2,3\n",
        "a.csv: time must be finite",
    ),
    "underscore": ("a.mot", f"{PLAIN}1_0 5 2\n", "wanted a number, got '1_0'"),
    "digits of another script": ("a.mot", f"{PLAIN}\u0661 5 2\n", "wanted a number"),
    "comma for point": ("a.mot", f"{PLAIN}1,5 5 2\n", "wanted a number, got '1,5'"),
    "angle not finite": ("a.mot", f"{PLAIN}1 nan 2\n", "a.mot: adduction_deg must be finite"),
    "angle too large": ("a.mot", f"{PLAIN}1 999 2\n", "a.mot: adduction_deg must be within"),
    "cell without end": (
        "a.csv", 'flexion_deg,adduction_deg,rotation_deg\n"' + "1" * 200_000, "cannot be read as CSV",  # noqa: E501
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGED)
def test_load_motion__refuses_damage_by_name(tmp_path, case):
    name, text, message = DAMAGED[case]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_motion(tmp_path / name, pelvic_zero="isb", femoral_zero="isb")


def test_load_motion__opens_no_pipe(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(InputError, match="Is a pipe or device, not a file"):
        load_motion(tmp_path / "a.csv", pelvic_zero="isb", femoral_zero="isb")
