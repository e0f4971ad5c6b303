"""The only room that touches the disk: mesh files, case folders, the embedded hips."""

from hipsim.io.cases import Case, find_case
from hipsim.io.hips import load_hip, save_case
from hipsim.io.meshes import load_mesh, save_mesh

__all__ = ["Case", "find_case", "load_hip", "load_mesh", "save_case", "save_mesh"]
