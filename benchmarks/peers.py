"""The libraries a user would pick instead, each asked the same question in the same words.

A peer is built from two surfaces and then asked for their distance in poses (n, 4, 4), b from a;
it answers millimetres (n,), 0 where the surfaces meet. Python loops over poses are part of the
price: these libraries take one pose at a time. Exact peers (``coal``, ``coal preset``,
``python-fcl``, ``trimesh``) find the closest points of two triangle meshes. The others take the
vertices of each surface to the other one, an upper bound that misses where edges cross.

``coal preset`` is coal with the distance of the previous pose's closest points, moved to the new
pose, as upper bound: what a careful user does by hand, and the fastest rival.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version

import numpy as np

from hipsim.checks import Array
from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery

Answer = Callable[[Array], Array]
CLEARANCE = 1e-12  # mm, and share of the upper bound, by which rounding must not undercut it


@dataclass(frozen=True)
class Peer:
    """A library that can be asked for the distance of two surfaces.

    Parameters
    ----------
    name
        What it is called in tables.
    module, distribution
        What is imported, and the package it comes with.
    build
        Takes the two surfaces and returns what answers poses.
    is_exact
        Whether it measures between triangles; otherwise from vertices, an upper bound.
    """

    name: str
    module: str
    distribution: str
    build: Callable[[Mesh, Mesh], Answer]
    is_exact: bool = True

    @property
    def version(self) -> str:
        """Installed version."""
        return version(self.distribution)


def installed(peers: tuple[Peer, ...]) -> tuple[list[Peer], dict[str, str]]:
    """Return the peers that can be imported, and why the others cannot."""
    present, absent = [], {}
    for peer in peers:
        try:
            import_module(peer.module)
        except (ImportError, OSError) as error:
            absent[peer.name] = f"{type(error).__name__}: {error}"
        else:
            present.append(peer)
    return present, absent


def build_hipsim(a: Mesh, b: Mesh) -> Answer:
    """Ask hipsim, on one thread, to be compared with libraries that use one."""
    query = DistanceQuery(a, b)
    return lambda poses: np.maximum(query(poses, n_threads=1).distance_mm, 0.0)


def build_coal(a: Mesh, b: Mesh) -> Answer:
    """Ask coal (boxes OBBRSS), every pose anew."""
    import coal

    models = [_coal_model(mesh) for mesh in (a, b)]
    still, request = coal.Transform3s(), coal.DistanceRequest()

    def answer(poses: Array) -> Array:
        found = np.empty(len(poses))
        for k, pose in enumerate(poses):
            move = coal.Transform3s(pose[:3, :3], pose[:3, 3])
            result = coal.DistanceResult()
            found[k] = coal.distance(models[0], move, models[1], still, request, result)
        return np.maximum(found, 0.0)

    return answer


def build_coal_preset(a: Mesh, b: Mesh) -> Answer:
    """Ask coal with the distance of the closest points before as upper bound."""
    import coal

    models = [_coal_model(mesh) for mesh in (a, b)]
    still, request = coal.Transform3s(), coal.DistanceRequest()

    def answer(poses: Array) -> Array:
        found, on_a, on_b = np.empty(len(poses)), None, None
        for k, pose in enumerate(poses):
            turn, shift = pose[:3, :3], pose[:3, 3]
            result = coal.DistanceResult()
            if on_a is not None:
                way = turn @ on_a + shift - on_b
                result.min_distance = math.sqrt(way @ way) * (1.0 + CLEARANCE) + CLEARANCE
            move = coal.Transform3s(turn, shift)
            least = coal.distance(models[0], move, models[1], still, request, result)
            found[k] = min(least, result.min_distance)
            point = result.getNearestPoint1()
            if math.isfinite(point[0]):  # otherwise none is closer, and the pair stays
                on_a, on_b = (point - shift) @ turn, result.getNearestPoint2()
        return np.maximum(found, 0.0)

    return answer


def _coal_model(mesh: Mesh):
    """Return a mesh with coal's boxes around it."""
    import coal

    vertices, faces = coal.StdVec_Vec3s(), coal.StdVec_Triangle()
    for vertex in mesh.vertices:
        vertices.append(vertex)
    for face in mesh.faces.tolist():
        faces.append(coal.Triangle(*face))
    model = coal.BVHModelOBBRSS()
    model.beginModel(len(mesh.faces), len(mesh.vertices))
    model.addSubModel(vertices, faces)
    model.endModel()
    return model


def build_fcl(a: Mesh, b: Mesh) -> Answer:
    """Ask python-fcl (boxes OBBRSS)."""
    import fcl

    moved, still = (fcl.CollisionObject(_fcl_model(mesh), fcl.Transform()) for mesh in (a, b))
    request = fcl.DistanceRequest()

    def answer(poses: Array) -> Array:
        found = np.empty(len(poses))
        for k, pose in enumerate(poses):
            moved.setTransform(fcl.Transform(pose[:3, :3], pose[:3, 3]))
            found[k] = fcl.distance(moved, still, request, fcl.DistanceResult())
        return np.maximum(found, 0.0)

    return answer


def _fcl_model(mesh: Mesh):
    """Return a mesh with fcl's boxes around it."""
    import fcl

    model = fcl.BVHModel()
    model.beginModel(len(mesh.vertices), len(mesh.faces))
    model.addSubModel(mesh.vertices, mesh.faces)
    model.endModel()
    return model


def build_trimesh(a: Mesh, b: Mesh) -> Answer:
    """Ask trimesh's CollisionManager, which asks python-fcl."""
    import trimesh
    from trimesh.collision import CollisionManager

    moved, still = CollisionManager(), CollisionManager()
    for manager, mesh in ((moved, a), (still, b)):
        body = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
        manager.add_object("surface", body)

    def answer(poses: Array) -> Array:
        found = np.empty(len(poses))
        for k, pose in enumerate(poses):
            moved.set_transform("surface", pose)
            found[k] = moved.min_distance_other(still)
        return np.maximum(found, 0.0)

    return answer


def build_vtk(a: Mesh, b: Mesh) -> Answer:
    """Ask vtkImplicitPolyDataDistance for every vertex of one surface to the other, both ways."""
    to_a, to_b = vtk_distances(a), vtk_distances(b)
    return _both_ways(a, b, lambda points: to_a(points).min(), lambda points: to_b(points).min())


def vtk_distances(mesh: Mesh) -> Callable[[Array], Array]:
    """Return what takes points (n, 3) to their unsigned distances to a surface by VTK."""
    import pyvista
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkCommonCore import vtkDoubleArray
    from vtkmodules.vtkFiltersCore import vtkImplicitPolyDataDistance

    implicit, values = vtkImplicitPolyDataDistance(), vtkDoubleArray()
    implicit.SetInput(pyvista.PolyData.from_regular_faces(mesh.vertices, mesh.faces))

    def distances(points: Array) -> Array:
        implicit.FunctionValue(numpy_to_vtk(points), values)
        return np.abs(vtk_to_numpy(values))

    return distances


def build_open3d(a: Mesh, b: Mesh) -> Answer:
    """Ask Open3D's RaycastingScene for every vertex of one surface to the other, both ways."""
    import open3d

    def field(mesh: Mesh) -> Callable[[Array], float]:
        scene = open3d.t.geometry.RaycastingScene(nthreads=1)
        corners = open3d.core.Tensor(mesh.vertices.astype(np.float32))
        faces = open3d.core.Tensor(mesh.faces.astype(np.uint32))
        scene.add_triangles(corners, faces)

        def nearest(points: Array) -> float:
            asked = open3d.core.Tensor(points.astype(np.float32))
            return float(scene.compute_distance(asked, nthreads=1).numpy().min())

        return nearest

    return _both_ways(a, b, field(a), field(b))


def _both_ways(a: Mesh, b: Mesh, to_a: Callable, to_b: Callable) -> Answer:
    """Return the least distance of the vertices of either surface to the other."""

    def answer(poses: Array) -> Array:
        backs = rigid.inverse(poses)
        ways = zip(poses, backs, strict=True)
        found = [
            min(to_b(rigid.apply(pose, a.vertices)), to_a(rigid.apply(back, b.vertices)))
            for pose, back in ways
        ]
        return np.array(found)

    return answer


HIPSIM = Peer("hipsim", "hipsim", "hipsim", build_hipsim)
COAL = Peer("coal", "coal", "coal", build_coal)
COAL_PRESET = Peer("coal preset", "coal", "coal", build_coal_preset)
FCL = Peer("python-fcl", "fcl", "python-fcl", build_fcl)
TRIMESH = Peer("trimesh", "fcl", "trimesh", build_trimesh)  # its CollisionManager needs fcl
VTK = Peer("VTK", "vtkmodules.vtkFiltersCore", "vtk", build_vtk, is_exact=False)
OPEN3D = Peer("Open3D", "open3d", "open3d", build_open3d, is_exact=False)
EXACT = (COAL, COAL_PRESET, FCL, TRIMESH)
BOUNDS = (VTK, OPEN3D)
BY_NAME = {peer.name: peer for peer in (HIPSIM, *EXACT, *BOUNDS)}
