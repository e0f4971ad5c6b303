"""Label maps: bones that come out are closed and lie where the image lies."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.io.label_maps import LabelledBones, load_label_map
from tests.fuzz.reader import Reader

SPACING = np.diag([1.0, 1.2, 1.5, 1.0])
NAMES = {1: "femur_right", 2: "hip_right"}
SEGMENTS = (
    "Segment0_ID:=Segment_1\nSegment0_Name:=femur_right\nSegment0_LabelValue:=1\nSegment0_Layer:=0\n"
    "Segment1_ID:=Segment_2\nSegment1_Name:=hip_right\nSegment1_LabelValue:=2\nSegment1_Layer:=0\n"
)


def labels() -> np.ndarray:
    """Return two lumps that nearly fill a small volume."""
    values = np.zeros((12, 11, 10), dtype=np.uint8)
    values[1:6, 2:9, 1:9] = 1
    values[7:11, 1:10, 2:8] = 2
    values[0, 0, 0] = 1
    return values


def frame() -> np.ndarray:
    affine = SPACING.copy()
    affine[:3, 3] = -7.0, 11.0, 200.0
    return affine


def nifti(folder: Path) -> list[bytes]:
    import label_files

    named = label_files.nifti(labels(), frame(), names=NAMES)
    short = label_files.nifti(labels().astype("i2"), frame(), names=NAMES)
    return [named, short, label_files.nifti(labels().astype("f4"), frame(), names=NAMES)]


def nrrd(folder: Path) -> list[bytes]:
    import label_files

    packed = label_files.nrrd(labels(), frame(), extra=SEGMENTS)
    head = packed.partition(b"\n\n")[0].replace(b"encoding: gzip", b"encoding: raw")
    return [packed, head + b"\n\n" + labels().tobytes(order="F")]


def mha(folder: Path) -> list[bytes]:
    import label_files

    return [label_files.mha(labels(), frame()), label_files.mha(labels().astype("i2"), frame())]


def dicom(folder: Path) -> list[bytes]:
    import label_files

    masks = {"femur_r": labels() == 1, "hip_r": labels() == 2}
    return [label_files.write_seg(folder / "a.dcm", masks, frame()).read_bytes()]


def read_named(path: Path) -> LabelledBones:
    return load_label_map(path)


def read_numbered(path: Path) -> LabelledBones:
    return load_label_map(path, labels={"femur_r": 1, "hip_r": 2})


def judge_bones(found: LabelledBones, path: Path, content: bytes) -> str | None:
    if not found.bones:
        return "read, but nothing came"
    if not np.isfinite(found.spacing_mm).all() or min(found.spacing_mm) <= 0.0:
        return f"spacing {found.spacing_mm}"
    extent = 2.0 * max(np.multiply(found.notes[0]["voxels"], found.spacing_mm))
    for bone, mesh in found.bones.items():
        if not np.isfinite(mesh.vertices).all():
            return f"{bone} has a vertex that is not finite"
        if not mesh.is_closed or mesh.volume_mm3 <= 0.0:
            return f"{bone} is not closed, or inside out"
        if np.ptp(mesh.bounds, axis=0).max() > extent:
            return f"{bone} is larger than the image"
    return None


def _scan(name: str, file: str, seeds: Any, read: Any = read_named, **more: Any) -> Reader:
    return Reader(name, file, seeds, read, judge_bones, **more)


READERS = (
    _scan("nifti", "a.nii", nifti),
    _scan("nifti, packed", "a.nii.gz", nifti, pack=lambda c: gzip.compress(c, 1)),
    _scan("nifti, damaged gzip", "a.nii.gz", lambda f: [gzip.compress(c, 1) for c in nifti(f)]),
    _scan("nrrd", "a.nrrd", nrrd),
    _scan("nrrd as text", "a.nrrd", nrrd, is_text=True),
    _scan("mha", "a.mha", mha, read_numbered),
    _scan("mha as text", "a.mha", mha, read_numbered, is_text=True),
    _scan("dicom seg", "a.dcm", dicom),
)
