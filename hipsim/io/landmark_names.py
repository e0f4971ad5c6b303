"""What people call landmarks, and which of hipsim's landmarks they mean.

A label is split into words (``ASIS R``, ``asis_right``, ``RightASIS``, ``RASI`` are one point), a
word for the side is taken off, and the rest must be one of hipsim's own names or one of
``SYNONYMS``; nothing is guessed. ``LT`` alone is the lesser trochanter, as surgeons write it;
beside another name (``LT ASIS``) it is the left side.
"""

import re

from hipsim.anatomy.landmarks import LANDMARK_NAMES
from hipsim.checks import SIDES, Side
from hipsim.errors import CaseError
from hipsim.io.spelling import did_you_mean

PAIRED = tuple(
    dict.fromkeys(n.rpartition("_")[0] for n in LANDMARK_NAMES if n.endswith(("_right", "_left")))
)
SYNONYMS = {
    "hip_joint_centre": (
        "hjc", "fhc", "hip joint center", "hip center", "hip centre", "femoral head center",
        "femoral head centre", "head center", "head centre", "femoral head",
    ),
    "neck_isthmus": ("neck center", "neck centre", "femoral neck", "isthmus"),
    "lesser_trochanter": ("lt", "lesser troch", "lt apex", "trochanter minor", "minor trochanter"),
    "greater_trochanter": ("gt", "greater troch", "trochanter major", "major trochanter"),
    "shaft_axis_proximal": ("proximal shaft", "shaft proximal"),
    "shaft_axis_distal": ("distal shaft", "shaft distal"),
    "medial_epicondyle": (
        "me", "mec", "fme", "medial femoral epicondyle", "epicondyle medial", "knee medial",
    ),
    "lateral_epicondyle": (
        "le", "lec", "fle", "lateral femoral epicondyle", "epicondyle lateral", "knee lateral",
    ),
    "medial_posterior_condyle": ("mpc", "posterior medial condyle", "medial condyle posterior"),
    "lateral_posterior_condyle": ("lpc", "posterior lateral condyle", "lateral condyle posterior"),
    "asis": ("asi", "ias", "anterior superior iliac spine"),
    "psis": ("psi", "ips", "posterior superior iliac spine"),
    "pubic_tubercle": ("pt", "tubercle", "tuberculum pubicum"),
    "ischial_tuberosity": ("it", "ischium", "tuberosity", "tuber ischiadicum", "sit bone"),
    "ischial_spine": ("spina ischiadica", "spine of ischium"),
    "acetabular_centre": (
        "ac", "acetabular center", "acetabulum center", "acetabulum centre", "acetabulum",
    ),
}  # fmt: skip
_SIDE_WORDS: dict[str, Side] = {
    "right": "right", "r": "right", "rt": "right", "left": "left", "l": "left", "lt": "left",
}  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _known() -> dict[str, str]:
    """Return every name without its side, in plain words, and what it stands for."""
    own = [n for n in LANDMARK_NAMES if n.rpartition("_")[0] not in PAIRED]
    known = {name.replace("_", " "): name for name in (*own, *PAIRED)}
    for name, words in SYNONYMS.items():
        known |= dict.fromkeys(words, name)
    return known


KNOWN = _known()


def words_of(label: str) -> list[str]:
    """Split a label into lower-case words at spaces, signs and changes of case.

    Examples
    --------
    >>> words_of("RightASIS-2"), words_of("hip_r")
    (['right', 'asis', '2'], ['hip', 'r'])
    """
    return [word.lower() for word in _WORD.findall(label)]


def landmark_of(label: str, *, side: Side | None = None) -> tuple[str, Side | None]:
    """Return the landmark a label means, and its side.

    Parameters
    ----------
    label
        As a person or a program wrote it.
    side
        The side stated beside the label, if it is.

    Returns
    -------
    name
        One of :data:`hipsim.anatomy.landmarks.LANDMARK_NAMES`.
    side
        The side the label names, or else the one stated, or None.

    Raises
    ------
    CaseError
        If the label is unknown, a paired point of the pelvis comes without its side, or the label
        names the other side than the one stated.

    Examples
    --------
    >>> landmark_of("RASI"), landmark_of("LT"), landmark_of("lesser trochanter (L)")
    (('asis_right', 'right'), ('lesser_trochanter', None), ('lesser_trochanter', 'left'))
    """
    words = words_of(label)
    name, named = _parted(words)
    if name is None:
        plain = " ".join(words)
        hint = did_you_mean(plain.replace(" ", "_"), LANDMARK_NAMES)
        raise CaseError(f"unknown landmark {label!r}{hint or '; known: ' + _spoken()}")
    if named and side and named != side:
        raise CaseError(f"landmark {label!r} names the {named} side, but its side is {side}")
    side = named or side
    if name not in PAIRED:
        return name, side
    if side is None:
        raise CaseError(f"landmark {label!r} needs its side: {name}_right or {name}_left")
    return f"{name}_{side}", side


def _parted(words: list[str]) -> tuple[str | None, Side | None]:
    """Part words into a known name and a side."""
    if " ".join(words) in KNOWN:
        return KNOWN[" ".join(words)], None
    for at in (-1, 0):
        rest = words[:-1] if at else words[1:]
        if words and words[at] in _SIDE_WORDS and " ".join(rest) in KNOWN:
            return KNOWN[" ".join(rest)], _SIDE_WORDS[words[at]]
    glued = words[0] if len(words) == 1 else ""
    for side in SIDES:
        if glued[:1] == side[0] and glued[1:] in KNOWN:
            return KNOWN[glued[1:]], side
    return None, None


def _spoken() -> str:
    """List hipsim's own names."""
    return ", ".join(LANDMARK_NAMES)
