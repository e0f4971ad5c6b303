"""Scans in: the same bone from every format, in LPS, and an error for what is no label map."""

import gzip
import sys

import numpy as np
import pytest
from label_files import mha, nifti, nrrd, write_ct_slice, write_seg
from real_hips import real_hip
from shapes import random_rotation, sphere
from voxels import label_volume

from hipsim.anatomy.regions import label_femur, label_hip_bone
from hipsim.errors import InputError
from hipsim.io.label_maps import is_label_map, load_label_map
from hipsim.planning.space import ischiofemoral_space

NEEDED = 'pip install "hipsim[images]" to read label maps'
pytest.importorskip("SimpleITK", reason=NEEDED)
pytest.importorskip("highdicom", reason=NEEDED)

BIAS_TOL_MM = 0.05  # the bound set for surfaces from scans
FORMAT_TOL_MM = 0.02  # 16 digits of DICOM decimal strings, float32 of NIfTI, at 400 mm
IFS_TOL_MM = 0.15  # the bound set for the way through a label map
CT_VOXEL_MM = (0.8, 0.8, 1.0)
CENTRES = {"femur_r": np.array([-71.0, 34.0, -412.0]), "hip_r": np.array([-64.0, 55.0, -371.0])}
RADII = {"femur_r": 14.0, "hip_r": 18.0}
NUMBERS = {"femur_r": 76, "hip_r": 78}
NAMES = {76: "femur_right", 78: "hip_right"}
SLICER = "".join(
    f"Segment{i}_Name:={name}\nSegment{i}_LabelValue:={n}\nSegment{i}_Layer:=0\n"
    for i, (n, name) in enumerate(NAMES.items())
)
V1, V2 = {"table": "totalsegmentator_v1"}, {"table": "totalsegmentator_v2"}


@pytest.fixture(scope="module")
def balls() -> tuple[np.ndarray, np.ndarray]:
    """Return two spheres in an oblique, anisotropic label map off the origin, and its map."""
    turn = random_rotation(np.random.default_rng(8))
    meshes = {NUMBERS[b]: sphere(RADII[b], CENTRES[b], subdivisions=4) for b in NUMBERS}
    return label_volume(meshes, CT_VOXEL_MM, turn, offset=(0.17, 0.61, 0.83))


def saved(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


def masks(values):
    return {bone: values == number for bone, number in NUMBERS.items()}


def placed(values, *, spacing=(1.0, 1.0, 1.0)):
    """Return a label map along the axes of LPS."""
    return np.asarray(values), np.diag([*spacing, 1.0])


def cube(low=4, high=16, size=20, number=76):
    values = np.zeros((size, size, size), dtype=np.uint8)
    values[low:high, low:high, low:high] = number
    return values


RAS = "right-anterior-superior"
WRITERS = {
    "nii": lambda folder, v, a: saved(folder, "a.nii", nifti(v, a, names=NAMES)),
    "nii.gz": lambda folder, v, a: saved(folder, "a.nii.gz", gzip.compress(nifti(v, a))),
    "nii float": lambda folder, v, a: saved(folder, "a.nii", nifti(v.astype("f4"), a)),
    "nrrd": lambda folder, v, a: saved(folder, "a.nrrd", nrrd(v, a)),
    "nrrd RAS": lambda folder, v, a: saved(folder, "a.nrrd", nrrd(v, a, space=RAS)),
    "seg.nrrd": lambda folder, v, a: saved(folder, "a.seg.nrrd", nrrd(v, a, extra=SLICER)),
    "mha": lambda folder, v, a: saved(folder, "a.mha", mha(v, a)),
    "SEG": lambda folder, v, a: write_seg(folder / "a.dcm", masks(v), a),
    "SEG label map": lambda folder, v, a: write_seg(folder / "a.dcm", masks(v), a, kind="LABELMAP"),
}  # fmt: skip
NAMELESS = ("nii.gz", "nii float", "nrrd", "nrrd RAS", "mha")


@pytest.mark.parametrize("kind", WRITERS)
def test_load__lands_in_lps_from_every_format(tmp_path, balls, kind):
    path = WRITERS[kind](tmp_path, *balls)
    loaded = load_label_map(path, **(V2 if kind in NAMELESS else {}))
    assert is_label_map(path)
    assert loaded.frame == "lps"
    assert list(loaded.bones) == ["femur_r", "hip_r"]
    assert loaded.spacing_mm == pytest.approx(CT_VOXEL_MM, abs=1e-6)
    assert loaded.warnings == ()
    for bone, mesh in loaded.bones.items():
        centre = np.average(mesh.face_centres, axis=0, weights=mesh.face_areas_mm2)
        np.testing.assert_allclose(centre, CENTRES[bone], atol=BIAS_TOL_MM)
        radius = (0.75 / np.pi * mesh.volume_mm3) ** (1 / 3)
        assert radius == pytest.approx(RADII[bone], abs=BIAS_TOL_MM)


def test_load__formats_agree(tmp_path, balls):
    kinds = ("nii", "seg.nrrd", "SEG")
    bones = [load_label_map(WRITERS[kind](tmp_path, *balls)).bones["hip_r"] for kind in kinds]
    for other in bones[1:]:
        assert other.volume_mm3 == pytest.approx(bones[0].volume_mm3, rel=1e-4)
        np.testing.assert_allclose(other.bounds, bones[0].bounds, atol=FORMAT_TOL_MM)


def test_load__mirrored_axes_do_not_mirror_the_bone(tmp_path):
    values, affine = placed(cube(number=1))
    values[4:8, 4:8, 4:8] = 0  # a corner missing: not the same when mirrored
    flipped = affine.copy()
    flipped[0, 0], flipped[0, 3] = -1.0, 19.0
    straight = load_label_map(saved(tmp_path, "a.mha", mha(values, affine)), labels={"hip_r": 1})
    turned = load_label_map(
        saved(tmp_path, "b.mha", mha(values[::-1], flipped)), labels={"hip_r": 1}
    )
    assert turned.bones["hip_r"].volume_mm3 > 0.0
    ours, theirs = (
        np.unique(x.bones["hip_r"].vertices.round(3), axis=0) for x in (straight, turned)
    )
    np.testing.assert_allclose(ours, theirs, atol=FORMAT_TOL_MM)


def test_load__folder_with_one_seg_among_ct_slices(tmp_path, balls):
    write_ct_slice(tmp_path / "slice")
    (tmp_path / "deeper").mkdir()
    write_seg(tmp_path / "deeper" / "seg", masks(balls[0]), balls[1])
    assert is_label_map(tmp_path)
    assert list(load_label_map(tmp_path).bones) == ["femur_r", "hip_r"]


def test_load__folder_with_one_mask_per_bone(tmp_path, balls):
    for bone, mask in masks(balls[0]).items():
        content = gzip.compress(nifti(mask.view(np.uint8), balls[1]))
        saved(tmp_path, f"{NAMES[NUMBERS[bone]]}.nii.gz", content)
    saved(tmp_path, "aorta.nii.gz", b"")
    assert is_label_map(tmp_path)
    loaded = load_label_map(tmp_path)
    assert loaded.bones["femur_r"].bounds.mean(axis=0) == pytest.approx(CENTRES["femur_r"], abs=0.3)


def test_load__layers_of_a_slicer_segmentation_may_overlap(tmp_path):
    layers = np.stack([cube(number=1), cube(low=8, number=1)]).astype(np.uint8)
    head = (
        "NRRD0005\ntype: uint8\ndimension: 4\nspace: left-posterior-superior\n"
        "sizes: 2 20 20 20\nspace directions: none (1,0,0) (0,1,0) (0,0,1)\n"
        "kinds: list domain domain domain\nencoding: raw\nspace origin: (0,0,0)\n"
        "Segment0_Name:=Right femur\nSegment0_LabelValue:=1\nSegment0_Layer:=0\n"
        "Segment1_Name:=Right hip\nSegment1_LabelValue:=1\nSegment1_Layer:=1\n\n"
    )
    path = saved(tmp_path, "a.seg.nrrd", head.encode() + layers.tobytes(order="F"))
    notes = load_label_map(path).notes
    assert [note["volume_mm3"] for note in notes[1:]] == [12.0**3, 8.0**3]


def test_load__says_what_was_dropped_filled_and_cut(tmp_path):
    values, affine = placed(cube(low=0, high=16), spacing=(1.0, 2.0, 1.0))
    values[1, 18, 18], values[6, 6, 6] = 76, 0
    loaded = load_label_map(saved(tmp_path, "a.mha", mha(values, affine)), **V2)
    note = loaded.notes[1]
    assert (note["dropped_pieces"], note["dropped_mm3"]) == (1, 2.0)
    assert (note["filled_pieces"], note["filled_mm3"]) == (1, 2.0)
    assert note["volume_mm3"] == 2.0 * 16**3
    assert note["cut"] == {"right": 512.0, "anterior": 256.0, "inferior": 512.0}
    assert "reaches the inferior border" in " ".join(loaded.warnings)
    assert loaded.notes[0]["absent"][:2] == ["femur_left (75)", "hip_left (77)"]


def test_load__seg_without_empty_slices_tells_a_cut_bone_from_a_whole_one(tmp_path):
    ball = np.linalg.norm(np.indices((24, 24, 24)) - 11.5, axis=0) < 9
    shaft = np.zeros_like(ball)
    shaft[8:16, 8:16, :18] = True
    for mask, cut in ((ball, set()), (shaft, {"inferior", "superior"})):
        path = write_seg(tmp_path / "a.dcm", {"femur_r": mask}, np.eye(4))
        assert set(load_label_map(path).notes[1]["cut"]) == cut


def test_load__says_when_sides_lie_on_the_wrong_side(tmp_path):
    values, affine = placed(cube(low=2, high=8))
    values[12:18, 2:8, 2:8] = 75
    values[values == 76], values[values == 75] = 75, 76
    values[:10][values[:10] == 76] = 75
    loaded = load_label_map(saved(tmp_path, "a.mha", mha(values, affine)), **V2)
    assert "femur_r lies to the patient's left of femur_l" in loaded.warnings[0]


def test_load__says_when_voxels_are_coarse(tmp_path):
    path = saved(tmp_path, "a.mha", mha(*placed(cube(), spacing=(0.8, 0.8, 2.5))))
    assert "up to 2.5 mm long" in load_label_map(path, **V2).warnings[0]


def test_load__says_when_there_is_no_orientation(tmp_path):
    path = saved(tmp_path, "a.nii", nifti(*placed(cube()), sform=0))
    assert "no orientation" in load_label_map(path, **V2).warnings[0]


GOOD, EYE = placed(cube())
HALVES = GOOD.copy()
HALVES[8:12] = 0
SINGULAR, METRES = np.diag([1.0, 1.0, 1.0, 1.0]), np.diag([0.001, 0.001, 0.001, 1.0])
SINGULAR[:3, 1] = [1.0, 0.0, 0.0]
SHEARED = np.eye(4)
SHEARED[0, 2] = 0.4
NOT_A_NUMBER = np.where(GOOD > 0, np.nan, 0.0).astype("f4")
FRACTIONS = np.where(GOOD > 0, 0.7, 0.0).astype("f4")
SCAN = np.arange(27000, dtype=np.int16).reshape(30, 30, 30)
COLOURS = mha(GOOD, EYE).replace(b"20 20 20", b"5 20 20")
COLOURS = COLOURS.replace(b"ElementType", b"ElementNumberOfChannels = 4\nElementType")
BAD_START = bytearray(nifti(GOOD, EYE))
BAD_START[108:112] = b"\xff\xff\x7f\x7f"
BOMB = nifti(GOOD, EYE, sizes=(30000, 30000, 30000))
NRRD_BOMB = nrrd(GOOD, EYE).replace(b"sizes: 20", b"sizes: 90000000")
NAMED = nifti(GOOD, EYE, names=NAMES)
PACKED = gzip.compress(nifti(GOOD, EYE))
NO_HIP = r"no voxel belongs to hip_r \(label hip_right \(78\)\). It holds the numbers 76"
REFUSED = {
    "fractions": ("a.nii", nifti(FRACTIONS, EYE), V2, "probability map"),
    "nan": ("a.mha", mha(NOT_A_NUMBER, EYE), V2, "NaN or infinite"),
    "scan": ("a.nii", nifti(SCAN - 1000, EYE), V2, "looks like the scan itself"),
    "mr scan": ("a.nii", nifti(SCAN, EYE), V2, "looks like the scan itself"),
    "4D": ("a.nii", nifti(GOOD, EYE, sizes=(20, 20, 10, 2)), V2, "3 dimensions"),
    "2D": ("a.nii", nifti(GOOD[:, :, :1], EYE, sizes=(20, 20)), V2, "3 dimensions"),
    "colours": ("a.mha", COLOURS, V2, "4 values per voxel"),
    "sheared nifti": ("a.nii", nifti(GOOD, SHEARED), V2, "not at right angles"),
    "singular": ("a.mha", mha(GOOD, SINGULAR), V2, "not independent"),
    "singular nrrd": ("a.nrrd", nrrd(GOOD, SINGULAR), V2, "not independent"),
    "metres": ("a.mha", mha(GOOD, METRES), V2, "is the header in metres"),
    "huge voxels": ("a.mha", mha(GOOD, np.diag([40.0, 1, 1, 1])), V2, "cannot come from a scan"),
    "zero spacing": ("a.mha", mha(GOOD, EYE, spacing=(0, 1, 1)), V2, "not positive"),
    "bomb": ("a.nii", BOMB, V2, "at most 1073741824"),
    "bomb nrrd": ("a.nrrd", NRRD_BOMB, V2, "at most 1073741824"),
    "cut short": ("a.nii", nifti(GOOD, EYE, cut=5000), V2, "promises 8352 bytes, it holds 5000"),
    "packed, cut": ("a.nii.gz", PACKED[:-40], V2, "damaged or cut short"),
    "packed short": ("a.nii.gz", gzip.compress(nifti(GOOD, EYE, cut=5000)), V2, "holds 5000"),
    "nrrd, cut": ("a.nrrd", nrrd(GOOD, EYE)[:-30], V2, "damaged or cut short"),
    "not gzip": ("a.nii.gz", b"hello" * 200, V2, "damaged"),
    "not nifti": ("a.nii", b"hello" * 200, V2, "not a NIfTI file"),
    "no sizes": ("a.nii", nifti(GOOD, EYE, sizes=(20, -20, 20)), V2, "header gives the sizes"),
    "bad start": ("a.nii", bytes(BAD_START), V2, "the header is damaged"),
    "not nrrd": ("a.nrrd", b"hello", V2, "cannot be read as Nrrd"),
    "no names": ("a.nii", nifti(GOOD, EYE), {}, "It holds the numbers 76"),
    "typing error": ("a.nii", NAMED, {"labels": {"hip_r": "hip_rihgt"}}, "mean 'hip_right'"),
    "empty label": ("a.nii", NAMED, {"labels": {"hip_r": "hip_right"}}, NO_HIP),
    "beyond bytes": ("a.nii", nifti(GOOD, EYE), {"labels": {"hip_r": 300}}, "no voxel belongs to"),
    "other table": ("a.nii", nifti(GOOD, EYE), V1, "no voxel belongs to"),
    "nothing": ("a.nii", nifti(0 * GOOD, EYE), {}, "holds no label at all"),
    "two pieces": ("a.nii", nifti(HALVES, EYE), V2, "in 2 pieces, the second with 50%"),
    "suffix": ("a.img", b"x", V2, "must end in .nii"),
    "no dicom": ("a.dcm", b"x" * 200, {}, "cannot be read as DICOM SEG"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_load__refuses(tmp_path, case):
    name, content, options, message = REFUSED[case]
    path = saved(tmp_path, name, content)
    with pytest.raises(InputError, match=message):
        load_label_map(path, **options)


def test_load__of_numbers_names_the_tables_they_would_fit(tmp_path):
    values = GOOD.copy()
    values[0, 0, 0] = 78
    with pytest.raises(InputError, match=r"would fit: totalsegmentator_v2\."):
        load_label_map(saved(tmp_path, "a.nii", nifti(values, EYE)))


def test_load__refuses_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="no such file or folder"):
        load_label_map(tmp_path / "a.nii")


def test_load__refuses_folders_without_one_answer(tmp_path, balls):
    with pytest.raises(InputError, match="found: no DICOM file"):
        load_label_map(tmp_path)
    write_ct_slice(tmp_path / "slice.dcm")
    with pytest.raises(InputError, match=r"no DICOM segmentation \(found: CT\)"):
        load_label_map(tmp_path)
    for name in ("a.dcm", "b.dcm"):
        write_seg(tmp_path / name, masks(balls[0]), balls[1])
    with pytest.raises(InputError, match=r"holds 2 segmentations: name one of a\.dcm, b\.dcm"):
        load_label_map(tmp_path)


def test_load__refuses_a_mask_with_two_labels_and_two_masks_of_one_bone(tmp_path):
    values = GOOD.copy()
    values[0, 0, 0] = 2
    saved(tmp_path, "femur_left.nii", nifti(values, EYE))
    with pytest.raises(InputError, match=r"a mask holds one label, this one holds \[2, 76\]"):
        load_label_map(tmp_path)
    saved(tmp_path, "left femur.nrrd", nrrd(GOOD, EYE))
    assert is_label_map(tmp_path)
    with pytest.raises(InputError, match="holds femur_l twice"):
        load_label_map(tmp_path)


def test_load__refuses_a_ct_slice_and_a_seg_of_fractions(tmp_path):
    with pytest.raises(InputError, match="cannot be read as DICOM SEG"):
        load_label_map(write_ct_slice(tmp_path / "slice.dcm"))
    path = write_seg(tmp_path / "a.dcm", {"femur_r": GOOD > 0}, EYE, kind="FRACTIONAL")
    with pytest.raises(InputError, match="holds fractions"):
        load_label_map(path)


def test_load__refuses_a_segment_a_seg_does_not_have(tmp_path):
    path = write_seg(tmp_path / "a.dcm", {"femur_r": GOOD > 0}, EYE)
    with pytest.raises(InputError, match="has no segment 7; there is 1"):
        load_label_map(path, labels={"femur_r": 7})


def test_load__refuses_a_damaged_seg(tmp_path):
    path = write_seg(tmp_path / "a.dcm", {"femur_r": GOOD > 0}, EYE)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(InputError, match="damaged|cannot be read"):
        load_label_map(path)


@pytest.mark.parametrize(("module", "name"), [("SimpleITK", "a.nii"), ("highdicom", "a.dcm")])
def test_load__names_the_extra_that_is_missing(tmp_path, monkeypatch, module, name):
    path = saved(tmp_path, name, nifti(GOOD, EYE))
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=r'pip install "hipsim\[images\]"'):
        load_label_map(path)


def test_is_label_map__says_no_to_other_things(tmp_path):
    saved(tmp_path, "femur_r.stl", b"solid")
    assert not is_label_map(tmp_path)
    assert not is_label_map(tmp_path / "femur_r.stl")


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), [("z001", "right"), ("z036", "left")])
def test_round_trip__of_a_ct_hip_keeps_the_ischiofemoral_space(tmp_path, bones, case, side):
    hip = real_hip(bones, case, side)
    meshes = {1: hip.femur, 2: hip.hip_bone}
    turn = random_rotation(np.random.default_rng(100))
    near = hip.femoral_region("lesser_trochanter"), hip.pelvic_region("ischium")
    around = np.vstack([mesh.vertices for mesh in near])
    values, affine = label_volume(meshes, CT_VOXEL_MM, turn, margin=20, around=around)
    names = {"femur_r": 1, "hip_r": 2}  # the writer's names; the side plays no part here
    nii = saved(tmp_path, "a.nii.gz", gzip.compress(nifti(values, affine), 1))
    seg = write_seg(tmp_path / "a.dcm", {b: values == n for b, n in names.items()}, affine)
    expected = ischiofemoral_space(hip).ifs_3d_mm
    bones_of_nii, bones_of_seg = (
        loaded.bones for loaded in (load_label_map(nii, labels=names), load_label_map(seg))
    )
    found = ischiofemoral_space(with_bones(hip, bones_of_nii)).ifs_3d_mm
    assert found == pytest.approx(expected, abs=IFS_TOL_MM)
    for bone, mesh in bones_of_nii.items():
        same = bones_of_seg[bone].vertices
        np.testing.assert_allclose(same, mesh.vertices, atol=FORMAT_TOL_MM)


def with_bones(hip, bones):
    """Return the hip with other meshes, the landmarks kept."""
    femur, hip_bone = bones["femur_r"], bones["hip_r"]
    return hip.evolved(
        femur=femur,
        hip_bone=hip_bone,
        femoral_labels=label_femur(femur, hip.landmarks, hip.side, hip.head_radius_mm),
        pelvic_labels=label_hip_bone(hip_bone, hip.landmarks),
    )
