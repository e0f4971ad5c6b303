"""Populations of virtual hips: their statistics, and that every subject stands on its own."""

import math

import numpy as np
import pytest
from scipy.stats import truncnorm

from hipsim.anatomy import population
from hipsim.anatomy.assemble import Bones, assemble_hip
from hipsim.anatomy.measures import femoral_versions_deg
from hipsim.anatomy.population import (
    PARAMETERS,
    TOGETHER,
    Population,
    correlation_matrix,
    sample_population,
)
from hipsim.anatomy.population_figures import (
    CORRELATIONS,
    DEGREES_OF_FREEDOM,
    DEPARTURES,
    LEAST_EIGENVALUE,
    SPREADS,
)
from hipsim.anatomy.virtual import hip_from_shape
from hipsim.anatomy.virtual_figures import MEASURES, SEXES, TUBEROSITY_CENTROID
from hipsim.anatomy.virtual_shape import RANGES, HipShape, expected
from hipsim.errors import InputError
from hipsim.geometry import implicit, rigid

METHODS = ("random", "sobol")
MANY = 20_000  # subjects
SIGMAS = 4.0  # standard errors: 1 in 16,000 by chance, and about 130 figures are compared
ROUNDING = 1e-9
RANK_EDGE = 1e-9  # keeps ranks off 0 and 1, where normal scores are infinite
CUT_TAILS = 0.02  # what cutting the tails takes from a correlation
CUT_SHARE = 0.1  # of a standard deviation: what cutting the tails does to mean and spread
VERSION_DEG = 2.0  # automatic anatomy run blind on a virtual hip
PLACE_MM = 1.0  # mean place of a landmark the spreads were not made from
PLACE_SD_MM = 1.0  # its published spread is rounded to 1 mm
BENT = 0.06  # what the nearest possible matrix may add to a correlation
EIGEN_TOL = 1e-6  # the projections end within this
SECOND_DECIMAL = 0.006  # the table holds two decimals
SPACING_MM = 4.0  # coarse and quick


@pytest.fixture(scope="module", params=METHODS)
def many(request) -> Population:
    return sample_population(MANY, seed=3, method=request.param)


def of_sex(subjects: Population, sex: str) -> np.ndarray:
    return subjects.values[subjects.sexes == sex]


def truncated(name: str, sex: str):
    """Return the truncated normal distribution that the table and the ranges describe."""
    index, spread = SEXES.index(sex), SPREADS[name]
    mean, sd = spread.mean[index], spread.sd[index]
    low, high = ((limit - mean) / sd for limit in RANGES[name])
    return truncnorm(low, high, loc=mean, scale=sd)


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("name", TOGETHER)
def test_sample_population__has_means_and_spreads_of_the_table(many, name, sex):
    values = of_sex(many, sex)[:, PARAMETERS.index(name)]
    mean, variance, kurtosis = truncated(name, sex).stats(moments="mvk")
    n = len(values)
    assert abs(values.mean() - mean) < SIGMAS * math.sqrt(variance / n)
    error_of_variance = variance * math.sqrt((kurtosis + 2.0) / n)
    assert abs(values.var(ddof=1) - variance) < SIGMAS * error_of_variance


@pytest.mark.parametrize("sex", SEXES)
def test_sample_population__has_correlations_of_the_table(many, sex):
    values = of_sex(many, sex)[:, : len(TOGETHER)]
    ranks = np.column_stack(
        [truncated(name, sex).cdf(column) for name, column in zip(TOGETHER, values.T, strict=True)]
    )
    scores = truncnorm(-np.inf, np.inf).ppf(np.clip(ranks, RANK_EDGE, 1.0 - RANK_EDGE))
    wanted = correlation_matrix()
    error = (1.0 - wanted**2) / math.sqrt(len(values))
    assert (np.abs(np.corrcoef(scores.T) - wanted) <= SIGMAS * error + ROUNDING).all()
    plain = np.corrcoef(values.T)
    assert (np.abs(plain - wanted) <= SIGMAS * error + CUT_TAILS).all()


@pytest.mark.parametrize("method", METHODS)
def test_sample_population__subject_does_not_depend_on_n(method):
    few, more = (sample_population(n, seed=5, method=method) for n in (10, 1000))
    assert list(few) == [more[i] for i in range(10)]
    assert sample_population(1, seed=5, method=method)[0] == more[0]


def test_random_rows__can_be_reached_by_their_counter():
    """Subject 700 without the 700 before it."""
    jumped = np.random.Generator(np.random.Philox(key=5, counter=7 * 700))
    assert (population._random_rows(701, 5)[700] == jumped.random(1 + len(PARAMETERS))).all()


@pytest.mark.parametrize("method", METHODS)
def test_sample_population__seeds_give_different_subjects(method):
    one, other = (sample_population(10, seed=seed, method=method) for seed in (1, 2))
    assert (one.values != other.values).all()
    assert len(set(one)) == 10


def test_sample_population__methods_differ_and_sobol_settles_faster():
    def miss(method: str) -> float:
        values = of_sex(sample_population(4096, sex_ratio=1.0, method=method), "female")
        values = values[:, : len(TOGETHER)]
        wanted = [truncated(name, "female").mean() for name in TOGETHER]
        sd = [truncated(name, "female").std() for name in TOGETHER]
        return float(np.abs((values.mean(axis=0) - wanted) / sd).mean())

    assert miss("sobol") < 0.3 * miss("random")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("ratio", [0.0, 0.3, 1.0])
def test_sample_population__holds_the_share_of_women(method, ratio):
    women = sample_population(MANY, sex_ratio=ratio, seed=9, method=method).sexes == "female"
    assert abs(women.mean() - ratio) <= SIGMAS * math.sqrt(ratio * (1 - ratio) / MANY)


def test_sample_population__subject_keeps_its_rank_when_the_ratio_changes():
    women, men = (sample_population(50, sex_ratio=ratio, seed=4) for ratio in (1.0, 0.0))
    for name, ours, theirs in zip(TOGETHER, women.values.T, men.values.T, strict=False):
        ranks = truncated(name, "female").cdf(ours), truncated(name, "male").cdf(theirs)
        assert np.abs(ranks[0] - ranks[1]).max() < ROUNDING


def test_sample_population__stays_within_the_ranges_of_the_generator(many):
    for name, column in zip(PARAMETERS, many.values.T, strict=True):
        low, high = RANGES[name]
        assert low <= column.min() and column.max() <= high
    shape = many[17]
    asked = {name: getattr(shape, name) for name in PARAMETERS}
    assert HipShape.typical(shape.sex, **asked) == shape


@pytest.mark.parametrize("sex", SEXES)
def test_sample_population__places_the_tuberosity_as_measured(many, sex):
    """A check the table was not made from: published -22 +- 4 and -33 +- 4 mm from the centre."""
    values = dict(zip(PARAMETERS, of_sex(many, sex).T, strict=True))
    sideways = 0.5 * (values["inter_tuberous_mm"] - values["inter_hip_mm"])
    assert sideways.mean() == pytest.approx(TUBEROSITY_CENTROID[SEXES.index(sex)][2], abs=PLACE_MM)
    assert sideways.std() == pytest.approx(4.0, abs=PLACE_SD_MM)


def test_correlation_matrix__keeps_strong_and_drops_weak_correlations():
    matrix = correlation_matrix()
    assert np.linalg.eigvalsh(matrix)[0] >= LEAST_EIGENVALUE - ROUNDING
    assert np.abs(np.diag(matrix) - 1.0).max() < ROUNDING
    standard_error = 1.0 / math.sqrt(DEGREES_OF_FREEDOM)
    for row, name in enumerate(TOGETHER):
        for measured, used in zip(CORRELATIONS[name], matrix[row], strict=False):
            assert abs(used - measured) < standard_error
            assert abs(measured) < 0.5 or abs(used) > 0.75 * abs(measured)
            assert abs(used) < abs(measured) + BENT


def test_correlation_matrix__is_bent_until_it_is_positive_definite(monkeypatch):
    impossible = {name: (0.9,) * i for i, name in enumerate(TOGETHER)}
    impossible["inter_tuberous_mm"] = (0.9,) * 8 + (-0.9,)
    monkeypatch.setattr(population, "CORRELATIONS", impossible)
    matrix = correlation_matrix.__wrapped__()
    assert np.linalg.eigvalsh(matrix)[0] == pytest.approx(LEAST_EIGENVALUE, abs=EIGEN_TOL)
    assert np.abs(np.diag(matrix) - 1.0).max() < ROUNDING


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("name", DEPARTURES)
def test_sample_population__departs_from_what_is_expected_by_the_table(many, name, sex):
    values = dict(zip(PARAMETERS, of_sex(many, sex).T, strict=True))
    usual = expected(sex, {other: values[other] for other in TOGETHER})[name]
    sd = DEPARTURES[name].sd[SEXES.index(sex)]
    assert abs((values[name] - usual).mean()) < CUT_SHARE * sd
    assert (values[name] - usual).std() == pytest.approx(sd, rel=CUT_SHARE)


def test_sample_population__spread_of_the_trochanters_is_the_published_one(many):
    """A check the departures were not drawn from: published spreads about the head centre."""
    for sex, level, tip in (("female", 6.8, 4.3), ("male", 5.5, 4.6)):
        values = dict(zip(PARAMETERS, of_sex(many, sex).T, strict=True))
        assert values["lesser_trochanter_level_mm"].std() == pytest.approx(level, abs=PLACE_SD_MM)
        assert values["greater_trochanter_height_mm"].std() == pytest.approx(tip, abs=PLACE_SD_MM)


def test_figures__cover_the_parameters_of_the_generator():
    assert tuple(MEASURES) == PARAMETERS == tuple(RANGES)
    assert tuple(CORRELATIONS) == TOGETHER
    assert all("doi 10." in spread.source for spread in SPREADS.values())


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("name", TOGETHER)
def test_figures__are_hardly_changed_by_the_ranges(name, sex):
    index, spread = SEXES.index(sex), SPREADS[name]
    sd = spread.sd[index]
    assert abs(truncated(name, sex).mean() - spread.mean[index]) < CUT_SHARE * sd
    assert (1.0 - CUT_SHARE) * sd < truncated(name, sex).std() <= sd


def test_figures__direction_of_the_lesser_trochanter_follows_from_the_condylar_one():
    """Condylar direction + 0.64 version: what version does not explain."""
    direction, version, r = np.array([12.04, 13.20]), np.array([12.85, 10.48]), -0.63
    sd = np.sqrt(direction**2 + (0.64 * version) ** 2 + 2 * r * 0.64 * direction * version)
    assert SPREADS["lesser_trochanter_direction_deg"].sd == pytest.approx(sd, abs=0.05)
    direction, version = (
        np.sqrt((12 * x[0] ** 2 + 23 * x[1] ** 2) / 35) for x in (direction, version)
    )
    sd = np.sqrt(direction**2 + (0.64 * version) ** 2 + 2 * r * 0.64 * direction * version)
    condylar = np.array([-0.08, 0.17, -0.17, -0.63, 0.00, -0.16, -0.01, -0.44, 0.09])
    with_version = np.array([0.14, -0.09, -0.08, 1.0, 0.07, -0.17, -0.10, 0.08, -0.10])
    wanted = (direction * condylar + 0.64 * version * with_version) / sd
    name = "lesser_trochanter_direction_deg"
    column = TOGETHER.index(name)
    below = [CORRELATIONS[other][column] for other in TOGETHER[column + 1 : 10]]
    assert [*CORRELATIONS[name], *below] == pytest.approx(wanted, abs=SECOND_DECIMAL)


def test_population__is_a_table_with_named_columns_and_units():
    subjects = sample_population(6, seed=2)
    table = subjects.as_table()
    assert list(table) == ["subject", "sex", *PARAMETERS]
    assert {len(column) for column in table.values()} == {6}
    assert table["version_deg"][4] == subjects[4].version_deg
    assert table["sex"].tolist() == [shape.sex for shape in subjects]
    assert subjects.units["version_deg"] == "deg" and subjects.units["inter_hip_mm"] == "mm"
    assert set(subjects.units) == set(PARAMETERS)


def test_population__cannot_be_changed():
    subjects = sample_population(3)
    with pytest.raises(ValueError, match="read-only"):
        subjects.values[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        subjects.as_table()["version_deg"][0] = 1.0


@pytest.mark.parametrize("subject", [-1, 3])
def test_population__refuses_a_subject_that_is_not_there(subject):
    with pytest.raises(
        InputError, match=f"subject must be a whole number within 0 to 2, got {subject}"
    ):
        sample_population(3)[subject]


@pytest.mark.parametrize("n", [0, 2.5, True, 2**24 + 1])
def test_sample_population__refuses_odd_numbers_of_subjects(n):
    with pytest.raises(InputError, match="n must be a whole number within 1 to 16777216"):
        sample_population(n)


@pytest.mark.parametrize("seed", [-1, 0.5])
def test_sample_population__refuses_odd_seeds(seed):
    with pytest.raises(InputError, match="seed must be a whole number within 0"):
        sample_population(3, seed=seed)


def test_sample_population__refuses_odd_ratios_and_methods():
    with pytest.raises(InputError, match="sex_ratio must be within 0 to 1"):
        sample_population(3, sex_ratio=1.2)
    with pytest.raises(InputError, match="method must be one of random, sobol"):
        sample_population(3, method="halton")


@pytest.mark.parametrize("subject", [0, 1])
def test_sample_population__subjects_become_hips_with_their_version(subject):
    shape = sample_population(2, seed=1)[subject]
    hip = hip_from_shape(shape, spacing_mm=SPACING_MM)
    implicit.check_topology(hip.femur, euler_number=2, name="femur")
    implicit.check_topology(hip.hip_bone, euler_number=0, name="hip bone")
    scan = rigid.translation([30.0, -400.0, 90.0]) @ rigid.transform_from(
        rigid.rotation_about([1.0, 2.0, 3.0], 0.4)
    )
    other = hip.hip_bone.mirrored(2).transformed(rigid.translation([0, 0, -shape.inter_hip_mm]))
    raw = Bones(*(bone.transformed(scan) for bone in (hip.femur, hip.hip_bone, other)))
    found = femoral_versions_deg(assemble_hip(raw, "right"))["3d"]
    assert abs(found - shape.version_deg) < VERSION_DEG
