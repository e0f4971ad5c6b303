"""Norms: every figure sourced, percentiles right and only where they mean something."""

import math

import numpy as np
import pytest
from scipy.stats import norm as gaussian

from hipsim.study.measure_list import MEASURES
from hipsim.study.norms import NORMS, SOURCES, Norm, norms_for

EVERY = [(key, norm) for key, norms in NORMS.items() for norm in norms]
LARGE_SAMPLE_TOL = 0.1  # percent; Student's t with 627 degrees of freedom against the normal
SAMPLING_TOL = 0.5  # percent, 200,000 draws


def test_norms__belong_to_measures_that_exist():
    assert set(NORMS) <= {measure.key for measure in MEASURES}


@pytest.mark.parametrize(("key", "norm"), EVERY)
def test_norm__has_a_source_and_says_something(key, norm):
    assert norm.source in SOURCES
    assert norm.mean is not None or norm.words
    assert norm.sd is None or norm.sd > 0.0
    assert norm.mean is None or math.isfinite(norm.mean)


def test_every_source__is_used():
    assert {norm.source for _, norm in EVERY} == set(SOURCES)


def test_percentile__of_the_mean_is_50_and_of_a_large_sample_the_normal_one():
    norm = Norm("all", "carmona", "similar", 124.7, 6.2, 628)
    assert norm.percentile(124.7) == pytest.approx(50.0)
    for z in (-2.0, -1.0, 1.0, 2.5):
        expected = 100.0 * gaussian.cdf(z)
        assert norm.percentile(124.7 + 6.2 * z) == pytest.approx(expected, abs=LARGE_SAMPLE_TOL)


def test_percentile__is_that_of_one_more_person_drawn_from_the_sample(rng):
    """Slow truth: sample means and SDs of six, and a seventh person, from one population."""
    people = rng.normal(size=(200_000, 7))
    mean, sd = people[:, :6].mean(axis=1), people[:, :6].std(axis=1, ddof=1)
    below = np.mean((people[:, 6] - mean) / sd < 1.5) * 100.0
    norm = Norm("women", "ct35", "same", 0.0, 1.0, n=12, n_people=6)
    assert norm.percentile(1.5) == pytest.approx(below, abs=SAMPLING_TOL)


def test_percentile__rises_with_the_value():
    norm = NORMS["ifs_3d_mm"][0]
    found = [norm.percentile(value) for value in range(0, 40, 2)]
    assert (np.diff(found) > 0.0).all()


@pytest.mark.parametrize(
    "norm",
    [
        Norm("all", "ge", "other", 132.59, 1.39, 70),
        Norm("all", "version44", "same", 12.3, None, 44),
        Norm("women", "av404", "same", 19.3, 5.0),
        Norm("all", "singer", "same", words="cut-off 15"),
    ],
)
def test_percentile__is_not_given_where_it_would_mean_nothing(norm):
    assert norm.percentile(20.0) is None


def test_norms_for__keeps_the_other_sex_out():
    both = {norm.group for norm in norms_for("neck_shaft_angle_deg", None)}
    assert both == {"women", "men", "all"}
    assert {norm.group for norm in norms_for("neck_shaft_angle_deg", "male")} == {"men", "all"}


def test_norms__of_patients_never_give_a_percentile():
    assert not [
        key for key, norm in EVERY if "patients" in norm.words and norm.comparison != "other"
    ]
