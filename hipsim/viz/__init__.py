"""The only room that draws: charts of clearance and pictures of the hip in 3D.

Charts and sheets are matplotlib figures built without pyplot; bones are drawn by VTK off-screen.
VTK is imported only when a 3D picture is asked for, after :func:`rendering_problem` has asked in
another process whether this machine can draw at all. Every picture says which hip, side and
motion it shows, from which zeros angles count, and that this is research software.

Stills: :mod:`hipsim.viz.scene`. What moves: :mod:`hipsim.viz.showing` (the state),
:mod:`hipsim.viz.theatre` (who draws it), :mod:`hipsim.viz.viewer` (a window),
:mod:`hipsim.viz.film` (a file).
"""

from hipsim.viz.charts import plot_clearance, plot_gain
from hipsim.viz.free_maps import plot_free_range
from hipsim.viz.grids import plot_grid
from hipsim.viz.probe import rendering_problem, require_rendering
from hipsim.viz.scene import draw_arc, draw_before_after
from hipsim.viz.unfolded import plot_unfolded
from hipsim.viz.views import VIEWS

__all__ = [
    "VIEWS",
    "draw_arc",
    "draw_before_after",
    "plot_clearance",
    "plot_free_range",
    "plot_gain",
    "plot_grid",
    "plot_unfolded",
    "rendering_problem",
    "require_rendering",
]
