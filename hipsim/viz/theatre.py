"""The scene of the viewer and of animations: three layers that follow the state.

Layer 0 holds ghosts (other poses, the hip before surgery), so that they never veil the colours;
layer 1 the solid bones and the closest pair; layer 2, in front of all, what lies inside the other
bone and the closest pair as seen through bone. All layers share one camera and one light. The hip
stands upright in its ``app`` pelvic frame, drawn in parallel projection.
"""

from typing import Any

import numpy as np
from matplotlib.colors import to_rgb

from hipsim.checks import Array
from hipsim.viz.exhibit import Exhibit
from hipsim.viz.render import EYE_DISTANCE_MM, LINE_RADIUS_MM, Image, Window, distance_colours
from hipsim.viz.sheet import OVERLAP_OPACITY, ghost_colours
from hipsim.viz.showing import Showing
from hipsim.viz.style import (
    BONE_COLOUR,
    FEMUR_COLOUR,
    LINE_COLOUR,
    OVERLAP_COLOUR,
    REMOVED_COLOUR,
    THRESHOLD_COLOUR,
)
from hipsim.viz.surfaces import DISTANCE, EMPHASIS, app_from_scan, moved_surface
from hipsim.viz.take import Take
from hipsim.viz.views import make_view

BEHIND, SOLID, FRONT = 0, 1, 2
N_ONION = 6  # ghosts along an arm
ONION_OPACITY, BEFORE_OPACITY, REMOVED_OPACITY, THROUGH_OPACITY = 0.22, 0.35, 0.5, 0.35
LIGHTS = ((-0.7, 0.8, 0.62), (0.9, -0.1, 0.22), (0.0, 0.0, 0.28))  # right, up, strength
COLOUR = "colour"


class Theatre:
    """Draws what a state says into a pyvista plotter.

    Parameters
    ----------
    exhibit
        Who is shown.
    plotter
        A plotter without lights of its own (``lighting="none"``).
    line_scale
        How much thicker lines are drawn, for pictures that are averaged down afterwards.
    """

    def __init__(self, exhibit: Exhibit, plotter: Any, *, line_scale: float = 1.0) -> None:
        self.exhibit = exhibit
        self.plotter = plotter
        self._line_scale = line_scale
        self._layers = _layers(plotter)
        self._actors: dict[str, tuple[Any, Any]] = {}  # name to renderer and actor
        self._onion: tuple[int, int, bool] | None = None

    def aim(self, view: str, window: Window) -> None:
        """Place the camera: one of the named views, framed in mm."""
        seen = make_view(view, self.exhibit.hip.side)
        target = window.centre_mm[0] * seen.right + window.centre_mm[1] * seen.up
        camera = self.plotter.camera
        camera.position = tuple(target + EYE_DISTANCE_MM * seen.eye)
        camera.focal_point = tuple(target)
        camera.up = tuple(seen.up)
        camera.parallel_projection = True
        camera.parallel_scale = 0.5 * window.height_mm
        camera.clipping_range = (1.0, 2.0 * EYE_DISTANCE_MM)

    def show(self, now: Showing) -> None:
        """Draw a state; what the state does not name vanishes."""
        take = self.exhibit.take(now.plan, now.view)
        femur, hip_bone = self._posed(take, now)
        self._put("femur", _bone(femur, now, FEMUR_COLOUR), SOLID)
        self._put("hip_bone", _bone(hip_bone, now, BONE_COLOUR), SOLID)
        self._show_levels(now, take, (femur, hip_bone))
        self._show_pair(now)
        self._show_before(now)
        self._show_onion(now)

    def _posed(self, take: Take, now: Showing) -> tuple[Any, Any]:
        """Return both bones upright in the pose, with distances."""
        upright = app_from_scan(take.hip)
        move = np.linalg.inv(upright) @ take.transforms[now.pose]
        femur, hip_bone = take.bones.coloured(move)
        return moved_surface(femur, upright), moved_surface(hip_bone, upright)

    def _show_levels(self, now: Showing, take: Take, bones: tuple[Any, Any]) -> None:
        """Draw the lines of the threshold, and what lies inside the other bone."""
        threshold = take.clearance.threshold_mm
        for name, bone in zip(("femur", "hip_bone"), bones, strict=True):
            line = None
            if now.is_coloured and threshold is not None:
                line = bone.contour([threshold], scalars=DISTANCE)
            self._put(f"threshold {name}", self._line(line, THRESHOLD_COLOUR, 3.0), SOLID)
        self._put("overlap", _overlap(bones[0]) if now.is_coloured else None, FRONT)

    def _show_pair(self, now: Showing) -> None:
        """Draw the closest pair: solid where it is seen, faint where bone hides it."""
        pair = self.exhibit.pair_mm(now.plan, now.pose)
        for name, layer, opacity in (("pair", SOLID, 1.0), ("through", FRONT, THROUGH_OPACITY)):
            line = _flat(_rod(pair, 1.0), LINE_COLOUR, opacity) if now.is_paired else None
            self._put(name, line, layer)
        halo = _flat(_rod(pair, 1.7), "white", 1.0) if now.is_paired else None
        if halo is not None:
            halo.prop.culling = "front"  # its far side only: a rim around the line
        self._put("halo", halo, SOLID)

    def _show_before(self, now: Showing) -> None:
        """Draw what the plan took, or the femur as it is where the plan did more than take bone."""
        self._put("removed", None, SOLID)
        self._put_ghost("before", None, REMOVED_COLOUR, BEFORE_OPACITY)
        if not now.is_compared or now.plan == 0:
            return
        piece, intact = self.exhibit.removed(now.plan), self.exhibit.take(0, now.view)
        if piece is None:
            gone = moved_surface(intact.bones.femur, intact.transforms[now.pose])
            self._put_ghost("before", gone, REMOVED_COLOUR, BEFORE_OPACITY, outline_on=SOLID)
        else:
            move = self.exhibit.take(now.plan, now.view).transforms[now.pose]
            gone = moved_surface(piece, move)
            self._put("removed", _lit(gone, REMOVED_COLOUR, REMOVED_OPACITY), SOLID)

    def _show_onion(self, now: Showing) -> None:
        """Draw ghosts of the arm the pose is on, behind everything; only anew for another arm."""
        take, motion = self.exhibit.take(now.plan, now.view), self.exhibit.motion
        run = motion.arms[motion.segments[now.pose]]
        wanted = (now.plan, run.start, now.view == "axial") if now.is_onion else None
        if wanted == self._onion:
            return
        self._onion = wanted
        even = np.linspace(run.start, run.stop - 1, N_ONION).round().astype(int)
        for i, (pose, colour) in enumerate(zip(even, ghost_colours(N_ONION), strict=True)):
            is_shown = wanted is not None
            femur = moved_surface(take.bones.femur, take.transforms[pose]) if is_shown else None
            self._put_ghost(f"onion {i}", femur, colour, ONION_OPACITY)

    def _put_ghost(
        self, name: str, surface: Any, colour: str, opacity: float, *, outline_on: int = BEHIND
    ) -> None:
        """Put a translucent surface behind all else, and its outline on a layer; None removes."""
        fill = outline = None
        if surface is not None:
            fill = _lit(surface, colour, opacity)
            outline = _outline(surface, self.plotter.camera, colour, 1.4 * self._line_scale)
        self._put(name, fill, BEHIND)
        self._put(f"outline {name}", outline, outline_on)

    def _line(self, lines: Any | None, colour: str, width: float) -> Any | None:
        """Return an actor of lines, or None where there is none."""
        if lines is None or not lines.n_points:
            return None
        actor = _flat(lines, colour, 1.0)
        actor.prop.line_width = width * self._line_scale
        return actor

    def _put(self, name: str, actor: Any | None, layer: int) -> None:
        """Put an actor on a layer in place of the one of that name; None removes it."""
        if name in self._actors:
            renderer, old = self._actors.pop(name)
            renderer.RemoveActor(old)
        if actor is not None:
            self._layers[layer].AddActor(actor)
            self._actors[name] = (self._layers[layer], actor)

    def image(self) -> Image:
        """Return what the plotter shows now, shape (height, width, 3)."""
        self.plotter.render_window.Render()
        return np.asarray(self.plotter.screenshot(return_img=True), dtype=np.uint8)[..., :3]

    @property
    def front(self) -> Any:
        """The renderer in front of all bones."""
        return self._layers[FRONT]

    @property
    def drawn(self) -> frozenset[str]:
        """Names of what is drawn just now."""
        return frozenset(self._actors)


def _layers(plotter: Any) -> tuple[Any, Any, Any]:
    """Return three renderers over each other, the plotter's own in the middle."""
    from vtkmodules.vtkRenderingCore import vtkRenderer

    behind, solid, front = vtkRenderer(), plotter.renderer, vtkRenderer()
    plotter.render_window.SetNumberOfLayers(3)
    behind.SetBackground(*to_rgb(plotter.background_color.hex_rgb))
    for layer, renderer in enumerate((behind, solid, front)):
        renderer.SetLayer(layer)
        if renderer is not solid:
            plotter.render_window.AddRenderer(renderer)
            renderer.SetActiveCamera(plotter.camera)
            renderer.InteractiveOff()
        for right, up, strength in LIGHTS:
            renderer.AddLight(_light(right, up, strength))
    return behind, solid, front


def _light(right: float, up: float, strength: float) -> Any:
    """Return a light that stays with the eye."""
    import pyvista

    light = pyvista.Light(position=(right, up, 1.0), intensity=strength, light_type="camera light")
    light.positional = False
    return light


def _bone(surface: Any, now: Showing, colour: str) -> Any:
    """Return the actor of a solid bone, coloured by distance where that is wanted."""
    distance = np.asarray(surface.point_data[DISTANCE])
    emphasis = np.asarray(surface.point_data[EMPHASIS]) * float(now.is_coloured)
    surface.point_data[COLOUR] = distance_colours(distance, emphasis, colour)
    actor = _lit(surface, colour, 1.0)
    mapper = actor.mapper
    mapper.scalar_visibility = True
    mapper.SetScalarModeToUsePointFieldData()
    mapper.SelectColorArray(COLOUR)
    mapper.SetColorModeToDirectScalars()
    return actor


def _lit(surface: Any, colour: str, opacity: float) -> Any:
    """Return the actor of a shaded surface; translucent ones show their near side only."""
    actor = _flat(surface, colour, opacity)
    prop = actor.prop
    prop.lighting, prop.interpolation = True, "Gouraud"
    prop.ambient, prop.diffuse = 0.22, 0.85
    prop.specular, prop.specular_power = 0.12, 12.0
    if opacity < 1.0:
        prop.culling = "back"
    return actor


def _flat(surface: Any, colour: str, opacity: float) -> Any:
    """Return the actor of a surface without shading."""
    import pyvista

    mapper = pyvista.DataSetMapper(dataset=surface)
    mapper.scalar_visibility = False
    actor = pyvista.Actor(mapper=mapper)
    actor.prop.color, actor.prop.opacity, actor.prop.lighting = colour, opacity, False
    return actor


def _rod(pair: Array, thickness: float) -> Any:
    """Return the closest pair as a rod with a ball at either end."""
    import pyvista

    radius = thickness * LINE_RADIUS_MM
    rod = pyvista.Line(pair[0], pair[1]).tube(radius=radius, capping=True)
    ball = LINE_RADIUS_MM + radius
    balls = [pyvista.Sphere(radius=ball, center=point) for point in pair]
    return pyvista.merge([rod, *balls]).extract_surface(algorithm=None)


def _outline(surface: Any, camera: Any, colour: str, width: float) -> Any:
    """Return the actor of a surface's outline as the camera sees it, wherever it goes."""
    from vtkmodules.vtkFiltersHybrid import vtkPolyDataSilhouette
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

    silhouette, mapper, actor = vtkPolyDataSilhouette(), vtkPolyDataMapper(), vtkActor()
    silhouette.SetInputData(surface)
    silhouette.SetCamera(camera)
    silhouette.SetEnableFeatureAngle(0)
    mapper.SetInputConnection(silhouette.GetOutputPort())
    mapper.ScalarVisibilityOff()
    actor.SetMapper(mapper)
    prop = actor.GetProperty()
    prop.SetColor(*to_rgb(colour))
    prop.SetLineWidth(width)
    prop.LightingOff()
    return actor


def _overlap(femur: Any) -> Any | None:
    """Return an actor of the part of the femur that lies inside the other bone, or None."""
    surface = femur.copy(deep=False)
    surface.point_data["depth"] = np.nan_to_num(-surface.point_data[DISTANCE], nan=-1.0)
    inside = surface.clip_scalar(scalars="depth", value=0.0, invert=False)
    return _flat(inside, OVERLAP_COLOUR, OVERLAP_OPACITY) if inside.n_cells else None
