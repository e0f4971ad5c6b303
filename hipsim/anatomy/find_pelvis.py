"""Find the pelvic landmarks from both hip bones, in any orientation.

The bones lie in one scan frame, as a CT gives them, and mirror each other: the line of their
centres is the first transverse axis, its middle lies in the midplane. The surface's centre lies
above the hip joint centre (the iliac wings weigh most); the wings are wider in front than behind,
which tells anterior from posterior without a side. Then the anterior pelvic plane is found anew
until it settles, with the landmarks that span it.

The landmarks are corners, not the most anterior points of all. The ASIS ends the iliac crest, which
comes from behind and above, and hangs over the notch below it: seen from in front, a little lateral
and a little below it is the most prominent place, while the most anterior one wanders up to 10 mm
along the blunt end of the crest. The pubic tubercle is the corner between the pubic crest, which
runs across, and the superior ramus, which runs back and out: the most prominent place seen from
half-way between, while the most anterior points of the pubis lie on the symphysis and would tilt
the plane by 2 deg. Each is the centre of a cap (:mod:`hipsim.geometry.cap`) moved out to its
contact plane.
"""

from dataclasses import dataclass, field

import numpy as np

from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, BoolArray, Side
from hipsim.errors import AnatomyError, InputError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.cap import contact_point

Direction = tuple[float, float, float]
DIRECTIONS: dict[str, Direction] = {  # seen from: anterior, superior, lateral
    "asis": (1.0, -0.2, 0.25),
    "pubic_tubercle": (1.0, -0.1, 0.55),
    "psis": (-1.0, 0.0, 0.0),
    "ischial_tuberosity": (-1.0, -1.0, 0.0),
    "ischial_spine": (-1.0, 0.0, -1.0),
}
OTHER_DIRECTIONS: dict[str, Direction] = {  # a second view, to tell how much the choice matters
    "asis": (1.0, -0.35, 0.25),
    "pubic_tubercle": (1.0, -0.1, 0.7),
    "psis": (-1.0, 0.1, 0.0),
    "ischial_tuberosity": (-0.85, -1.0, 0.0),
    "ischial_spine": (-1.0, 0.0, -1.5),
}
CAP_MM2 = {
    "asis": 100.0,
    "pubic_tubercle": 50.0,
    "psis": 100.0,
    "ischial_tuberosity": 100.0,
    "ischial_spine": 20.0,
}
ABOVE_JOINT_MM = 45.0  # ASIS and PSIS lie higher, the AIIS lower
PUBIS_BELOW_MM = 15.0  # the pubic tubercle lies lower than so much above the joint
PUBIS_FROM_MIDPLANE = (0.1, 0.6)  # of half the distance between the bones' centres
SPINE_LEVELS_MM = (-22.0, 20.0)  # of the ischial spine over the joint
SPINE_BEHIND_MM = 20.0
_PLANE = ("asis", "pubic_tubercle")
_LOW = ("ischial_tuberosity", "ischial_spine")
_STEADY = 1e-7
_ROUNDS = 60


@dataclass(frozen=True, eq=False)
class FoundPelvis:
    """What the shape of the two hip bones says.

    Attributes
    ----------
    points
        Landmark name to point (3,), scan frame, mm: ASIS, PSIS and pubic tubercles of both sides.
    tuberosity
        Ischial tuberosity of each side: the place farthest down and back in the ``app`` frame.
    spine
        Ischial spine of each side.
    others
        Places by another view: landmark name with its side to estimator to point.
    """

    points: dict[str, Array]
    tuberosity: dict[Side, Array]
    spine: dict[Side, Array] = field(default_factory=dict)
    others: dict[str, dict[str, Array]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Half:
    """A hip bone in pelvic axes about the midplane at the level of the joint, mirrored to right."""

    mesh: Mesh
    scan_from_local: Array
    mirror: Array
    half_width: float

    def find(self, name: str, direction: Direction) -> Array:
        """Return a place by its name, scan frame."""
        try:
            point = contact_point(
                self.mesh,
                rigid.unit(np.asarray(direction)),
                area_mm2=CAP_MM2[name],
                is_candidate=self._candidates(name),
            )
        except InputError:
            raise AnatomyError(
                "a hip bone is incomplete: wanted wing, pubis and ischium in one piece; "
                f"nothing was found where the {name.replace('_', ' ')} should be"
            ) from None
        return rigid.apply(self.scan_from_local, (point * self.mirror)[None])[0]

    def _candidates(self, name: str) -> BoolArray:
        """Mark the vertices among which a place is sought."""
        x, y, z = self.mesh.vertices.T
        near, far = (share * self.half_width for share in PUBIS_FROM_MIDPLANE)
        sought: dict[str, BoolArray] = {
            "asis": y > ABOVE_JOINT_MM,
            "psis": y > ABOVE_JOINT_MM,
            "pubic_tubercle": (y < PUBIS_BELOW_MM) & (z > near) & (z < far),
            "ischial_tuberosity": y < 0.0,
            "ischial_spine": (y > SPINE_LEVELS_MM[0])
            & (y < SPINE_LEVELS_MM[1])
            & (x < -SPINE_BEHIND_MM),
        }
        return sought[name]


def find_pelvis(right: Mesh, left: Mesh, *, hip_joint_centre: Array) -> FoundPelvis:
    """Find the landmarks of a pelvis from its two hip bones.

    Parameters
    ----------
    right, left
        Closed meshes of the hip bones, the same scan frame, mm.
    hip_joint_centre
        Centre of one femoral head, shape (3,), same frame; tells what is above the joint.

    Raises
    ------
    AnatomyError
        If the bones called right and left are, by their shape, the other way round, or a bone has
        nothing where a landmark should be.
    """
    bones: dict[Side, Mesh] = {"right": right, "left": left}
    middle, axes, half_width = _first_axes(bones, hip_joint_centre)
    front = {side: _front(bone, middle, axes) for side, bone in bones.items()}
    for _ in range(_ROUNDS):
        points: dict[str, Array] = {}
        for side, bone in front.items():
            half = _half(bone, side, rigid.transform_from(axes, middle), half_width)
            points |= {f"{name}_{side}": half.find(name, DIRECTIONS[name]) for name in _PLANE}
        before, axes = axes, _anterior_axes(points)
        if np.abs(axes - before).max() < _STEADY:
            break
    frame = rigid.transform_from(axes, middle)
    halves = {side: _half(bone, side, frame, half_width) for side, bone in bones.items()}
    for side, half in halves.items():
        points[f"psis_{side}"] = half.find("psis", DIRECTIONS["psis"])
    low = {n: {s: h.find(n, DIRECTIONS[n]) for s, h in halves.items()} for n in _LOW}
    return FoundPelvis(points, low[_LOW[0]], low[_LOW[1]], _other_estimates(halves))


def _half(bone: Mesh, side: Side, scan_from_local: Array, half_width: float) -> _Half:
    """Return a hip bone in pelvic axes, mirrored to right."""
    local = bone.transformed(rigid.inverse(scan_from_local))
    mirror = np.array([1.0, 1.0, side_sign(side)])
    mesh = local if mirror[2] > 0 else local.mirrored(axis=2)
    return _Half(mesh, scan_from_local, mirror, half_width)


def _front(bone: Mesh, middle: Array, axes: Array) -> Mesh:
    """Return the front of a hip bone, on which the plane is sought."""
    is_front = (bone.vertices - middle) @ axes[:, 0] > 0.0
    return bone.submesh(np.all(is_front[bone.faces], axis=1))


def _other_estimates(halves: dict[Side, _Half]) -> dict[str, dict[str, Array]]:
    """Find every place from another view as well."""
    return {
        f"{name}_{side}": {"another view": half.find(name, direction)}
        for name, direction in OTHER_DIRECTIONS.items()
        for side, half in halves.items()
    }


def _first_axes(bones: dict[Side, Mesh], hip_joint_centre: Array) -> tuple[Array, Array, float]:
    """Return the joint's level in the midplane, rough axes (X, Y, Z columns) and the half width."""
    mean = {side: _centre_of_area(bone) for side, bone in bones.items()}
    between = mean["right"] - mean["left"]
    right, half_width = rigid.unit(between), 0.5 * float(np.linalg.norm(between))
    centre = 0.5 * (mean["right"] + mean["left"])
    middle = hip_joint_centre - ((hip_joint_centre - centre) @ right) * right
    rise = centre - middle
    up = rigid.unit(rise - (rise @ right) * right)
    axes = np.column_stack([np.cross(up, right), up, right])
    if _widening(bones, middle, axes) < 0.0:
        raise AnatomyError(
            "the hip bones called right and left are, by their shape, the other way round "
            "(or both are mirrored); check the file names"
        )
    return middle, axes, half_width


def _centre_of_area(mesh: Mesh) -> Array:
    """Return the centre of a surface."""
    return mesh.face_areas_mm2 @ mesh.face_centres / mesh.face_areas_mm2.sum()


def _widening(bones: dict[Side, Mesh], middle: Array, axes: Array) -> float:
    """Return the covariance of width and forwardness over the wings: positive if X is anterior."""
    centres = np.concatenate([bone.face_centres for bone in bones.values()])
    areas = np.concatenate([bone.face_areas_mm2 for bone in bones.values()])
    forward, height, across = ((centres - middle) @ axes).T
    wing = height > 30.0
    return float(np.cov(forward[wing], np.abs(across[wing]), aweights=areas[wing])[0, 1])


def _anterior_axes(points: dict[str, Array]) -> Array:
    """Return the axes of the anterior pelvic plane: columns X anterior, Y superior, Z right."""
    asis = 0.5 * (points["asis_right"] + points["asis_left"])
    pubis = 0.5 * (points["pubic_tubercle_right"] + points["pubic_tubercle_left"])
    return rigid.axes_from(y=asis - pubis, z_hint=points["asis_right"] - points["asis_left"])
