"""Names and tables: each bone gets the label that is meant, or an error that says why not."""

import pytest

from hipsim.errors import InputError
from hipsim.io.label_names import TABLES, Segment, choose_segments, tables_that_fit

NAMED = (Segment(1, ("femur_right",)), Segment(2, ("Left hip",)), Segment(3, ("aorta",)))


@pytest.mark.parametrize("table", TABLES)
def test_tables__hold_the_five_bones(table):
    assert set(choose_segments((), table=table)) == {
        "femur_r",
        "femur_l",
        "hip_r",
        "hip_l",
        "sacrum",
    }
    assert len(set(TABLES[table].values())) == 5
    assert table in tables_that_fit(TABLES[table].values())


def test_tables__are_told_apart_by_their_numbers():
    assert tables_that_fit([76, 78]) == ["totalsegmentator_v2"]
    assert tables_that_fit([76]) == []


def test_choose__takes_every_recognised_name():
    chosen = choose_segments(NAMED)
    assert {bone: s.number for bone, s in chosen.items()} == {"femur_r": 1, "hip_l": 2}


def test_choose__takes_names_and_numbers_of_the_user():
    chosen = choose_segments(NAMED, labels={"femur_l": "AORTA", "hip_r": 2})
    assert [s.number for s in chosen.values()] == [3, 2]
    assert choose_segments((), labels={"hip_l": 12})["hip_l"] == Segment(12)


@pytest.mark.parametrize(
    ("known", "options", "message"),
    [
        (NAMED, {"labels": {"femur_r": "femur_rihgt"}}, r"did you mean 'femur_right'\?"),
        (NAMED, {"labels": {"femur_r": "liver"}}, r"there is femur_right \(1\), Left hip \(2\)"),
        (NAMED, {"labels": {"femur_x": 1}}, "unknown bone 'femur_x'"),
        (NAMED, {"labels": {}}, "labels is empty"),
        (NAMED, {"labels": {"femur_r": 0}}, "0 is the background"),
        (NAMED, {"labels": {"femur_r": 1.5}}, "a name or a whole number"),
        (NAMED, {"labels": {"femur_r": True}}, "a name or a whole number"),
        (NAMED, {"labels": {"femur_r": 1, "femur_l": 1}}, "both given the label"),
        ((), {"labels": {"femur_r": "femur_right"}}, "the file carries no names"),
        ((), {}, r"carries no names: say table= \(hipsim import: --table\)"),
        ((), {"table": "totalsegmentator_v3"}, "did you mean 'totalsegmentator_v"),
        ((Segment(3, ("aorta",)),), {}, "none of its names means a femur"),
        ((Segment(76, ("rib",)),), {"table": "totalsegmentator_v2"}, "itself calls it 'rib'"),
        ((*NAMED, Segment(8, ("R femur",))), {}, "could be femur_r"),
        ((Segment(1, ("femur_left", "Right Femur")),), {}, "at once"),
        ((Segment(1, ("a",)), Segment(1, ("b",), 1)), {"labels": {"hip_r": 1}}, "2 layers"),
        ((Segment(1, ("a",)), Segment(2, ("A",))), {"labels": {"hip_r": "a"}}, "give the number"),
    ],
)
def test_choose__refuses(known, options, message):
    with pytest.raises(InputError, match=message):
        choose_segments(known, **options)
