"""Label maps as DICOM segmentations (SEG), read by highdicom.

A SEG file names its segments and lies in the frame of the scan it was drawn on, LPS in mm. It may
leave out slices without any label, and its slices may come in any order, so positions are taken
from the file's own geometry. Segments are read one by one: they may overlap, and one at a time
needs the least memory.

highdicom and pydicom are an extra (``pip install "hipsim[images]"``); this file is their only door.
"""

import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.io.bone_names import bone_named
from hipsim.io.files import size_of_file
from hipsim.io.label_images import EXTRA, LabelGrid, LabelImage, check_geometry
from hipsim.io.label_names import Segment

SEG_CLASSES = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")  # SEG, label map SEG
MOST_FILES = 5000  # of a folder that are looked at
_MARK_AT, _MARK = 128, b"DICM"


def is_dicom(path: Path) -> bool:
    """Return whether a file bears the mark of DICOM."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(_MARK_AT + len(_MARK)).endswith(_MARK)
    except OSError:
        return False


def dicom_files(folder: Path) -> Iterator[Path]:
    """Yield the DICOM files of a folder and the folders within, the first ``MOST_FILES`` files."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return (path for path in islice(files, MOST_FILES) if is_dicom(path))


def open_dicom_seg(path: Path) -> LabelImage:
    """Open a DICOM SEG file, or the only one of a folder.

    Raises
    ------
    InputError
        If highdicom is missing, there is no or more than one SEG, or it is damaged, too large,
        of fractions, or not a regular volume.
    """
    highdicom = _highdicom()
    file = _only_seg(path) if path.is_dir() else path
    size_of_file(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damage that is judged here
            return _opened(file, highdicom.seg.segread(file))
    except InputError:
        raise
    except Exception as error:  # pydicom and highdicom raise whatever they stumble over
        raise InputError(f"{file} cannot be read as DICOM SEG: {error}") from error


def _opened(file: Path, seg: Any) -> LabelImage:
    """Describe a SEG."""
    if seg.segmentation_type.value == "FRACTIONAL":
        raise InputError(
            f"{file} holds fractions (probabilities), not labels; threshold it and save it as "
            "BINARY or LABELMAP"
        )
    affine, shape = _geometry(file, seg)

    def read(segment: Segment) -> LabelGrid:
        values = _values(file, seg, segment.number)
        return LabelGrid(values, 1, affine, stored_axis=0)

    spacing = np.linalg.norm(affine[:3, :3], axis=0)[::-1]
    return LabelImage(
        path=file,
        kind="DICOM SEG",
        shape=(shape[2], shape[1], shape[0]),
        spacing_mm=(float(spacing[0]), float(spacing[1]), float(spacing[2])),
        segments=tuple(_segment(seg, number) for number in seg.segment_numbers),
        read=read,
        counts=dict,
    )


def _highdicom() -> Any:
    """Import highdicom, or say how to get it."""
    try:
        import highdicom
        import highdicom.seg
    except ImportError as error:
        raise InputError(f"DICOM segmentations need highdicom: {EXTRA} ({error})") from None
    return highdicom


def _only_seg(folder: Path) -> Path:
    """Return the only SEG of a folder, or say what is there instead."""
    import pydicom

    kinds: dict[Path, str] = {}
    for file in dicom_files(folder):
        tags = ["SOPClassUID", "Modality"]
        data = pydicom.dcmread(file, stop_before_pixels=True, specific_tags=tags)
        is_seg = data.get("SOPClassUID") in SEG_CLASSES
        kinds[file] = "SEG" if is_seg else str(data.get("Modality", "unknown"))
    found = [file for file, kind in kinds.items() if kind == "SEG"]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(str(file.relative_to(folder)) for file in found[:6])
        raise InputError(f"{folder} holds {len(found)} segmentations: name one of {names}")
    others = ", ".join(sorted(set(kinds.values()))) or "no DICOM file"
    raise InputError(
        f"{folder} holds no DICOM segmentation (found: {others}); segment the scan first, for "
        "instance with TotalSegmentator or 3D Slicer"
    )


def _geometry(file: Path, seg: Any) -> tuple[Array, tuple[int, int, int]]:
    """Return the checked map from array index (slice, row, column) to LPS, and the shape."""
    try:
        geometry = seg.get_volume_geometry()
    except (RuntimeError, ValueError) as error:
        raise InputError(f"{file}: its slices do not form a regular volume: {error}") from None
    if geometry is None:
        raise InputError(
            f"{file}: its slices do not form a regular volume in the patient's frame; save the "
            "segmentation on evenly spaced slices"
        )
    affine, shape = np.asarray(geometry.affine, dtype=np.float64), geometry.spatial_shape
    check_geometry(file, affine, shape)
    return affine, shape


def _values(file: Path, seg: Any, number: int) -> np.ndarray:
    """Return the voxels of one segment as 0 and 1, shape (slice, row, column)."""
    if number not in seg.segment_numbers:
        known = ", ".join(str(n) for n in seg.segment_numbers)
        raise InputError(f"{file} has no segment {number}; there is {known}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            volume = seg.get_volume(
                segment_numbers=[number],
                combine_segments=True,
                relabel=True,
                skip_overlap_checks=True,
                dtype=np.uint8,
            )
    except Exception as error:  # the decoders raise whatever they stumble over
        raise InputError(f"{file} is damaged: {error}") from error
    return np.asarray(volume.array)


def _segment(seg: Any, number: int) -> Segment:
    """Return a segment with its label, and its coded type and region with their side."""
    description = seg.get_segment_description(number)
    coded = [*description.SegmentedPropertyTypeCodeSequence]
    modifier = "SegmentedPropertyTypeModifierCodeSequence"
    names = [str(description.segment_label), *(_coded_name(c, modifier) for c in coded)]
    for region in description.get("AnatomicRegionSequence", []):
        names.append(_coded_name(region, "AnatomicRegionModifierSequence"))
    first, *others = dict.fromkeys(names)
    return Segment(int(number), (first, *(n for n in others if bone_named(n))))


def _coded_name(code: Any, modifier: str) -> str:
    """Return the meaning of a code with its laterality before it: ``Right Femur``."""
    sides = [str(item.CodeMeaning) for item in code.get(modifier, [])]
    return " ".join([*sides, str(code.CodeMeaning)])
