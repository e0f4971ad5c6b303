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
    from hipsim.anatomy.painting import footprint_from_curve, footprint_from_faces
    from hipsim.anatomy.virtual import make_hip
    from hipsim.geometry import Mesh
    from hipsim.io.hips import load_hip, save_case
    from hipsim.io.label_maps import load_label_map
    from hipsim.io.meshes import load_mesh, save_mesh
    from hipsim.kinematics import motions
    from hipsim.planning.certified import (
        CertifiedQuery,
        certified_minimum,
        certified_minimum_in_box,
        first_contact,
    )
    from hipsim.planning.clearance import ClearanceQuery, clearance_along
    from hipsim.planning.contact import contact_patch
    from hipsim.planning.gain import space_gained
    from hipsim.planning.impingement import impingement_map
    from hipsim.planning.space import ischiofemoral_space, quadratus_femoris_space
    from hipsim.proximity import DistanceQuery
    from hipsim.study.measurements import measure
    from hipsim.study.run import run_scenario
    from hipsim.study.scenario import load_scenario
    from hipsim.surgery import derotate_femur, resect_lesser_trochanter

__version__ = "0.1.0"

_HOMES = {
    "Hip": "hipsim.anatomy.hip",
    "make_hip": "hipsim.anatomy.virtual",
    "Mesh": "hipsim.geometry",
    "footprint_from_curve": "hipsim.anatomy.painting",
    "footprint_from_faces": "hipsim.anatomy.painting",
    "hamstring_footprint": "hipsim.anatomy.footprint",
    "iliopsoas_footprint": "hipsim.anatomy.footprint",
    "load_label_map": "hipsim.io.label_maps",
    "quadratus_femoris_space": "hipsim.planning.space",
    "load_hip": "hipsim.io.hips",
    "save_case": "hipsim.io.hips",
    "load_mesh": "hipsim.io.meshes",
    "save_mesh": "hipsim.io.meshes",
    "motions": "hipsim.kinematics",
    "ClearanceQuery": "hipsim.planning.clearance",
    "CertifiedQuery": "hipsim.planning.certified",
    "certified_minimum": "hipsim.planning.certified",
    "certified_minimum_in_box": "hipsim.planning.certified",
    "first_contact": "hipsim.planning.certified",
    "clearance_along": "hipsim.planning.clearance",
    "contact_patch": "hipsim.planning.contact",
    "impingement_map": "hipsim.planning.impingement",
    "space_gained": "hipsim.planning.gain",
    "ischiofemoral_space": "hipsim.planning.space",
    "DistanceQuery": "hipsim.proximity",
    "measure": "hipsim.study.measurements",
    "run_scenario": "hipsim.study.run",
    "load_scenario": "hipsim.study.scenario",
    "derotate_femur": "hipsim.surgery",
    "resect_lesser_trochanter": "hipsim.surgery",
}

__all__ = [
    "CertifiedQuery",
    "ClearanceQuery",
    "DistanceQuery",
    "Hip",
    "Mesh",
    "certified_minimum",
    "certified_minimum_in_box",
    "clearance_along",
    "contact_patch",
    "derotate_femur",
    "first_contact",
    "footprint_from_curve",
    "footprint_from_faces",
    "hamstring_footprint",
    "iliopsoas_footprint",
    "impingement_map",
    "ischiofemoral_space",
    "load_hip",
    "load_label_map",
    "load_mesh",
    "load_scenario",
    "make_hip",
    "measure",
    "motions",
    "quadratus_femoris_space",
    "resect_lesser_trochanter",
    "run_scenario",
    "save_case",
    "save_mesh",
    "space_gained",
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
