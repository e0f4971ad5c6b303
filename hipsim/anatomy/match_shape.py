"""The virtual hip nearest to a real one: what it would be made from.

Two ways. :func:`clinical_shape` knows what a surgeon has without a scan of the bones' shape: sex,
head radius, femoral length, version and neck-shaft angle; everything else is the mean that goes
with them. :func:`match_shape` looks at both bones: it starts from all measures that virtual hips
have too (:mod:`hipsim.anatomy.virtual_measure`) and moves the parameters until the surfaces lie
nearest to each other on their anatomical frames (:mod:`hipsim.anatomy.virtual_match`).
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.measures import inter_hip_mm
from hipsim.anatomy.regions import ISCHIUM_BELOW_CENTRE_MM, ISCHIUM_IN_FRONT_MM
from hipsim.anatomy.sides import other_side
from hipsim.anatomy.virtual_figures import SEXES
from hipsim.anatomy.virtual_match import Cloud, nearest_shape
from hipsim.anatomy.virtual_measure import femoral_values, pelvic_values
from hipsim.anatomy.virtual_shape import RANGES, HipShape, Sex, expected
from hipsim.checks import Array, BoolArray, as_choice, as_side
from hipsim.geometry import Mesh, rigid

CLINICAL = ("head_radius_mm", "femoral_length_mm", "version_deg", "neck_shaft_angle_deg")
SEED = 20080904
WHOLE, UPPER, NEAR = 400, 900, 900  # points on all of a bone, on its part that counts, at contact
TROCHANTER_MM = 22.0  # points nearer to the apex count as contact
CONTACT_SOFTNESS_MM = 8.0  # the ischium counts less, the farther from the apex in neutral
BELOW_APEX_MM = 45.0  # the femur above this counts more


def match_shape(hip: Hip, *, sex: Sex) -> HipShape:
    """Find the parameters of the virtual hip nearest to a real one.

    Parameters
    ----------
    hip
        Both bones with all landmarks, knee and second hip bone's included.
    sex
        Whose proportions fill in what has no parameter.

    Returns
    -------
    shape
        Within the ranges of the parameters; ``hip_from_shape`` makes the bones.

    Raises
    ------
    InputError
        If the sex is unknown.
    AnatomyError
        If something cannot be measured on these bones.

    Notes
    -----
    Levenberg-Marquardt on the values of the implicit bodies at 2,200 points per bone, soft-L1
    beyond 1.5 mm, clipped at 8 mm, the parameters held near what is measured on the real bones
    (standard deviation: 10 % of the range), a third of the points where lesser trochanter and
    ischium come near each other. Surface distances reached: ``benchmarks/results/realism.md``.

    Examples
    --------
    >>> from hipsim.anatomy.virtual import make_hip
    >>> match_shape(make_hip(spacing_mm=4), sex="both")
    Traceback (most recent call last):
    hipsim.errors.InputError: sex must be one of female, male, got 'both'
    """
    start = measured_shape(hip, sex=sex)
    real = _Real.of(hip)
    rng = np.random.default_rng(SEED)
    return nearest_shape(start, _femoral_cloud(real, rng), _pelvic_cloud(real, rng))


def clinical_shape(hip: Hip, *, sex: Sex) -> HipShape:
    """Return the shape known from sex, head radius, length, version and neck-shaft angle alone.

    Raises
    ------
    InputError
        If the sex is unknown.
    AnatomyError
        If one of them cannot be measured on these bones.

    Examples
    --------
    >>> from hipsim.anatomy.virtual import make_hip
    >>> hip = make_hip(sex="male", spacing_mm=4)
    >>> round(clinical_shape(hip, sex="male").head_radius_mm, 1)
    24.5
    """
    values = measured_values(hip, sex=sex)
    return _within_ranges(sex, {name: values[name] for name in CLINICAL})


def measured_shape(hip: Hip, *, sex: Sex) -> HipShape:
    """Return the shape with all that can be measured on a hip, within the parameters' ranges.

    Raises
    ------
    InputError
        If the sex is unknown.
    AnatomyError
        If something cannot be measured on these bones.
    """
    return _within_ranges(sex, measured_values(hip, sex=sex))


def measured_values(hip: Hip, *, sex: Sex) -> dict[str, float]:
    """Measure on a real hip what virtual hips are made from, mm and degrees.

    Raises
    ------
    InputError
        If the sex is unknown.
    AnatomyError
        If something cannot be measured on these bones.
    """
    as_choice(sex, SEXES, name="sex")
    real = _Real.of(hip)
    sizes = {"head_radius_mm": hip.head_radius_mm, "inter_hip_mm": inter_hip_mm(hip)}
    asked = _within_ranges(sex, sizes)
    version = femoral_values(real.femur, real.femoral_points, asked)["version_deg"]
    asked = _within_ranges(sex, {**sizes, "version_deg": version})
    return {
        **sizes,
        **femoral_values(real.femur, real.femoral_points, asked),
        **pelvic_values(real.hip_bone, real.pelvic_points, asked),
    }


@dataclass(frozen=True, eq=False)
class _Real:
    """Bones and landmarks as those of a right hip, each bone in its own anatomical frame."""

    femur: Mesh
    femoral_points: dict[str, Array]
    hip_bone: Mesh
    pelvic_points: dict[str, Array]

    @classmethod
    def of(cls, hip: Hip) -> "_Real":
        """Bring a hip of either side into place."""
        bones = []
        for mesh, frame in (
            (hip.femur, hip.femoral_frame("condylar")),
            (hip.hip_bone, hip.pelvic_frame("app")),
        ):
            inverse = rigid.inverse(frame)
            moved, points = mesh.transformed(inverse), dict(hip.landmarks.moved(inverse))
            if hip.side == "left":
                moved, points = moved.mirrored(2), _exchanged(points)
            bones.append((moved, points))
        return cls(*bones[0], *bones[1])


def _exchanged(points: dict[str, Array]) -> dict[str, Array]:
    """Return the points of the mirror image, right and left ones exchanged."""
    mirrored = {}
    for name, point in points.items():
        stem, _, ending = name.rpartition("_")
        if ending in ("right", "left"):
            name = f"{stem}_{other_side(as_side(ending))}"
        mirrored[name] = point * [1.0, 1.0, -1.0]
    return mirrored


def _within_ranges(sex: Sex, values: dict[str, float]) -> HipShape:
    """Return a shape with some values and what is expected with them, all within their ranges."""
    whole = expected(sex, values)
    return HipShape(
        sex=sex, **{name: float(np.clip(whole[name], *RANGES[name])) for name in RANGES}
    )


def _femoral_cloud(real: _Real, rng: np.random.Generator) -> Cloud:
    """Draw points of the femur, most of them on its upper end."""
    apex, centres = real.femoral_points["lesser_trochanter"], real.femur.face_centres
    is_upper = centres[:, 1] > apex[1] - BELOW_APEX_MM
    is_near = np.linalg.norm(centres - apex, axis=1) < TROCHANTER_MM
    return _cloud(real.femur, is_upper, is_near.astype(float), rng)


def _pelvic_cloud(real: _Real, rng: np.random.Generator) -> Cloud:
    """Draw points of the hip bone, most of them on the ischium and where the femur comes near."""
    apex, centres = real.femoral_points["lesser_trochanter"], real.hip_bone.face_centres
    is_ischium = centres[:, 1] < -ISCHIUM_BELOW_CENTRE_MM
    is_ischium &= centres[:, 0] < ISCHIUM_IN_FRONT_MM
    away = np.linalg.norm(centres - apex, axis=1)
    nearness = np.exp((away[is_ischium].min() - away) / CONTACT_SOFTNESS_MM)
    return _cloud(real.hip_bone, is_ischium, np.where(is_ischium, nearness, 0.0), rng)


def _cloud(mesh: Mesh, is_upper: BoolArray, nearness: Array, rng: np.random.Generator) -> Cloud:
    """Draw points of a surface: everywhere, on a part, and by nearness to the other bone."""
    shares = (np.ones(len(mesh.faces)), is_upper.astype(float), nearness)
    counts = (WHOLE, UPPER, NEAR)
    drawn = [_drawn(mesh, share, n, rng) for share, n in zip(shares, counts, strict=True)]
    return Cloud(np.concatenate(drawn), np.repeat([False, False, True], counts))


def _drawn(mesh: Mesh, share: Array, n: int, rng: np.random.Generator) -> Array:
    """Draw n points of a surface, shape (n, 3), with a density in proportion to a share."""
    chance = mesh.face_areas_mm2 * share
    faces = rng.choice(len(chance), n, p=chance / chance.sum())
    corners = rng.dirichlet((1.0, 1.0, 1.0), n)
    points: Array = np.einsum("ni,nij->nj", corners, mesh.triangles[faces])
    return points
