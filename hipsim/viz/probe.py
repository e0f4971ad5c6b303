"""Can this machine draw 3D pictures? Asked in another process, because VTK crashes where it cannot.

Without a working OpenGL, VTK ends the process with a segmentation fault instead of an exception.
So one tiny window is drawn in a child process first; what works there is then pinned for this
process (and its children) in ``VTK_DEFAULT_OPENGL_WINDOW``, which also keeps VTK from complaining
about a missing X server. A value the user has set is respected and only checked.
"""

import os
import subprocess
import sys
from functools import cache

from hipsim.errors import RenderingUnavailableError

WINDOW_VARIABLE = "VTK_DEFAULT_OPENGL_WINDOW"
PROBE_SECONDS = 60.0  # the first import of VTK from a cold disk can take long
REMEDY = (
    "install OpenGL for machines without a screen: 'apt-get install libegl1 libgl1-mesa-dri' "
    "or 'apt-get install libosmesa6'"
)
SCREEN_WINDOW = "vtkXOpenGLRenderWindow"
SCREEN_REMEDY = "install OpenGL for X: 'apt-get install libgl1 libgl1-mesa-dri libxrender1'"
INSTEAD = (
    "'hipsim animate' writes a film and 'hipsim report' a page with the hip in 3D, without a screen"
)
_PROGRAM = """
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow
window = vtkRenderWindow()
window.SetOffScreenRendering(1)
window.SetSize(16, 16)
window.AddRenderer(vtkRenderer())
window.Render()
raise SystemExit(0 if window.SupportsOpenGL() else 3)
"""


def rendering_problem() -> str | None:
    """Return why 3D pictures cannot be drawn here, or None when they can.

    The first call takes about a second; later calls in the same process answer at once unless
    ``VTK_DEFAULT_OPENGL_WINDOW`` or ``DISPLAY`` changed. When drawing works, the window class
    that works is left in ``VTK_DEFAULT_OPENGL_WINDOW``.

    Returns
    -------
    problem
        A sentence that names the missing system packages, or None.
    """
    chosen, display = os.environ.get(WINDOW_VARIABLE, ""), os.environ.get("DISPLAY", "")
    tried = []
    for window in _candidates(chosen, display):
        failure = _failure(window, display)
        if failure is None:
            if window:
                os.environ[WINDOW_VARIABLE] = window
            return None
        tried.append(f"{window or 'the default window'}: {failure}")
    hint = f"unset {WINDOW_VARIABLE}, or " if chosen else ""
    return f"3D pictures cannot be drawn on this machine ({'; '.join(tried)}); {hint}{REMEDY}"


def require_rendering() -> None:
    """Do nothing where 3D pictures can be drawn, else raise.

    Raises
    ------
    RenderingUnavailableError
        If VTK cannot draw here; the message names the packages to install.
    """
    problem = rendering_problem()
    if problem is not None:
        raise RenderingUnavailableError(problem)


def screen_problem() -> str | None:
    """Return why no window can be opened on a screen here, or None when one can.

    Returns
    -------
    problem
        A sentence that says what is missing and what works without a screen, or None.
    """
    if not sys.platform.startswith("linux"):
        return rendering_problem()
    display = os.environ.get("DISPLAY", "")
    if not display:
        return f"there is no screen to open a window on (DISPLAY is not set): {INSTEAD}"
    failure = _failure(SCREEN_WINDOW, display)
    if failure is None:
        return None
    return (
        f"no 3D window can be opened on the screen {display} ({SCREEN_WINDOW}: {failure}); is that "
        f"screen there? Or {SCREEN_REMEDY}; {INSTEAD}"
    )


def require_screen() -> None:
    """Do nothing where a 3D window can be opened on a screen, else raise.

    Raises
    ------
    RenderingUnavailableError
        If there is no screen, or VTK cannot draw on it; the message names the packages to install
        and what works without a screen.
    """
    problem = screen_problem()
    if problem is not None:
        raise RenderingUnavailableError(problem)
    if sys.platform.startswith("linux"):
        os.environ[WINDOW_VARIABLE] = SCREEN_WINDOW


def _candidates(chosen: str, display: str) -> tuple[str, ...]:
    """List the VTK window classes worth trying, best first; an empty name is VTK's own choice."""
    if chosen:
        return (chosen,)
    if not sys.platform.startswith("linux"):
        return ("",)
    headless = ("vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow")
    return (SCREEN_WINDOW, *headless) if display else headless


@cache
def _failure(window: str, display: str) -> str | None:
    """Draw in a child process with a window class; return how it failed, or None."""
    environment = dict(os.environ) | {"DISPLAY": display, WINDOW_VARIABLE: window}
    command = [sys.executable, "-c", _PROGRAM]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {PROBE_SECONDS:g} s"
    if done.returncode == 0:
        return None
    ended = f"signal {-done.returncode}" if done.returncode < 0 else f"code {done.returncode}"
    return f"VTK ended with {ended}"
