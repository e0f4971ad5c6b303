"""Footprints of tendons on bone: iliopsoas on the lesser trochanter, hamstrings on the tuberosity.

A footprint is an ellipse drawn on the bone as it is seen from one direction, on the connected
surface that faces the viewer. Directions and sizes are parameters in head radii R; their defaults:

Iliopsoas. Placed from anatomy, R 23 mm; not fitted to what planing takes of it.

* Measured: the psoas tendon is 14.6 +- 2.2 mm wide where it is single, hence a width of 0.63 R
  (Lin 2022); its circumference at the lesser trochanter, 25.5 +- 2.6 mm (Alpert 2009), is that of
  such a band. Fibres of the iliacus go on to the body of the femur for about 25 mm below and in
  front of the trochanter (Gray 1918), in every specimen (Lin 2022). On 35 CT femora (data of
  Fischer 2023) the trochanter's tip is a ball of radius 7.7 mm that falls 10 mm to its anterior
  flank within 16 mm.
* Described: summit and anterior surface are rough and take the tendon, the posterior surface is
  smooth and bare (Gray 1918).
* Assumed: the ellipse is seen square to the anterior flank, atan(10 / 16) = 32 deg anterior of the
  trochanter's axis. It begins where the ball ends, 0.33 R above the apex, for a bursa lies above;
  the 25 mm count from the apex, 1.09 R. The border of the bare surface is the ridge through the
  apex, which the ellipse touches. So it is 1.42 R long, and its middle lies 0.38 R below the apex
  and half its width in front of it.

No figure for the place of its middle was found. Beside it, male cadavers: planing parallel to the
posterior cortex takes 22 +- 10, 50 +- 13 and 76 +- 13 % at 5, 10 and 15 mm (Hapa 2018). Planes
square to the trochanter's axis, no deeper than the shaft, take 26, 56 and 87 % on four CT hips of
men and 28, 58 and 93 % on eight of men and women, whose trochanters are lower; planes tilted
posteriorly by 15 deg take 20 % at 5 mm (the tilt of the cadavers' planes to the trochanter is not
told). Moving the border 3 mm back, to take in the whole ball, would raise the first figure to 45 %.

Hamstrings. Conjoined tendon and semimembranosus arise side by side from the posterolateral
tuberosity: two parallel longitudinal ovals, 39 x 14 and 45 x 12 mm (567 and 412 mm2 in another
series). The ellipse is seen from 45 deg lateral of behind, 1.75 R long and 1.13 R wide; on the
curved bone that is about 45 x 26 mm.

A person may replace either by painting, see :mod:`hipsim.anatomy.painting`; procedures carry what
is left of a footprint in ``Hip.footprints``, and what is there is the one truth.

References
----------
Gray, Anatomy of the Human Body, 20th ed, 1918 (lesser trochanter, iliacus); Lin et al., Arch Orthop
Trauma Surg 2022;142:1147, doi 10.1007/s00402-021-04009-5 (tendons, muscular insertion); Alpert et
al., Am J Sports Med 2009;37:1594 (circumference); Fischer, Sci Data 2023;10:763 (femora); Hapa et
al., Acta Orthop Traumatol Turc 2018;52:54, doi 10.1016/j.aott.2017.11.006 (attachment lost against
depth); Feucht et al., Knee Surg Sports Traumatol Arthrosc 2014,
doi 10.1007/s00167-014-3124-0 (sizes of the hamstring origin); Philippon et al., A qualitative and
quantitative analysis of the attachment sites of the proximal hamstrings, ibid. (areas).
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from hipsim.anatomy.attachment import Footprint, make_footprint
from hipsim.anatomy.fragments import fragment_shaft_axis
from hipsim.anatomy.hip import FEMORAL_STRUCTURES, PELVIC_STRUCTURES, Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, BoolArray, IntArray
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.section import section_segments

FACING = 0.15  # cosine to the sight from which a face is seen, not grazed
NO_EDGES: IntArray = np.empty(0, dtype=np.int64)
_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class PatchShape:
    """An ellipse drawn on a bone, in head radii.

    Attributes
    ----------
    sight_deg
        Direction it is seen from: iliopsoas, from the axis of the lesser trochanter towards
        anterior; hamstrings, from posterior towards lateral.
    up, aside
        Its middle: up the shaft and forward, from the apex of the lesser trochanter; for the
        hamstrings up from the hip joint centre (negative below) and forward-lateral from the bone
        nearest to the viewer at that level.
    length, width
        Its axes, the length along the shaft or the vertical.
    turn_deg
        Turn of the length, its upper end towards ``aside``.
    """

    sight_deg: float
    up: float
    aside: float
    length: float
    width: float
    turn_deg: float = 0.0


ILIOPSOAS = PatchShape(sight_deg=32.0, up=-0.38, aside=0.315, length=1.42, width=0.63)
HAMSTRINGS = PatchShape(sight_deg=45.0, up=-1.90, aside=0.0, length=1.75, width=1.13)


@dataclass(frozen=True, eq=False)
class _View:
    """How an ellipse is looked at: its middle and the columns sight, up, aside; scan frame, mm."""

    centre: Array
    axes: Array
    shape: PatchShape
    radius_mm: float


def iliopsoas_footprint(hip: Hip, shape: PatchShape = ILIOPSOAS) -> Footprint:
    """Return the insertion of the iliopsoas on the femur.

    Parameters
    ----------
    hip
        With lesser trochanter and shaft axis.
    shape
        The ellipse that is drawn where nobody has painted and nothing has been cut.

    Returns
    -------
    footprint
        The one the hip carries (painted, or what surgery has left), else the parametric one.

    Raises
    ------
    AnatomyError
        If a landmark is missing or no bone faces the viewer there.

    Examples
    --------
    >>> from hipsim.io import load_hip
    >>> footprint = iliopsoas_footprint(load_hip("man"))
    >>> 300 < footprint.area_mm2 < 900
    True
    """
    if "iliopsoas" in hip.footprints:
        return hip.footprints["iliopsoas"]
    apex, (proximal, distal) = hip.landmarks["lesser_trochanter"], fragment_shaft_axis(hip)
    up = rigid.unit(proximal - distal)
    out = rigid.unit((apex - proximal) - ((apex - proximal) @ up) * up)
    view = _view(apex, up, (out, np.cross(out, up) * side_sign(hip.side)), shape, hip)
    barred = [FEMORAL_STRUCTURES.index(name) for name in ("head", "neck", "distal_femur")]
    is_face = _drawn(hip.femur, ~np.isin(hip.femoral_labels, barred), view)
    return make_footprint(hip.femur, is_face, attachment="iliopsoas", origin="parametric")


def hamstring_footprint(hip: Hip, shape: PatchShape = HAMSTRINGS) -> Footprint:
    """Return the origin of the hamstrings on the ischial tuberosity.

    Parameters
    ----------
    hip
        With a pelvic frame.
    shape
        The ellipse that is drawn where nobody has painted and nothing has been cut.

    Returns
    -------
    footprint
        The one the hip carries, else the parametric one.

    Raises
    ------
    AnatomyError
        If a landmark is missing or the ischium ends above the middle of the ellipse.
    """
    if "hamstrings" in hip.footprints:
        return hip.footprints["hamstrings"]
    frame = hip.pelvic_frame("app")
    forward, up, right = frame[:3, :3].T
    is_ischium = hip.pelvic_labels == PELVIC_STRUCTURES.index("ischium")
    level = frame[:3, 3] + shape.up * hip.head_radius_mm * up
    outline = section_segments(hip.hip_bone.submesh(is_ischium), level, up).reshape(-1, 3)
    if len(outline) == 0:
        raise AnatomyError(
            f"the ischium has no section {-shape.up:g} head radii below the hip joint centre, "
            f"where the hamstring origin is drawn; is it cropped?"
        )
    view = _view(level, up, (-forward, right * side_sign(hip.side)), shape, hip)
    nearest = outline[(outline @ view.axes[:, 0]).argmax()]
    middle = nearest + shape.aside * hip.head_radius_mm * view.axes[:, 2]
    is_face = _drawn(hip.hip_bone, is_ischium, _View(middle, view.axes, shape, view.radius_mm))
    return make_footprint(hip.hip_bone, is_face, attachment="hamstrings", origin="parametric")


def share_removed(before: Footprint, after: Footprint) -> float:
    """Return the share of the intact footprint that was there before and is gone after, 0 to 1.

    Parameters
    ----------
    before, after
        One footprint, before and after a procedure.
    """
    return (before.area_mm2 - after.area_mm2) / before.intact_area_mm2


def pieces_of_faces(bone: Mesh, faces: IntArray, barred_edges: IntArray = NO_EDGES) -> IntArray:
    """Number the pieces in which faces hang together over their edges, shape (k,).

    Parameters
    ----------
    bone
        The surface.
    faces
        Indices of the faces, shape (k,).
    barred_edges
        Edges that do not join, as low vertex index x number of vertices + high one.
    """
    edges = np.sort(bone.faces[faces][:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    code = edges[:, 0] * len(bone.vertices) + edges[:, 1]
    order = np.argsort(code, kind="stable")
    same = (code[order][1:] == code[order][:-1]) & ~np.isin(code[order][1:], barred_edges)
    pairs = np.stack([order[1:][same], order[:-1][same]]) // 3
    graph = coo_array((np.ones(pairs.shape[1]), pairs), shape=(len(faces), len(faces)))
    pieces: IntArray = connected_components(graph, directed=False)[1]
    return pieces


def _view(
    start: Array, up: Array, horizon: tuple[Array, Array], shape: PatchShape, hip: Hip
) -> _View:
    """Turn the sight from the first direction of the horizon towards the second."""
    turn = np.radians(shape.sight_deg)
    sight = np.cos(turn) * horizon[0] + np.sin(turn) * horizon[1]
    aside = np.cos(turn) * horizon[1] - np.sin(turn) * horizon[0]
    centre = start + hip.head_radius_mm * (shape.up * up + shape.aside * aside)
    return _View(centre, np.column_stack([sight, up, aside]), shape, hip.head_radius_mm)


def _drawn(bone: Mesh, is_candidate: BoolArray, view: _View) -> BoolArray:
    """Mark the faces within the ellipse that face the viewer, in one piece around its middle."""
    near, up, aside = ((bone.face_centres - view.centre) @ view.axes).T / view.radius_mm
    turn = np.radians(view.shape.turn_deg)
    along, across = (
        up * np.cos(turn) + aside * np.sin(turn),
        aside * np.cos(turn) - up * np.sin(turn),
    )
    off = (2.0 * along / view.shape.length) ** 2 + (2.0 * across / view.shape.width) ** 2
    is_seen = is_candidate & (off <= 1.0) & (bone.face_normals @ view.axes[:, 0] > FACING)
    faces = np.flatnonzero(is_seen)
    if len(faces) == 0:
        raise AnatomyError("no bone faces the viewer where the footprint is to be drawn")
    pieces = pieces_of_faces(bone, faces)
    first = faces[np.argmax(near[faces] - off[faces])]  # the nearest to the viewer in the middle
    is_face = np.zeros(len(bone.faces), dtype=bool)
    is_face[faces[pieces == pieces[faces == first]]] = True
    return is_face
