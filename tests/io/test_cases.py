"""Case folders: which file is which bone, and what a person is told when it is not clear."""

import pytest

from hipsim.errors import CaseError, InputError
from hipsim.io.cases import find_case


def folder_of(path, *names, **texts):
    """Make a folder of empty files; the meshes are not read when a case is found."""
    path.mkdir(exist_ok=True)
    for name in names:
        (path / name).write_bytes(b"")
    for name, text in texts.items():
        (path / name.replace("__", ".")).write_text(text)
    return path


def test_find_case__finds_the_bones_whatever_their_format(tmp_path):
    case = find_case(folder_of(tmp_path / "p7", "hip_r.ply", "femur_r.STL", "sacrum.vtp"))
    assert sorted(case.files) == ["femur_r", "hip_r", "sacrum"]
    assert (case.name, case.unit, case.sides) == ("p7", "mm", ("right",))


def test_find_case__ignores_other_files(tmp_path):
    names = ("hip_r.ply", "femur_r.ply", "reference.json", "femur_r_old.ply", "hip_r.txt")
    assert sorted(find_case(folder_of(tmp_path / "p", *names)).files) == ["femur_r", "hip_r"]


def test_find_case__strips_a_shared_prefix(tmp_path):
    case = find_case(folder_of(tmp_path / "p", "vh_f_hip_l.stl", "vh_f_femur_l.stl"))
    assert (case.name, case.prefix, case.sides) == ("vh_f", "vh_f_", ("left",))


TWO = ("vh_f_hip_r.stl", "vh_f_femur_r.stl", "vh_m_hip_r.stl", "vh_m_femur_r.stl")


@pytest.mark.parametrize("typed", ["vh_m", "vh_m_"])
def test_find_case__takes_folder_and_prefix(tmp_path, typed):
    case = find_case(folder_of(tmp_path / "p", *TWO) / typed)
    assert {file.name for file in case.files.values()} == {"vh_m_hip_r.stl", "vh_m_femur_r.stl"}


def test_find_case__says_what_to_type_when_there_are_two(tmp_path):
    with pytest.raises(CaseError, match=r"holds 2 cases: type .*p/vh_f or .*p/vh_m"):
        find_case(folder_of(tmp_path / "p", *TWO))


def test_find_case__suggests_the_nearest_prefix(tmp_path):
    with pytest.raises(CaseError, match=r"no files starting with it \(did you mean 'vh_[fm]'\?\)"):
        find_case(folder_of(tmp_path / "p", *TWO) / "vh_g")


def test_find_case__lists_what_it_saw_and_wanted(tmp_path):
    folder = folder_of(tmp_path / "p", "r_pelvis.stl", "r_femur.stl")
    message = r"wanted hip_r, hip_l, femur_r, femur_l .*; found r_femur\.stl, r_pelvis\.stl"
    with pytest.raises(CaseError, match=message):
        find_case(folder)


def test_find_case__says_that_a_folder_is_empty(tmp_path):
    with pytest.raises(CaseError, match="found nothing"):
        find_case(folder_of(tmp_path / "p"))


def test_find_case__refuses_a_bone_that_is_there_twice(tmp_path):
    folder = folder_of(tmp_path / "p", "hip_r.ply", "hip_r.stl", "femur_r.ply")
    with pytest.raises(CaseError, match=r"hip_r twice: hip_r\.ply and hip_r\.stl; keep one"):
        find_case(folder)


def test_find_case__refuses_a_missing_folder_and_a_file(tmp_path):
    with pytest.raises(CaseError, match="no such case folder"):
        find_case(tmp_path / "none" / "deeper")
    (tmp_path / "a.stl").write_bytes(b"")
    with pytest.raises(CaseError, match="a file, not a case folder; 'hipsim import SOURCE"):
        find_case(tmp_path / "a.stl")


BOTH = ("hip_r.ply", "hip_l.ply", "femur_r.ply", "femur_l.ply")


def test_side__may_be_left_out_when_there_is_one(tmp_path):
    assert find_case(folder_of(tmp_path / "p", "hip_l.ply", "femur_l.ply")).side() == "left"


def test_side__must_be_said_when_there_are_two(tmp_path):
    case = find_case(folder_of(tmp_path / "p", *BOTH))
    with pytest.raises(CaseError, match="holds both hips: say side 'right' or 'left'"):
        case.side()
    assert case.side("L") == "left"


def test_side__may_be_said_in_case_yaml(tmp_path):
    assert find_case(folder_of(tmp_path / "p", *BOTH, case__yaml="side: left")).side() == "left"


def test_side__names_what_is_missing(tmp_path):
    case = find_case(folder_of(tmp_path / "p", "hip_r.ply", "femur_r.ply", "hip_l.ply"))
    with pytest.raises(CaseError, match=r"holds no left hip: wanted femur_l and hip_l, found"):
        case.side("left")
    with pytest.raises(InputError, match="side must be 'right' or 'left'"):
        case.side("both")


def test_side__names_the_bone_without_a_partner(tmp_path):
    case = find_case(folder_of(tmp_path / "p", "a_femur_r.ply"))
    with pytest.raises(CaseError, match=r"a_femur_r\.ply has no a_hip_r beside it"):
        case.side()


def test_case_yaml__sets_name_unit_and_description(tmp_path):
    text = "name: Mrs X\nunit: cm\nsex: female\nage_years: 37\n"
    case = find_case(folder_of(tmp_path / "p", *BOTH, case__yaml=text))
    assert (case.name, case.unit_mm) == ("Mrs X", 10.0)
    assert case.description == {"sex": "female", "age_years": 37}


def test_case_yaml__keeps_what_an_import_records(tmp_path):
    text = "frame: ras\nsources: [{file: a.mat, sha256: ab, bones: [hip_r], unit: m, why: w}]\n"
    text += "mended: {hip_r: [turned the surface outward]}\n"
    case = find_case(folder_of(tmp_path / "p", *BOTH, case__yaml=text))
    assert case.frame == "ras"
    assert case.description["sources"][0]["file"] == "a.mat"
    assert (case.stated_unit, case.unit) == (None, "mm")


BAD_SETTINGS = [
    ("frame: las\n", r"case\.yaml:1:1: frame must be lps, ras or unknown, got 'las'"),
    ("sources: a.mat\n", r"case\.yaml:1:1: sources must be a list of files"),
    (
        "sources:\n- file: a\n- fiel: b\n",
        r"case\.yaml:3:3: unknown key 'fiel' \(did you mean 'file'\?\)",
    ),
    ("sources: [{zzz: 1}]\n", r"unknown key 'zzz'; known: file, url"),
    ("mended: [a]\n", r"case\.yaml:1:1: mended must list what was done per bone"),
    ("mended: {hip_r: a}\n", r"case\.yaml:1:1: mended must list what was done per bone"),
    ("unti: m\n", r"case\.yaml:1:1: unknown key 'unti' \(did you mean 'unit'\?\)"),
    ("name: x\nzzz: 1\n", r"case\.yaml:2:1: unknown key 'zzz'; known: name, unit"),
    ("unit: yard\n", r"case\.yaml:1:1: unit must be mm, cm, m or inch, got 'yard'"),
    ("unit: m\nunit: mm\n", r"case\.yaml:2:1: key 'unit' appears twice"),
    ("side: both\n", r"case\.yaml:1:1: side must be right or left, got 'both'"),
    ("- a\n", r"case\.yaml:1:1: wanted 'key: value' lines at the top, got a list"),
    ("", r"case\.yaml:1:1: wanted 'key: value' lines at the top, got an empty file"),
    ("a: [1\n", r"case\.yaml:2:1: not valid YAML"),
]


@pytest.mark.parametrize(("text", "message"), BAD_SETTINGS)
def test_case_yaml__refuses_with_line_and_column(tmp_path, text, message):
    with pytest.raises(CaseError, match=message):
        find_case(folder_of(tmp_path / "p", *BOTH, case__yaml=text))


def test_case_yaml__must_be_utf8(tmp_path):
    folder = folder_of(tmp_path / "p", *BOTH)
    (folder / "case.yaml").write_bytes("name: M\xfcller".encode("latin-1"))
    with pytest.raises(CaseError, match="is not a text file in UTF-8"):
        find_case(folder)


@pytest.mark.parametrize("stated", [".nan", ".inf", "1" + "0" * 400, "{right: .inf}", "true"])
def test_find_case__refuses_a_version_that_is_no_angle(tmp_path, stated):
    for name in ("femur_r.stl", "hip_r.stl"):
        (tmp_path / name).write_bytes(b"not read")
    (tmp_path / "case.yaml").write_text(f"version_deg: {stated}\n")
    with pytest.raises(
        CaseError, match=r"case\.yaml:1:\d+: version_deg must be a number of degrees"
    ):
        find_case(tmp_path)


def test_find_case__names_a_key_that_is_no_text(tmp_path):
    for name in ("femur_r.stl", "hip_r.stl"):
        (tmp_path / name).write_bytes(b"not read")
    (tmp_path / "case.yaml").write_text("1: a\n")
    with pytest.raises(CaseError, match="unknown key '1'"):
        find_case(tmp_path)
