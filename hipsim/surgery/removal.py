"""What every resection has in common: a tool takes a piece of a bone, and the hip is kept in order.

The piece and what is left add up to the bone, faces keep their labels, the surface that was made
gets that of what was cut, and what is left of the tendon's attachment goes with the hip.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from hipsim.anatomy.attachment import Footprint
from hipsim.anatomy.footprint import (
    hamstring_footprint,
    iliopsoas_footprint,
    share_removed,
)
from hipsim.anatomy.hip import FEMORAL_STRUCTURES, PELVIC_STRUCTURES, Hip
from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.geometry import Mesh, cut
from hipsim.geometry.workpiece import Workpiece, divide_near
from hipsim.surgery.depth_of_cut import farthest_from, least_over_shaft
from hipsim.surgery.zone import femur_at_trochanter, find_zone, once_for


@dataclass(frozen=True, eq=False)
class Resection:
    """What a resection leaves and takes.

    Parameters
    ----------
    before, hip
        Before and after the resection.
    removed
        The piece taken away, closed, scan frame, mm; None where nothing was taken.
    made_surface
        The surface the tool has made on the bone, open, scan frame; None where nothing was taken.
    footprint
        What is left of the attachment: insertion of the iliopsoas, or origin of the hamstrings
        where the ischium was cut. Its ``lost_share`` is what surgery has taken so far.
    """

    before: Hip
    hip: Hip
    removed: Mesh | None
    made_surface: Mesh | None
    footprint: Footprint

    @property
    def volume_mm3(self) -> float:
        """Volume of the piece taken away."""
        return 0.0 if self.removed is None else self.removed.volume_mm3

    @property
    def deepest_mm(self) -> float:
        """Greatest distance of a point of the surface taken away from the bone that is left."""
        return self._deepest[0]

    @property
    def deepest_point_mm(self) -> Array | None:
        """That point, shape (3,), scan frame; None where nothing was taken."""
        return self._deepest[1]

    @cached_property
    def medial_cortex_mm(self) -> float | None:
        """How far the cut stays outside the line of the shaft's cortex under the trochanter.

        That line is the convex outline of the bone 30 mm below the apex drawn up parallel to the
        shaft axis; 0 is flush with it. None where nothing was taken from the femur.
        """
        if self.made_surface is None or self.hip.femur is self.before.femur:
            return None
        return least_over_shaft(find_zone(self.before), self.made_surface)

    @cached_property
    def _deepest(self) -> tuple[float, Array | None]:
        """Return distance and point."""
        if self.removed is None:
            return 0.0, None
        is_femur = self.hip.femur is not self.before.femur
        return farthest_from(
            self.removed.vertices, self.hip.femur if is_femur else self.hip.hip_bone
        )


def resect_femur(hip: Hip, tool: Mesh | None, note: dict[str, Any]) -> Resection:
    """Take what a tool within the resectable zone holds of the femur.

    Parameters
    ----------
    hip
        The hip.
    tool
        Closed, scan frame, mm; None takes nothing, as does a tool that misses the bone.
    note
        Name and amounts of the procedure; what was taken is added.

    Raises
    ------
    MeshError
        If the femur is not closed.
    ComputationError
        If the volume is not conserved.
    """
    before = once_for(_INSERTIONS, hip, iliopsoas_footprint)
    planned = {**note, "neck_pass_mm": _listed(find_zone(hip).neck_pass)}
    pieces = None if tool is None else _pieces(hip, tool)
    if pieces is None:
        return _untouched(hip, "iliopsoas", before, planned)
    kept, piece = pieces
    footprint = before.carried(kept.mesh, kept.source_faces)
    after = hip.evolved(
        femur=kept.mesh,
        femoral_labels=kept.carried(
            hip.femoral_labels, FEMORAL_STRUCTURES.index("lesser_trochanter")
        ),
        notes=(*hip.notes, {**planned, **_taken(kept, piece, before, footprint)}),
        footprints={**hip.footprints, "iliopsoas": footprint},
    )
    made = kept.mesh.submesh(kept.source_faces < 0)
    return Resection(hip, after, piece.mesh, made, footprint)


def resect_hip_bone(
    hip: Hip, work: Workpiece, tool: Mesh | None, note: dict[str, Any]
) -> Resection:
    """Take what a tool holds of the ischium.

    Parameters
    ----------
    hip
        The hip.
    work
        Its hip bone prepared for the tool.
    tool, note
        As in :func:`resect_femur`, and so are the errors.
    """
    before = once_for(_ORIGINS, hip, hamstring_footprint)
    if tool is None:
        return _untouched(hip, "hamstrings", before, note)
    kept, piece = divide_near(work, tool)
    footprint = before.carried(kept.mesh, kept.source_faces)
    after = hip.evolved(
        hip_bone=kept.mesh,
        pelvic_labels=kept.carried(hip.pelvic_labels, PELVIC_STRUCTURES.index("ischium")),
        notes=(*hip.notes, {**note, **_taken(kept, piece, before, footprint)}),
        footprints={**hip.footprints, "hamstrings": footprint},
    )
    made = kept.mesh.submesh(kept.source_faces < 0)
    return Resection(hip, after, piece.mesh, made, footprint)


_INSERTIONS: WeakKeyDictionary[Hip, Footprint] = WeakKeyDictionary()
_ORIGINS: WeakKeyDictionary[Hip, Footprint] = WeakKeyDictionary()


def _pieces(hip: Hip, tool: Mesh) -> tuple[cut.Cut, cut.Cut] | None:
    """Divide the femur, or return None where the tool misses it."""
    work = femur_at_trochanter(hip)
    try:
        return divide_near(work, tool)
    except InputError:
        if cut.common(work.mesh, tool) is None:
            return None
        raise


def _untouched(hip: Hip, attachment: str, footprint: Footprint, note: dict[str, Any]) -> Resection:
    """Note a resection that took nothing; the bone stays the very same."""
    taken = {
        "removed_volume_mm3": 0.0,
        "cut_area_mm2": 0.0,
        "footprint_removed_share": 0.0,
        "footprint_lost_share": footprint.lost_share,
    }
    after = hip.evolved(
        notes=(*hip.notes, {**note, **taken}),
        footprints={**hip.footprints, attachment: footprint},
    )
    return Resection(hip, after, None, None, footprint)


def _taken(
    kept: cut.Cut, piece: cut.Cut, before: Footprint, footprint: Footprint
) -> dict[str, float]:
    """Note what was taken."""
    return {
        "removed_volume_mm3": piece.mesh.volume_mm3,
        "cut_area_mm2": kept.made_area_mm2,
        "footprint_removed_share": share_removed(before, footprint),
        "footprint_lost_share": footprint.lost_share,
    }


def _listed(point: np.ndarray | None) -> list[float] | None:
    """Return a point as a list, for notes are written to files."""
    return None if point is None else point.tolist()
