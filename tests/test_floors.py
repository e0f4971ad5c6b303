"""The floors of the house: imports go down, guest libraries have one door, files stay small."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "hipsim"
FLOORS = [
    {"errors", "guide"},
    {"checks"},
    {"geometry"},
    {"proximity", "anatomy"},
    {"kinematics", "surgery"},
    {"planning"},
    {"io", "viz"},
    {"study", "report"},
    {"planner"},
    {"cli"},
    {"__main__"},
]
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
VTK_DOORS = ("viz/*.py", "geometry/implicit.py", "geometry/contouring.py", "io/meshes.py")
DOORS = {
    "numba": ("*_kernels.py",),
    "manifold3d": ("geometry/cut.py",),
    "pyvista": (*VTK_DOORS, "study/validation_libraries.py"),
    "vtk": VTK_DOORS,
    "vtkmodules": (*VTK_DOORS, "study/validation_libraries.py"),
    "trimesh": ("io/*.py", "study/validation_libraries.py"),
    "coal": ("study/validation_libraries.py",),
    "fcl": ("study/validation_libraries.py",),
    "open3d": ("study/validation_libraries.py",),
    "SimpleITK": ("io/label_images.py",),
    "highdicom": ("io/dicom_seg.py",),
    "pydicom": ("io/dicom_seg.py",),
    "matplotlib": ("viz/*.py",),
    "pydantic": ("study/*.py",),
    "pydantic_core": ("study/*.py",),
    "xarray": ("study/*.py",),
    "yaml": ("study/*.py", "io/*.py"),
    "distributed": ("study/cluster.py",),
    "pooch": ("io/open_hips.py", "io/catalogue.py"),
    "requests": ("io/open_hips.py",),
    "cyclopts": ("cli/*.py",),
    "rich": ("cli/*.py",),
    "av": ("viz/film_files.py",),
    "typst": ("report/pdf.py",),
}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler", "tmp"}
LONGEST_FILE = 400  # lines
LONGEST_FUNCTION = 25  # lines of code without signature and docstring
LONGEST_KERNEL = 60
MOST_ARGUMENTS = 6  # given by position; what follows a * reads as a sentence
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "_data" not in p.parts)
PUBLIC_FACE = PACKAGE / "__init__.py"

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_names(path: Path) -> Iterator[str]:
    """Yield the absolute dotted name of every import in a source file."""
    here = path.relative_to(PACKAGE.parent).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = here[: -node.level] if node.level else ()
            stem = ".".join((*parent, *filter(None, [node.module])))
            yield from (f"{stem}.{alias.name}" for alias in node.names)


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def body_lines(function: ast.FunctionDef, source: list[str]) -> int:
    """Count the lines of code of a function, without its docstring and blank lines."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    lines = source[body[0].lineno - 1 : function.end_lineno]
    return sum(bool(line.strip()) for line in lines)


def is_public(name: str) -> bool:
    return not name.startswith("_")


@each_module
def test_imports__go_down_only(path: Path) -> None:
    if path == PUBLIC_FACE:
        return
    room = room_of(path)
    for name in imported_names(path):
        top, *rest = name.split(".")
        if top == "hipsim" and rest and rest[0] != room and rest[0] != "__version__":
            assert LEVEL[rest[0]] < LEVEL[room], f"{room} must not import {rest[0]}"


@each_module
def test_guest_libraries__have_one_door(path: Path) -> None:
    inside = path.relative_to(PACKAGE)
    for name in imported_names(path):
        guest = name.split(".")[0]
        if guest in DOORS:
            assert any(inside.match(door) for door in DOORS[guest]), f"{guest} has its own door"


@each_module
def test_files__are_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@each_module
def test_functions__are_small_enough_to_see(path: Path) -> None:
    limit = LONGEST_KERNEL if path.stem.endswith("_kernels") else LONGEST_FUNCTION
    source = path.read_text().splitlines()
    long = {f.name: n for f in functions(path) if (n := body_lines(f, source)) > limit}
    assert not long, f"functions over {limit} lines: {long}"


@each_module
def test_functions__take_few_positional_arguments(path: Path) -> None:
    if path.stem.endswith("_kernels"):
        return
    many = [
        f.name for f in functions(path) if len(f.args.posonlyargs + f.args.args) > MOST_ARGUMENTS
    ]
    assert not many, f"functions with over {MOST_ARGUMENTS} positional arguments: {many}"


@each_module
def test_public_things__say_what_they_are(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "a module says what it is for"
    things = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    silent = [t.name for t in things if is_public(t.name) and not ast.get_docstring(t)]
    assert not silent, f"public without a docstring: {silent}"


@each_module
def test_names__are_not_drawers(path: Path) -> None:
    assert not DRAWERS & set(path.relative_to(PACKAGE).with_suffix("").parts)


def test_rooms__are_on_the_plan() -> None:
    rooms = {room_of(path) for path in MODULES if path != PUBLIC_FACE}
    assert rooms <= set(LEVEL), f"not on the plan: {sorted(rooms - set(LEVEL))}"


def test_public_face__every_name_exists_and_is_lazy() -> None:
    code = (
        "import sys, hipsim\n"
        "assert 'numpy' not in sys.modules, 'import hipsim must not import numpy'\n"
        "for name in hipsim.__all__:\n"
        "    assert getattr(hipsim, name) is not None, name\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent
    )
    assert done.returncode == 0, done.stderr
