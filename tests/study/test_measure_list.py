"""The list of measures: keys, groups and units that fit together."""

from phantom import phantom_hip

from hipsim.study.measure_list import GROUPS, MEASURES, Taken


def test_measures__have_one_key_each_and_known_groups_in_order():
    keys = [measure.key for measure in MEASURES]
    assert len(set(keys)) == len(keys)
    places = [GROUPS.index(measure.group) for measure in MEASURES]
    assert places == sorted(places) and set(places) == set(range(len(GROUPS)))


def test_measures__end_in_their_unit_and_say_how_they_are_taken():
    assert {measure.unit for measure in MEASURES} == {"deg", "mm", "mm2", "pct"}
    assert all(measure.method and measure.label for measure in MEASURES)
    assert max(len(measure.label) for measure in MEASURES) <= 29  # a terminal of 100 columns


def test_taken__measures_what_is_shared_once():
    taken = Taken(phantom_hip())
    assert taken.space is taken.space
    assert taken.trochanter is taken.trochanter
