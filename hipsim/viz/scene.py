"""Pictures of the hip in 3D: the arc with its worst pose, and before beside after.

The hip stands upright in its ``app`` pelvic frame whatever the scan's axes were. The femur of the
worst pose is solid; other poses of the same arm of the motion are ghosts. The colours of the solid
bones are the distance of each surface point to the other bone in the worst pose; the line and the
number are the exact closest pair.
"""

from pathlib import Path

from matplotlib.figure import Figure

from hipsim.anatomy.hip import Hip
from hipsim.checks import as_number
from hipsim.errors import InputError
from hipsim.planning.clearance import Clearance
from hipsim.viz import sheet, words
from hipsim.viz.style import FEMUR_COLOUR, REMOVED_COLOUR, applied, as_target
from hipsim.viz.surfaces import removed_bone
from hipsim.viz.take import check_same_motion, make_take, pose_labels, poses_drawn
from hipsim.viz.views import make_view


def draw_arc(
    hip: Hip,
    clearance: Clearance,
    path: str | Path,
    *,
    n_poses: int = 5,
    view: str = "posterior",
) -> Path:
    """Draw the hip at the worst pose of a motion, other poses as ghosts, and write a PNG.

    Parameters
    ----------
    hip
        The hip, scan frame, mm.
    clearance
        Of this hip along a motion.
    path
        Where to write the picture, ``.png``.
    n_poses
        How many poses of the arm with the worst pose are drawn, the worst among them; 1 to 12.
    view
        ``"anterior"``, ``"posterior"``, ``"lateral"``, ``"medial"``, ``"axial"`` (from below) or
        ``"surgeon"`` (posterolateral).

    Returns
    -------
    path
        The file written, 1400 x 1000 pixels.

    Raises
    ------
    InputError
        If the clearance belongs to another hip, the view or number of poses is unknown, or the
        path is not a ``.png`` in an existing folder.
    RenderingUnavailableError
        If this machine cannot draw 3D pictures.
    """
    target, camera = _as_png(path), make_view(view, hip.side)
    n_drawn = int(as_number(n_poses, name="n_poses", low=1, high=12))
    (shot,) = sheet.make_shots([make_take(hip, clearance, camera)], camera)
    poses = poses_drawn(clearance, n_drawn)
    colours = dict(zip(poses, sheet.ghost_colours(len(poses)), strict=True))
    image = shot.image({pose: c for pose, c in colours.items() if pose != clearance.index})
    with applied():
        figure = sheet.new_sheet(clearance, camera)
        sheet.add_sentence(figure, sheet.finding(clearance))
        shot.mount(figure, image)
        _add_pose_key(figure, clearance, colours)
        figure.savefig(target, dpi=sheet.DPI)
    return target


def draw_before_after(
    hip_before: Hip,
    hip_after: Hip,
    clearance_before: Clearance,
    clearance_after: Clearance,
    path: str | Path,
    *,
    view: str = "posterior",
) -> Path:
    """Draw a hip before and after surgery, each at its own worst pose of one motion; write a PNG.

    Both pictures have the same view, scale and colours. Bone that a resection took is shown
    translucent in the second.

    Parameters
    ----------
    hip_before, hip_after
        The hip before and after surgery, same side and scan frame.
    clearance_before, clearance_after
        Their clearances along the same motion.
    path
        Where to write the picture, ``.png``.
    view
        As in :func:`draw_arc`.

    Returns
    -------
    path
        The file written, 1400 x 1000 pixels.

    Raises
    ------
    InputError
        If sides, motions or hips do not belong together, the view is unknown, or the path is not
        a ``.png`` in an existing folder.
    RenderingUnavailableError
        If this machine cannot draw 3D pictures.
    """
    target, camera = _as_png(path), make_view(view, hip_before.side)
    if hip_before.side != hip_after.side:
        raise InputError(f"cannot compare a {hip_before.side} with a {hip_after.side} hip")
    check_same_motion(clearance_before.motion, clearance_after.motion)
    takes = [
        make_take(hip_before, clearance_before, camera),
        make_take(hip_after, clearance_after, camera),
    ]
    removed = removed_bone(hip_before, hip_after)
    before, after = sheet.make_shots(takes, camera)
    images = before.image({}), after.image({}, removed)
    with applied():
        figure = sheet.new_sheet(clearance_before, camera)
        gain = words.signed(clearance_after.minimum_mm - clearance_before.minimum_mm)
        sheet.add_sentence(figure, [f"Space gained in the narrowest pose: {gain} mm"])
        for shot, image, name in zip((before, after), images, ("Before", "After"), strict=True):
            sheet.add_panel_title(shot.mount(figure, image), name, shot.take.clearance)
        if removed is not None:
            sheet.add_key(figure, "after", {"bone removed": REMOVED_COLOUR})
        figure.savefig(target, dpi=sheet.DPI)
    return target


def _add_pose_key(figure: Figure, clearance: Clearance, colours: dict[int, str]) -> None:
    """List the poses drawn, the worst one as the solid bone it is."""
    unit, labels = pose_labels(clearance, list(colours))
    rows = {}
    for (pose, colour), label in zip(colours.items(), labels, strict=True):
        is_worst = pose == clearance.index
        rows[f"{label} (narrowest)" if is_worst else label] = FEMUR_COLOUR if is_worst else colour
    sheet.add_key(figure, f"femur drawn at\n{unit}", rows)


def _as_png(path: str | Path) -> Path:
    """Return where a picture goes, or raise if that is not a PNG in an existing folder."""
    target = as_target(path)
    if target.suffix.lower() != ".png":
        raise InputError(f"3D pictures are written as .png, got {target.name!r}")
    return target
