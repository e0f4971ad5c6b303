"""The scenario file: what is read, and the exact complaint about every kind of mistake."""

import pytest

from hipsim.errors import ScenarioError
from hipsim.io.catalogue import embedded_scenarios
from hipsim.study.scenario import load_scenario

HEAD = "name: x\nhips: [p7]\n"
GOOD = HEAD + "motions: [neutral]\n"


def scenario_file(tmp_path, text):
    """Write a scenario beside a case folder ``p7`` that holds a right hip."""
    if not (tmp_path / "p7").exists():
        case_folder(tmp_path / "p7", "r")
    path = tmp_path / "s.yaml"
    path.write_text(text)
    return path


def loaded(tmp_path, text):
    return load_scenario(scenario_file(tmp_path, text))


def case_folder(folder, *sides):
    """Make a case whose meshes are never read."""
    folder.mkdir(parents=True)
    for side in sides:
        (folder / f"hip_{side}.ply").write_bytes(b"")
        (folder / f"femur_{side}.ply").write_bytes(b"")
    return folder


@pytest.mark.parametrize("name", embedded_scenarios())
def test_load_scenario__reads_every_embedded_one(name):
    assert load_scenario(embedded_scenarios()[name]).n_runs > 0


def test_load_scenario__the_intact_hip_is_always_the_first_plan(tmp_path):
    assert [plan.name for plan in loaded(tmp_path, GOOD).plans] == ["intact"]


def test_load_scenario__parameters_reach_the_motion(tmp_path):
    text = HEAD + (
        "motions:\n"
        "  - {motion: arc, name: back, flexion_deg: [0, -2e1], adduction_deg: 5, step_deg: 10}\n"
        "  - {motion: neutral, pelvic_tilt_deg: 12, threshold_mm: 4, pelvic_zero: isb}\n"
    )
    back, neutral = loaded(tmp_path, text).motions
    assert back.name == "back"
    assert back.flexion_deg.tolist() == [0.0, -10.0, -20.0]
    assert (neutral.pelvic_tilt_deg, neutral.threshold_mm, neutral.pelvic_zero) == (12, 4, "isb")


def test_load_scenario__case_paths_are_relative_to_the_file(tmp_path):
    case_folder(tmp_path / "cases" / "p9", "r", "l")
    (tmp_path / "scenarios").mkdir()
    text = "name: x\nhips: [{case: ../cases/p9, side: left}]\nmotions: [neutral]\n"
    (hip,) = loaded(tmp_path / "scenarios", text).hips
    assert (hip.name, hip.side) == ("p9_left", "left")


def test_load_scenario__a_hip_can_be_renamed(tmp_path):
    text = "name: x\nhips: [p7, {case: p7, name: again}]\nmotions: [neutral]\n"
    assert [hip.name for hip in loaded(tmp_path, text).hips] == ["p7", "again"]


MOTION = HEAD + "motions:\n  - "
PROCEDURE = GOOD + "procedures:\n  - "
LEVELS = "subtrochanteric, intertrochanteric, supracondylar"
BAD_SCENARIOS = [
    ("", "1:1: wanted 'key: value' lines at the top, got an empty file"),
    ("[1]", "1:1: wanted 'key: value' lines at the top, got a list"),
    ("name: {", "1:8: not valid YAML: "),
    ("name: a\nname: b\n", "2:1: key 'name' appears twice"),
    ("hips: [p7]\nmotions: [neutral]\n", "1:1: name: this key is missing"),
    (GOOD.replace("x", "5"), "1:1: name: wanted text, got 5"),
    (GOOD + "motoins: []\n", "4:1: motoins: unknown key (did you mean 'motions'?)"),
    (GOOD + "zzz: 1\n", "4:1: zzz: unknown key; known: version, name, description, hips"),
    ("name: x\nhips: []\nmotions: [neutral]\n", "2:1: hips: List should have at least 1 item"),
    ("name: x\nhips: p7\nmotions: [neutral]\n", "2:1: hips: wanted a list, got 'p7'"),
    (
        GOOD.replace("p7", "7"),
        "2:8: hips.0: wanted a name, or one of {case: name, ...}, {virtual: female, ...}, "
        "{population: 100, ...}, {patients: 50, ...}, {morph: name, ...}, got 7",
    ),
    (
        GOOD.replace("p7", "{case: p7, virtual: female}"),
        "2:8: hips.0: wanted a name, or one of {case: name",
    ),
    (
        GOOD.replace("p7", "woman_narow"),
        "2:8: hips.0: no case folder and no embedded hip is called 'woman_narow' "
        "(did you mean 'woman_narrow'?)",
    ),
    (
        GOOD.replace("p7", "{case: p7, side: lefft}"),
        "2:19: hips.0.side: wanted 'right', 'left' or 'both', got 'lefft' (did you mean 'left'?)",
    ),
    (
        GOOD.replace("p7", "{case: p7, sid: left}"),
        "2:19: hips.0.sid: unknown key (did you mean 'side'?)",
    ),
    (
        GOOD.replace("p7", "p7, p7"),
        "2:12: hips.1: 'p7' is here twice; give one of them another 'name'",
    ),
    (MOTION + "neutrl\n", "4:5: motions.0: unknown motion 'neutrl' (did you mean 'neutral'?)"),
    (MOTION + "zzz\n", "4:5: motions.0: unknown motion 'zzz'; known: neutral, ifi_test"),
    (MOTION + "7\n", "4:5: motions.0: wanted a name, or {motion: name, ...}, got 7"),
    (MOTION + "{name: x}\n", "4:5: motions.0: wanted a name, or {motion: name, ...}, got {'name'"),
    (
        MOTION + "{motion: ifi_test, adducton_deg: 4}\n",
        "4:24: motions.0.adducton_deg: unknown key (did you mean 'adduction_deg'?)",
    ),
    (
        MOTION + "{motion: ifi_test, adduction_deg: lots}\n",
        "4:24: motions.0.adduction_deg: wanted a number, got 'lots'",
    ),
    (
        MOTION + "{motion: ifi_test, adduction_deg: yes}\n",
        "4:24: motions.0.adduction_deg: wanted a number, got True",
    ),
    (
        MOTION + "{motion: ifi_test, extension_deg: -5}\n",
        "4:24: motions.0.extension_deg: extension_deg must be within 1 to 60 deg, got -5",
    ),
    (
        MOTION + "{motion: grid, extension_deg: [1, 2, 3]}\n",
        "4:20: motions.0.extension_deg: wanted a number or [from, to], got [1, 2, 3]",
    ),
    (
        MOTION + "{motion: arc, n_poses: 2.5, flexion_deg: [0, 9]}\n",
        "4:19: motions.0.n_poses: wanted a whole number, got 2.5",
    ),
    (
        MOTION + "{motion: gait, pelvic_zero: ap}\n",
        "4:20: motions.0.pelvic_zero: wanted 'app' or 'isb', got 'ap' (did you mean 'app'?)",
    ),
    (
        MOTION + "neutral\n  - {motion: neutral}\n",
        "5:5: motions.1: 'neutral' is here twice; give one of them another 'name'",
    ),
    (
        PROCEDURE + "{procedure: resect, depth_mm: 5}\n",
        "5:5: procedures.0: unknown procedure 'resect'",
    ),
    (
        PROCEDURE + "{procedure: resect_lesser_trochanter, depth: 5}\n",
        "5:43: procedures.0.depth: unknown key (did you mean 'depth_mm'?)",
    ),
    (
        PROCEDURE + "resect_lesser_trochanter\n",
        "5:5: procedures.0.depth_mm: this key is missing",
    ),
    (
        PROCEDURE + "{procedure: resect_lesser_trochanter, depth_mm: []}\n",
        "5:43: procedures.0.depth_mm: wanted at least one amount, got []",
    ),
    (
        PROCEDURE + "{procedure: resect_lesser_trochanter, depth_mm: [2, much]}\n",
        "5:43: procedures.0.depth_mm: wanted a number, got [2, 'much']",
    ),
    (
        PROCEDURE + "{procedure: resect_lesser_trochanter, depth_mm: lots}\n",
        "5:43: procedures.0.depth_mm: wanted a number, a list of numbers, or {start, stop, step}",
    ),
    (
        PROCEDURE + "{procedure: derotate_femur, angle_deg: {start: 0, stop: 9, step: 0}}\n",
        "5:64: procedures.0.angle_deg.step: wanted greater than 0, got 0",
    ),
    (
        PROCEDURE + "{procedure: derotate_femur, angle_deg: {start: 0, stop: 9, stepp: 3}}\n",
        "5:64: procedures.0.angle_deg.stepp: unknown key (did you mean 'step'?)",
    ),
    (
        PROCEDURE + "{procedure: derotate_femur, angle_deg: {start: 0, stop: 9, step: 1e-5}}\n",
        "5:33: procedures.0.angle_deg: wanted at most 10000 amounts in a range",
    ),
    (
        PROCEDURE + "{procedure: derotate_femur, angle_deg: 9, level: subtrochantric}\n",
        f"5:47: procedures.0.level: wanted one of {LEVELS} or a number "
        "(did you mean 'subtrochanteric'?), got 'subtrochantric'",
    ),
    (GOOD + "combine: both\n", "4:1: combine: wanted 'each', 'product' or 'zip', got 'both'"),
    (
        PROCEDURE + "{procedure: derotate_femur, angle_deg: [5, 9]}\n"
        "  - {procedure: resect_lesser_trochanter, depth_mm: [2, 4, 6]}\ncombine: zip\n",
        "4:1: procedures: combine: zip wants procedures with equally many amounts, got 2 and 3",
    ),
    (GOOD + "version: 2\n", "4:1: version: wanted 1, got 2"),
    (GOOD + "seed: 1.5\n", "4:1: seed: wanted a whole number, got 1.5"),
    (GOOD + "outputs: all\n", "4:1: outputs: wanted 'key: value' lines, got 'all'"),
    (
        GOOD + "outputs: {pose: points}\n",
        "4:11: outputs.pose: unknown key (did you mean 'poses'?)",
    ),
    (
        GOOD + "outputs: {poses: point}\n",
        "4:11: outputs.poses: wanted 'points', 'distances' or 'minima', got 'point' (did you",
    ),
    (
        GOOD + "outputs: {pictures: all}\npictures: none\n",
        "5:1: pictures: pictures stands under outputs too; keep one of them",
    ),
    (
        GOOD.replace("p7", "{virtual: woman}"),
        "2:9: hips.0.virtual: wanted 'female' or 'male', got 'woman'",
    ),
    (
        GOOD.replace("p7", "{virtual: male, version_deg: [10, 99]}"),
        "2:24: hips.0.version_deg: version_deg must be within",
    ),
    (
        GOOD.replace("p7", "{virtual: male, versoin_deg: 10}"),
        "2:24: hips.0.versoin_deg: unknown key (did you mean 'version_deg'?)",
    ),
    (
        GOOD.replace("p7", "{virtual: male, spacing_mm: 9}"),
        "2:24: hips.0.spacing_mm: spacing_mm must be within 1 to 4 mm, got 9",
    ),
    (
        GOOD.replace(
            "p7",
            "{virtual: male, combine: zip, version_deg: [1, 2], inter_hip_mm: [170, 171, 172]}",
        ),
        "2:24: hips.0.combine: combine: zip wants lists of one length, got version_deg 2, inter",
    ),
    (
        GOOD.replace("p7", "{population: many}"),
        "2:9: hips.0.population: wanted a whole number, got 'many'",
    ),
    (
        GOOD.replace("p7", "{population: 5, sex_ratio: 2}"),
        "2:24: hips.0.sex_ratio: sex_ratio must be within 0 to 1",
    ),
    (
        GOOD.replace("p7", "{population: 5, method: sobel}"),
        "2:24: hips.0.method: wanted 'random' or 'sobol', got 'sobel' (did you mean 'sobol'?)",
    ),
    (
        GOOD.replace("p7", "{morph: p7, version_deg: 40}"),
        "2:20: hips.0.version_deg: version_deg must be within -20 to 20 deg, got 40",
    ),
    (
        GOOD.replace("p7", "cases/*"),
        "2:8: hips.0: no folder fits the pattern 'cases/*'",
    ),
    (
        MOTION + "{motion: file, path: w.mot, femoral_zero: isb}\n",
        "4:5: motions.0.pelvic_zero: this key is missing",
    ),
    (
        MOTION + "{motion: file, path: w.mot, pelvic_zero: isb, femoral_zero: isb}\n",
        "4:5: motions.0: cannot read ",
    ),
    (GOOD + "targets_mm: {netral: 4}\n", "4:14: targets_mm: no motion 'netral' (did you mean"),
    (GOOD + "targets_mm: {zzz: 4}\n", "4:14: targets_mm: no motion 'zzz'; motions here: neutral"),
    (GOOD + "targets_mm: {neutral: p}\n", "4:14: targets_mm.neutral: wanted a number, got 'p'"),
    (GOOD + "pictures: some\n", "4:1: pictures: wanted 'all', 'curves' or 'none', got 'some'"),
    (GOOD + "pelvic_region: ischum\n", "4:1: pelvic_region: wanted 'ischium', got 'ischum'"),
]


@pytest.mark.parametrize(("text", "message"), BAD_SCENARIOS)
def test_load_scenario__complains_with_line_and_column(tmp_path, monkeypatch, text, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        loaded(tmp_path, text)
    assert f"{tmp_path / 's.yaml'}:{message}" in str(caught.value)


def test_bad_scenarios__are_many():
    assert len(BAD_SCENARIOS) >= 60


BAD_FILES = [
    (
        "s.toml",
        'name = "x"\nhips = ["p7"]\n[[motions]]\nmotion = "neutral"\n[[motions]]\nmotion = "gait"\n'
        'sped = "free"\n',
        "s.toml:7:1: motions.1.sped: unknown key (did you mean 'speed'?)",
    ),
    ("s.toml", 'name = "x"\nname = "y"\n', "s.toml:2:11: not valid TOML: Cannot overwrite a value"),
    ("s.toml", "name = \n", "s.toml:1:8: not valid TOML: Invalid value"),
    (
        "s.json",
        '{"name": "x",\n\t"hips": ["p7"],\n\t"motions": ["neutrl"]}',
        "s.json:3:14: motions.0: unknown motion 'neutrl' (did you mean 'neutral'?)",
    ),
    ("s.json", '{"name": "x",\n "name": "y"}', "s.json:2:2: key 'name' appears twice"),
    ("s.json", '{"name": ', "s.json:1:10: not valid JSON: Expecting value"),
    ("s.json", "[]", "s.json:1:1: wanted an object at the top, got a list"),
]


@pytest.mark.parametrize(("name", "text", "message"), BAD_FILES)
def test_load_scenario__complains_with_line_and_column_in_every_language(
    tmp_path, name, text, message
):
    case_folder(tmp_path / "p7", "r")
    (tmp_path / name).write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / name)
    assert f"{tmp_path}/{message}" in str(caught.value)


SAME = {
    "s.yaml": "name: x\nhips: [p7]\nmotions: [{motion: gait, speed: slow}]\nseed: 3\n",
    "s.json": '{"name": "x", "hips": ["p7"], "motions": [{"motion": "gait", "speed": "slow"}], '
    '"seed": 3}',
    "s.toml": 'name = "x"\nhips = ["p7"]\nseed = 3\n[[motions]]\nmotion = "gait"\nspeed = "slow"\n',
}


@pytest.mark.parametrize("name", SAME)
def test_load_scenario__says_the_same_in_every_language(tmp_path, name):
    case_folder(tmp_path / "p7", "r")
    (tmp_path / name).write_text(SAME[name])
    scenario = load_scenario(tmp_path / name)
    assert (scenario.hips[0].name, scenario.motions[0].name) == ("p7", "gait_slow")
    assert scenario.seed == 3


def test_load_scenario__zips_procedures(tmp_path):
    text = GOOD + (
        "procedures:\n  - {procedure: resect_lesser_trochanter, depth_mm: [2, 4]}\n"
        "  - {procedure: derotate_femur, angle_deg: [10, 20]}\ncombine: zip\n"
    )
    assert [plan.name for plan in loaded(tmp_path, text).plans] == [
        "intact",
        "resection 2 mm + derotation 10 deg",
        "resection 4 mm + derotation 20 deg",
    ]


def test_load_scenario__reads_motion_files_beside_it(tmp_path):
    (tmp_path / "w.csv").write_text("flexion_deg,adduction_deg,rotation_deg\n5,0,0\n-5,1,2\n")
    text = MOTION + (
        "{motion: file, path: w.csv, pelvic_zero: isb, femoral_zero: isb, name: walk, "
        "threshold_mm: 3}\n"
    )
    (motion,) = loaded(tmp_path, text).motions
    assert (motion.name, motion.threshold_mm, motion.pelvic_zero) == ("walk", 3.0, "isb")
    assert motion.pose_deg(1) == {"flexion": -5.0, "adduction": 1.0, "rotation": 2.0}


def test_load_scenario__outputs_and_pictures(tmp_path):
    assert loaded(tmp_path, GOOD).outputs.model_dump() == {
        "poses": "points",
        "measures": "all",
        "side_effects": "none",
        "pictures": "all",
    }
    assert loaded(tmp_path, GOOD + "pictures: curves\n").pictures == "curves"
    text = GOOD + "outputs: {poses: minima, pictures: none}\n"
    assert loaded(tmp_path, text).pictures == "none"


def test_load_scenario__reports_everything_at_once_in_reading_order(tmp_path):
    text = "nam: x\nhips: [p7]\nmotions: [neutrl, gait]\ncombine: both\n"
    with pytest.raises(ScenarioError) as caught:
        loaded(tmp_path, text)
    lines = [line.split("s.yaml:")[1].split(":")[0] for line in str(caught.value).splitlines()]
    assert lines == ["1", "1", "3", "4"]


def test_load_scenario__asks_for_the_side(tmp_path):
    case_folder(tmp_path / "p9", "r", "l")
    with pytest.raises(ScenarioError, match=r"hips\.0: .*p9 holds both hips: say side"):
        loaded(tmp_path, "name: x\nhips: [p9]\nmotions: [neutral]\n")


@pytest.mark.parametrize("ranges", ["extension_deg: [18446744073709551616, 20]", "step_deg: 0.001"])
def test_load_scenario__refuses_a_grid_without_end(tmp_path, ranges):
    (tmp_path / "a.yaml").write_text(
        f"name: a\nhips: [woman]\nmotions: [{{motion: grid, {ranges}, rotation_deg: [-30, 0]}}]\n"
    )
    with pytest.raises(ScenarioError, match=r"a\.yaml:3"):
        load_scenario(tmp_path / "a.yaml")
