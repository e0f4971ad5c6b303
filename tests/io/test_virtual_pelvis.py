"""A virtual pelvis saved as a case loads again, from either side."""

import numpy as np
import pytest

from hipsim.anatomy import measures
from hipsim.anatomy.virtual import VirtualPelvis, make_pelvis
from hipsim.errors import CaseError
from hipsim.io.hips import load_hip
from hipsim.io.meshes import load_mesh
from hipsim.io.virtual_pelvis import save_pelvis

SPACING_MM = 4.0  # coarse and quick
FILE_MM = 1e-4  # single precision in the file
VERSION_DEG = 1.0  # asked 20


@pytest.fixture(scope="module")
def pelvis() -> VirtualPelvis:
    return make_pelvis(sex="female", version_deg=20, spacing_mm=SPACING_MM)


def test_save_pelvis__either_side_loads_with_its_landmarks(pelvis, tmp_path):
    folder = save_pelvis(pelvis, tmp_path / "case")
    for ours in (pelvis.right, pelvis.left):
        hip = load_hip(folder, side=ours.side)
        assert np.abs(hip.femur.vertices - ours.femur.vertices).max() < FILE_MM
        for name, point in ours.landmarks.items():
            assert np.abs(hip.landmarks[name] - point).max() < FILE_MM
        assert measures.femoral_versions_deg(hip)["3d"] == pytest.approx(20, abs=VERSION_DEG)
    sacrum = load_mesh(folder / "sacrum.ply")
    assert np.abs(sacrum.vertices - pelvis.sacrum.vertices).max() < FILE_MM
    with pytest.raises(CaseError, match="already holds a case"):
        save_pelvis(pelvis, folder)


def test_save_pelvis__leaves_out_a_sacrum_that_is_not_there(pelvis, tmp_path):
    bare = VirtualPelvis(pelvis.right, pelvis.left, None)
    assert not (save_pelvis(bare, tmp_path / "case") / "sacrum.ply").exists()
