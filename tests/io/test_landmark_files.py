"""Landmark files: Slicer's two, hipsim's own, tables; frames and units."""

import json

import pytest

from hipsim.errors import CaseError
from hipsim.io import landmark_files
from hipsim.io.landmark_files import read_landmarks

POINT_MM = [10.0, 20.0, 30.0]
TURNED_MM = [-10.0, -20.0, 30.0]


def markups(frame="LPS", unit="mm", label="LT R", **point):
    controls = [
        {"label": label, "position": POINT_MM, "orientation": [1.0] * 9, **point},
        {"label": "never placed", "position": [0, 0, 0], "positionStatus": "undefined"},
    ]
    markup = {"type": "Fiducial", "coordinateUnits": unit, "controlPoints": controls}
    return json.dumps({"markups": [{**markup, "coordinateSystem": frame} if frame else markup]})


def fcsv(frame="LPS", label="LT R", columns="id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc"):
    cells = dict.fromkeys(columns.split(","), "0") | {"label": label, "desc": ""}
    cells |= dict(zip("xyz", map(str, POINT_MM), strict=True))
    row = ",".join(cells[c] for c in columns.split(","))
    head = "# Markups fiducial file version = 4.11\n"
    return f"{head}# CoordinateSystem = {frame}\n# columns = {columns}\n{row}\n"


def saved(folder, name, text):
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


def only(path, **settings):
    (point,) = read_landmarks(path, **settings)
    return point.name, point.side, point.point.tolist()


FRAMES = [
    ("a.mrk.json", markups("LPS"), "lps", POINT_MM),
    ("a.mrk.json", markups("RAS"), "lps", TURNED_MM),
    ("a.mrk.json", markups("LPS"), "ras", TURNED_MM),
    ("a.mrk.json", markups(None), "lps", POINT_MM),
    ("a.fcsv", fcsv("LPS"), "lps", POINT_MM),
    ("a.fcsv", fcsv("RAS"), "lps", TURNED_MM),
    ("a.fcsv", fcsv("0"), "lps", TURNED_MM),
    ("a.fcsv", fcsv("1"), "lps", POINT_MM),
    ("a.csv", "name,x,y,z,frame\nLT R,10,20,30,RAS\n", "lps", TURNED_MM),
    ("a.csv", "# frame: ras\nname,x,y,z\nLT R,10,20,30\n", "lps", TURNED_MM),
    ("a.csv", "name,x,y,z\nLT R,10,20,30\n", "lps", POINT_MM),
    ("a.csv", "name,x,y,z\nLT R,10,20,30\n", "unknown", POINT_MM),
    ("a.json", json.dumps({"frame": "ras", "points": {"LT R": POINT_MM}}), "lps", TURNED_MM),
]


@pytest.mark.parametrize(("name", "text", "frame", "point"), FRAMES)
def test_read_landmarks__brings_points_into_the_frame_of_the_bones(
    tmp_path, name, text, frame, point
):
    found = only(saved(tmp_path, name, text), frame=frame)
    assert found == ("lesser_trochanter", "right", point)


UNITS = [
    ("a.json", json.dumps({"unit": "cm", "points": {"LT R": [1, 2, 3]}})),
    ("a.json", json.dumps({"LT R": [0.01, 0.02, 0.03]})),
    ("a.csv", "name,x,y,z,unit\nLT R,1,2,3,cm\n"),
    ("a.csv", "# unit: cm\nname,x,y,z\nLT R,1,2,3\n"),
    ("a.csv", "\ufeffLabel;Y;X;Z;Side\nLT;0.02;0.01;0.03;right\n"),
    ("a.mrk.json", markups()),
    ("a.fcsv", fcsv()),
]


@pytest.mark.parametrize(("name", "text"), UNITS)
def test_read_landmarks__takes_the_files_unit_before_the_cases(tmp_path, name, text):
    point = read_landmarks(saved(tmp_path, name, text), unit="m", frame="lps")[0]
    assert point.point == pytest.approx(POINT_MM)
    assert (point.name, point.side) == ("lesser_trochanter", "right")


def test_read_landmarks__finds_the_label_in_whatever_column(tmp_path):
    path = saved(tmp_path, "a.fcsv", fcsv(columns="label,x,y,z,vis"))
    assert only(path, frame="lps")[0] == "lesser_trochanter"


BAD = [
    ("a.txt", "", r"must end in \.mrk\.json, \.json, \.fcsv, \.csv"),
    ("a.json", "{", r"a\.json is not valid JSON"),
    ("a.json", "[" * 100_000, r"a\.json is not valid JSON"),
    ("a.json", "[1, 2]", r'wanted \{"unit": "mm", "points"'),
    ("a.json", '{"LT": [1, 2]}', r"'LT' must be three finite numbers, got \[1, 2\]"),
    ("a.json", '{"LT": [NaN, 1, 2]}', "'LT' must be three finite numbers"),
    ("a.json", '{"LT": "near the hip"}', "'LT' must be three finite numbers"),
    ("a.json", '{"unit": "yard", "points": {"LT": [1, 2, 3]}}', "unit must be one of mm, .*'yard'"),
    ("a.json", '{"frame": "LAS", "points": {"LT": [1, 2, 3]}}', "must be LPS or RAS, got 'LAS'"),
    ("a.json", '{"LT": [1, 2, 3], "lesser_trochanter": [1, 2, 3]}', "is there twice; keep one"),
    ("a.json", '{"LTT": [1, 2, 3]}', r"a\.json: unknown landmark 'LTT'"),
    ("a.json", b"\xff\xfe", "is not a text file in UTF-8"),
    ("a.mrk.json", '{"markups": 5}', "cannot be read as Slicer markups"),
    ("a.mrk.json", '{"markups": [{"controlPoints": [{}]}]}', "cannot be read as Slicer markups"),
    ("a.mrk.json", markups("IJK"), "must be LPS or RAS, got 'IJK'"),
    ("a.fcsv", "vtkMRMLMarkups,1,2,3\n", "wanted a line '# CoordinateSystem = LPS'"),
    ("a.fcsv", fcsv("2"), "must be LPS or RAS, got '2'"),
    ("a.fcsv", fcsv(label="F-1"), "unknown landmark 'F-1'"),
    ("a.csv", "", "wanted a header with name, x, y, z .*, got nothing"),
    ("a.csv", "LT,1,2,3\n", "wanted a header with name, x, y, z .*, got lt,1,2,3"),
    ("a.csv", "name,x,y,z\nLT,1,2\n", r"4 columns, but 3 values"),
    ("a.csv", "name,x,y,z\nLT,1,two,3\n", "must be three finite numbers, got .*'two'"),
    ("a.csv", "name,x,y,z,side\nLT,1,2,3,both\n", "side must be 'right' or 'left', got 'both'"),
]


@pytest.mark.parametrize(("name", "text", "message"), BAD)
def test_read_landmarks__refuses(tmp_path, name, text, message):
    with pytest.raises(CaseError, match=message):
        read_landmarks(saved(tmp_path, name, text), frame="lps")


def test_read_landmarks__does_not_guess_between_lps_and_ras(tmp_path):
    path = saved(tmp_path, "a.mrk.json", markups("LPS"))
    with pytest.raises(CaseError, match=r"points are in LPS, but the frame of the bones is not"):
        read_landmarks(path)


def test_read_landmarks__refuses_what_is_missing_or_too_large(tmp_path, monkeypatch):
    with pytest.raises(CaseError, match=r"cannot read .*none\.json: no such file"):
        read_landmarks(tmp_path / "none.json")
    monkeypatch.setattr(landmark_files, "LARGEST_FILE_BYTES", 10)
    with pytest.raises(CaseError, match="bytes, more than the 10 it may have"):
        read_landmarks(saved(tmp_path, "a.mrk.json", markups()))


HARMFUL = {
    "comma for point": ("a.csv", "name,x,y,z\nLT,1,5,2,5,3,5\n", "4 columns, but 7 values"),
    "column twice": ("a.csv", "name,x,x,y,z\nLT,1,2,3,4\n", "a column is there twice"),
    "underscore": ("a.csv", "name,x,y,z\nLT,1_0,2,3\n", "three finite numbers"),
    "digits of another script": ("a.csv", "name,x,y,z\nLT,\u0661,2,3\n", "three finite numbers"),
    "cell without end": ("a.csv", 'name,x,y,z\n"' + "a" * 200_000, "cannot be read as a table"),
    "other columns": (
        "a.fcsv", "# CoordinateSystem = LPS\n# columns = id,y,x,x,label\n1,1,2,3,LT\n", "wanted the col",  # noqa: E501
    ),
    "point twice": ("a.json", '{"LT": [1, 2, 3], "LT": [3, 2, 1]}', "key 'LT' appears twice"),
    "truth": ("a.json", '{"LT": [true, false, true]}', "three finite numbers"),
    "400 digits": ("a.json", '{"LT": [1, 2, ' + "9" * 400 + "]}", "three finite numbers"),
    "5000 digits": ("a.json", '{"LT": [1, 2, ' + "9" * 5000 + "]}", "is not valid JSON"),
    "too far": ("a.json", '{"unit": "m", "points": {"LT": [1e308, 2, 3]}}', "three finite numbers"),
    "unit as list": ("a.json", '{"unit": ["mm"], "points": {"LT": [1, 2, 3]}}', "unit must be one of"),  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize("case", HARMFUL)
def test_read_landmarks__refuses_damage_by_name(tmp_path, case):
    name, text, message = HARMFUL[case]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match=rf"{name}.*{message}"):
        read_landmarks(tmp_path / name, frame="lps")
