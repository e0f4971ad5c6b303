"""Surfaces written for other programs come back as they were."""

import numpy as np
import pytest
from shapes import box

from hipsim.errors import InputError
from hipsim.io.meshes import load_mesh, save_mesh

SINGLE_TOL_MM = 1e-5  # GLB holds single precision


@pytest.mark.parametrize("name", ["bone.obj", "bone.glb"])
def test_save_mesh__for_other_programs_comes_back(name, tmp_path):
    mesh = box()
    found = load_mesh(save_mesh(tmp_path / name, mesh))
    np.testing.assert_allclose(found.vertices, mesh.vertices, atol=SINGLE_TOL_MM)
    np.testing.assert_array_equal(found.faces, mesh.faces)
    assert found.is_closed


def test_save_mesh__notes_the_frame_where_there_is_a_place_for_it(tmp_path):
    path = save_mesh(tmp_path / "bone.obj", box(), frame="lps")
    assert "SPACE=LPS" in path.read_text().splitlines()[0]
    with pytest.raises(InputError, match="GLB has no place for the frame"):
        save_mesh(tmp_path / "bone.glb", box(), frame="lps")
