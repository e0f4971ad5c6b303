"""Parts of charts: labels keep apart, and only comparable curves are compared."""

from dataclasses import replace

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.viz.chart_parts import check_curves, spread

ROUNDING = 1e-12  # mm


def test_spread__keeps_order_and_gap(rng):
    values = rng.normal(scale=3.0, size=30)
    apart = spread(values, 0.7)
    order = np.argsort(values)
    assert (np.diff(apart[order]) >= 0.7 - ROUNDING).all()


def test_spread__leaves_values_that_are_apart_alone(rng):
    values = rng.permutation(np.arange(10.0))
    np.testing.assert_array_equal(spread(values, 0.9), values)


def test_spread__keeps_the_mean():
    values = np.array([1.0, 1.1, 1.2])
    assert abs(spread(values, 2.0).mean() - values.mean()) < ROUNDING


def test_check_curves__needs_one():
    with pytest.raises(InputError, match="at least one clearance"):
        check_curves({})


def test_check_curves__refuses_another_hip(curves):
    other = replace(curves["as it is"], hip_name="somebody else")
    with pytest.raises(InputError, match="'b' is not of the same hip, side and regions"):
        check_curves({"a": curves["as it is"], "b": other})


def test_check_curves__refuses_other_zeros(curves):
    first = curves["as it is"]
    other = replace(first, motion=first.motion.evolved(pelvic_zero="isb"))
    with pytest.raises(InputError, match="other poses or zeros"):
        check_curves({"a": first, "b": other})
