"""A plan for programs: plain numbers and text, units in the names, conventions beside them."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from math import isfinite, isnan
from typing import Any

import numpy as np

import hipsim
from hipsim.kinematics.motion import Motion
from hipsim.planning.pairs import FLEXION_DEG, PairTable, pair_rows
from hipsim.planning.plan_option import Option, Reached, Start
from hipsim.planning.response import Response


def as_plain(value: Any) -> Any:
    """Turn arrays, dataclasses and tuples into what JSON knows; what is not finite into None.

    Examples
    --------
    >>> as_plain({"point_mm": np.array([1.0, np.inf]), "parts": (np.int64(2), "a")})
    {'point_mm': [1.0, None], 'parts': [2, 'a']}
    """
    if isinstance(value, Mapping):
        return {str(key): as_plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return as_plain(value.tolist())
    if isinstance(value, list | tuple):
        return [as_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return as_plain(asdict(value))
    if isinstance(value, np.generic):
        return as_plain(value.item())
    return None if isinstance(value, float) and not isfinite(value) else value


def start_record(start: Start) -> dict[str, Any]:
    """Describe the hip before."""
    return {
        "hip": start.hip.name,
        "side": start.hip.side,
        "targets": [target_record(row) for row in start.reached],
        **_rotation(start.pairs),
        "pairs_not_available": dict(start.pairs.not_available),
    }


def target_record(row: Reached) -> dict[str, Any]:
    """Describe a target and the space its motion has."""
    return {
        "motion": row.target.motion.name,
        "stated": row.target.stated,
        "target_mm": row.target.clearance_mm,
        "space_mm": row.after.minimum_mm,
        "space_at_least_mm": row.after.lower_bound_mm,
        "missing_mm": row.missing_mm,
        "is_reached": row.is_reached,
        "kind": row.after.kind,
        "structure": row.after.structure,
        **{f"{angle}_deg": value for angle, value in row.after.pose_deg.items()},
        "femoral_region": row.target.femoral_region,
        "pelvic_region": row.target.pelvic_region,
    }


def option_record(option: Option, start: Start) -> dict[str, Any]:
    """Describe an option."""
    return {
        "name": option.name,
        "what": option.what,
        "parameters": option.parameters,
        "is_reached": option.is_reached,
        "targets": [
            {**target_record(row), "space_before_mm": row.before.minimum_mm}
            for row in option.reached
        ],
        "side_effects": option.side_effects,
        "pairs": pair_rows(start.pairs, option.pairs),
        **_rotation(option.pairs),
        "response": None if option.response is None else response_record(option.response),
    }


def response_record(curve: Response) -> dict[str, Any]:
    """Describe a response curve."""
    return {
        "procedure": curve.procedure,
        "fixed": curve.fixed,
        curve.amount_name: curve.amounts,
        "motions": {
            motion.name: {
                "space_mm": curve.minimum_mm[k],
                "structure": curve.structures[k],
                "saturation": curve.saturation[motion.name],
            }
            for k, motion in enumerate(curve.motions)
        },
        "side_effects": curve.side_effects,
    }


def conventions(motions: list[Motion]) -> dict[str, Any]:
    """Say what numbers are counted from."""
    return {
        "hipsim_version": hipsim.__version__,
        "lengths": "mm",
        "angles": "deg; flexion, adduction, internal rotation positive on both sides, intrinsic "
        "Z-X'-Y'' in ISB axes",
        "coordinates": "the frame of the input files, in mm",
        "space": "least distance of femoral and pelvic region over the continuous motion, "
        "certified to 0.01 mm; negative is depth of overlap",
        "zeros": {
            motion.name: {
                "pelvic_zero": motion.pelvic_zero,
                "femoral_zero": motion.femoral_zero,
                "pelvic_tilt_deg": motion.pelvic_tilt_deg,
            }
            for motion in motions
        },
        "pairs": "least distance over the poses of each motion",
        "flexion_internal_rotation": f"at {FLEXION_DEG:g} deg of flexion (pelvic zero app, femoral "
        "zero condylar): first contact of neck, greater trochanter or shaft with the bone in front "
        "of the socket; None where there is none up to 75 deg, or where it is not known",
        "derotation": "of the distal fragment, external positive: lowers femoral version",
    }


def _rotation(pairs: PairTable) -> dict[str, Any]:
    """Describe the internal rotation in flexion: JSON has one word for none and for not known."""
    found = pairs.flexion_internal_rotation_deg
    return {
        "flexion_internal_rotation_deg": found,
        "flexion_internal_rotation_is_known": not isnan(found),
    }
