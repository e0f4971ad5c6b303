"""From a segmented scan to closed bone meshes in mm.

A label map is a file (NIfTI, NRRD, MetaImage, DICOM SEG), a folder with a DICOM SEG, or a folder
with one mask per bone. Each bone's label is cropped, made one solid piece, contoured and smoothed
(:mod:`hipsim.geometry.contouring`); nothing else of the scan is touched. The meshes lie in the
frame LPS of the image: x left, y back, z up, in mm, whatever the file's own convention.

What a person must know is in the notes: which label became which bone, what was dropped or filled,
where a bone is cut by the border of the scan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from hipsim.checks import IntArray
from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.geometry.contouring import PASS_BAND, SMOOTHING_PASSES, contour_mask
from hipsim.geometry.masks import Solid, largest_solid
from hipsim.io.dicom_seg import dicom_files, is_dicom, open_dicom_seg
from hipsim.io.label_images import (
    READERS,
    LabelGrid,
    LabelImage,
    bone_of_mask,
    image_suffix,
    mask_files,
    open_label_image,
    open_mask_folder,
)
from hipsim.io.label_names import Segment, choose_segments, tables_that_fit

IMAGE_SUFFIXES = (*READERS, ".dcm")
LARGEST_DROPPED = 0.1  # of the bone's voxels; a larger second piece is no speck
COMPARED_SLICES = 3  # a bone that ends by itself has a far smaller section at its end than here
CUT_SHARE = 0.7
# At voxels of 1.5 x 1.5 x 1.5 and 0.8 x 0.8 x 2.5 mm the space between CT bones came out off by
# 0.13 and 0.20 mm (root mean square), 0.3 and 0.45 mm at worst.
COARSE_MM = 1.25
_TOWARDS = (("left", "right"), ("posterior", "anterior"), ("superior", "inferior"))


@dataclass(frozen=True)
class LabelledBones:
    """Bones found in a label map.

    Attributes
    ----------
    bones
        Bone (``femur_r``, ``femur_l``, ``hip_r``, ``hip_l``, ``sacrum``) to closed mesh in mm.
    frame
        The frame of the meshes: LPS of the image.
    spacing_mm
        Edge lengths of a voxel along column, row and slice index.
    notes
        The first about the file, then one per bone. Each may hold ``warnings``.
    """

    bones: Mapping[str, Mesh]
    frame: Literal["lps"]
    spacing_mm: tuple[float, float, float]
    notes: tuple[dict[str, Any], ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should look at before trusting the bones."""
        return tuple(text for note in self.notes for text in note["warnings"])


def load_label_map(
    path: str | Path,
    *,
    labels: Mapping[str, str | int] | None = None,
    table: str | None = None,
) -> LabelledBones:
    """Turn a label map into closed bone meshes.

    Parameters
    ----------
    path
        A file ending in one of ``IMAGE_SUFFIXES``, any DICOM SEG file, a folder that holds one
        DICOM SEG, or a folder of masks named like bones (``femur_left.nii.gz``).
    labels
        Bone to the label's name or number, ``{"femur_r": "femur_right", "hip_r": 78}``. Without
        it every label whose name means a bone is taken.
    table
        ``"totalsegmentator_v1"``, ``"totalsegmentator_v2"`` or ``"totalsegmentator_mr"``, for
        files that carry no names.

    Returns
    -------
    bones
        With the meshes in LPS, and notes.

    Raises
    ------
    InputError
        If the ``images`` extra is missing, the file cannot be read or is no label map, a label
        is unknown, empty or in several large pieces, or nothing tells which label is which bone.
    """
    path = Path(path)
    image = _opened(path)
    chosen = _chosen(image, labels, table)
    bones: dict[str, Mesh] = {}
    notes: list[dict[str, Any]] = [_file_note(image)]
    absent = []
    for bone, segment in chosen.items():
        grid = image.read(segment)
        solid = largest_solid(grid.values, grid.number)
        if solid is None:
            absent.append((bone, segment))
            continue
        _check_one_piece(image, bone, segment, solid)
        bones[bone] = _mesh(grid, solid)
        notes.append(_bone_note(bone, segment, grid, solid))
    _refuse_absent(image, absent, is_refused=labels is not None or not bones)
    notes[0]["absent"] = [str(segment) for _, segment in absent]
    notes[0]["warnings"] += _side_warnings(bones)
    return LabelledBones(bones, "lps", image.spacing_mm, tuple(notes))


def is_label_map(path: str | Path) -> bool:
    """Return whether a path looks like something :func:`load_label_map` reads.

    Nothing but names and the first bytes of files is looked at; the extra is not needed.

    Examples
    --------
    >>> is_label_map("pelvis.nii.gz"), is_label_map("femur.stl")
    (True, False)
    """
    path = Path(path)
    if path.is_dir():
        return any(map(bone_of_mask, path.iterdir())) or any(True for _ in dicom_files(path))
    return path.name.lower().endswith(IMAGE_SUFFIXES) or is_dicom(path)


def _opened(path: Path) -> LabelImage:
    """Open a file or folder by the reader it needs."""
    if not path.exists():
        raise InputError(f"cannot read {path}: no such file or folder")
    if path.is_dir():
        return open_mask_folder(path) if mask_files(path) else open_dicom_seg(path)
    if image_suffix(path) is None and (is_dicom(path) or path.suffix.lower() == ".dcm"):
        return open_dicom_seg(path)
    return open_label_image(path)


def _chosen(
    image: LabelImage, labels: Mapping[str, str | int] | None, table: str | None
) -> dict[str, Segment]:
    """Decide which label is which bone; where nothing tells, say what is in the file."""
    if labels is None and table is None and not image.segments:
        raise InputError(
            f"{image.path} carries no names, so its numbers mean nothing by themselves: say "
            f"table= (--table) or labels={{'femur_r': number, ...}} (--labels). {_contents(image)}"
        )
    return choose_segments(image.segments, labels=labels, table=table, where=str(image.path))


def _contents(image: LabelImage) -> str:
    """Say which numbers are in a file, and which tables they would fit."""
    counts = image.counts()
    if not counts:
        return "It holds no label at all." if not image.segments else ""
    numbers = ", ".join(str(number) for number in list(counts)[:40])
    more = f" and {len(counts) - 40} more" if len(counts) > 40 else ""
    fitting = tables_that_fit(counts)
    hint = f" Tables they would fit: {', '.join(fitting)}." if fitting else ""
    return f"It holds the numbers {numbers}{more}.{hint}"


def _refuse_absent(
    image: LabelImage, absent: list[tuple[str, Segment]], *, is_refused: bool
) -> None:
    """Raise for labels without a voxel where the user asked for them, or nothing is left."""
    if absent and is_refused:
        told = ", ".join(f"{bone} (label {segment})" for bone, segment in absent)
        raise InputError(f"{image.path}: no voxel belongs to {told}. {_contents(image)}".rstrip())


def _check_one_piece(image: LabelImage, bone: str, segment: Segment, solid: Solid) -> None:
    """Refuse a label of which more than specks would be dropped."""
    if solid.dropped.size and solid.dropped[0] > LARGEST_DROPPED * solid.n_voxels:
        share = solid.dropped[0] / (solid.dropped.sum() + solid.n_voxels)
        raise InputError(
            f"{image.path}: the label {segment} for {bone} is in {1 + len(solid.dropped)} pieces, "
            f"the second with {share:.0%} of its voxels: are both sides in one label, or is the "
            "bone broken by a gap? Give each bone one connected label"
        )


def _mesh(grid: LabelGrid, solid: Solid) -> Mesh:
    """Contour a piece where it lies."""
    affine = grid.lps_from_index.copy()
    affine[:3, 3] += affine[:3, :3] @ solid.start
    return contour_mask(solid.mask, mm_from_index=affine)


def _file_note(image: LabelImage) -> dict[str, Any]:
    """Record what was read."""
    return {
        "step": "read label map",
        "file": str(image.path),
        "format": image.kind,
        "voxels": list(image.shape),
        "spacing_mm": [round(s, 6) for s in image.spacing_mm],
        "frame": "lps",
        "smoothing": {
            "method": "flying edges, windowed sinc (Taubin)",
            "passes": SMOOTHING_PASSES,
            "pass_band": PASS_BAND,
        },
        "warnings": [*image.remarks, *_coarseness(image.spacing_mm)],
    }


def _coarseness(spacing_mm: tuple[float, float, float]) -> list[str]:
    """Say when voxels are too coarse for tenths of a millimetre."""
    longest = max(spacing_mm)
    if longest <= COARSE_MM:
        return []
    return [
        f"voxels are up to {longest:.3g} mm long: distances between bones may be off by half a "
        "millimetre; segment at 1 mm or finer where that matters"
    ]


def _bone_note(bone: str, segment: Segment, grid: LabelGrid, solid: Solid) -> dict[str, Any]:
    """Record how a bone came about."""
    voxel_mm3 = abs(float(np.linalg.det(grid.lps_from_index[:3, :3])))
    cut = _cut_ends(grid, solid)
    return {
        "step": "contour label",
        "bone": bone,
        "label": segment.names[0] if segment.names else None,
        "number": segment.number,
        "volume_mm3": round(solid.n_voxels * voxel_mm3, 1),
        **_amounts("dropped", solid.dropped, voxel_mm3),
        **_amounts("filled", solid.filled, voxel_mm3),
        "cut": {end: round(area, 1) for end, area in cut.items()},
        "warnings": [
            f"{bone} reaches the {end} border of the scan with a section of {area:.0f} mm2: the "
            "bone is cut there and closed flat"
            for end, area in cut.items()
        ],
    }


def _amounts(what: str, sizes: IntArray, voxel_mm3: float) -> dict[str, Any]:
    """Return number, sum and largest of some pieces."""
    return {
        f"{what}_pieces": len(sizes),
        f"{what}_mm3": round(float(sizes.sum()) * voxel_mm3, 1),
        f"{what}_largest_mm3": round(float(sizes.max(initial=0)) * voxel_mm3, 1),
    }


def _cut_ends(grid: LabelGrid, solid: Solid) -> dict[str, float]:
    """Return the borders of the scan that cut the bone, with the area of the section in mm2.

    Along ``stored_axis`` the first and last slice are there because a label ends there. A bone
    that ends by itself tapers; one that keeps its section up to the last slice was cut.
    """
    cut = {}
    for axis, size in enumerate(grid.values.shape):
        stop = solid.start[axis] + solid.mask.shape[axis]
        for is_high, touches in ((False, solid.start[axis] == 0), (True, stop == size)):
            sections = np.moveaxis(solid.mask, axis, 0)[:: -1 if is_high else 1]
            if touches and not (axis == grid.stored_axis and _tapers(sections)):
                end, area_mm2 = _end(grid, axis, is_high=is_high)
                cut[end] = area_mm2 * int(np.count_nonzero(sections[0]))
    return cut


def _tapers(sections: np.ndarray) -> bool:
    """Return whether the first section is much smaller than one a few slices further in."""
    further = min(COMPARED_SLICES, len(sections) - 1)
    end, inside = int(np.count_nonzero(sections[0])), int(np.count_nonzero(sections[further]))
    return end < CUT_SHARE * inside


def _end(grid: LabelGrid, axis: int, *, is_high: bool) -> tuple[str, float]:
    """Return towards which side of the body an end of an axis looks, and a voxel's area there."""
    columns = grid.lps_from_index[:3, :3]
    along = columns[:, axis] if is_high else -columns[:, axis]
    main = int(np.argmax(np.abs(along)))
    area = np.linalg.norm(np.cross(columns[:, axis - 1], columns[:, axis - 2]))
    return _TOWARDS[main][0 if along[main] > 0.0 else 1], float(area)


def _side_warnings(bones: Mapping[str, Mesh]) -> list[str]:
    """Say when the left bone does not lie to the left, which is +x in LPS."""
    texts = []
    for bone in ("femur", "hip"):
        pair = [bones.get(f"{bone}_{side}") for side in "rl"]
        if pair[0] is not None and pair[1] is not None:
            right, left = (float(mesh.vertices[:, 0].mean()) for mesh in pair if mesh is not None)
            if right > left:
                texts.append(
                    f"{bone}_r lies to the patient's left of {bone}_l: the labels are exchanged "
                    "or the image's orientation is wrong"
                )
    return texts
