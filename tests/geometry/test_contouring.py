"""Masks to surfaces: closed, where they belong, and neither shrunk nor grown."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from shapes import random_rotation, sphere
from voxels import label_volume

from hipsim.errors import InputError
from hipsim.geometry.contouring import contour_mask
from hipsim.geometry.masks import largest_solid

BIAS_TOL_MM = 0.05  # the bound set for surfaces from scans; a resection is planned to 1 mm
ROUGHNESS_TOL_MM = 0.12  # rms of a smoothed staircase of 0.8 to 1 mm steps
MIRROR_TOL_MM = 1e-4  # single-precision filter on coordinates of 100 voxels
CT_VOXEL_MM = (0.8, 0.8, 1.0)


def ball_mask(shape=(12, 12, 12), radius=4.0) -> np.ndarray:
    index = np.indices(shape).transpose(1, 2, 3, 0) - (np.array(shape) - 1) / 2
    return np.linalg.norm(index, axis=-1) <= radius


def contour_of_sphere(radius, centre, spacing, rng, **options):
    """Voxelise a sphere obliquely and contour it again."""
    turn, offset = random_rotation(rng), rng.random(3)
    ball = sphere(radius, centre, subdivisions=5)
    values, affine = label_volume({1: ball}, spacing, turn, offset=offset)
    return contour_mask(values == 1, mm_from_index=affine, **options)


@pytest.mark.parametrize("radius", [4.0, 8.0, 24.0])
def test_contour__of_a_sphere_keeps_its_size(rng, radius):
    centre = np.array([-83.0, 141.0, -977.0])
    errors, volumes = [], []
    for _ in range(3):
        mesh = contour_of_sphere(radius, centre, CT_VOXEL_MM, rng)
        assert mesh.is_closed
        off = np.linalg.norm(mesh.face_centres - centre, axis=1) - radius
        errors.append([np.average(off**k, weights=mesh.face_areas_mm2) for k in (1, 2)])
        volumes.append((mesh.volume_mm3 * 0.75 / np.pi) ** (1 / 3) - radius)
        found = np.average(mesh.face_centres, axis=0, weights=mesh.face_areas_mm2)
        np.testing.assert_allclose(found, centre, atol=BIAS_TOL_MM)
    bias, square = np.mean(errors, axis=0)
    assert abs(bias) < BIAS_TOL_MM
    assert abs(np.mean(volumes)) < BIAS_TOL_MM
    assert np.sqrt(square) < ROUGHNESS_TOL_MM


def test_contour__smoothing_takes_the_steps_off(rng):
    rough, smooth = (
        contour_of_sphere(24.0, np.zeros(3), CT_VOXEL_MM, np.random.default_rng(4), passes=n)
        for n in (0, 50)
    )
    spread = [np.linalg.norm(m.face_centres, axis=1).std() for m in (rough, smooth)]
    assert spread[1] < 0.6 * spread[0]


def test_contour__smoothed_in_voxels_is_the_surface_smoothed_in_mm():
    mask = ball_mask() & ~ball_mask(radius=2.0)
    mask[:, :, 6:] = False
    own = contour_mask(mask, mm_from_index=np.eye(4))
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_rotvec([0.2, -0.3, 0.1]).as_matrix() * [0.7, 0.7, 2.5]
    affine[:3, 3] = [-300.0, 200.0, 1500.0]
    moved = contour_mask(mask, mm_from_index=affine)
    expected = own.vertices @ affine[:3, :3].T + affine[:3, 3]
    np.testing.assert_allclose(moved.vertices, expected, atol=MIRROR_TOL_MM)


def test_contour__does_not_depend_on_how_the_voxels_are_stored(rng):
    mask, affine = rng.random((7, 8, 9)) < 0.4, np.diag([0.7, 0.8, 2.5, 1.0])
    own = contour_mask(mask, mm_from_index=affine)
    stored = mask.transpose(2, 0, 1)[:, ::-1]
    back = affine[:, [2, 0, 1, 3]]
    back[:3, 3] += 6 * back[:3, 1]
    back[:3, 1] *= -1.0
    other = contour_mask(stored, mm_from_index=back)
    np.testing.assert_allclose(other.vertices, own.vertices, atol=MIRROR_TOL_MM)


def test_contour__of_left_handed_axes_is_outward():
    mesh = contour_mask(ball_mask(), mm_from_index=np.diag([-1.0, 1.0, 1.0, 1.0]))
    assert mesh.is_closed
    assert mesh.volume_mm3 > 0.0


def test_contour__reaching_the_border_is_closed():
    mesh = contour_mask(np.ones((4, 5, 6), dtype=bool), mm_from_index=np.eye(4), passes=0)
    assert mesh.is_closed
    np.testing.assert_allclose(mesh.bounds, [[-0.5] * 3, [3.5, 4.5, 5.5]])


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_contour__of_noise_is_closed_and_in_one_piece_per_solid(rng, share):
    solid = largest_solid((rng.random((24, 24, 24)) < share).astype(np.uint8), 1)
    mesh = contour_mask(solid.mask, mm_from_index=np.eye(4))
    assert mesh.is_closed
    seen = np.zeros(len(mesh.vertices), dtype=bool)
    seen[mesh.faces[0]] = True
    while (new := mesh.faces[seen[mesh.faces].any(axis=1)]).size and not seen[new].all():
        seen[new] = True
    assert seen.all()


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.zeros((3, 3, 3), dtype=bool), "the mask is empty"),
        (np.ones((3, 3), dtype=bool), r"boolean and of shape \(a, b, c\)"),
        (np.ones((3, 3, 3)), r"boolean and of shape \(a, b, c\)"),
    ],
)
def test_contour__refuses_what_is_no_mask(mask, message):
    with pytest.raises(InputError, match=message):
        contour_mask(mask, mm_from_index=np.eye(4))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mm_from_index": np.diag([1.0, 1.0, 0.0, 1.0])}, "must be invertible"),
        ({"mm_from_index": np.eye(3)}, "must have shape"),
        ({"mm_from_index": np.eye(4), "passes": -1}, "passes must be within"),
        ({"mm_from_index": np.eye(4), "pass_band": 0.0}, "pass_band must be within"),
    ],
)
def test_contour__refuses_unusable_options(options, message):
    with pytest.raises(InputError, match=message):
        contour_mask(ball_mask(), **options)
