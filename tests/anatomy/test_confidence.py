"""How well landmarks are known: scatter and disagreement add as squares."""

import json

import numpy as np
import pytest

from hipsim.anatomy.confidence import (
    ESTIMATED_MM,
    SCATTER_MM,
    as_plain,
    confidences,
    landmark_confidence,
)
from hipsim.anatomy.landmarks import LANDMARK_NAMES

EXACT_TOL = 1e-12  # mm, rounding


def test_landmark_confidence__adds_scatter_and_disagreement_as_squares():
    others = {"one": np.array([3.0, 0, 0]), "two": np.array([0, 4.0, 0])}
    found = landmark_confidence("greater_trochanter", np.zeros(3), others)
    assert found.others_mm == {"one": 3.0, "two": 4.0}
    assert found.disagreement_mm == pytest.approx(12.5**0.5, abs=EXACT_TOL)
    assert found.expected_mm == pytest.approx((1.6**2 + 12.5) ** 0.5, abs=EXACT_TOL)


def test_landmark_confidence__knows_paired_points_by_their_stem():
    assert landmark_confidence("asis_left", np.zeros(3)).scatter_mm == SCATTER_MM["asis"][0]


def test_confidences__say_nothing_where_nothing_is_known():
    points = {"shaft_axis_distal": np.zeros(3), "lesser_trochanter": np.zeros(3)}
    assert list(confidences(points, {})) == ["lesser_trochanter"]


def test_confidences__call_an_estimate_an_estimate():
    found = confidences({}, {}, estimated=["medial_epicondyle"])["medial_epicondyle"]
    assert found.expected_mm == ESTIMATED_MM and found.is_estimated


def test_scatter__is_of_landmarks_that_exist():
    stems = {name.removesuffix("_right").removesuffix("_left") for name in LANDMARK_NAMES}
    assert set(SCATTER_MM) <= stems


def test_as_plain__is_ready_for_json():
    found = confidences({"asis_left": np.zeros(3)}, {"asis_left": {"other": np.ones(3)}})
    text = json.dumps(as_plain(found))
    assert '"source": "measured against five raters' in text and '"other": 1.73' in text
