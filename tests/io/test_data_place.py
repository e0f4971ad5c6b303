"""Images whose header points elsewhere: no other file is read, and none is asked for."""

import label_files
import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.io.label_maps import load_label_map

VALUES = np.zeros((8, 8, 8), dtype=np.uint8)
VALUES[2:6, 2:6, 2:6] = 1
LABELS = {"femur_r": 1}


def saved(folder, name, content):
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / name).write_bytes(content)
    return folder / "in" / name


def mha(place):
    head, _, data = label_files.mha(VALUES, np.eye(4)).partition(b"LOCAL\n")
    return head + place.encode() + b"\n", data


@pytest.mark.parametrize(
    "place", ["../a.raw", "/etc/passwd", "LIST\na.raw", "a%03d.raw 1 8 1", "%s%s%n 1 8 1", ".."]
)
@pytest.mark.parametrize("suffix", [".mha", ".mhd"])
def test_load_label_map__reads_no_file_elsewhere(tmp_path, place, suffix):
    head, data = mha(place)
    (tmp_path / "a.raw").write_bytes(data)
    with pytest.raises(InputError, match=rf"a\{suffix}: its voxels are said to be in"):
        load_label_map(saved(tmp_path, f"a{suffix}", head), labels=LABELS)


def test_load_label_map__reads_the_file_beside_an_mhd(tmp_path):
    head, data = mha("a.raw")
    path = saved(tmp_path, "a.mhd", head)
    saved(tmp_path, "a.raw", data)
    assert load_label_map(path, labels=LABELS).bones["femur_r"].is_closed


def test_load_label_map__follows_no_link_out_of_the_folder(tmp_path):
    head, data = mha("a.raw")
    path = saved(tmp_path, "a.mhd", head)
    (tmp_path / "b.raw").write_bytes(data)
    (path.parent / "a.raw").symlink_to(tmp_path / "b.raw")
    with pytest.raises(InputError, match="lie outside of its folder"):
        load_label_map(path, labels=LABELS)


@pytest.mark.parametrize("named", ["data file: ../a.raw", "datafile: /dev/zero", "data file: LIST"])
def test_load_label_map__an_nrrd_holds_its_voxels(tmp_path, named):
    content = label_files.nrrd(VALUES, np.eye(4), extra=named + "\n")
    with pytest.raises(InputError, match="only a file that holds its voxels itself"):
        load_label_map(saved(tmp_path, "a.nrrd", content), labels=LABELS)


@pytest.mark.parametrize("name", ["a.mha", "a.mhd"])
def test_load_label_map__wants_a_header(tmp_path, name):
    with pytest.raises(InputError, match="names no ElementDataFile"):
        load_label_map(saved(tmp_path, name, b" " * 1000), labels=LABELS)
    with pytest.raises(InputError, match="is empty"):
        load_label_map(saved(tmp_path, name, b""), labels=LABELS)


def segment(**told):
    lines = {"Name": "femur_right", "ID": "a", "LabelValue": "1", "Layer": "0", **told}
    extra = "".join(f"Segment0_{key}:={value}\n" for key, value in lines.items())
    return label_files.nrrd(VALUES, np.eye(4), extra=extra)


@pytest.mark.parametrize(
    "told", [{"LabelValue": "one"}, {"LabelValue": "9" * 5000}, {"Layer": "-9"}]
)
def test_load_label_map__refuses_segments_without_a_number(tmp_path, told):
    with pytest.raises(InputError, match=r"a\.nrrd: a segment has the number"):
        load_label_map(saved(tmp_path, "a.nrrd", segment(**told)))


def test_load_label_map__refuses_bits_that_lie(tmp_path):
    content = bytearray(label_files.nifti(VALUES, np.eye(4)))
    content[72:74] = b"\0\0"
    with pytest.raises(InputError, match=r"a\.nii: its header says voxels of kind 2 with 0 bits"):
        load_label_map(saved(tmp_path, "a.nii", bytes(content)), labels=LABELS)


def test_load_label_map__makes_no_room_for_what_cannot_be_there(tmp_path):
    content = label_files.nrrd(VALUES, np.eye(4)).replace(b"sizes: 8 8 8", b"sizes: 900 900 900")
    with pytest.raises(InputError, match="claims 900 x 900 x 900 voxels, more than"):
        load_label_map(saved(tmp_path, "a.nrrd", content), labels=LABELS)
