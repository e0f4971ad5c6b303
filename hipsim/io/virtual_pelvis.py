"""A virtual pelvis as a case folder: both hips, the sacrum, and every landmark."""

import json
from pathlib import Path

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import PELVIC_LANDMARKS
from hipsim.anatomy.virtual import VirtualPelvis
from hipsim.errors import CaseError
from hipsim.io.cases import BONES
from hipsim.io.files import write_text
from hipsim.io.meshes import save_mesh

PAIRED = tuple(name for name in PELVIC_LANDMARKS if name.endswith(("_right", "_left")))


def save_pelvis(pelvis: VirtualPelvis, folder: str | Path) -> Path:
    """Write both hips and the sacrum of a virtual pelvis as one case that either side loads from.

    Parameters
    ----------
    pelvis
        From :func:`~hipsim.anatomy.virtual.make_pelvis`.
    folder
        Made if missing; must not hold a case yet.

    Raises
    ------
    CaseError
        If the folder already holds a case.
    InputError
        If it cannot be written.
    """
    folder = Path(folder)
    if folder.is_dir() and any(file.stem in BONES for file in folder.iterdir()):
        raise CaseError(f"{folder} already holds a case; choose another folder")
    for hip in (pelvis.right, pelvis.left):
        save_mesh(folder / f"femur_{hip.side[0]}.ply", hip.femur)
        save_mesh(folder / f"hip_{hip.side[0]}.ply", hip.hip_bone)
        own = tuple(name for name in hip.landmarks if name not in PAIRED)
        _save_landmarks(hip, own, folder / f"landmarks_{hip.side[0]}.json")
    _save_landmarks(pelvis.right, PAIRED, folder / "landmarks.json")
    if pelvis.sacrum is not None:
        save_mesh(folder / "sacrum.ply", pelvis.sacrum)
    write_text(folder / "case.yaml", f"name: {json.dumps(pelvis.right.name)}\nunit: mm\n")
    return folder


def _save_landmarks(hip: Hip, names: tuple[str, ...], path: Path) -> None:
    """Write some landmarks of a hip."""
    points = {name: hip.landmarks[name].tolist() for name in names}
    write_text(path, json.dumps({"unit": "mm", "points": points}, indent=1) + "\n")
