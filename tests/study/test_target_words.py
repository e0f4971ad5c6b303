"""Targets in words: what reaches them, what comes nearest, how much is missing."""

from hipsim.study.target_words import MOST_NAMED, Judged, target_sentences


def walks(*spaces_mm: float, target_mm: float = 12.6) -> list[Judged]:
    """Return one motion for each space, nothing operated on."""
    return [
        Judged(f"walk_{i}", "intact", target_mm, space, float(space >= target_mm))
        for i, space in enumerate(spaces_mm)
    ]


def test_target_sentences__name_the_nearest_where_none_reaches():
    assert target_sentences(walks(2.9, 8.2, 7.6)) == [
        "Target 12.6 mm: reached by none of walk_0, walk_1, walk_2; nearest: walk_1 with 8.2 mm "
        "(4.4 missing)."
    ]


def test_target_sentences__name_what_reaches_and_what_does_not():
    assert target_sentences(walks(2.9, 13.0, 12.6)) == [
        "Target 12.6 mm: reached by walk_1, walk_2; not by walk_0."
    ]
    assert target_sentences(walks(13.0, 14.0)) == ["Target 12.6 mm: reached by walk_0, walk_1."]


def test_target_sentences__of_one_motion():
    assert target_sentences(walks(13.0)) == ["Target 12.6 mm in walk_0: reached."]
    assert target_sentences(walks(-0.04)) == [
        "Target 12.6 mm in walk_0: not reached; 0.0 mm (12.6 missing)."
    ]
    assert target_sentences([]) == []


def test_target_sentences__one_for_each_target():
    found = target_sentences([*walks(2.9), *walks(1.0, target_mm=0.5)])
    assert [words[:14] for words in found] == ["Target 12.6 mm", "Target 0.5 mm "]


def test_target_sentences__weigh_plans_motion_by_motion():
    rows = [
        Judged("neutral", "intact", 17.0, 7.6, 0.0),
        Judged("neutral", "resection 5 mm", 17.0, 12.0, 0.0),
        Judged("neutral", "derotation 30 deg", 17.0, 18.0, 1.0),
        Judged("gait", "intact", 9.0, 2.0, 0.0),
        Judged("gait", "resection 5 mm", 9.0, 4.0, 0.0),
    ]
    assert target_sentences(rows) == [
        "Target 17.0 mm in neutral: reached by derotation 30 deg; not by intact, resection 5 mm.",
        "Target 9.0 mm in gait: reached by none of intact, resection 5 mm; nearest: resection 5 mm "
        "with 4.0 mm (5.0 missing).",
    ]


def test_target_sentences__of_several_hips_give_shares():
    rows = [
        Judged("neutral", "intact", 17.0, 10.0, 0.1, n=10),
        Judged("neutral", "resection 5 mm", 17.0, 16.0, 0.4, n=10),
    ]
    (said,) = target_sentences(rows)
    assert "reached on every hip by none of intact, resection 5 mm" in said
    assert said.endswith("with a median of 16.0 mm (1.0 missing), 40 % of 10 hips reach it.")


def test_target_sentences__name_the_first_of_many():
    (said,) = target_sentences(walks(*range(MOST_NAMED + 3)))
    assert f"walk_{MOST_NAMED - 1} and 3 more; nearest: walk_{MOST_NAMED + 2} with" in said
