"""What a plan costs, as a table says it: measured on the hip before and after."""

from hipsim.anatomy.hip import Hip
from hipsim.surgery.side_effects import side_effects
from hipsim.viz.words import signed


def facts_of(before: Hip, after: Hip) -> dict[str, str]:
    """Return heading to value for a plan; what it does not change is left out.

    Parameters
    ----------
    before, after
        The hip as it is, and after the plan.

    Examples
    --------
    >>> from hipsim.io.hips import load_hip
    >>> hip = load_hip("woman_narrow")
    >>> facts_of(hip, hip)
    {}
    """
    if after is before:
        return {}
    found = side_effects(before, after)
    told = {
        "bone removed, mm\u00b3": _amount(found.removed_volume_mm3, "{:.0f}", 0.5),
        "deepest cut, mm": _amount(found.deepest_cut_mm, "{:.1f}", 0.05),
        "iliopsoas attachment lost, %": _amount(100 * found.iliopsoas_lost_share, "{:.0f}", 0.5),
        "hamstring attachment lost, %": _amount(100 * found.hamstrings_lost_share, "{:.0f}", 0.5),
        "version, deg": _change(found.version_change_deg),
        "neck-shaft angle, deg": _change(found.neck_shaft_angle_change_deg),
        "leg length, mm": _change(found.leg_length_change_mm),
        "leg axis, deg": _change(found.mechanical_axis_change_deg),
        "femoral offset, mm": _change(found.femoral_offset_change_mm),
    }
    return {heading: value for heading, value in told.items() if value}


def _amount(value: float | None, form: str, least: float) -> str:
    """Write an amount; nothing where there is none to speak of."""
    return "" if value is None or value < least else form.format(value)


def _change(value: float | None) -> str:
    """Write a change with its sign; nothing where it rounds to none."""
    return "" if value is None or abs(value) < 0.05 else signed(value)
