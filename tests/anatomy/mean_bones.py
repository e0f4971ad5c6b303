"""Virtual bones for tests of shape: quick to make, of any shape, made once per test run."""

from functools import cache

from hipsim.anatomy.virtual_bones import contoured, femoral_body, pelvic_body
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.geometry import Mesh

SPACING_MM = 4.0


@cache
def right_bones(sex: str = "female", **parameters: float) -> tuple[Mesh, Mesh]:
    """Return the femur and the hip bone of a right virtual hip, each about its joint centre."""
    shape = HipShape.typical(sex, **parameters)
    bodies = (femoral_body(shape), pelvic_body(shape))
    femur, bone = (contoured(b, spacing_mm=SPACING_MM, is_final=False) for b in bodies)
    return femur, bone
