"""Targets: what a person may state, what it becomes, and what is refused."""

import pytest
from phantom import phantom_hip

from hipsim.errors import InputError
from hipsim.kinematics.arcs import arc, neutral
from hipsim.kinematics.clinical import ifi_test
from hipsim.planning.targets import DEFAULT_TARGETS, Target, as_targets, sex_of


class Population:
    """A reference population that notes what it was asked."""

    def __init__(self, value_mm: float = 3.25) -> None:
        self.value_mm, self.asked = value_mm, []

    def percentile_mm(self, motion_name, percentile, *, sex):
        self.asked.append((motion_name, percentile, sex))
        return self.value_mm


def sexed(sex):
    return phantom_hip().evolved(notes=({"step": "load", "sex": sex},))


@pytest.mark.parametrize("stated", [17, 17.0, "17", "17.0", " 17 mm", "17mm"])
def test_as_targets__reads_millimetres(stated):
    (target,) = as_targets({"neutral": stated})
    assert (target.clearance_mm, target.stated, target.motion.name) == (17.0, "17 mm", "neutral")


@pytest.mark.parametrize("stated", ["p25", "P25", " p 25", "p25.0"])
def test_as_targets__asks_the_population_of_the_same_sex_and_motion(stated):
    population = Population()
    (target,) = as_targets({"ifi_test": stated}, sex="female", reference=population)
    assert population.asked == [("ifi_test", 25.0, "female")]
    assert target.clearance_mm == population.value_mm
    assert target.stated == "p25 of the female reference population, 3.2 mm"


def test_as_targets__finds_a_motion_whose_own_name_differs():
    population = Population()
    as_targets({"gait": "p10"}, sex="male", reference=population)
    assert population.asked == [("gait", 10.0, "male")]


def test_as_targets__raises_overlap_to_no_contact_and_says_so():
    (target,) = as_targets({"ifi_test": "p25"}, sex="female", reference=Population(-2.0))
    assert target.clearance_mm == 0.0
    assert "-2.0 mm, raised to 0 mm (no contact)" in target.stated


def test_as_targets__default_targets_are_those_of_the_command_line():
    found = as_targets(DEFAULT_TARGETS, sex="male", reference=Population())
    assert [str(t) for t in found] == [
        "neutral: 17 mm",
        "ifi_test: p25 of the male reference population, 3.2 mm",
    ]


def test_as_targets__takes_motions_and_ready_targets():
    motion = arc(flexion_deg=(0, -10))
    (target,) = as_targets({motion: 5})
    assert target.motion is motion
    assert as_targets([target]) == (target,)


@pytest.mark.parametrize(
    ("noted", "sex"), [("F", "female"), ("woman", "female"), ("male", "male"), ("?", None)]
)
def test_sex_of__reads_what_the_case_says(noted, sex):
    assert sex_of(sexed(noted)) == sex


def test_sex_of__is_not_known_without_a_note():
    assert sex_of(phantom_hip()) is None


def test_as_targets__takes_the_sex_of_the_hip():
    population = Population()
    as_targets({"neutral": "p50"}, hip=sexed("F"), reference=population)
    assert population.asked[0][2] == "female"


def test_as_targets__keyword_beats_what_the_case_says():
    population = Population()
    as_targets({"neutral": "p50"}, sex="male", hip=sexed("F"), reference=population)
    assert population.asked[0][2] == "male"


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ({}, "there is no target"),
        ([], "there is no target"),
        ({"neutral": "many"}, "must be millimetres .* got 'many'"),
        ({"neutral": True}, "must be millimetres"),
        ({"neutral": -1}, "within 0 to 60 mm, got -1"),
        ({"neutral": 170}, "within 0 to 60 mm, got 170"),
        ({"neutral": float("nan")}, "must be finite"),
        ({"walk": 5}, "the motion of a target must be one of neutral, ifi_test"),
        ({"arc": 5}, "'arc' needs angles"),
        ({"neutral": "p101"}, "a percentile must be within 0 to 100"),
        ({"neutral": "p25"}, "give sex='female' or 'male'"),
        ({neutral(): 5, "neutral": 6}, "each motion takes one target"),
        ([17.0], "a target without its motion"),
    ],
)
def test_as_targets__says_what_is_wrong(targets, message):
    with pytest.raises(InputError, match=message):
        as_targets(targets)


def test_as_targets__refuses_an_unknown_sex():
    with pytest.raises(InputError, match="sex must be one of female, male"):
        as_targets({"neutral": 5}, sex="f")


def test_as_targets__refuses_a_percentile_in_another_motion():
    with pytest.raises(InputError, match="needs the motion the reference population"):
        as_targets({ifi_test(extension_deg=10): "p25"}, sex="male", reference=Population())


def test_target__refuses_what_is_no_motion_or_region():
    with pytest.raises(InputError, match="a target needs a Motion"):
        Target("neutral", 5.0, "5 mm")
    with pytest.raises(InputError, match="femoral_region must be one of"):
        Target(neutral(), 5.0, "5 mm", femoral_region="head")
    with pytest.raises(InputError, match="pelvic_region must be one of"):
        Target(neutral(), 5.0, "5 mm", pelvic_region="sacrum")
