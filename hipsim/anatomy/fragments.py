"""The axis of the shaft a lesser trochanter sits on, also after an osteotomy below it."""

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.geometry import rigid

SHAFT_AXIS = ("shaft_axis_proximal", "shaft_axis_distal")


def fragment_shaft_axis(hip: Hip) -> tuple[Array, Array]:
    """Return both points of the shaft axis of the fragment that carries the trochanter.

    After an osteotomy below the trochanter the shaft axis landmarks belong to the distal fragment;
    the trochanter still sits on the old one, so the turns noted since are undone.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    points = np.stack([hip.landmarks[name] for name in SHAFT_AXIS])
    for note in reversed(hip.notes):
        turned = note.get("turned_landmarks", ())
        if set(SHAFT_AXIS) <= set(turned) and "lesser_trochanter" not in turned:
            points = rigid.apply(rigid.inverse(np.array(note["moved_from_before"])), points)
    return points[0], points[1]
