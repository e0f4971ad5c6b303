"""Pictures of a plan: response curves and depth maps on a small hip."""

import matplotlib.image
import numpy as np
import pytest
from phantom import phantom_hip

from hipsim.errors import InputError, RenderingUnavailableError
from hipsim.kinematics.arcs import arc, neutral
from hipsim.planning.response import Response
from hipsim.surgery.side_effects import SideEffects
from hipsim.viz import plan_depth
from hipsim.viz.plan_depth import draw_depth_map
from hipsim.viz.plan_response import plot_responses
from hipsim.viz.probe import WINDOW_VARIABLE

MOTIONS = (neutral(), arc(flexion_deg=(0, -20)))
BLUE_PIXELS = 300  # at least, where the piece that goes is painted


def cost(amount, unit):
    """Return what an amount costs, plainly."""
    is_bone = unit == "mm"
    return SideEffects(
        removed_volume_mm3=100.0 * amount if is_bone else 0.0,
        deepest_cut_mm=amount if is_bone else 0.0,
        iliopsoas_lost_share=0.05 * amount if is_bone else 0.0,
        hamstrings_lost_share=0.0,
        version_change_deg=0.0 if is_bone else -amount,
        neck_shaft_angle_change_deg=0.0,
        leg_length_change_mm=0.0,
        mechanical_axis_change_deg=0.0,
        femoral_offset_change_mm=0.0,
        medial_cortex_mm=None,
    )


def response_of(procedure, unit, *, name="made", low=-4.0):
    amounts = np.arange(6.0)
    rises = np.minimum(amounts, 3.0)
    return Response(
        hip_name=name,
        side="right",
        procedure=procedure,
        amount_name="depth_mm" if unit == "mm" else "angle_deg",
        unit=unit,
        fixed={},
        amounts=amounts,
        motions=MOTIONS,
        minimum_mm=np.array([8.0 + rises, low + 2.0 * rises]),
        structures=(("lesser_trochanter",) * 6, ("lesser_trochanter",) * 6),
        side_effects=tuple(cost(amount, unit) for amount in amounts),
    )


PLANE = response_of("resect_lesser_trochanter", "mm")
TURN = response_of("derotate_femur", "deg")


def texts(figure):
    """Return everything that is written on a figure."""
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [axes.get_title(), axes.get_ylabel(), axes.get_xlabel()]
        found += [text.get_text() for text in axes.texts]
    return found


def test_plot_responses__shows_targets_amounts_and_who_is_nearest(tmp_path):
    targets = {"neutral": 10.0, "arc": 17.0}
    figure = plot_responses([PLANE, TURN], targets_mm=targets, path=tmp_path / "curves.png")
    written = texts(figure)
    assert {"plane", "derotation", "depth (mm)", "angle (°)"} <= set(written)
    assert written.count("target 10 mm") == written.count("target 17 mm") == 2
    assert "2 mm" in written and "2°" in written  # rings: 8 + 2 mm
    assert "lesser\ntrochanter" in written
    assert (tmp_path / "curves.png").exists() and (tmp_path / "curves.svg").exists()


def test_plot_responses__marks_where_a_curve_goes_flat():
    figure = plot_responses([PLANE])
    bars = [line for line in figure.axes[1].lines if line.get_marker() == "|"]
    assert [float(bar.get_xdata()[0]) for bar in bars] == [3.0, 3.0]


@pytest.mark.parametrize(("n", "rows"), [(1, 1), (3, 1), (4, 2)])
def test_plot_responses__breaks_four_into_two_rows(n, rows):
    figure = plot_responses([PLANE] * n)
    assert len({round(axes.get_position().y0, 3) for axes in figure.axes}) == 2 * rows


def test_plot_responses__shades_overlap_only_where_there_is_some():
    assert "bones overlap (depth)" in texts(plot_responses([PLANE]))
    free = response_of("resect_lesser_trochanter", "mm", low=1.0)
    assert "bones overlap (depth)" not in texts(plot_responses([free]))


def test_plot_responses__refuses_nothing_and_two_hips(tmp_path):
    with pytest.raises(InputError, match="needs at least one, got none"):
        plot_responses([])
    with pytest.raises(InputError, match="of one hip and the same motions"):
        plot_responses([PLANE, response_of("derotate_femur", "deg", name="other")])
    with pytest.raises(InputError, match="there is no folder"):
        plot_responses([PLANE], path=tmp_path / "none" / "a.png")


def painted(hip):
    """Return a depth of 8 mm around the lesser trochanter."""
    apex = hip.landmarks["lesser_trochanter"]
    return np.where(np.linalg.norm(hip.femur.vertices - apex, axis=1) < 12.0, 8.0, 0.0)


@pytest.mark.parametrize("side", ["right", "left"])
def test_draw_depth_map__paints_the_bone_that_goes(rendering, tmp_path, side):
    hip = phantom_hip(side)
    path = draw_depth_map(hip, hip, painted(hip), tmp_path / "depth.png", name="plane")
    image = matplotlib.image.imread(path)
    assert image.shape[:2] == plan_depth.SIZE_PX[::-1]
    upper = image[: image.shape[0] // 2, : -plan_depth.STRIP_PX, :3]
    lower = image[image.shape[0] // 2 :, : -plan_depth.STRIP_PX, :3]
    blue = [int((part[..., 2] > part[..., 0] + 0.15).sum()) for part in (upper, lower)]
    assert blue[0] > BLUE_PIXELS > blue[1]


def test_draw_depth_map__refuses_what_does_not_fit(tmp_path):
    hip = phantom_hip()
    depth = painted(hip)
    with pytest.raises(InputError, match="must end in .png"):
        draw_depth_map(hip, hip, depth, tmp_path / "depth.jpg")
    with pytest.raises(InputError, match="cannot compare a right with a left hip"):
        draw_depth_map(hip, phantom_hip("left"), depth, tmp_path / "depth.png")
    with pytest.raises(InputError, match="depth_mm must have shape"):
        draw_depth_map(hip, hip, depth[1:], tmp_path / "depth.png")


def test_draw_depth_map__says_when_this_machine_cannot_draw(tmp_path, monkeypatch):
    monkeypatch.setenv(WINDOW_VARIABLE, "vtkNoSuchRenderWindow")
    hip = phantom_hip()
    with pytest.raises(RenderingUnavailableError, match="libosmesa6"):
        draw_depth_map(hip, hip, painted(hip), tmp_path / "depth.png")
