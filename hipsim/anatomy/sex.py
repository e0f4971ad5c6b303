"""The sex of a patient as it is written in files: whose norms and percentiles count."""

from typing import Literal

Sex = Literal["female", "male"]
_WORDS: dict[str, Sex] = {
    "f": "female", "female": "female", "woman": "female", "w": "female",
    "m": "male", "male": "male", "man": "male",
}  # fmt: skip


def described_sex(text: object) -> Sex | None:
    """Read the sex a case describes; None where it says none or something else.

    Examples
    --------
    >>> described_sex("F"), described_sex("male"), described_sex(None)
    ('female', 'male', None)
    """
    return _WORDS.get(str(text or "").strip().lower())
