"""Operations on the femur, ``Hip -> Hip``: resection of the lesser trochanter, derotation.

Data first, amounts as keywords, chainable; each adds one entry to the hip's notes. To read: this
file, then :mod:`hipsim.surgery.resection` with :mod:`hipsim.surgery.trochanter`, then
:mod:`hipsim.surgery.osteotomy`; :mod:`hipsim.surgery.procedure` names them for scenario files.
"""

from hipsim.surgery.osteotomy import Osteotomy, derotate_femur, derotation_osteotomy
from hipsim.surgery.procedure import PROCEDURES, Procedure, ProcedureKind, apply_procedures
from hipsim.surgery.resection import (
    Resection,
    largest_resection_depth,
    lesser_trochanter_resection,
    resect_lesser_trochanter,
)

__all__ = [
    "PROCEDURES",
    "Osteotomy",
    "Procedure",
    "ProcedureKind",
    "Resection",
    "apply_procedures",
    "derotate_femur",
    "derotation_osteotomy",
    "largest_resection_depth",
    "lesser_trochanter_resection",
    "resect_lesser_trochanter",
]
