"""Which bone a file, a part of a file or a label is, by its name.

``femur_r.stl``, ``Hip_L``, ``VH_F_femur_R``, ``right pelvis``, ``r_pelvis.stl``: a word for the
bone anywhere in the name, and a word for the side, best beside it. Other bones and what is not
bone are known too, so that they are left out and named, and not taken for something else.

The labels of a scan name a hundred organs (``Left femoral head``, ``hip_implant_right``), so there
nothing may be left over beside the name of a whole bone and its side.
"""

from typing import Literal

from hipsim.checks import Side
from hipsim.errors import CaseError
from hipsim.io.landmark_names import words_of

Kind = Literal["femur", "hip", "sacrum"]
Rest = Literal["any", "none"]

BONE_WORDS: dict[str, Kind] = {
    "femur": "femur", "femora": "femur", "femoral": "femur", "femurs": "femur",
    "hip": "hip", "hips": "hip", "hipbone": "hip", "pelvis": "hip", "hemipelvis": "hip",
    "innominate": "hip", "coxa": "hip", "coxae": "hip",
    "ilium": "hip", "ischium": "hip", "pubis": "hip",
    "sacrum": "sacrum",
}  # fmt: skip
OTHER_WORDS = {
    "tibia", "fibula", "patella", "meniscus", "meniscal", "cartilage", "labrum", "spongy", "marrow",
    "coccyx", "artery", "vein", "nerve", "muscle", "ligament", "tendon", "skin", "fat", "vertebra",
    "vertebrae", "lumbar",
    "talus", "foot", "body", "implant",
}  # fmt: skip
WHOLE_NAMES: dict[str, Kind] = {
    "femur": "femur", "femoral bone": "femur", "thigh bone": "femur",
    "hip": "hip", "hip bone": "hip", "hipbone": "hip", "innominate": "hip",
    "innominate bone": "hip", "os coxae": "hip", "coxal bone": "hip", "hemipelvis": "hip",
    "sacrum": "sacrum", "sacral bone": "sacrum",
}  # fmt: skip
SIDE_WORDS: dict[str, Side] = {"right": "right", "r": "right", "left": "left", "l": "left"}
# in the name of a file LT may be the lesser trochanter
LABEL_SIDES: dict[str, Side] = {**SIDE_WORDS, "rt": "right", "lt": "left"}


def bone_of(label: str, *, rest: Rest = "any") -> tuple[Kind, Side | None] | None:
    """Return which bone a name means, and its side if it says so.

    Parameters
    ----------
    label
        Name of a file (without its ending), of a part or of a label.
    rest
        What may stand beside bone and side: ``"any"`` other word, as in the name of a file, or
        ``"none"``.

    Returns
    -------
    bone
        ``("femur", "right")``, ``("hip", None)``, ``("sacrum", None)``...; None if the name is of
        something else.

    Raises
    ------
    CaseError
        If the name of a file says both sides, or two bones; a label that does is no bone.

    Examples
    --------
    >>> bone_of("VH_F_femur_R"), bone_of("LeftHip"), bone_of("tibia_r"), bone_of("segment 3")
    (('femur', 'right'), ('hip', 'left'), None, None)
    >>> bone_of("Left femoral head"), bone_of("Left femoral head", rest="none")
    (('femur', 'left'), None)
    """
    words = [part for word in words_of(label) for part in _unglued(word)]
    if rest == "none":
        return _whole(words)
    if OTHER_WORDS & set(words):
        return None
    at = [i for i, word in enumerate(words) if word in BONE_WORDS]
    kinds = {BONE_WORDS[words[i]] for i in at}
    if not kinds:
        return None
    if len(kinds) > 1:
        raise CaseError(f"{label!r} names two bones: {' and '.join(sorted(kinds))}; rename it")
    kind = kinds.pop()
    return kind, None if kind == "sacrum" else _side(label, words, at)


def bone_named(label: str) -> str | None:
    """Return the bone of a case (``femur_r``, ``hip_l``, ``sacrum``) a label means, or None.

    Parameters
    ----------
    label
        Of a label map; a femur or hip bone must come with its side.

    Examples
    --------
    >>> bone_named("femur_right"), bone_named("Left hip bone"), bone_named("R_Femur")
    ('femur_r', 'hip_l', 'femur_r')
    >>> bone_named("hip_implant"), bone_named("femur")
    (None, None)
    """
    kind, side = bone_of(label, rest="none") or (None, None)
    if kind is None or kind == "sacrum":
        return kind
    return f"{kind}_{side[0]}" if side else None


def _whole(words: list[str]) -> tuple[Kind, Side | None] | None:
    """Return the whole bone that words name with at most one side, and nothing else."""
    sides = [LABEL_SIDES[word] for word in words if word in LABEL_SIDES]
    kind = WHOLE_NAMES.get(" ".join(word for word in words if word not in LABEL_SIDES))
    if kind is None or len(sides) > (kind != "sacrum"):
        return None
    return kind, sides[0] if sides else None


def _unglued(word: str) -> tuple[str, ...]:
    """Part ``rfemur`` and ``femurr`` into side and bone."""
    if word[:1] in SIDE_WORDS and word[1:] in BONE_WORDS:
        return word[:1], word[1:]
    if word[-1:] in SIDE_WORDS and word[:-1] in BONE_WORDS:
        return word[:-1], word[-1:]
    return (word,)


def _side(label: str, words: list[str], at: list[int]) -> Side | None:
    """Return the side that stands beside the bone's word, else anywhere in the name."""
    beside = [words[k] for i in at for k in (i - 1, i + 1) if 0 <= k < len(words)]
    for group in (beside, words):
        sides = {SIDE_WORDS[word] for word in group if word in SIDE_WORDS}
        if len(sides) > 1:
            raise CaseError(f"{label!r} names both sides; rename it to femur_r, hip_l and so on")
        if sides:
            return sides.pop()
    return None
