import numpy as np
import pytest
from shapes import box

from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh
from hipsim.proximity import DistanceQuery
from hipsim.proximity.body import make_body


def test_make_body__takes_a_closed_mesh_as_its_own_parent():
    body = make_body(box(), None, name="a")
    assert body.solid is not None and body.solid.tree is body.tree


def test_make_body__takes_an_open_mesh_without_parent():
    assert make_body(Mesh(np.eye(3), [[0, 1, 2]]), None, name="a").solid is None


def test_query__refuses_what_is_not_a_mesh():
    with pytest.raises(InputError, match="a must be a Mesh, got ndarray"):
        DistanceQuery(np.eye(3), box())


def test_query__refuses_a_parent_that_is_not_a_mesh():
    with pytest.raises(InputError, match="parent_b must be a Mesh, got str"):
        DistanceQuery(box(), box(), parent_b="femur")


def test_query__refuses_an_open_parent():
    opened = Mesh(box().vertices, box().faces[1:])
    with pytest.raises(MeshError, match="parent_b must be a closed surface"):
        DistanceQuery(box(), box(), parent_b=opened)
