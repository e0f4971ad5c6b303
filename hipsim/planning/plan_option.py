"""One way to make space: what is done, what it gives in every motion, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.geometry import Mesh
from hipsim.planning.certified import CertifiedMinimum
from hipsim.planning.pairs import PairQuery, PairTable
from hipsim.planning.required_resection import TOLERANCE_MM, certified, depth_map
from hipsim.planning.response import Response
from hipsim.planning.targets import Target
from hipsim.surgery.removal import Resection
from hipsim.surgery.side_effects import SideEffects, side_effects


@dataclass(frozen=True, eq=False)
class Reached:
    """What became of one target.

    Parameters
    ----------
    target
        What was wanted.
    before, after
        Least clearance over the continuous motion, certified to 0.01 mm.
    """

    target: Target
    before: CertifiedMinimum
    after: CertifiedMinimum

    @property
    def missing_mm(self) -> float:
        """Clearance still missing; 0 where the target is reached to the tolerance of a proof."""
        missing = self.target.clearance_mm - self.after.minimum_mm
        return missing if missing > TOLERANCE_MM else 0.0

    @property
    def is_reached(self) -> bool:
        """Whether the motion has the wanted clearance."""
        return self.missing_mm == 0.0


@dataclass(frozen=True, eq=False)
class Option:
    """One way to make space.

    Parameters
    ----------
    name
        ``"ideal"``, ``"plane"``, ``"burr"``, ``"contour"``, ``"derotation"`` or ``"combined"``.
    what
        What is done, for people.
    parameters
        What is done, for programs; units in the names, points in the scan frame.
    hip
        The hip after it.
    reached
        What became of each target.
    side_effects
        What it costs.
    pairs
        Named pairs after it.
    removed
        The piece that is taken away, closed, scan frame, mm; None where none is.
    depth_mm
        How far the bone that is left lies below each vertex of the femur before, shape (n,); None
        where no bone is taken.
    response
        The response curve of this procedure over the motions of the targets, or None.
    """

    name: str
    what: str
    parameters: dict[str, Any]
    hip: Hip = field(repr=False)
    reached: tuple[Reached, ...] = field(repr=False)
    side_effects: SideEffects = field(repr=False)
    pairs: PairTable = field(repr=False)
    removed: Mesh | None = field(default=None, repr=False)
    depth_mm: Array | None = field(default=None, repr=False)
    response: Response | None = field(default=None, repr=False)

    @property
    def is_reached(self) -> bool:
        """Whether every target is reached."""
        return all(each.is_reached for each in self.reached)

    @property
    def plane(self) -> tuple[Array, Array] | None:
        """Point and normal of the plane of the cut, scan frame, where there is one."""
        if "plane_point_mm" not in self.parameters:
            return None
        return self.parameters["plane_point_mm"], self.parameters["plane_normal"]


@dataclass(frozen=True, eq=False)
class Start:
    """The hip before, and what all options are compared with.

    Parameters
    ----------
    hip
        Before.
    targets
        What is wanted.
    before
        Certified least clearance of each target's motion.
    query
        Named pairs of the hip before; its search trees are shared.
    pairs
        Named pairs before.
    """

    hip: Hip
    targets: tuple[Target, ...]
    before: tuple[CertifiedMinimum, ...]
    query: PairQuery
    pairs: PairTable

    @classmethod
    def of(cls, hip: Hip, targets: Sequence[Target]) -> "Start":
        """Measure a hip before anything is done."""
        query = PairQuery(hip)
        pairs = query([target.motion for target in targets])
        return cls(hip, tuple(targets), tuple(certified(hip, targets)), query, pairs)

    @property
    def reached(self) -> tuple[Reached, ...]:
        """What the targets are worth as the hip is."""
        rows = zip(self.targets, self.before, strict=True)
        return tuple(Reached(target, found, found) for target, found in rows)

    def option(
        self,
        name: str,
        what: str,
        hip: Hip,
        *,
        parameters: dict[str, Any],
        resection: Resection | None = None,
        response: Response | None = None,
    ) -> Option:
        """Measure a hip after an operation."""
        taken = None if resection is None else resection.removed
        after = certified(hip, self.targets)
        rows = zip(self.targets, self.before, after, strict=True)
        return Option(
            name=name,
            what=what,
            parameters=parameters,
            hip=hip,
            reached=tuple(Reached(*row) for row in rows),
            side_effects=side_effects(self.hip, hip),
            pairs=self.query.after(hip)([target.motion for target in self.targets]),
            removed=taken,
            depth_mm=None if resection is None else depth_map(resection),
            response=response,
        )
