"""Regions of moving virtual bones as closed bodies: the surface follows the nodes, walls the rim.

A region keeps its faces: they are labelled on the template, in the anatomical frame, by the rules
of :mod:`hipsim.anatomy.regions`, so that its borders move with the bone. The walls that close it
(:mod:`hipsim.geometry.closing`) go with their rim, each vertex by the mean of its neighbours.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from hipsim.anatomy.hip import (
    FEMORAL_REGIONS,
    FEMORAL_STRUCTURES,
    PELVIC_REGIONS,
    PELVIC_STRUCTURES,
    Labels,
)
from hipsim.anatomy.virtual_shape import Sex
from hipsim.anatomy.virtual_template import (
    MovedBone,
    Template,
    femoral_template,
    pelvic_template,
)
from hipsim.anatomy.virtual_template_skin import Skin
from hipsim.checks import Array, IntArray, as_choice
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.closing import close_region


@dataclass(frozen=True, eq=False)
class MovingRegion:
    """A region of a template as a closed body that follows the nodes.

    Attributes
    ----------
    mesh
        The closed body on the template: vertices of the surface, then those of the walls.
    structures
        Index of the structure each face lies on, as in the labels of a hip, shape (m,).
    skin
        Of the surface.
    walls
        Shift of each wall's vertex as a weighted mean of those of the surface, sparse.
    """

    mesh: Mesh
    structures: Labels
    skin: Skin
    walls: sparse.csr_array

    def moved(self, bone: MovedBone) -> Array:
        """Return the vertices (n, 3) of the body in the bone's anatomical frame, mm."""
        count, surface = len(self.skin.vertices), self.skin.moved(bone.nodes)
        shift = surface - self.skin.vertices
        inner = self.mesh.vertices[count:] + self.walls @ shift
        return rigid.apply(bone.to_frame, np.concatenate([surface, inner]))


@cache
def femoral_region(sex: Sex, region: str) -> MovingRegion:
    """Return a named region of the femur of a sex; built when first asked for.

    Raises
    ------
    InputError
        If the region is unknown.
    """
    as_choice(region, tuple(FEMORAL_REGIONS), name="femoral_region")
    template = femoral_template(sex)
    return _region(template, FEMORAL_REGIONS[region], FEMORAL_STRUCTURES)


@cache
def pelvic_region(sex: Sex, region: str) -> MovingRegion:
    """Return a named region of the hip bone of a sex; built when first asked for.

    Raises
    ------
    InputError
        If the region is unknown.
    """
    as_choice(region, tuple(PELVIC_REGIONS), name="pelvic_region")
    template = pelvic_template(sex)
    return _region(template, PELVIC_REGIONS[region], PELVIC_STRUCTURES)


def _region(
    template: Template,
    names: tuple[str, ...],
    structures: tuple[str, ...],
) -> MovingRegion:
    """Close the faces of some structures and tie the body to the template's nodes."""
    is_region = np.isin(template.labels, [structures.index(name) for name in names])
    closed = close_region(template.mesh, is_region)
    skin = template.skin.part(np.unique(template.mesh.faces[is_region]))
    walls = _following(closed.mesh.faces, len(skin.vertices), len(closed.mesh.vertices))
    return MovingRegion(closed.mesh, template.labels[closed.bone_faces], skin, walls)


def _following(faces: IntArray, n_surface: int, n: int) -> sparse.csr_array:
    """Return the weights (n - n_surface, n_surface) by which walls follow the surface."""
    ends = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).T
    links = sparse.coo_array((np.ones(ends.shape[1]), ends), shape=(n, n)).tocsr()
    links = ((links + links.T) > 0).astype(float)
    walls = links[n_surface:]
    degree = sparse.diags_array(walls.sum(axis=1))
    inner = (degree - walls[:, n_surface:]).tocsc()
    return sparse.csr_array(spsolve(inner, walls[:, :n_surface].tocsc()))
