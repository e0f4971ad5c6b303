"""Operations on the hip, ``Hip -> Hip``: resections of both bones, osteotomies of the femur.

Data first, amounts as keywords, chainable; each adds one entry to the hip's notes. Each has a twin
that returns what it took as well, e.g. ``resect_lesser_trochanter`` and
``lesser_trochanter_resection``.

To read: :mod:`hipsim.surgery.trochanter` and :mod:`hipsim.surgery.zone`, where a trochanter may be
resected; :mod:`hipsim.surgery.removal`, what all resections share; then
:mod:`~hipsim.surgery.resection` (planar), :mod:`~hipsim.surgery.burr`,
:mod:`~hipsim.surgery.contour`, :mod:`~hipsim.surgery.excision`,
:mod:`~hipsim.surgery.ischioplasty`. :mod:`hipsim.surgery.osteotomy` with
:mod:`~hipsim.surgery.reposition`. :mod:`hipsim.surgery.side_effects`, what each costs;
:mod:`hipsim.surgery.procedure` names them for scenario files.
"""

from hipsim.surgery.burr import burr_lesser_trochanter, lesser_trochanter_burring
from hipsim.surgery.contour import contour_lesser_trochanter, lesser_trochanter_contouring
from hipsim.surgery.excision import excise_lesser_trochanter, lesser_trochanter_excision
from hipsim.surgery.ischioplasty import ischium_resection, resect_ischium
from hipsim.surgery.osteotomy import (
    angulate_femur,
    angulation_osteotomy,
    derotate_femur,
    derotation_osteotomy,
    lateralise_femur,
    lateralising_osteotomy,
    shorten_femur,
    shortening_osteotomy,
)
from hipsim.surgery.procedure import PROCEDURES, Procedure, ProcedureKind, apply_procedures
from hipsim.surgery.removal import Resection
from hipsim.surgery.reposition import Osteotomy
from hipsim.surgery.resection import (
    PlanarResection,
    largest_resection_depth,
    lesser_trochanter_resection,
    resect_lesser_trochanter,
)
from hipsim.surgery.side_effects import SideEffects, side_effects
from hipsim.surgery.zone import resectable_zone

__all__ = [
    "PROCEDURES",
    "Osteotomy",
    "PlanarResection",
    "Procedure",
    "ProcedureKind",
    "Resection",
    "SideEffects",
    "angulate_femur",
    "angulation_osteotomy",
    "apply_procedures",
    "burr_lesser_trochanter",
    "contour_lesser_trochanter",
    "derotate_femur",
    "derotation_osteotomy",
    "excise_lesser_trochanter",
    "ischium_resection",
    "largest_resection_depth",
    "lateralise_femur",
    "lateralising_osteotomy",
    "lesser_trochanter_burring",
    "lesser_trochanter_contouring",
    "lesser_trochanter_excision",
    "lesser_trochanter_resection",
    "resect_ischium",
    "resect_lesser_trochanter",
    "resectable_zone",
    "shorten_femur",
    "shortening_osteotomy",
    "side_effects",
]
