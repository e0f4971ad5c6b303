"""What a burr leaves that planes the lesser trochanter down.

The model. A ball burr goes to and fro in parallel passes, each beside the last by little, with its
tip in one plane: perpendicular to the LT axis, or tilted about the shaft axis, at a depth below the
farthest point of the trochanter. It goes nowhere beyond the resectable zone
(:mod:`hipsim.surgery.zone`). So the burr takes all places of a ball of its radius that lie within
the zone and above the plane: a flat floor at the depth, whose margins rise with the radius of the
burr to the flank of the zone. A plane with sharp corners holds every burr, and a wide burr takes
less of the margins than a narrow one. The furrows between passes (0.15 mm high at 1.8 mm between
passes of a 5.5 mm burr) are not modelled.
"""

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, as_number
from hipsim.geometry import Mesh, cut, rigid
from hipsim.surgery.removal import Resection, resect_femur
from hipsim.surgery.resection import planned_note, planned_plane
from hipsim.surgery.zone import find_zone

DIAMETERS_MM = (1.0, 12.0)
BALL_STEP_DEG = 20.0  # between corners of the burr; flats up to 0.05 mm inside 2.75 mm


def burr_lesser_trochanter(
    hip: Hip, *, depth_mm: float, diameter_mm: float = 5.5, tilt_deg: float = 0.0
) -> Hip:
    """Plane the lesser trochanter down with a ball burr.

    Parameters
    ----------
    hip
        With ``lesser_trochanter`` and both ``shaft_axis`` landmarks, and a closed femur.
    depth_mm
        Depth of the floor below the farthest point of the trochanter, 0 to
        :func:`hipsim.surgery.largest_resection_depth`. 0 leaves the very same femur.
    diameter_mm
        Of the burr, 1 to 12 mm.
    tilt_deg
        Turn of the floor about the shaft axis, -20 to 45 degrees; positive removes more behind.

    Returns
    -------
    hip
        As from :func:`hipsim.surgery.resect_lesser_trochanter`.

    Raises
    ------
    InputError
        If an amount is out of range on this hip.
    MeshError
        If the femur is not closed.
    AnatomyError
        If a landmark is missing or does not lie on this bone.

    References
    ----------
    A burr of 5.5 mm from behind: Anderson, Scott and Mather, posterior lesser trochanterplasty; of
    5 mm: Hapa et al., Acta Orthop Traumatol Turc 2018;52:54, doi 10.1016/j.aott.2017.11.006.
    """
    return lesser_trochanter_burring(
        hip, depth_mm=depth_mm, diameter_mm=diameter_mm, tilt_deg=tilt_deg
    ).hip


def lesser_trochanter_burring(
    hip: Hip, *, depth_mm: float, diameter_mm: float = 5.5, tilt_deg: float = 0.0
) -> Resection:
    """Plane the lesser trochanter down with a ball burr and return the piece as well.

    Parameters and errors as in :func:`burr_lesser_trochanter`.
    """
    low, high = DIAMETERS_MM
    diameter = as_number(diameter_mm, name="diameter_mm", low=low, high=high, unit="mm")
    trochanter, depth, point = planned_plane(hip, depth_mm, tilt_deg)
    tool = None
    if depth > 0.0:
        centres = find_zone(hip).above_planes(
            point[None], -trochanter.outward[None], inset_mm=0.5 * diameter
        )
        tool = swept_ball(centres, 0.5 * diameter, trochanter.outward)
    note = {
        "procedure": "burr_lesser_trochanter",
        **planned_note(trochanter, depth, tilt_deg, point),
        "diameter_mm": diameter,
    }
    return resect_femur(hip, tool, note)


def swept_ball(centres: Mesh, radius_mm: float, pole: Array) -> Mesh:
    """Return the convex body of all balls whose centres lie in a convex body.

    Parameters
    ----------
    centres
        Convex, closed, mm.
    radius_mm
        Of the balls; their corners lie on it.
    pole
        A direction in which a ball has a corner, shape (3,).

    Examples
    --------
    >>> point = cut.hull(1e-6 * np.vstack([np.zeros(3), np.eye(3)]))
    >>> float(swept_ball(point, 1.0, np.array([0.0, 0.0, 1.0])).bounds[1, 2].round(3))
    1.0
    """
    rise = np.radians(np.arange(-90.0 + BALL_STEP_DEG, 90.0, BALL_STEP_DEG))[:, None]
    turn = np.radians(np.arange(0.0, 360.0, BALL_STEP_DEG))
    wide = np.cos(rise)
    level = np.broadcast_to(np.sin(rise), (len(rise), len(turn)))
    rings = np.stack([wide * np.sin(turn), level, wide * np.cos(turn)], axis=-1).reshape(-1, 3)
    ball = np.vstack([rings, [[0.0, -1.0, 0.0], [0.0, 1.0, 0.0]]])
    axes = rigid.axes_from(y=pole, z_hint=np.eye(3)[np.abs(pole).argmin()])
    return cut.hull((centres.vertices[:, None] + radius_mm * ball @ axes.T).reshape(-1, 3))
