import numpy as np
from shapes import random_rotation, sphere

from hipsim.geometry import Mesh
from hipsim.proximity.tree import NUMBERS_PER_BOX, BoxTree, make_tree

COVER_TOL = 1e-9  # mm, rounding of float64


def corners_below(tree: BoxTree, node: int) -> np.ndarray:
    """Return the corners of all triangles below a node, shape (n, 3)."""
    link = tree.links[node]
    if link < 0:
        return tree.corners.reshape(-1, 3, 3)[-1 - link]
    return np.vstack([corners_below(tree, node + 1), corners_below(tree, link)])


def test_make_tree__keeps_every_triangle_once(rng):
    mesh = sphere(10.0, subdivisions=2)
    tree = make_tree(mesh, np.ones(3))
    assert sorted(tree.faces) == list(range(len(mesh.faces)))
    placed = tree.corners.reshape(-1, 3, 3) + 1.0
    np.testing.assert_allclose(placed, mesh.triangles[tree.faces], atol=COVER_TOL)


def test_make_tree__boxes_and_balls_hold_what_is_below(rng):
    flat = np.array([1.0, 0.2, 0.0]) * rng.normal(size=(90, 3)) @ random_rotation(rng)
    for mesh in (sphere(10.0, subdivisions=1), Mesh(flat, np.arange(90).reshape(-1, 3))):
        tree = make_tree(mesh, np.zeros(3))
        for node, box in enumerate(tree.boxes.reshape(-1, NUMBERS_PER_BOX)):
            away = corners_below(tree, node) - box[:3]
            axes = box[6:15].reshape(3, 3)
            np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=COVER_TOL)
            assert (abs(away @ axes.T) <= box[3:6] + COVER_TOL).all()
            assert (np.linalg.norm(away, axis=1) <= box[15] + COVER_TOL).all()


def test_make_tree__is_balanced_even_if_all_triangles_are_the_same():
    mesh = Mesh(np.eye(3), np.tile([0, 1, 2], (1000, 1)))
    tree = make_tree(mesh, np.zeros(3))
    depth = np.zeros(len(tree.links), dtype=int)
    for node, link in enumerate(tree.links):
        if link >= 0:
            depth[[node + 1, link]] = depth[node] + 1
    assert depth.max() == 10
