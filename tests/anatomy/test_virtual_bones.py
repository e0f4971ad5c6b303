"""Implicit bones and their contours: a fair hip bone, a round socket, nothing that crosses."""

from dataclasses import replace

import numpy as np
import pytest

from hipsim.anatomy import virtual_pelvis_nodes
from hipsim.anatomy.virtual_bones import (
    LEAST_RADIUS_MM,
    Body,
    contoured,
    nets_of,
    parts_of,
    pelvic_body,
    socket_radius,
)
from hipsim.anatomy.virtual_handles import Warp, pelvic_handles
from hipsim.anatomy.virtual_shape import HipShape, Sex
from hipsim.checks import Array
from hipsim.geometry import Mesh
from hipsim.geometry.fairing import faired
from hipsim.geometry.intersections import find_self_intersections
from hipsim.geometry.section import section

SPACING_MM = 3.0
RIPPLE_LENGTH_MM = 2.0  # finer than the bone's own fairing
RIPPLES_LEFT = 0.7  # share; what is left is the bone's own sharp borders
BEND_MM = 0.6  # second difference every 2 mm: a border as round as a ball of 7 mm
SOCKET_MM = 0.05  # contour of the ball at this spacing, after one Newton step
VOLUME_SHARE = 2e-3
LIKENESS_MM = 0.65  # the bound of the fairing, and a chord of the triangles


@pytest.fixture(scope="module", params=["female", "male"])
def shape(request) -> HipShape:
    sex: Sex = request.param
    return HipShape.typical(sex)


@pytest.fixture(scope="module")
def body(shape) -> Body:
    return pelvic_body(shape)


@pytest.fixture(scope="module")
def bare(body) -> Mesh:
    return contoured(replace(body, freedom=None), spacing_mm=SPACING_MM)


@pytest.fixture(scope="module")
def bone(body) -> Mesh:
    return contoured(body, spacing_mm=SPACING_MM)


def ripple_mm(mesh: Mesh, body: Body) -> float:
    """How far a fairing still lifts the surface: the 95th percentile of the heights."""
    assert body.freedom is not None
    freedom = body.freedom(mesh.vertices)
    shift = faired(mesh, length_mm=RIPPLE_LENGTH_MM, freedom=freedom).vertices - mesh.vertices
    height: Array = np.abs(np.einsum("ij,ij->i", shift, mesh.vertex_normals))
    return float(np.percentile(height, 95))


def test_contoured__hip_bone_has_no_ripples(bare, bone, body):
    assert ripple_mm(bone, body) < RIPPLES_LEFT * ripple_mm(bare, body)


def test_contoured__posterior_border_of_the_ischium_has_no_beads(bone, shape):
    levels = np.arange(-0.75, -2.0, -2.0 / shape.head_radius_mm) * shape.head_radius_mm
    up = np.array([0.0, 1.0, 0.0])
    rearmost = [
        min(float(outline.segments[..., 0].min()) for outline in section(bone, level * up, up))
        for level in levels
    ]
    assert np.abs(np.diff(rearmost, 2)).max() < BEND_MM


def test_contoured__fairing_keeps_the_solid(bare, bone, body):
    assert bone.volume_mm3 == pytest.approx(bare.volume_mm3, rel=VOLUME_SHARE)
    assert np.percentile(np.abs(body.field(bone.vertices)), 99) < LIKENESS_MM


def test_contoured__hip_bone_does_not_cross_itself(bone):
    assert bone.is_closed
    assert find_self_intersections(bone).count == 0


def test_contoured__inside_of_the_socket_stays_a_ball(bone, body, shape):
    held = body.freedom(bone.vertices) == 0.0
    radii = np.linalg.norm(bone.vertices[held], axis=1)
    assert held.sum() > 100
    assert np.abs(radii - socket_radius(shape)).max() < 0.5  # mm: the band that is held
    assert np.median(np.abs(radii - socket_radius(shape))) < SOCKET_MM


def test_node_table__balls_are_joined_and_thick_enough_to_contour():
    names = list(virtual_pelvis_nodes.NODES)
    joined = {
        n
        for text in virtual_pelvis_nodes.PARTS.values()
        for w in text.split()
        for n in w.split("-")
    }
    assert joined == set(names)
    handles = pelvic_handles(HipShape.typical("female"))
    parts = parts_of(virtual_pelvis_nodes, Warp.between(handles, handles))
    assert len(parts) == len(nets_of(virtual_pelvis_nodes))
    assert min(part.radii.min() for part in parts) >= LEAST_RADIUS_MM
