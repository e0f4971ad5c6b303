"""Crude crops of real hips, and what coal says of them."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.geometry import Mesh, rigid
from hipsim.io import load_mesh

REACH_MM = 110.0  # from the hip joint centre: past the lesser trochanter, short of the knee
JOINT_MM = 12.0  # left out beyond the head's radius: bones all but touch in the joint


def crops(bones: Path, case: str) -> tuple[Mesh, Mesh, np.ndarray]:
    """Return right femur and hip bone without the joint, and the hip joint centre."""
    folder = bones / "vsd" / case
    reference = json.loads((folder / "reference.json").read_text())["R"]
    centre, nearest = np.array(reference["hjc"]), reference["head_r"] + JOINT_MM
    parts = []
    for bone in ("femur_r", "hip_r"):
        mesh = load_mesh(folder / f"{bone}.ply")
        away = np.linalg.norm(mesh.face_centres - centre, axis=1)
        parts.append(mesh.submesh((away > nearest) & (away < REACH_MM)))
    return parts[0], parts[1], centre


def swing(rng: np.random.Generator, centre: np.ndarray) -> np.ndarray:
    """Return a random rotation of up to 35 deg about a point."""
    angle = np.radians(rng.uniform(0.0, 35.0))
    return rigid.rotation_about_line(centre, rng.normal(size=3), angle)


def coal_distances(coal: Any, a: Mesh, b: Mesh, poses: np.ndarray) -> np.ndarray:
    """Return the distances of a library written by others, zero for overlap."""
    models, still, request = [], coal.Transform3s(), coal.DistanceRequest()
    for mesh in (a, b):
        vertices, faces = coal.StdVec_Vec3s(), coal.StdVec_Triangle()
        for vertex in mesh.vertices:
            vertices.append(vertex)
        for face in mesh.faces.tolist():
            faces.append(coal.Triangle(*face))
        model = coal.BVHModelOBBRSS()
        model.beginModel(len(mesh.faces), len(mesh.vertices))
        model.addSubModel(vertices, faces)
        model.endModel()
        models.append(model)
    result = [
        coal.distance(
            models[0],
            coal.Transform3s(pose[:3, :3], pose[:3, 3]),
            models[1],
            still,
            request,
            coal.DistanceResult(),
        )
        for pose in poses
    ]
    return np.maximum(result, 0.0)
