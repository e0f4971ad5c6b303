"""The probe: a sentence instead of a crash, and silence where all is well."""

import os
import subprocess
import sys

import pytest

from hipsim.errors import RenderingUnavailableError
from hipsim.viz.probe import (
    WINDOW_VARIABLE,
    rendering_problem,
    require_rendering,
    require_screen,
    screen_problem,
)

PACKAGES = ("libegl1", "libgl1-mesa-dri", "libosmesa6")

needs_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux chooses between window classes"
)


@pytest.fixture
def broken(monkeypatch):
    """An X window without an X server: VTK ends with a segmentation fault."""
    monkeypatch.setenv(WINDOW_VARIABLE, "vtkXOpenGLRenderWindow")
    monkeypatch.delenv("DISPLAY", raising=False)


@needs_linux
def test_rendering_problem__names_the_packages_where_vtk_would_crash(broken):
    problem = rendering_problem()
    assert problem is not None
    assert all(package in problem for package in PACKAGES)


@needs_linux
def test_rendering_problem__says_that_a_variable_set_by_the_user_is_in_the_way(broken):
    assert f"unset {WINDOW_VARIABLE}" in rendering_problem()
    assert os.environ[WINDOW_VARIABLE] == "vtkXOpenGLRenderWindow"


@needs_linux
def test_require_rendering__raises_the_sentence(broken):
    with pytest.raises(RenderingUnavailableError, match="apt-get install libegl1"):
        require_rendering()


@needs_linux
def test_rendering_problem__tries_every_class_when_the_display_is_wrong(monkeypatch):
    monkeypatch.delenv(WINDOW_VARIABLE, raising=False)
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.setattr("hipsim.viz.probe._PROGRAM", "raise SystemExit(7)")
    problem = rendering_problem()
    assert problem.count("VTK ended with code 7") == 3


def test_rendering_problem__leaves_a_window_class_that_draws_without_a_word(rendering):
    program = (
        "from hipsim.viz import rendering_problem; assert rendering_problem() is None\n"
        "import pyvista; plotter = pyvista.Plotter(off_screen=True, window_size=[32, 32])\n"
        "plotter.screenshot(return_img=True)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_import__of_the_room_does_not_load_vtk_or_pyplot():
    program = (
        "import sys, hipsim.viz\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'vtk', 'vtkmodules', 'pyvista'}, loaded\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@needs_linux
def test_screen_problem__without_a_display_names_what_works_without(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    problem = screen_problem()
    assert problem is not None
    assert all(word in problem for word in ("DISPLAY is not set", "hipsim animate", "report"))


@needs_linux
def test_require_screen__a_screen_that_is_not_there_names_the_packages(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(RenderingUnavailableError, match="libgl1 libgl1-mesa-dri"):
        require_screen()
