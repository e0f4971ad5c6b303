"""Rows that ask libraries written by others the same question about the same bones.

Collision libraries (coal, python-fcl, and trimesh, which asks python-fcl) measure from triangle to
triangle, as hipsim does: the distance of the extracapsular femur to the ischium in poses of the
motions and in random ones. The others (VTK, Open3D, trimesh by itself) measure from a point to a
surface: vertices of the moved femur to the ischium. A library that is not installed is a row that
says how to get it. This file is their only door, and they are imported when asked.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.geometry import Mesh, rigid
from hipsim.kinematics import motions, pelvis_from_femur
from hipsim.proximity import DistanceQuery
from hipsim.proximity.field import DistanceField
from hipsim.study.validation_row import Row, missing
from hipsim.study.validation_shapes import random_poses

Answer = Callable[[Array], Array]
EXACT_MM = 1e-6  # float64 against float64
SINGLE_MM = 2e-3  # Open3D computes in single precision
SHIFT_MM = 15.0  # of random poses, about the hip joint centre
HOW = "pip install hipsim[validate]"


@dataclass(frozen=True)
class Library:
    """A library that can be asked.

    Parameters
    ----------
    name
        What people call it.
    module, distribution
        What is imported, and the package it comes with.
    build
        Takes one surface or two and returns what answers.
    tolerance_mm
        Largest difference at which it agrees.
    """

    name: str
    module: str
    distribution: str
    build: Callable[..., Answer]
    tolerance_mm: float = EXACT_MM


def library_rows(
    hips: Sequence[Hip], *, subjects: str, poses: int, points: int = 400
) -> Iterator[Row]:
    """Yield a row per library: the worst difference over all hips.

    Parameters
    ----------
    hips
        The hips.
    subjects
        What they are called in the table.
    poses
        Poses of each hip for those that measure between surfaces.
    points
        Points of each hip for those that measure from points.
    """
    for library in BETWEEN_SURFACES:
        yield _row(library, hips, subjects, lambda hip, it: _surfaces(hip, it, poses))
    for library in FROM_POINTS:
        yield _row(library, hips, subjects, lambda hip, it: _points(hip, it, points))


def _row(
    library: Library,
    hips: Sequence[Hip],
    subjects: str,
    ask: Callable[[Hip, Library], tuple[Array, Array]],
) -> Row:
    """Ask one library about every hip."""
    is_between = library in BETWEEN_SURFACES
    what = "distance of two surfaces" if is_between else "distance of points to a surface"
    quantity = f"{what}, femur to ischium: largest difference"
    try:
        import_module(library.module)
    except (ImportError, OSError):
        return missing(
            "libraries", library.name, quantity, subjects=subjects, unit="mm",
            why=f"not installed: {HOW}",
        )  # fmt: skip
    pairs = [ask(hip, library) for hip in hips]
    ours, theirs = (np.concatenate(each) for each in zip(*pairs, strict=True))
    worst = float(np.abs(ours - theirs).max())
    return Row(
        group="libraries", name=library.name, quantity=quantity, subjects=subjects,
        expected=f"equal to {library.tolerance_mm:g} mm", value=worst, high=library.tolerance_mm,
        unit="mm", n=len(ours), source=f"{library.distribution} {version(library.distribution)}",
        ours=f"{len(ours)} distances of {ours.min():.1f} to {ours.max():.1f} mm, {len(hips)} hips",
    )  # fmt: skip


def _surfaces(hip: Hip, library: Library, count: int) -> tuple[Array, Array]:
    """Return our distances and theirs, 0 where the bodies meet."""
    a, b = hip.femoral_body("extracapsular").mesh, hip.pelvic_body("ischium").mesh
    poses = _poses(hip, count)
    ours = np.maximum(DistanceQuery(a, b)(poses).distance_mm, 0.0)
    return ours, np.maximum(library.build(a, b)(poses), 0.0)


def _points(hip: Hip, library: Library, count: int) -> tuple[Array, Array]:
    """Return our unsigned distances of points to the ischium, and theirs."""
    femur, body = hip.femoral_body("extracapsular").mesh, hip.pelvic_body("ischium").mesh
    chance = np.random.default_rng(len(femur.vertices))
    chosen = femur.vertices[chance.choice(len(femur.vertices), count)]
    poses = _poses(hip, count)
    points = np.stack([rigid.apply(p, x[None])[0] for p, x in zip(poses, chosen, strict=True)])
    ours = DistanceField(body)(points, np.eye(4)[None]).distance_mm
    return np.abs(ours), np.abs(library.build(body)(points))


def _poses(hip: Hip, count: int) -> Array:
    """Return poses of the tests and of gait, and as many turned and shifted at random."""
    tests = [motions.ifi_test(), motions.gait(), motions.faber()]
    known = np.concatenate([pelvis_from_femur(hip, motion) for motion in tests])
    picked = known[np.linspace(0, len(known) - 1, count - count // 2).astype(int)]
    centre = rigid.translation(hip.landmarks["hip_joint_centre"])
    free = random_poses(count // 2, reach_mm=SHIFT_MM, seed=count)
    return np.concatenate([picked, centre @ free @ rigid.inverse(centre)])


def _build_coal(a: Mesh, b: Mesh) -> Answer:
    """Ask coal."""
    import coal

    models = [_coal_model(mesh) for mesh in (a, b)]
    still, request = coal.Transform3s(), coal.DistanceRequest()

    def answer(poses: Array) -> Array:
        moves = (coal.Transform3s(pose[:3, :3], pose[:3, 3]) for pose in poses)
        found = [
            coal.distance(models[0], move, models[1], still, request, coal.DistanceResult())
            for move in moves
        ]
        return np.array(found)

    return answer


def _coal_model(mesh: Mesh) -> object:
    """Return a mesh as coal takes it."""
    import coal

    vertices, faces = coal.StdVec_Vec3s(), coal.StdVec_Triangle()
    vertices.extend(list(mesh.vertices))
    faces.extend([coal.Triangle(*face) for face in mesh.faces.tolist()])
    model = coal.BVHModelOBBRSS()
    model.beginModel(len(mesh.faces), len(mesh.vertices))
    model.addSubModel(vertices, faces)
    model.endModel()
    return model


def _build_fcl(a: Mesh, b: Mesh) -> Answer:
    """Ask python-fcl."""
    import fcl

    bodies = []
    for mesh in (a, b):
        model = fcl.BVHModel()
        model.beginModel(len(mesh.vertices), len(mesh.faces))
        model.addSubModel(mesh.vertices, mesh.faces)
        model.endModel()
        bodies.append(fcl.CollisionObject(model, fcl.Transform()))

    def answer(poses: Array) -> Array:
        found = []
        for pose in poses:
            bodies[0].setTransform(fcl.Transform(pose[:3, :3], pose[:3, 3]))
            found.append(fcl.distance(*bodies, fcl.DistanceRequest(), fcl.DistanceResult()))
        return np.array(found)

    return answer


def _build_manager(a: Mesh, b: Mesh) -> Answer:
    """Ask the CollisionManager of trimesh."""
    import trimesh
    from trimesh.collision import CollisionManager

    moved, still = CollisionManager(), CollisionManager()
    for manager, mesh in ((moved, a), (still, b)):
        manager.add_object("bone", trimesh.Trimesh(mesh.vertices, mesh.faces, process=False))

    def answer(poses: Array) -> Array:
        found = []
        for pose in poses:
            moved.set_transform("bone", pose)
            found.append(moved.min_distance_other(still))
        return np.array(found)

    return answer


def _build_vtk(body: Mesh) -> Answer:
    """Ask vtkImplicitPolyDataDistance."""
    import pyvista
    from vtkmodules.vtkFiltersCore import vtkImplicitPolyDataDistance

    implicit = vtkImplicitPolyDataDistance()
    implicit.SetInput(pyvista.PolyData.from_regular_faces(body.vertices, body.faces))
    return lambda points: np.array([implicit.EvaluateFunction(*point) for point in points])


def _build_trimesh(body: Mesh) -> Answer:
    """Ask trimesh for the closest point of every triangle, without any tree."""
    import trimesh
    from trimesh.proximity import closest_point_naive

    surface = trimesh.Trimesh(body.vertices, body.faces, process=False)
    return lambda points: np.concatenate(
        [closest_point_naive(surface, point[None])[1] for point in points]
    )


def _build_open3d(body: Mesh) -> Answer:
    """Ask the RaycastingScene of Open3D."""
    open3d: Any = import_module("open3d")
    scene, middle = open3d.t.geometry.RaycastingScene(), body.bounds.mean(axis=0)
    corners = open3d.core.Tensor((body.vertices - middle).astype(np.float32))
    scene.add_triangles(corners, open3d.core.Tensor(body.faces.astype(np.uint32)))

    def answer(points: Array) -> Array:
        asked = open3d.core.Tensor((points - middle).astype(np.float32))
        return scene.compute_distance(asked).numpy().astype(float)

    return answer


BETWEEN_SURFACES = (
    Library("coal", "coal", "coal", _build_coal),
    Library("python-fcl", "fcl", "python-fcl", _build_fcl),
    Library("trimesh CollisionManager", "fcl", "trimesh", _build_manager),
)
FROM_POINTS = (
    Library("VTK", "vtkmodules.vtkFiltersCore", "vtk", _build_vtk),
    Library("trimesh", "trimesh", "trimesh", _build_trimesh),
    Library("Open3D", "open3d", "open3d", _build_open3d, SINGLE_MM),
)
