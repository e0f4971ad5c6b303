"""What people call landmarks."""

import pytest

from hipsim.anatomy.landmarks import LANDMARK_NAMES
from hipsim.errors import CaseError
from hipsim.io.landmark_names import KNOWN, PAIRED, SYNONYMS, landmark_of

SAID = [
    ("lesser_trochanter", "lesser_trochanter", None),
    ("LT", "lesser_trochanter", None),
    ("LT R", "lesser_trochanter", "right"),
    ("lt_l", "lesser_trochanter", "left"),
    ("Left LT", "lesser_trochanter", "left"),
    ("RLT", "lesser_trochanter", "right"),
    ("LT ASIS", "asis_left", "left"),
    ("ASIS R", "asis_right", "right"),
    ("RASI", "asis_right", "right"),
    ("LPSI", "psis_left", "left"),
    ("RightASIS", "asis_right", "right"),
    ("pubic tubercle (l)", "pubic_tubercle_left", "left"),
    ("LPC", "lateral_posterior_condyle", None),
    ("L_LPC", "lateral_posterior_condyle", "left"),
    ("RFME", "medial_epicondyle", "right"),
    ("Hip Center", "hip_joint_centre", None),
    ("HJC-L", "hip_joint_centre", "left"),
]


@pytest.mark.parametrize(("label", "name", "side"), SAID)
def test_landmark_of__knows_what_people_say(label, name, side):
    assert landmark_of(label) == (name, side)


def test_landmark_of__knows_every_name_of_its_own():
    assert [landmark_of(name)[0] for name in LANDMARK_NAMES] == list(LANDMARK_NAMES)


def test_synonyms__mean_landmarks_that_exist_and_no_two():
    assert set(SYNONYMS) <= {*LANDMARK_NAMES, *PAIRED}
    words = [word for words in SYNONYMS.values() for word in words]
    assert len(words) == len(set(words))
    assert set(KNOWN.values()) <= {*LANDMARK_NAMES, *PAIRED}


def test_landmark_of__takes_a_side_from_beside_the_label():
    assert landmark_of("ASIS", side="left") == ("asis_left", "left")
    assert landmark_of("LT", side="right") == ("lesser_trochanter", "right")


BAD = [
    ("F-1", None, "unknown landmark 'F-1'; known: hip_joint_centre, "),
    ("", None, "unknown landmark ''; known"),
    ("R", None, "unknown landmark 'R'"),
    ("leser trochanter", None, r"\(did you mean 'lesser_trochanter'\?\)"),
    ("ASIS", None, "landmark 'ASIS' needs its side: asis_right or asis_left"),
    ("RASI", "left", "landmark 'RASI' names the right side, but its side is left"),
]


@pytest.mark.parametrize(("label", "side", "message"), BAD)
def test_landmark_of__refuses(label, side, message):
    with pytest.raises(CaseError, match=message):
        landmark_of(label, side=side)
