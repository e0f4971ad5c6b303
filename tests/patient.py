"""The bones of one patient for the readers: the embedded woman and her mirror image, written in
formats that hipsim itself does not write.
"""

import zipfile
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr

import manifold3d
import numpy as np
from scipy.io import savemat

from hipsim.geometry import Mesh
from hipsim.io.catalogue import embedded_hips
from hipsim.io.meshes import load_mesh, save_mesh

MODEL = "3D/3dmodel.model"
CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
THINNED_MM = 0.2
MIDLINE_TO_HEAD_MM = 86.0  # half the distance between the woman's hip joint centres


@cache
def patient() -> dict[str, Mesh]:
    """Return both femora and hip bones, mm, one frame, thinned out; the left mirrors the right."""
    folder = embedded_hips()["woman"]
    right = {bone: thinned(load_mesh(folder / f"{bone}_r.ply")) for bone in ("femur", "hip")}
    bones = {}
    for bone, mesh in right.items():
        moved = Mesh(mesh.vertices + [0.0, 0.0, MIDLINE_TO_HEAD_MM], mesh.faces)
        bones[f"{bone}_r"], bones[f"{bone}_l"] = moved, moved.mirrored(axis=2)
    return bones


@cache
def right_hip() -> dict[str, Mesh]:
    """Return the right femur and hip bone."""
    return {bone: mesh for bone, mesh in patient().items() if bone.endswith("_r")}


def thinned(mesh: Mesh) -> Mesh:
    """Return a closed mesh of a third of the faces, within ``THINNED_MM``."""
    surface = manifold3d.Mesh64(np.array(mesh.vertices), mesh.faces.astype(np.uint64))
    thin = manifold3d.Manifold(surface).simplify(THINNED_MM).to_mesh64()
    return Mesh(thin.vert_properties[:, :3], thin.tri_verts.astype(np.int64))


def scaled(mesh: Mesh, factor: float) -> Mesh:
    return Mesh(mesh.vertices * factor, mesh.faces)


def written(folder: Path, bones: dict[str, Mesh], *, factor: float = 1.0, name="{}.ply") -> Path:
    """Write each bone as a file of its own, scaled."""
    for bone, mesh in bones.items():
        save_mesh(folder / name.format(bone), scaled(mesh, factor))
    return folder


def three_mf(path: Path, parts: dict[str, Mesh], *, unit: str | None = None, build="") -> Path:
    """Write a 3MF archive; ``build`` replaces the list of what is built."""
    objects = "".join(
        f'<object id="{i}" name={quoteattr(name)} type="model"><mesh><vertices>'
        + "".join(f'<vertex x="{x:.9g}" y="{y:.9g}" z="{z:.9g}"/>' for x, y, z in mesh.vertices)
        + "</vertices><triangles>"
        + "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in mesh.faces)
        + "</triangles></mesh></object>"
        for i, (name, mesh) in enumerate(parts.items(), start=1)
    )
    items = build or "".join(f'<item objectid="{i + 1}"/>' for i in range(len(parts)))
    stated = f' unit="{unit}"' if unit else ""
    return archive(path, f'<model xmlns="{CORE}"{stated}>', objects, items)


def archive(path: Path, head: str, objects: str, items: str) -> Path:
    """Write a 3MF archive from the text of its model."""
    text = f"{head}<resources>{objects}</resources><build>{items}</build></model>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(MODEL, text)
    return path


def mat(path: Path, bones: dict[str, Mesh], **settings) -> Path:
    """Write a MATLAB 5 file as the VSD bone models are: B(i).name, B(i).mesh, faces from 1."""
    table = np.zeros((1, len(bones)), dtype=[("name", object), ("mesh", object)])
    for i, (name, mesh) in enumerate(bones.items()):
        table[0, i]["name"] = name
        table[0, i]["mesh"] = {"vertices": mesh.vertices, "faces": mesh.faces + 1.0}
    savemat(path, {"B": table}, **settings)
    return path
