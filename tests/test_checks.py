import numpy as np
import pytest

from hipsim import checks
from hipsim.errors import HipsimError, InputError


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[1, 2]], r"must have shape \(n, 3\), got \(1, 2\)"),
        ([1, 2, 3], r"must have shape \(n, 3\), got \(3,\)"),
        ([[1, 2, np.nan]], "must be finite, got 1 NaN"),
        ([["a", "b", "c"]], "must be numbers"),
    ],
)
def test_as_points__says_what_is_wrong(points, message):
    with pytest.raises(InputError, match=message):
        checks.as_points(points)


def test_input_error__is_a_value_error_and_a_hipsim_error():
    assert issubclass(InputError, ValueError) and issubclass(InputError, HipsimError)


def test_as_transforms__refuses_a_mirror():
    with pytest.raises(InputError, match="mirrors"):
        checks.as_transforms(np.diag([-1.0, 1, 1, 1]))


def test_as_transforms__refuses_scale():
    with pytest.raises(InputError, match="must be rigid"):
        checks.as_transforms(np.diag([1000.0, 1000, 1000, 1]))


def test_as_transforms__refuses_a_wrong_last_row():
    matrix = np.eye(4)
    matrix[3, 0] = 1
    with pytest.raises(InputError, match="last row"):
        checks.as_transforms(matrix)


def test_as_transforms__keeps_a_stack():
    assert checks.as_transforms(np.tile(np.eye(4), (5, 1, 1))).shape == (5, 4, 4)


@pytest.mark.parametrize("value", [-1.0, 31.0])
def test_as_number__names_limits_and_unit(value):
    with pytest.raises(InputError, match="depth_mm must be within 0 to 30 mm, got"):
        checks.as_number(value, name="depth_mm", low=0, high=30, unit="mm")


def test_as_side__accepts_letters_and_refuses_the_rest():
    assert [checks.as_side(s) for s in ("R", "left", "Right")] == ["right", "left", "right"]
    with pytest.raises(InputError, match="side must be 'right' or 'left', got 'both'"):
        checks.as_side("both")


def test_as_choice__lists_the_choices():
    with pytest.raises(InputError, match="must be one of app, isb, got 'apl'"):
        checks.as_choice("apl", ("app", "isb"), name="pelvic_zero")
