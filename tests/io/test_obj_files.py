"""OBJ: indices from 1 or back from the end, never 0, never of a corner that is not there."""

import numpy as np
import pytest

from hipsim.errors import MeshError
from hipsim.io.meshes import load_mesh

CORNERS = "v 0 0 0\nv 1 0 0\nv 0 1 0\n"


def saved(folder, text):
    (folder / "a.obj").write_text(text)
    return folder / "a.obj"


READ = {
    "back from the end": "f -3 -2 -1\n",
    "back, corners following": "f -3 -2 -1\nv 9 9 9\n",
    "textures and normals": "vt 0 0\nvn 0 0 1\nf 1/1/1 2/1/1 3//1\n",
    "a line continued": "f 1 2 \\\n3\n",
    "a remark": "f 1 2 3 # the first\n",
    "another file": "mtllib ../../../etc/passwd\nusemtl a\nf 1 2 3\n",
}


@pytest.mark.parametrize("case", READ)
def test_read_obj__reads(tmp_path, case):
    found = load_mesh(saved(tmp_path, CORNERS + READ[case]))
    np.testing.assert_array_equal(found.triangles[0], [[0, 0, 0], [1, 0, 0], [0, 1, 0]])


def test_read_obj__cuts_polygons_into_fans(tmp_path):
    assert len(load_mesh(saved(tmp_path, CORNERS + "v 1 1 0\nf 1 2 4 3\n")).faces) == 2


REFUSED = {
    "index 0": (CORNERS + "f 0 1 2\n", "the corner 0; they count from 1"),
    "index before the first": (CORNERS + "f -4 1 2\n", "the corner -4"),
    "index beyond": (CORNERS + "f 1 2 4\n", "the corner 3 of 3"),
    "index of 30 digits": (CORNERS + f"f 1 2 {'9' * 30}\n", "is no index of a corner"),
    "half an index": (CORNERS + "f 1 2 2.5\n", "invalid literal"),
    "comma for point": (CORNERS.replace("v 1", "v 1,5") + "f 1 2 3\n", "could not convert"),
    "two coordinates": ("v 0 0\n", "a corner of 2 numbers"),
    "two corners": (CORNERS + "f 1 2\n", "a face has 2 corners"),
    "infinite": (CORNERS.replace("v 1", "v 1e999") + "f 1 2 3\n", "must be finite"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_read_obj__refuses(tmp_path, case):
    text, message = REFUSED[case]
    with pytest.raises(MeshError, match=rf"a\.obj.*{message}"):
        load_mesh(saved(tmp_path, text))
