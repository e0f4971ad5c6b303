"""Named points of the hip, in mm, in the frame of the input (the scan).

The names below are the only ones hipsim reads. ``hip_joint_centre`` is the centre of the sphere
fitted to the femoral head. Paired pelvic points carry their side; the rest belong to the hip
under study. ``posterior_trochanter`` is where the proximal femur touches a table the bone lies on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from numpy.typing import ArrayLike

from hipsim.checks import Array, as_array
from hipsim.errors import AnatomyError, InputError
from hipsim.geometry import rigid

PROXIMAL_FEMORAL_LANDMARKS = (
    "hip_joint_centre",
    "neck_isthmus",
    "lesser_trochanter",
    "greater_trochanter",
    "shaft_axis_proximal",
    "shaft_axis_distal",
    "posterior_trochanter",
)
DISTAL_FEMORAL_LANDMARKS = (
    "medial_epicondyle",
    "lateral_epicondyle",
    "medial_posterior_condyle",
    "lateral_posterior_condyle",
)
PELVIC_LANDMARKS = (
    "asis_right",
    "asis_left",
    "psis_right",
    "psis_left",
    "pubic_tubercle_right",
    "pubic_tubercle_left",
    "ischial_tuberosity",
    "ischial_spine",
    "acetabular_centre",
)
CUT_HINT = "; if the femur ends in its shaft, state its version ('version_deg: 15' in case.yaml)"
OPTIONAL_LANDMARKS = ("posterior_trochanter", "ischial_spine")  # a hip is whole without them
LANDMARK_NAMES = PROXIMAL_FEMORAL_LANDMARKS + DISTAL_FEMORAL_LANDMARKS + PELVIC_LANDMARKS


@dataclass(frozen=True, eq=False)
class Landmarks(Mapping[str, Array]):
    """A frozen mapping from landmark name to point (3,), in mm.

    Raises
    ------
    InputError
        If a name is unknown or a point is not three finite numbers.

    Examples
    --------
    >>> marks = Landmarks({"lesser_trochanter": [1, 2, 3]})
    >>> marks["lesser_trochanter"].tolist()
    [1.0, 2.0, 3.0]
    >>> marks["asis_left"]
    Traceback (most recent call last):
    hipsim.errors.AnatomyError: landmark 'asis_left' is not available; known here: lesser_trochanter
    """

    points: Mapping[str, Array]

    def __init__(self, points: Mapping[str, ArrayLike]) -> None:
        unknown = sorted(set(points) - set(LANDMARK_NAMES))
        if unknown:
            raise InputError(
                f"unknown landmarks {', '.join(unknown)}; known: {', '.join(LANDMARK_NAMES)}"
            )
        frozen = {}
        for name, point in points.items():
            frozen[name] = as_array(point, (3,), name=f"landmark {name}").copy()
            frozen[name].flags.writeable = False
        object.__setattr__(self, "points", frozen)

    def __getitem__(self, name: str) -> Array:
        if name not in self.points:
            known = ", ".join(self.points) or "none"
            hint = CUT_HINT if name in DISTAL_FEMORAL_LANDMARKS else ""
            raise AnatomyError(f"landmark {name!r} is not available; known here: {known}{hint}")
        return self.points[name]

    def __contains__(self, name: object) -> bool:
        return name in self.points

    def __iter__(self) -> Iterator[str]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)

    def updated(self, points: Mapping[str, ArrayLike]) -> "Landmarks":
        """Return these landmarks with some replaced or added."""
        return Landmarks({**self.points, **points})

    def moved(self, transform: Array, names: tuple[str, ...] = LANDMARK_NAMES) -> "Landmarks":
        """Return these landmarks with those in ``names`` moved by a (4, 4) transform."""
        return Landmarks(
            {
                name: rigid.apply(transform, point[None])[0] if name in names else point
                for name, point in self.points.items()
            }
        )
