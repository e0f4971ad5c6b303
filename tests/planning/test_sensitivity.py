"""First-order indices against functions whose indices are known."""

import numpy as np
import pytest
from scipy.stats import qmc

from hipsim.errors import InputError
from hipsim.planning.sensitivity import first_order_indices

INDEX_TOL = 0.02  # of an index, with 4,096 samples
FEW_TOL = 0.08  # with 256


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami and Homma 1990, a = 7, b = 0.1; inputs uniform within -pi to pi."""
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def samples(n: int, k: int) -> np.ndarray:
    return qmc.Sobol(k, seed=np.random.default_rng(3)).random(n)


@pytest.mark.parametrize(("n", "tolerance"), [(4096, INDEX_TOL), (256, FEW_TOL)])
def test_indices__of_ishigami_are_the_published_ones(n: int, tolerance: float) -> None:
    x = np.pi * (2 * samples(n, 3) - 1)
    inputs = {f"x{i}": x[:, i] for i in range(3)}
    found = first_order_indices(inputs, ishigami(x), degree=10)
    for name, expected in (("x0", 0.3139), ("x1", 0.4424), ("x2", 0.0)):
        assert found[name] == pytest.approx(expected, abs=tolerance)


def test_indices__of_a_sum_are_shares_of_variance_whatever_the_distribution() -> None:
    from scipy.stats import norm

    scores = norm.ppf(samples(4096, 4))
    found = first_order_indices(
        {"a": scores[:, 0], "grouped": scores[:, 1:3], "idle": scores[:, 3]},
        3 * scores[:, 0] + scores[:, 1] + scores[:, 2],
    )
    assert found["a"] == pytest.approx(9 / 11, abs=INDEX_TOL)
    assert found["grouped"] == pytest.approx(2 / 11, abs=INDEX_TOL)
    assert found["idle"] == pytest.approx(0.0, abs=INDEX_TOL)


def test_indices__products_within_a_group_count_as_its_own() -> None:
    u = 2 * samples(4096, 2) - 1
    found = first_order_indices({"pair": u, "alone": u[:, 0]}, u[:, 0] * u[:, 1])
    assert found["pair"] == pytest.approx(1.0, abs=INDEX_TOL)
    assert found["alone"] == pytest.approx(0.0, abs=INDEX_TOL)


def test_indices__a_result_that_never_changes_depends_on_nothing() -> None:
    assert first_order_indices({"a": samples(64, 1)}, np.ones(64)) == {"a": 0.0}


def test_indices__refuse_what_cannot_be_told() -> None:
    with pytest.raises(InputError, match="input a has 8 samples, the result 9"):
        first_order_indices({"a": np.arange(8.0)}, np.arange(9.0))
    with pytest.raises(InputError, match="6 terms need at least 24 samples, got 8"):
        first_order_indices({"a": np.arange(8.0)}, np.arange(8.0))
    with pytest.raises(InputError, match="result"):
        first_order_indices({"a": np.arange(3.0)}, [1.0, np.nan, 2.0])
