"""One motion under both centres of the hip side by side: turned about a point, and kept even.

With the moving centre clearance is sampled in the poses of the motion. What is certified elsewhere
holds for rotation about a fixed centre; no bound of the translation between two poses is known, so
nothing is claimed there.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.geometry import rigid
from hipsim.kinematics.centre import CentreShift, equidistant_shift
from hipsim.kinematics.joint import pelvis_from_femur
from hipsim.kinematics.motion import Motion
from hipsim.planning.clearance import Clearance, ClearanceQuery


@dataclass(frozen=True, eq=False)
class CentreComparison:
    """Clearance over a motion about the fixed and about the equidistant centre.

    Parameters
    ----------
    fixed, equidistant
        Clearance under each, the same poses.
    shift
        Translation of the centre and evenness of the gap, pose by pose.
    shift_pelvic_mm
        The translation along the pelvis's X anterior, Y superior, Z right, shape (n, 3).
    """

    fixed: Clearance
    equidistant: Clearance
    shift: CentreShift
    shift_pelvic_mm: Array

    def __repr__(self) -> str:
        return (
            f"<CentreComparison of {self.fixed.hip_name!r} in {self.fixed.motion.name!r}: minimum "
            f"{self.fixed.minimum_mm:.2f} mm fixed, {self.equidistant.minimum_mm:.2f} mm "
            f"equidistant, centre moves up to {self.largest_shift_mm:.2f} mm>"
        )

    @property
    def difference_mm(self) -> Array:
        """Clearance about the moving centre less that about the fixed one, shape (n,)."""
        difference: Array = self.equidistant.distance_mm - self.fixed.distance_mm
        return difference

    @property
    def minimum_difference_mm(self) -> float:
        """Least clearance about the moving centre less that about the fixed one."""
        return self.equidistant.minimum_mm - self.fixed.minimum_mm

    @property
    def largest_shift_mm(self) -> float:
        """Farthest the centre is from the fixed one in any pose."""
        return float(np.linalg.norm(self.shift.translation_mm, axis=1).max())

    @property
    def travel_mm(self) -> float:
        """Farthest the moving centre gets from its own mean place over the motion."""
        mean = self.shift.translation_mm.mean(axis=0)
        return float(np.linalg.norm(self.shift.translation_mm - mean, axis=1).max())


def compare_centres(
    hip: Hip,
    motion: Motion,
    *,
    femoral_region: str = "extracapsular",
    pelvic_region: str = "ischium",
    threshold_mm: float | None = None,
) -> CentreComparison:
    """Return the clearance over a motion about the fixed and about the equidistant centre.

    Parameters
    ----------
    hip
        The hip.
    motion
        The motion; its own centre does not matter.
    femoral_region, pelvic_region
        Regions to measure between.
    threshold_mm
        Clearance below which a pose counts as narrow; the motion's own by default.

    Raises
    ------
    AnatomyError
        If a region is empty, a landmark is missing, or the articular surfaces are not found.
    ComputationError
        If the equidistant centre does not settle.
    InputError
        If a region is unknown, or the threshold is not a finite number.

    Examples
    --------
    >>> import hipsim as hs
    >>> both = compare_centres(hs.make_hip(sex="female"), hs.motions.neutral())
    >>> abs(both.minimum_difference_mm) <= both.largest_shift_mm
    True
    """
    query = ClearanceQuery(hip, femoral_region=femoral_region, pelvic_region=pelvic_region)
    fixed = query(motion, threshold_mm=threshold_mm, centre="fixed")
    moving = query(motion, threshold_mm=threshold_mm, centre="equidistant")
    shift = equidistant_shift(hip, pelvis_from_femur(hip, fixed.motion)[:, :3, :3])
    pelvis = rigid.inverse(hip.pelvic_frame(motion.pelvic_zero))[:3, :3]
    return CentreComparison(fixed, moving, shift, shift.translation_mm @ pelvis.T)
