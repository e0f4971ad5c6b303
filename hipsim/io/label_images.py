"""Label maps as NIfTI, NRRD or MetaImage, read by SimpleITK.

The frame is LPS of the image: x to the patient's left, y to the back, z to the head, in mm. It is
the frame of DICOM and SimpleITK, and of surfaces saved by 3D Slicer unless told otherwise. NIfTI,
whose own frame is RAS, is turned by SimpleITK (x and y change sign: half a turn, no mirror).

SimpleITK is an extra (``pip install "hipsim[images]"``); this file is its only door.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.geometry.masks import label_counts
from hipsim.io.bone_names import bone_named
from hipsim.io.data_place import MOST_VOXELS, check_claim, check_data_place
from hipsim.io.label_names import Segment
from hipsim.io.nifti_header import check_complete, read_nifti_head

READERS = {
    ".nii": "NiftiImageIO",
    ".nii.gz": "NiftiImageIO",
    ".nrrd": "NrrdImageIO",
    ".mha": "MetaImageIO",
    ".mhd": "MetaImageIO",
}
SPACING_MM = (0.05, 12.0)  # of a scan; finer is micro-CT or a wrong unit
LEAST_VOLUME_SHARE = 0.5  # of a sheared voxel against a box; a gantry tilt of 30 deg leaves 0.87
MOST_LABELS = 512  # values in one slice; a scan has more
FARTHEST_MM = 1e6
LONGEST_NUMBER = 9  # digits
EXTRA = 'pip install "hipsim[images]"'


@dataclass(frozen=True, eq=False)
class LabelGrid:
    """Voxels of one label: those of ``values`` that hold ``number``.

    Attributes
    ----------
    values
        Whole numbers, shape (a, b, c).
    number
        The value that marks the label.
    lps_from_index
        Affine map from voxel index to LPS in mm, shape (4, 4).
    stored_axis
        Axis along which the file stores no slice without a label, so that a bone always reaches
        its first and last slice; None if all slices are there.
    """

    values: np.ndarray
    number: int
    lps_from_index: Array
    stored_axis: int | None = None


@dataclass(frozen=True, eq=False)
class LabelImage:
    """An opened label map.

    Attributes
    ----------
    path
        File or folder.
    kind
        Its format.
    shape, spacing_mm
        Voxels, and edge lengths of a voxel, along the image's first, second and third axis
        (column, row, slice index).
    segments
        Labels the file names; empty where it names none.
    read
        Returns the voxels of a segment.
    counts
        Returns number to voxel count of what is in the file, for messages.
    remarks
        What a person should know about the file.
    """

    path: Path
    kind: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    segments: tuple[Segment, ...]
    read: Callable[[Segment], LabelGrid]
    counts: Callable[[], Mapping[int, int]]
    remarks: tuple[str, ...] = field(default=())


def image_suffix(path: Path) -> str | None:
    """Return the suffix of ``READERS`` a file name ends in, or None.

    Examples
    --------
    >>> image_suffix(Path("femur.right.nii.gz")), image_suffix(Path("a.stl"))
    ('.nii.gz', None)
    """
    name = path.name.lower()
    return next((s for s in sorted(READERS, key=len, reverse=True) if name.endswith(s)), None)


def open_label_image(path: Path) -> LabelImage:
    """Open one file that holds a label map.

    Raises
    ------
    InputError
        If SimpleITK is missing, the file is missing, damaged, cut short, too large, not a volume
        of whole numbers, or its geometry cannot be that of a scan.
    """
    suffix = image_suffix(path)
    if suffix is None:
        raise InputError(f"{path}: a label map must end in {', '.join(READERS)}")
    check_data_place(path, suffix)
    head = read_nifti_head(path) if suffix.startswith(".nii") else None
    reader = _informed(path, READERS[suffix])
    affine = _affine(path, reader)
    if head is not None:
        check_complete(path, head.n_bytes)
    tags = _tags(path, reader)
    image = _executed(path, reader)
    view = _simpleitk().GetArrayViewFromImage(image)  # a window into the image's memory
    layers = _layers(path, _whole_numbers(path, view), tags)
    return LabelImage(
        path=path,
        kind=READERS[suffix].removesuffix("ImageIO"),
        shape=reader.GetSize(),
        spacing_mm=reader.GetSpacing(),
        segments=_nrrd_segments(path, tags, len(layers)) if head is None else head.segments,
        read=partial(_grid, layers, image, affine),
        counts=lambda: label_counts(layers[0]),
        remarks=_remarks(suffix, tags, head is None or head.is_oriented),
    )


def bone_of_mask(file: Path) -> str | None:
    """Return the bone an image file is named after, or None."""
    suffix = image_suffix(file)
    return bone_named(file.name[: -len(suffix)]) if suffix and file.is_file() else None


def mask_files(folder: Path) -> dict[str, Path]:
    """Return the files of a folder that are named like a bone (``femur_left.nii.gz``), by bone.

    Raises
    ------
    InputError
        If two files claim one bone.
    """
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        bone = bone_of_mask(file)
        if bone in found:
            raise InputError(f"{folder} holds {bone} twice: {found[bone].name} and {file.name}")
        if bone is not None:
            found[bone] = file
    return found


def open_mask_folder(folder: Path) -> LabelImage:
    """Open a folder with one mask file per bone, as TotalSegmentator writes it.

    Raises
    ------
    InputError
        As :func:`open_label_image`, for the file at fault, or if no file is named like a bone.
    """
    files = list(mask_files(folder).values())
    if not files:
        raise InputError(f"{folder}: no image file is named like a bone (femur_left.nii.gz, ...)")
    names = [file.name[: -len(image_suffix(file) or "")] for file in files]
    first = open_label_image(files[0])

    def read(segment: Segment) -> LabelGrid:
        return _only_label(open_label_image(files[segment.layer]))

    return LabelImage(
        path=folder,
        kind=f"folder of {first.kind} masks",
        shape=first.shape,
        spacing_mm=first.spacing_mm,
        segments=tuple(Segment(1, (name,), layer) for layer, name in enumerate(names)),
        read=read,
        counts=dict,
        remarks=first.remarks,
    )


def check_geometry(path: Path, affine: Array, shape: tuple[int, ...]) -> None:
    """Raise InputError unless size, spacing and directions are those of a scan.

    Parameters
    ----------
    path
        For the message.
    affine
        Map from voxel index to mm, shape (4, 4).
    shape
        Voxels along each axis.
    """
    if int(np.prod(shape, dtype=object)) > MOST_VOXELS:
        size = " x ".join(map(str, shape))
        raise InputError(
            f"{path}: its header claims {size} voxels; at most {MOST_VOXELS} are read. Crop the "
            "scan to pelvis and femora"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        spacing = np.linalg.norm(affine[:3, :3], axis=0)
    told = " x ".join(f"{s:.3g}" for s in spacing)
    if not (np.abs(affine) < FARTHEST_MM).all():
        raise InputError(
            f"{path}: origin, spacing or direction is not finite, or too far ({told} mm)"
        )
    if (spacing < SPACING_MM[0]).any() or (spacing > SPACING_MM[1]).any():
        hint = "; is the header in metres?" if (spacing * 1000 <= 12.0).all() else ""
        raise InputError(
            f"{path}: voxels of {told} mm cannot come from a scan (wanted {SPACING_MM[0]:g} to "
            f"{SPACING_MM[1]:g} mm){hint}"
        )
    share = abs(float(np.linalg.det(affine[:3, :3] / spacing)))
    if share < LEAST_VOLUME_SHARE:
        raise InputError(
            f"{path}: the directions of its axes are not independent (determinant {share:.2g}); "
            "the header is damaged, or the scan must be resampled to right angles"
        )


def _grid(layers: list[np.ndarray], owner: Any, affine: Array, segment: Segment) -> LabelGrid:
    """Return the voxels of a segment; ``owner`` is held because the layers look into its memory."""
    return LabelGrid(layers[segment.layer], segment.number, affine)


def _simpleitk() -> Any:
    """Import SimpleITK, or say how to get it."""
    try:
        import SimpleITK
    except ImportError as error:
        raise InputError(f"label maps need SimpleITK: {EXTRA} ({error})") from None
    return SimpleITK


def _informed(path: Path, name: str) -> Any:
    """Return a reader that has read the header of a 3D image."""
    reader = _simpleitk().ImageFileReader()
    reader.SetFileName(str(path))
    reader.SetImageIO(name)
    try:
        reader.ReadImageInformation()
    except RuntimeError as error:
        if "orthonormal" in str(error):
            raise InputError(
                f"{path}: the directions of its axes are not at right angles (sheared by gantry "
                "tilt, or damaged); resample it to right angles, for instance in 3D Slicer"
            ) from None
        raise InputError(f"{path} cannot be read as {name[:-7]}: {_last_line(error)}") from None
    if reader.GetDimension() != 3:
        size = " x ".join(map(str, reader.GetSize()))
        raise InputError(f"{path}: wanted a volume (3 dimensions), got {size}")
    check_claim(path, reader.GetSize(), reader.GetNumberOfComponents())
    return reader


def _tags(path: Path, reader: Any) -> dict[str, str]:
    """Return what else the header says."""
    try:
        return {key: reader.GetMetaData(key) for key in reader.GetMetaDataKeys()}
    except (TypeError, UnicodeError, RuntimeError) as error:
        raise InputError(f"{path} is damaged: its header is no text ({error})") from None


def _executed(path: Path, reader: Any) -> Any:
    """Read the voxels."""
    try:
        return reader.Execute()
    except (RuntimeError, MemoryError) as error:
        raise InputError(f"{path} is damaged or cut short: {_last_line(error)}") from None


def _affine(path: Path, reader: Any) -> Array:
    """Return the checked map from array index (slice, row, column) to LPS."""
    directions = np.array(reader.GetDirection(), dtype=np.float64).reshape(3, 3)
    affine = np.eye(4)
    affine[:3, :3] = directions * np.array(reader.GetSpacing())
    affine[:3, 3] = reader.GetOrigin()
    if min(reader.GetSpacing()) <= 0.0:
        raise InputError(
            f"{path}: its header gives the spacing {reader.GetSpacing()}, not positive"
        )
    check_geometry(path, affine, reader.GetSize())
    return affine[:, [2, 1, 0, 3]]


def _whole_numbers(path: Path, values: np.ndarray) -> np.ndarray:
    """Return the values as integers, without a copy where they are; refuse what is no label map."""
    if values.dtype.kind not in "iuf":
        raise InputError(f"{path} holds {values.dtype} values; a label map holds whole numbers")
    if not np.issubdtype(values.dtype, np.integer):
        whole = np.empty(values.shape, dtype=np.int32)
        for layer, out in zip(values, whole, strict=True):
            _check_whole(path, layer)
            out[...] = layer
        values = whole
    middle = np.unique(values[len(values) // 2])
    if values.min() < 0 or len(middle) > MOST_LABELS:
        raise InputError(
            f"{path} holds values from {values.min()} to {values.max()}: it looks like the scan "
            "itself, not like a label map; segment it first"
        )
    return values


def _check_whole(path: Path, layer: np.ndarray) -> None:
    """Raise unless a slice of decimals holds whole numbers only."""
    if not np.isfinite(layer).all():
        raise InputError(f"{path} holds NaN or infinite values; a label map holds whole numbers")
    fraction = layer[(layer != np.rint(layer)) | (np.abs(layer) > 2**30)]
    if fraction.size:
        raise InputError(
            f"{path} holds {fraction.flat[0]:.3g}; a label map holds whole numbers. Is it a "
            "probability map? Threshold it (usually at 0.5) first"
        )


def _layers(path: Path, values: np.ndarray, tags: Mapping[str, str]) -> list[np.ndarray]:
    """Return the volumes of a file: one, or the layers of a Slicer segmentation."""
    if values.ndim == 3:
        return [values]
    if tags.get("NRRD_kinds[pixel]") != "list":
        raise InputError(f"{path} holds {values.shape[3]} values per voxel; a label map holds one")
    return [values[..., layer] for layer in range(values.shape[3])]


def _nrrd_segments(path: Path, tags: Mapping[str, str], n_layers: int) -> tuple[Segment, ...]:
    """Return the segments named in the header of a Slicer segmentation."""
    segments = []
    for index in range(len(tags)):
        own = {k: tags.get(f"Segment{index}_{k}") for k in ("Name", "ID", "LabelValue", "Layer")}
        names = tuple(dict.fromkeys(n for n in (own["Name"], own["ID"]) if n))
        if names:
            layer = _count(path, own["Layer"] or (index if n_layers > 1 else 0))
            number = _count(path, own["LabelValue"] or 1)
            segments.append(Segment(number, names, min(layer, n_layers - 1)))
    return tuple(segments)


def _count(path: Path, word: str | int) -> int:
    """Return the number of a label or layer."""
    if not str(word).strip().isdecimal() or len(str(word)) > LONGEST_NUMBER:
        raise InputError(
            f"{path}: a segment has the number {str(word)[:40]!r}; wanted 0, 1, 2, ..."
        )
    return int(word)


def _remarks(suffix: str, tags: Mapping[str, str], is_oriented: bool) -> tuple[str, ...]:
    """Say when a file carries no orientation."""
    if not is_oriented or (suffix == ".nrrd" and "NRRD_space" not in tags):
        return ("the file carries no orientation: left, right, front and back are taken as LPS",)
    return ()


def _only_label(image: LabelImage) -> LabelGrid:
    """Return the one label of a mask file."""
    numbers = list(image.counts())
    if len(numbers) > 1:
        raise InputError(f"{image.path}: a mask holds one label, this one holds {numbers[:8]}")
    return image.read(Segment(numbers[0] if numbers else 1))


def _last_line(error: Exception) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
