"""What the tests of pictures share: a phantom hip, its clearances, and whether VTK can draw."""

import pytest
from phantom import phantom_hip

from hipsim.kinematics.arcs import grid
from hipsim.kinematics.clinical import ifi_test
from hipsim.planning.clearance import ClearanceQuery, clearance_along
from hipsim.surgery import resect_lesser_trochanter
from hipsim.viz.probe import rendering_problem

GAP_MM, RESECTION_MM = 6.0, 4.0


@pytest.fixture(scope="session")
def rendering() -> None:
    """Skip with the reason where 3D pictures cannot be drawn."""
    problem = rendering_problem()
    if problem is not None:
        pytest.skip(problem)


@pytest.fixture(scope="session")
def hip():
    """A narrow phantom hip: bones overlap at the end of the IFI test."""
    return phantom_hip("right", gap_mm=GAP_MM)


@pytest.fixture(scope="session")
def resected(hip):
    return resect_lesser_trochanter(hip, depth_mm=RESECTION_MM)


@pytest.fixture(scope="session")
def motion():
    return ifi_test(step_deg=2.0)


@pytest.fixture(scope="session")
def curves(hip, resected, motion):
    """Before and after a resection, along the IFI test."""
    return {
        "as it is": clearance_along(hip, motion),
        "resection 4 mm": clearance_along(resected, motion),
    }


@pytest.fixture(scope="session")
def over_grid(hip):
    query = ClearanceQuery(hip)
    return query(
        grid(extension_deg=(-5, 20), adduction_deg=(-10, 10), rotation_deg=(-20, 0), step_deg=5)
    )
