"""Bones as VTK surfaces for drawing, and how far each of their points is from the other bone.

A point's distance to the other bone's region is exact (point to closed body, as clearance is
measured) at the points of the surface; in between, colours are blended. So colours show where space
is small; the number written in a picture comes from the exact surface-to-surface query.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from hipsim.anatomy.hip import FEMORAL_STRUCTURES, PELVIC_REGIONS, PELVIC_STRUCTURES, Hip
from hipsim.checks import Array, BoolArray, IntArray
from hipsim.geometry import Mesh, rigid
from hipsim.proximity.field import DistanceField

SAME_SURFACE_MM = 0.2
EDGE_FADE_MM = 5.0  # colours fade towards the edge of a region, which is a convention, not a line
LONGEST_EDGE_MM = 4.0  # finer than the colour changes; a flat cut has few vertices of its own
ANY_AREA_MM2 = 1e9  # a limit of area splits faces apart from their neighbours
SHARP_EDGE_DEG = 40.0  # the rim of a cut stays crisp, bone stays smooth
DISTANCE, EMPHASIS = "distance_mm", "emphasis"
_MASK = "is_region"


@dataclass(frozen=True, eq=False)
class Bones:
    """A hip made ready to draw.

    Parameters
    ----------
    femur, hip_bone
        pyvista surfaces in the scan frame; the femur is cropped to its upper part.
    hip
        The hip they were made from.
    regions
        Femoral and pelvic region the clearance is measured between.
    """

    femur: Any
    hip_bone: Any
    hip: Hip
    regions: tuple[str, str]

    def coloured(self, pelvis_from_femur: Array) -> tuple[Any, Any]:
        """Return femur and hip bone in a pose, both in the pelvis's scan frame, with distances.

        Parameters
        ----------
        pelvis_from_femur
            Shape (4, 4), takes the femur from the scan to the pose.

        Returns
        -------
        femur, hip_bone
            Copies with two point arrays. ``distance_mm``: to the other bone's region;
            negative inside the other bone, NaN outside the two regions. ``emphasis``: 1
            inside a region, 0 outside, falling over the last mm.
        """
        femur, hip_bone = moved_surface(self.femur, pelvis_from_femur), self.hip_bone.copy()
        for surface, found in zip(
            (femur, hip_bone), self.distances(pelvis_from_femur), strict=True
        ):
            surface.point_data[DISTANCE] = found
        return femur, hip_bone

    def distances(self, pelvis_from_femur: Array) -> tuple[Array, Array]:
        """Return the distance of every point of both surfaces to the other bone's region in a pose.

        Parameters
        ----------
        pelvis_from_femur
            Shape (4, 4), as for :meth:`coloured`.

        Returns
        -------
        femur, hip_bone
            In mm, one for each point of the surface; negative inside the other bone, NaN outside
            the two regions.
        """
        to_pelvis, to_femur = self._fields
        back = rigid.inverse(pelvis_from_femur)
        return (
            _distances(self.femur, to_pelvis, pelvis_from_femur),
            _distances(self.hip_bone, to_femur, back),
        )

    @cached_property
    def _fields(self) -> tuple[DistanceField, DistanceField]:
        """The pelvic and the femoral region as bodies to measure from, each in its own frame."""
        pelvic = self.hip.pelvic_body(self.regions[1]).mesh
        return DistanceField(pelvic), DistanceField(self.hip.femoral_body(self.regions[0]).mesh)


def prepare_bones(hip: Hip, regions: tuple[str, str], *, length_mm: float) -> Bones:
    """Return the bones of a hip ready to draw: refined, the femur cropped below its upper part.

    Parameters
    ----------
    hip
        The hip.
    regions
        Names of the femoral and the pelvic region that get colours.
    length_mm
        How much of the femur is shown, measured from its highest point along its axis.
    """
    faces = hip.femoral_region_faces(regions[0])
    femur = _cropped(_polydata(hip.femur, faces), hip.femoral_frame(), length_mm)
    hip_bone = _polydata(hip.hip_bone, _pelvic_region_faces(hip, regions[1]))
    made = [_shaded(_refined(bone)) for bone in (femur, hip_bone)]
    for bone in made:
        is_region = np.asarray(bone.point_data[_MASK]) > 0.5
        bone.point_data[EMPHASIS] = _emphasis(np.asarray(bone.points), is_region)
    return Bones(made[0], made[1], hip, regions)


def plain_surface(mesh: Mesh) -> Any:
    """Return a mesh as a pyvista surface, point for point."""
    return _polydata(mesh)


def crisp_surface(mesh: Mesh) -> Any:
    """Return a mesh as a pyvista surface shaded smoothly, but for the rims of cuts."""
    return _shaded(_polydata(mesh))


def moved_surface(surface: Any, transform: Array) -> Any:
    """Return a copy of a pyvista surface moved by a rigid (4, 4) transform."""
    return surface.transform(transform, inplace=False)


def _pelvic_region_faces(hip: Hip, region: str) -> IntArray:
    """Return the indices of the hip bone's faces in a region."""
    wanted = [PELVIC_STRUCTURES.index(name) for name in PELVIC_REGIONS[region]]
    return np.flatnonzero(np.isin(hip.pelvic_labels, wanted))


def _polydata(mesh: Mesh, region_faces: IntArray | None = None) -> Any:
    """Return a mesh as a pyvista surface; with a region, its points are marked."""
    import pyvista

    surface = pyvista.PolyData.from_regular_faces(mesh.vertices, mesh.faces)
    if region_faces is not None:
        mask = np.zeros(len(mesh.vertices))
        mask[mesh.faces[region_faces].ravel()] = 1.0
        surface.point_data[_MASK] = mask
    return surface


def _cropped(femur: Any, scan_from_femur: Array, length_mm: float) -> Any:
    """Cut the femur across its axis and close the cut; the cut face belongs to no region."""
    import pyvista
    from vtkmodules.vtkCommonDataModel import vtkPlane, vtkPlaneCollection
    from vtkmodules.vtkFiltersGeneral import vtkClipClosedSurface

    axis, centre = scan_from_femur[:3, 1], scan_from_femur[:3, 3]
    height = float(((femur.points - centre) @ axis).max()) - length_mm
    plane, planes, clip = vtkPlane(), vtkPlaneCollection(), vtkClipClosedSurface()
    plane.SetOrigin(*(centre + height * axis))
    plane.SetNormal(*axis)
    planes.AddItem(plane)
    clip.SetInputData(femur)
    clip.SetClippingPlanes(planes)
    clip.SetPassPointData(True)
    clip.SetScalarModeToLabels()
    clip.Update()
    kept = pyvista.wrap(clip.GetOutput())
    is_cap = kept.cell_data["Labels"] == 1
    bone = kept.extract_cells(~is_cap).extract_surface(algorithm=None)
    if not is_cap.any():
        return bone
    cap = kept.extract_cells(is_cap).extract_surface(algorithm=None)
    cap.point_data[_MASK] = np.zeros(cap.n_points)
    return bone.append_polydata(cap)


def _refined(surface: Any) -> Any:
    """Split long edges, so that colours are true on flat cuts; the surface stays closed."""
    return surface.subdivide_adaptive(
        max_edge_len=LONGEST_EDGE_MM, max_tri_area=ANY_AREA_MM2, max_n_passes=12
    )


def _shaded(surface: Any) -> Any:
    """Add shading normals: smooth bone, crisp rims of cuts."""
    return surface.compute_normals(
        cell_normals=False, split_vertices=True, feature_angle=SHARP_EDGE_DEG
    )


def _distances(surface: Any, field: DistanceField, transform: Array) -> Array:
    """Return the distance of each marked point to a body, negative inside, NaN where not marked."""
    is_region = np.asarray(surface.point_data[_MASK]) > 0.5
    distance = np.full(surface.n_points, np.nan)
    if is_region.any():
        points = np.asarray(surface.points, dtype=np.float64)[is_region]
        distance[is_region] = field(points, transform[None]).distance_mm
    return distance


def _emphasis(points: Array, is_region: BoolArray) -> Array:
    """Return 1 deep inside a region, 0 outside it, falling smoothly towards its edge."""
    result = np.zeros(len(points))
    result[is_region] = 1.0
    if not is_region.all():
        to_edge, _ = cKDTree(points[~is_region]).query(points[is_region])
        result[is_region] = np.clip(to_edge / EDGE_FADE_MM, 0.0, 1.0)
    return result


def _implicit(points: Array, mesh: Mesh) -> Array:
    """Return VTK's signed distance of points (n, 3) to a surface."""
    import pyvista

    if len(points) == 0:
        return np.zeros(0)
    found = pyvista.PolyData(points).compute_implicit_distance(_polydata(mesh))
    return np.asarray(found["implicit_distance"], dtype=np.float64)


def app_from_scan(hip: Hip) -> Array:
    """Return the (4, 4) transform that stands a scan upright: pelvic zero ``app``."""
    return rigid.inverse(hip.pelvic_frame("app"))


def removed_bone(before: Hip, after: Hip) -> Any | None:
    """Return the surface a resection took from the femur, scan frame, or None.

    Parameters
    ----------
    before, after
        The same hip before and after surgery.

    Returns
    -------
    removed
        pyvista surface of the faces that are gone; None if nothing is gone, or if the distal
        femur was moved as well, so that 'gone' cannot be told from 'moved'.
    """
    is_distal = before.femoral_labels == FEMORAL_STRUCTURES.index("distal_femur")
    if _is_gone(before.femur.face_centres[is_distal], after).any():
        return None
    bone = _refined(_polydata(before.femur))
    is_gone = _is_gone(np.asarray(bone.cell_centers().points, dtype=np.float64), after)
    if not is_gone.any():
        return None
    return _shaded(bone.extract_cells(is_gone).extract_surface(algorithm=None))


def _is_gone(points: Array, after: Hip) -> BoolArray:
    """Mark points (n, 3) of the femur that are not on the femur any more."""
    return np.abs(_implicit(points, after.femur)) > SAME_SURFACE_MM
