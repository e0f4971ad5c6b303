"""How large the bones of living people are: one table for units, side, and quality.

The ranges reach from a child of about five to the tallest adults. They tell a wrong unit or another
bone, not a disease.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.geometry import Mesh

HEAD_RADII_MM = (14.0, 34.0)  # 35 CT hips: 21.7 +- 1.1 mm in women, 24.5 +- 1.1 mm in men
LEAST_HEAD_COVERAGE = 0.40  # of the sphere; heads have 0.65 to 0.8, condyles a third at most


@dataclass(frozen=True)
class SizeRange:
    """What a bone of a living person may measure.

    Attributes
    ----------
    whole_mm
        Length along the longest principal axis of a whole bone.
    shortest_mm
        Length of the shortest piece that is still of use.
    source
        Where the figures come from.
    """

    whole_mm: tuple[float, float]
    shortest_mm: float
    source: str


SIZES = {
    "femur": SizeRange(
        (250.0, 650.0),
        60.0,
        "35 CT hips (Fischer 2023, doi 10.1038/s41597-023-02669-z): 450 +- 23 mm in women, "
        "483 +- 22 mm in men; widened to children from about 5 years and to 2.2 m of height; "
        "a proximal femur cut below the lesser trochanter has 60 mm and more",
    ),
    "hip bone": SizeRange(
        (140.0, 300.0),
        140.0,
        "same hips: 206 +- 10 mm in women, 220 +- 10 mm in men; widened likewise",
    ),
    "sacrum": SizeRange((60.0, 220.0), 60.0, "adult sacra of 90 to 150 mm, widened likewise"),
}


def length_of(mesh: Mesh) -> float:
    """Return the extent of a surface along its longest principal axis, in its own unit.

    Examples
    --------
    >>> round(length_of(Mesh([[0, 0, 0], [9, 0, 0], [4.5, 1, 0]], [[0, 1, 2]])), 6)
    9.0
    """
    centred = mesh.vertices - mesh.vertices.mean(axis=0)
    axis = np.linalg.eigh(centred.T @ centred)[1][:, 2]
    return float(np.ptp(centred @ axis))
