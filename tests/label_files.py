"""Label maps written to disk by their format's definition, without the readers' libraries.

Arrays are (a, b, c) with ``lps_from_index`` (4, 4) from (a, b, c) to LPS in mm; ``a`` runs fastest
in the file. DICOM SEG alone is written by highdicom.
"""

import gzip
import struct
import warnings
from pathlib import Path

import numpy as np

RAS_FROM_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
MASK_NAMES = {"femur_r": ("Femur", "Right"), "hip_r": ("Hip", "Right"), "sacrum": ("Sacrum", "")}


def nifti(values, lps_from_index, *, names=None, sizes=None, sform=1, cut=None) -> bytes:
    """Return a NIfTI-1 file; its own frame is RAS."""
    ras = RAS_FROM_LPS @ lps_from_index
    code = {"u1": 2, "i2": 4, "i4": 8, "f4": 16, "f8": 64}[values.dtype.str[1:]]
    sizes = values.shape if sizes is None else sizes
    extension = b"" if names is None else _names(names)
    head = bytearray(348)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, len(sizes), *sizes, *[1] * (7 - len(sizes)))
    struct.pack_into("<2h", head, 70, code, 8 * values.dtype.itemsize)
    struct.pack_into("<4f", head, 76, 1.0, *np.linalg.norm(ras[:3, :3], axis=0))
    struct.pack_into("<f", head, 108, 352 + len(extension))
    head[123] = 2  # mm
    struct.pack_into("<h", head, 254, sform)
    struct.pack_into("<12f", head, 280, *ras[:3].ravel())
    head[344:348] = b"n+1\0"
    mark = bytes([bool(extension), 0, 0, 0])
    return (bytes(head) + mark + extension + values.tobytes(order="F"))[:cut]


def nrrd(values, lps_from_index, *, extra="", space="left-posterior-superior") -> bytes:
    """Return an NRRD file in LPS, or in RAS if ``space`` says so."""
    turn = RAS_FROM_LPS if space.startswith("right") else np.eye(4)
    matrix = (turn @ lps_from_index)[:3]
    vector = ["(" + ",".join(f"{x:.12g}" for x in column) + ")" for column in matrix.T]
    kind = {"u1": "uint8", "i2": "int16", "f4": "float"}[values.dtype.str[1:]]
    head = (
        f"NRRD0005\ntype: {kind}\ndimension: 3\nspace: {space}\n"
        f"sizes: {' '.join(map(str, values.shape))}\nspace directions: {' '.join(vector[:3])}\n"
        f"kinds: domain domain domain\nendian: little\nencoding: gzip\nspace origin: {vector[3]}\n"
        f"{extra}\n"
    )
    return head.encode() + gzip.compress(values.tobytes(order="F"), 1)


def mha(values, lps_from_index, *, spacing=None) -> bytes:
    """Return a MetaImage file; its frame is LPS."""
    matrix = lps_from_index[:3, :3]
    size = np.linalg.norm(matrix, axis=0)
    written = size if spacing is None else spacing
    kind = {"u1": "MET_UCHAR", "i2": "MET_SHORT", "f4": "MET_FLOAT"}[values.dtype.str[1:]]
    head = (
        f"ObjectType = Image\nNDims = {values.ndim}\nBinaryData = True\n"
        "BinaryDataByteOrderMSB = False\nCompressedData = False\n"
        f"TransformMatrix = {_text((matrix / size).T.ravel())}\n"
        f"Offset = {_text(lps_from_index[:3, 3])}\nElementSpacing = {_text(written)}\n"
        f"DimSize = {_text(values.shape)}\nElementType = {kind}\nElementDataFile = LOCAL\n"
    )
    return head.encode() + values.tobytes(order="F")


def write_seg(path: Path, masks, lps_from_index, *, kind="BINARY") -> Path:
    """Write masks by bone as a DICOM SEG on slices along the third axis; empty ones left out.

    Its labels do not say the side: the coded laterality does.
    """
    import highdicom as hd

    affine = lps_from_index[:, [2, 1, 0, 3]]  # slices, rows, columns
    source = _source(lps_from_index, next(iter(masks.values())).shape)
    stack = np.stack([mask.transpose(2, 1, 0) for mask in masks.values()], axis=-1)
    if kind == "LABELMAP":
        stack = (stack * np.arange(1, stack.shape[-1] + 1)).max(axis=-1)
    pixels = stack.astype(np.float32 if kind == "FRACTIONAL" else np.uint8)
    channels = None if pixels.ndim == 3 else {"SegmentNumber": range(1, pixels.shape[-1] + 1)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # highdicom warns of private creators and long names
        hd.seg.Segmentation(
            source_images=[source],
            pixel_array=hd.Volume(pixels, affine, "PATIENT", source.FrameOfReferenceUID, channels),
            segmentation_type=kind,
            segment_descriptions=[_described(n, b) for n, b in enumerate(masks, start=1)],
            series_instance_uid=hd.UID(),
            series_number=2,
            sop_instance_uid=hd.UID(),
            instance_number=1,
            manufacturer="none",
            manufacturer_model_name="none",
            software_versions="1",
            device_serial_number="1",
        ).save_as(path)
    return path


def write_ct_slice(path: Path) -> Path:
    """Write one slice of a CT."""
    _source(np.eye(4), (8, 8, 1)).save_as(path, enforce_file_format=True)
    return path


def _names(names) -> bytes:
    """Return label names as an XML extension of NIfTI-1."""
    rows = [f'<Label Key="{n}" Red="1"><![CDATA[{name}]]></Label>\n' for n, name in names.items()]
    text = f"<CaretExtension><LabelTable>{''.join(rows)}</LabelTable></CaretExtension>".encode()
    size = -(-(8 + len(text)) // 16) * 16
    return struct.pack("<2i", size, 0) + text.ljust(size - 8)


def _text(numbers) -> str:
    return " ".join(f"{x:.12g}" for x in numbers)


def _described(number, bone):
    """Return a segment called after the bone, with its side in the code only."""
    import highdicom as hd
    from highdicom.sr import CodedConcept

    name, side = MASK_NAMES[bone]
    code = CodedConcept("71341001", "SCT", name)
    if side:
        modifier = [CodedConcept("24028007", "SCT", side)]
        code.SegmentedPropertyTypeModifierCodeSequence = modifier
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=name,
        segmented_property_category=CodedConcept("123037004", "SCT", "Anatomical Structure"),
        segmented_property_type=code,
        algorithm_type="MANUAL",
    )


def _source(lps_from_index, shape):
    """Return a CT slice in the frame of the segmentation."""
    import highdicom as hd
    from pydicom.dataset import Dataset, FileMetaDataset

    steps = np.linalg.norm(lps_from_index[:3, :3], axis=0)
    column, row = (lps_from_index[:3, :2] / steps[:2]).T
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    data.SOPClassUID, data.Modality = data.file_meta.MediaStorageSOPClassUID, "CT"
    for key in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        setattr(data, key, hd.UID())
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    for key in ("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyID"):
        setattr(data, key, "")
    for key in ("AccessionNumber", "StudyDate", "StudyTime", "ReferringPhysicianName"):
        setattr(data, key, "")
    data.SeriesNumber = data.InstanceNumber = 1
    data.Columns, data.Rows = shape[:2]
    data.PixelSpacing = [round(float(s), 10) for s in steps[[1, 0]]]
    data.SliceThickness = float(steps[2])
    data.ImageOrientationPatient = [round(float(x), 12) for x in (*column, *row)]
    data.ImagePositionPatient = [round(float(x), 8) for x in lps_from_index[:3, 3]]
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation = 15, 1
    data.PixelData = bytes(2 * data.Columns * data.Rows)
    return data
