"""Ischiofemoral space over the motion of the hip, and how much bone must go.

Lengths in mm, angles in degrees, ISB axes (X anterior, Y superior, Z to the right) for both hips.
Research software, not a medical device.

    import hipsim as hs

    hip = hs.load_hip("case/", side="right")
    motion = hs.motions.ifi_test()
    before = hs.clearance_along(hip, motion)
    after = hs.clearance_along(hs.resect_lesser_trochanter(hip, depth_mm=5), motion)

Names are imported when first used, so that ``import hipsim`` costs next to nothing. To read the
code: this file, then one room's ``__init__.py``, then one file.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hipsim.anatomy.footprint import hamstring_footprint, iliopsoas_footprint
    from hipsim.anatomy.hip import Hip
    from hipsim.anatomy.match_shape import match_shape
    from hipsim.anatomy.morph import morph
    from hipsim.anatomy.painting import footprint_from_curve, footprint_from_faces
    from hipsim.anatomy.population import sample_population
    from hipsim.anatomy.virtual import make_hip, make_pelvis
    from hipsim.geometry import Mesh
    from hipsim.io.hips import load_hip, save_case
    from hipsim.io.label_maps import load_label_map
    from hipsim.io.meshes import load_mesh, save_mesh
    from hipsim.io.virtual_pelvis import save_pelvis
    from hipsim.kinematics import motions
    from hipsim.planning.centres import compare_centres
    from hipsim.planning.certified import (
        CertifiedQuery,
        certified_minimum,
        certified_minimum_in_box,
        first_contact,
    )
    from hipsim.planning.clearance import ClearanceQuery, clearance_along
    from hipsim.planning.cohort import run_cohort
    from hipsim.planning.contact import contact_patch
    from hipsim.planning.free_range import free_range
    from hipsim.planning.free_range_caps import SoftTissueCap
    from hipsim.planning.free_range_volume import free_volume
    from hipsim.planning.gain import space_gained
    from hipsim.planning.impingement import impingement_map
    from hipsim.planning.pairs import PairQuery
    from hipsim.planning.plan import plan
    from hipsim.planning.reference import ReferencePopulation, reference_population
    from hipsim.planning.required_derotation import required_derotation
    from hipsim.planning.required_resection import required_resection
    from hipsim.planning.required_tools import best_burr, best_contour, best_plane
    from hipsim.planning.response import response
    from hipsim.planning.space import ischiofemoral_space, quadratus_femoris_space
    from hipsim.planning.targets import as_targets
    from hipsim.planning.tradeoff import Amounts, tradeoff
    from hipsim.planning.uncertainty import uncertainty
    from hipsim.planning.what_if import what_if
    from hipsim.proximity import DistanceQuery
    from hipsim.study.measurements import measure
    from hipsim.study.output import run_to_folder
    from hipsim.study.results import load_results
    from hipsim.study.run import run_scenario
    from hipsim.study.scenario import load_scenario
    from hipsim.surgery import (
        angulate_femur,
        burr_lesser_trochanter,
        contour_lesser_trochanter,
        derotate_femur,
        excise_lesser_trochanter,
        lateralise_femur,
        resect_ischium,
        resect_lesser_trochanter,
        resectable_zone,
        shorten_femur,
        side_effects,
    )

__version__ = "0.1.0"

_HOMES = {
    "hamstring_footprint": "hipsim.anatomy.footprint",
    "iliopsoas_footprint": "hipsim.anatomy.footprint",
    "Hip": "hipsim.anatomy.hip",
    "match_shape": "hipsim.anatomy.match_shape",
    "morph": "hipsim.anatomy.morph",
    "footprint_from_curve": "hipsim.anatomy.painting",
    "footprint_from_faces": "hipsim.anatomy.painting",
    "sample_population": "hipsim.anatomy.population",
    "make_hip": "hipsim.anatomy.virtual",
    "make_pelvis": "hipsim.anatomy.virtual",
    "Mesh": "hipsim.geometry",
    "load_hip": "hipsim.io.hips",
    "save_case": "hipsim.io.hips",
    "load_label_map": "hipsim.io.label_maps",
    "load_mesh": "hipsim.io.meshes",
    "save_mesh": "hipsim.io.meshes",
    "save_pelvis": "hipsim.io.virtual_pelvis",
    "motions": "hipsim.kinematics",
    "compare_centres": "hipsim.planning.centres",
    "CertifiedQuery": "hipsim.planning.certified",
    "certified_minimum": "hipsim.planning.certified",
    "certified_minimum_in_box": "hipsim.planning.certified",
    "first_contact": "hipsim.planning.certified",
    "ClearanceQuery": "hipsim.planning.clearance",
    "clearance_along": "hipsim.planning.clearance",
    "run_cohort": "hipsim.planning.cohort",
    "contact_patch": "hipsim.planning.contact",
    "free_range": "hipsim.planning.free_range",
    "SoftTissueCap": "hipsim.planning.free_range_caps",
    "free_volume": "hipsim.planning.free_range_volume",
    "space_gained": "hipsim.planning.gain",
    "impingement_map": "hipsim.planning.impingement",
    "PairQuery": "hipsim.planning.pairs",
    "plan": "hipsim.planning.plan",
    "ReferencePopulation": "hipsim.planning.reference",
    "reference_population": "hipsim.planning.reference",
    "required_derotation": "hipsim.planning.required_derotation",
    "required_resection": "hipsim.planning.required_resection",
    "best_burr": "hipsim.planning.required_tools",
    "best_contour": "hipsim.planning.required_tools",
    "best_plane": "hipsim.planning.required_tools",
    "response": "hipsim.planning.response",
    "ischiofemoral_space": "hipsim.planning.space",
    "quadratus_femoris_space": "hipsim.planning.space",
    "as_targets": "hipsim.planning.targets",
    "Amounts": "hipsim.planning.tradeoff",
    "tradeoff": "hipsim.planning.tradeoff",
    "uncertainty": "hipsim.planning.uncertainty",
    "what_if": "hipsim.planning.what_if",
    "DistanceQuery": "hipsim.proximity",
    "measure": "hipsim.study.measurements",
    "run_to_folder": "hipsim.study.output",
    "load_results": "hipsim.study.results",
    "run_scenario": "hipsim.study.run",
    "load_scenario": "hipsim.study.scenario",
    "angulate_femur": "hipsim.surgery",
    "burr_lesser_trochanter": "hipsim.surgery",
    "contour_lesser_trochanter": "hipsim.surgery",
    "derotate_femur": "hipsim.surgery",
    "excise_lesser_trochanter": "hipsim.surgery",
    "lateralise_femur": "hipsim.surgery",
    "resect_ischium": "hipsim.surgery",
    "resect_lesser_trochanter": "hipsim.surgery",
    "resectable_zone": "hipsim.surgery",
    "shorten_femur": "hipsim.surgery",
    "side_effects": "hipsim.surgery",
}

__all__ = [
    "Amounts",
    "CertifiedQuery",
    "ClearanceQuery",
    "DistanceQuery",
    "Hip",
    "Mesh",
    "PairQuery",
    "ReferencePopulation",
    "SoftTissueCap",
    "angulate_femur",
    "as_targets",
    "best_burr",
    "best_contour",
    "best_plane",
    "burr_lesser_trochanter",
    "certified_minimum",
    "certified_minimum_in_box",
    "clearance_along",
    "compare_centres",
    "contact_patch",
    "contour_lesser_trochanter",
    "derotate_femur",
    "excise_lesser_trochanter",
    "first_contact",
    "footprint_from_curve",
    "footprint_from_faces",
    "free_range",
    "free_volume",
    "hamstring_footprint",
    "iliopsoas_footprint",
    "impingement_map",
    "ischiofemoral_space",
    "lateralise_femur",
    "load_hip",
    "load_label_map",
    "load_mesh",
    "load_results",
    "load_scenario",
    "make_hip",
    "make_pelvis",
    "match_shape",
    "measure",
    "morph",
    "motions",
    "plan",
    "quadratus_femoris_space",
    "reference_population",
    "required_derotation",
    "required_resection",
    "resect_ischium",
    "resect_lesser_trochanter",
    "resectable_zone",
    "response",
    "run_cohort",
    "run_scenario",
    "run_to_folder",
    "sample_population",
    "save_case",
    "save_mesh",
    "save_pelvis",
    "shorten_femur",
    "side_effects",
    "space_gained",
    "tradeoff",
    "uncertainty",
    "what_if",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hipsim' has no attribute {name!r}")
    home = import_module(_HOMES[name])
    value = import_module(f"{_HOMES[name]}.{name}") if name == "motions" else getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted([*__all__, "__version__"])
