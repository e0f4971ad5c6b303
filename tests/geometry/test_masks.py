"""Voxels of one label: the largest piece, without cavities, wherever it lies."""

import numpy as np
import pytest
from scipy import ndimage

from hipsim.errors import InputError
from hipsim.geometry.masks import label_counts, largest_solid, without_cavities


@pytest.mark.parametrize("share", [0.02, 0.2, 0.4])
def test_largest_solid__is_what_labelling_the_whole_volume_finds(rng, share):
    values = np.where(rng.random((37, 41, 29)) < share, 5, 9).astype(np.int16)
    solid = largest_solid(values, 5)
    numbered, _ = ndimage.label(values == 5)
    sizes = np.sort(np.bincount(numbered.ravel())[1:])[::-1]
    assert solid.n_voxels - solid.filled.sum() == sizes[0]
    np.testing.assert_array_equal(solid.dropped, sizes[1:])


def test_largest_solid__far_specks_do_not_enlarge_the_crop():
    values = np.zeros((90, 80, 70), dtype=np.uint8)
    values[30:50, 31:45, 20:40] = 4
    values[0, 0, 0] = values[89, 79, 69] = 4
    solid = largest_solid(values, 4)
    assert solid.mask.shape == (20, 14, 20)
    assert solid.mask.all()
    assert solid.start.tolist() == [30, 31, 20]
    assert solid.dropped.tolist() == [1, 1]


def test_largest_solid__other_labels_do_not_join_pieces():
    values = np.array([[[1, 1, 2, 1]]], dtype=np.uint8)
    solid = largest_solid(values, 1)
    assert (solid.n_voxels, solid.dropped.tolist()) == (2, [1])


def test_largest_solid__of_an_absent_label_is_none():
    assert largest_solid(np.zeros((3, 3, 3), dtype=np.uint8), 7) is None


@pytest.mark.parametrize("values", [np.zeros((3, 3), dtype=int), np.zeros((3, 3, 3))])
def test_largest_solid__refuses_what_is_no_label_map(values):
    with pytest.raises(InputError, match="volume of whole numbers"):
        largest_solid(values, 1)


def test_without_cavities__fills_the_closed_and_leaves_the_open():
    mask = np.ones((9, 9, 9), dtype=bool)
    mask[2, 2, 2:4] = False  # closed
    mask[5, 5, 5:] = False  # opens to the outside
    filled, sizes = without_cavities(mask)
    assert sizes.tolist() == [2]
    assert filled[2, 2, 2:4].all()
    assert not filled[5, 5, 5:].any()


@pytest.mark.parametrize("largest", [3, 1 << 20])
def test_label_counts__leaves_out_the_background(rng, largest):
    numbers = (1, 2, largest)
    values = rng.choice([0, *numbers], (5, 6, 7))
    assert label_counts(values) == {n: int((values == n).sum()) for n in numbers}
