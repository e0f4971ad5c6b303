import pytest

import hipsim as hs
from hipsim.errors import InputError
from hipsim.report.subject import Subject, make_subject


def test_make_subject__clearances_are_those_of_the_api(subject: Subject) -> None:
    for name, hip in subject.plans.items():
        for motion in subject.motions:
            expected = hs.clearance_along(hip, motion).distance_mm
            assert subject.clearances[name][motion.name].distance_mm.tolist() == expected.tolist()


def test_make_subject__tells_progress(subject: Subject) -> None:
    told: list[tuple[int, int]] = []
    motions = [hs.motions.neutral()]
    make_subject(subject.plans, motions, progress=lambda *step: told.append(step))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_subject__refuses_more_than_a_page_shows(subject: Subject) -> None:
    with pytest.raises(InputError, match="1 to 12 motions, got 0"):
        Subject(subject.plans, (), {})
    with pytest.raises(InputError, match="1 to 8 plans, got 9"):
        Subject({str(i): subject.hip for i in range(9)}, subject.motions, {})
