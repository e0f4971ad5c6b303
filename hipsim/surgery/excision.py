"""Full excision of the lesser trochanter, flush with the cortex of the shaft."""

from hipsim.anatomy.hip import Hip
from hipsim.checks import as_number
from hipsim.surgery.removal import Resection, resect_femur
from hipsim.surgery.zone import find_zone

LARGEST_MARGIN_MM = 20.0


def excise_lesser_trochanter(hip: Hip, *, margin_mm: float = 0.0) -> Hip:
    """Take the whole lesser trochanter, down to the line of the shaft's cortex.

    Parameters
    ----------
    hip
        With ``lesser_trochanter`` and both ``shaft_axis`` landmarks, and a closed femur.
    margin_mm
        How much is left proud of that line, 0 to 20 mm; 0 is flush. The line is the convex outline
        of the bone 30 mm below the apex, where the trochanter has run out, drawn up parallel to the
        shaft axis; the zone ends towards the neck as it does for every resection
        (:mod:`hipsim.surgery.zone`).

    Returns
    -------
    hip
        As from :func:`hipsim.surgery.resect_lesser_trochanter`; the very same femur where the
        margin is higher than the bone.

    Raises
    ------
    InputError
        If the margin is out of range.
    MeshError
        If the femur is not closed.
    AnatomyError
        If a landmark is missing or does not lie on this bone.

    References
    ----------
    Anderson, Scott and Mather, posterior lesser trochanterplasty: flush with the cortex, then six
    weeks of touch-down weight bearing against a stress fracture.
    """
    return lesser_trochanter_excision(hip, margin_mm=margin_mm).hip


def lesser_trochanter_excision(hip: Hip, *, margin_mm: float = 0.0) -> Resection:
    """Take the whole lesser trochanter and return the piece as well.

    Parameters and errors as in :func:`excise_lesser_trochanter`.
    """
    margin = as_number(margin_mm, name="margin_mm", low=0.0, high=LARGEST_MARGIN_MM, unit="mm")
    note = {"procedure": "excise_lesser_trochanter", "margin_mm": margin}
    return resect_femur(hip, find_zone(hip).body_proud(margin), note)
