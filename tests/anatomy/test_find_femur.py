"""The whole femur among the steps of voxels."""

import numpy as np
import pytest
from mean_bones import right_bones
from voxels import blocks, label_volume

from hipsim.anatomy.find_femur import find_femur
from hipsim.geometry import Mesh


def voxelised(mesh: Mesh, spacing) -> Mesh:
    labels, affine = label_volume({1: mesh}, spacing, np.eye(3))
    return blocks(labels == 1, affine)


@pytest.mark.parametrize("spacing", [(0.6, 0.6, 5.0), (2.0, 2.0, 2.0)])
def test_find_femur__sees_the_head_through_the_steps_of_voxels(spacing):
    """In thick slices neither end of the bone is round before it is smoothed."""
    femur, _ = right_bones("female")
    smooth, found = find_femur(femur), find_femur(voxelised(femur, spacing))
    assert found.side == "right"
    assert found.head.radius_mm == pytest.approx(smooth.head.radius_mm, abs=0.5)
    # half a slice, and a slice: an apex between two slices is not seen
    for name, slices in (("hip_joint_centre", 0.5), ("lesser_trochanter", 1.0)):
        off = np.linalg.norm(found.landmarks[name] - smooth.landmarks[name])
        assert off < slices * spacing[2]
