"""A real hip beside the virtual one made for it: same views, same light, same colour."""

from pathlib import Path

import numpy as np
import pyvista as pv
from matplotlib.figure import Figure

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import side_sign
from hipsim.geometry import Mesh, rigid
from hipsim.viz.render import Layer, Stage, Window
from hipsim.viz.style import BONE_COLOUR, FEMUR_COLOUR, RC
from hipsim.viz.views import View

# title, towards the eye (anterior, superior, lateral), middle (right, up) and height in mm
VIEWS = (
    ("anterior", (1.0, 0.0, 0.0), (0.0, 30.0), 280.0),
    ("posterior", (-1.0, 0.0, 0.0), (0.0, 30.0), 280.0),
    ("lesser trochanter, posteromedial", (-0.8, 0.0, -0.6), (25.0, -42.0), 120.0),
    ("ischium, posterolateral", (-0.85, -0.1, 0.5), (-33.0, -38.0), 130.0),
)
FEMUR_ONLY, PELVIS_ONLY = 2, 3  # of the views above
SIZE_PX, DPI = (420, 420), 80


def draw(real: Hip, virtual: Hip, path: Path) -> None:
    """Draw two rows of four views."""
    import matplotlib

    with matplotlib.rc_context({**RC, "axes.grid": False}):
        figure = Figure(figsize=(14.0, 7.4), dpi=DPI, facecolor="white")
        for row, (hip, name) in enumerate(((real, f"real: {real.name}"), (virtual, "virtual"))):
            for column, (title, *_) in enumerate(VIEWS):
                axes = figure.add_axes((0.25 * column, 0.48 - 0.48 * row, 0.25, 0.48))
                axes.imshow(on_white(picture(hip, column)))
                axes.set_axis_off()
                if row == 0:
                    axes.set_title(title)
                if column == 0:
                    axes.text(0.04, 0.04, name, transform=axes.transAxes, fontsize=12)
        figure.savefig(path, dpi=DPI, pil_kwargs={"optimize": True})


def picture(hip: Hip, column: int) -> Layer:
    """Draw one view of a hip in neutral."""
    _, eye, centre, height = VIEWS[column]
    lateral = side_sign(hip.side)
    towards = rigid.unit(np.array(eye) * [1.0, 1.0, lateral])
    right = rigid.unit(np.cross([0.0, 1.0, 0.0], towards))
    view = View("surgeon", hip.side, towards, np.cross(towards, right), right)
    stage = Stage(view, Window(centre, height), SIZE_PX)
    femur = hip.femur.transformed(rigid.inverse(hip.femoral_frame("condylar")))
    bone = hip.hip_bone.transformed(rigid.inverse(hip.pelvic_frame("app")))
    if column != PELVIS_ONLY:
        stage.add_bone(surface(femur), colour=FEMUR_COLOUR)
    if column != FEMUR_ONLY:
        stage.add_bone(surface(bone), colour=BONE_COLOUR)
    return stage.layer()


def surface(mesh: Mesh) -> pv.PolyData:
    """Return a mesh with smooth normals for drawing."""
    faces = np.column_stack([np.full(len(mesh.faces), 3), mesh.faces]).ravel()
    return pv.PolyData(mesh.vertices, faces).compute_normals(split_vertices=False)


def on_white(layer: Layer) -> Layer:
    """Lay a picture on white."""
    opacity = layer[..., 3:]
    return layer[..., :3] * opacity + (1.0 - opacity)
