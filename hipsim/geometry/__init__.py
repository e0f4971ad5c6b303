"""Shapes in mm: meshes, rigid motions, fits, sections, cuts, implicit bodies. Knows no bone."""

from hipsim.geometry.mesh import Mesh

__all__ = ["Mesh"]
