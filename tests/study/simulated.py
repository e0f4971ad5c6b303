"""Two hundred data sets from one seed, to see how often an interval holds the truth."""

from collections.abc import Callable

import numpy as np

DATA_SETS = 200
COVERAGE = (0.905, 0.99)  # of 95 % intervals: 3 standard errors of 200 trials, 0.015 each
LEAST_EXACT = 0.93  # of exact intervals, which cover at least 95 %, less 1.3 standard errors


def coverage(interval: Callable, truth: float) -> float:
    """Return the share of data sets whose interval holds the truth."""
    chance = np.random.default_rng(12345)
    found = [interval(chance) for _ in range(DATA_SETS)]
    return float(np.mean([one.low <= truth <= one.high for one in found]))
