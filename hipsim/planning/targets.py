"""Targets: how much space a hip shall have, motion by motion.

A target belongs to its motion. The surgeon's 17 mm (Aguilera-Bohorquez et al. 2020: 15 of 16 hips
freed) is a value of the static, neutral hip. In extension with adduction nearly every hip comes
close to contact, so a number of millimetres that is right in neutral would condemn healthy hips
there. A target is therefore given per motion: in mm, or as a percentile of the reference
population of the same sex in the very same motion (``"p25"``: no less space than a quarter of
that population has).

Where that percentile is an overlap of the bones, the target is raised to no contact, 0 mm: a plan
shall not aim at bone inside bone. What was stated and what became of it stands in ``stated``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from hipsim.anatomy.hip import FEMORAL_REGIONS, PELVIC_REGIONS, Hip
from hipsim.anatomy.sex import Sex, described_sex
from hipsim.checks import as_choice, as_number
from hipsim.errors import InputError
from hipsim.kinematics.motion import Motion
from hipsim.kinematics.motions import NAMED_MOTIONS

Wanted = float | int | str
Targets = Mapping[str, Wanted] | Mapping[Motion, Wanted] | Sequence["Target"]

SEXES: tuple[Sex, ...] = ("female", "male")
DEFAULT_TARGETS: Mapping[str, Wanted] = MappingProxyType({"neutral": 17.0, "ifi_test": "p25"})
LARGEST_TARGET_MM = 60.0  # no hip has as much space in neutral; more is a slip of the unit
NO_CONTACT_MM = 0.0
WITHOUT_DEFAULT = ("arc", "grid")  # motions whose angles a person chooses
_NUMBER = r"(\d+(?:\.\d*)?|\.\d+)"
_MM = re.compile(rf"\s*{_NUMBER}\s*(?:mm)?\s*$")
_PERCENTILE = re.compile(rf"\s*[pP]\s*{_NUMBER}\s*$")


class Reference(Protocol):
    """What is asked of a reference population."""

    def percentile_mm(self, motion_name: str, percentile: float, *, sex: Sex) -> float:
        """Return the least space over a motion that a percentile of the population has, mm."""
        ...


@dataclass(frozen=True)
class Target:
    """The space one motion shall have.

    Parameters
    ----------
    motion
        The motion; the target holds in every pose of it.
    clearance_mm
        Least clearance wanted, 0 to 60 mm.
    stated
        The target as it was stated, for people.
    femoral_region, pelvic_region
        What the clearance is between.

    Raises
    ------
    InputError
        If something other than a motion is given, the clearance is out of range, or a region is
        unknown.
    """

    motion: Motion
    clearance_mm: float
    stated: str
    femoral_region: str = "extracapsular"
    pelvic_region: str = "ischium"

    def __post_init__(self) -> None:
        if not isinstance(self.motion, Motion):
            raise InputError(f"a target needs a Motion, got {self.motion!r:.80}")
        name = f"the target of {self.motion.name!r}"
        wanted = as_number(self.clearance_mm, name=name, low=0, high=LARGEST_TARGET_MM, unit="mm")
        object.__setattr__(self, "clearance_mm", wanted)
        as_choice(self.femoral_region, tuple(FEMORAL_REGIONS), name="femoral_region")
        as_choice(self.pelvic_region, tuple(PELVIC_REGIONS), name="pelvic_region")

    def __str__(self) -> str:
        return f"{self.motion.name}: {self.stated}"


def as_targets(
    targets: Targets,
    *,
    sex: Sex | None = None,
    hip: Hip | None = None,
    reference: Reference | None = None,
) -> tuple[Target, ...]:
    """Turn what a person states into targets.

    Parameters
    ----------
    targets
        Motion, by name (with its default angles) or as a :class:`Motion`, to the wanted space:
        ``17.0`` or ``"17"`` in mm, or ``"p25"``, a percentile of the reference population; or
        targets made before, which are taken as they are.
    sex
        Whose percentiles count; by default the sex noted with the hip.
    hip
        The hip the targets are for; used for its sex only.
    reference
        The reference population; the one that comes with the software by default.

    Returns
    -------
    found
        One target per motion, in the order given.

    Raises
    ------
    InputError
        If there is no target, two have motions of one name, a motion is unknown or needs angles,
        a number cannot be read, or a percentile is wanted and the sex is not known, the
        population has no such motion, or the motion is not the one it was measured in.

    Examples
    --------
    >>> for target in as_targets({"neutral": 17, "gait": "12.5"}):
    ...     print(target)
    neutral: 17 mm
    gait_free: 12.5 mm
    """
    found = tuple(_each(targets, sex, hip, reference))
    names = [target.motion.name for target in found]
    if not found:
        raise InputError("there is no target: say how much space which motion shall have")
    if len(set(names)) < len(names):
        raise InputError(f"each motion takes one target, got {', '.join(names)}")
    return found


def sex_of(hip: Hip) -> Sex | None:
    """Return the sex noted with a hip (by ``case.yaml`` or the virtual hip's maker), or None.

    Parameters
    ----------
    hip
        Any hip.
    """
    noted = (note.get("sex") for note in hip.notes if note.get("step") in ("make_hip", "load"))
    known = map(described_sex, noted)
    return next((sex for sex in known if sex is not None), None)


def _each(
    targets: Targets, sex: Sex | None, hip: Hip | None, reference: Reference | None
) -> Iterator[Target]:
    """Yield one target after the other."""
    if sex is not None:
        as_choice(sex, SEXES, name="sex")
    if not isinstance(targets, Mapping):
        for target in targets:
            if not isinstance(target, Target):
                raise InputError(f"a target without its motion: {target!r:.80}; give a mapping")
            yield target
        return
    for key, wanted in targets.items():
        motion = _as_motion(key)
        percentile = _percentile(wanted)
        if percentile is None:
            amount = _as_mm(motion.name, wanted)
            yield Target(motion, amount, f"{amount:g} mm")
        else:
            known = sex or (None if hip is None else sex_of(hip))
            yield _from_reference(motion, percentile, known, reference)


def _as_motion(key: object) -> Motion:
    """Return a motion that is given by name or as itself."""
    if isinstance(key, Motion):
        return key
    name = as_choice(str(key), tuple(NAMED_MOTIONS), name="the motion of a target")
    try:
        return NAMED_MOTIONS[name]()
    except (TypeError, InputError) as error:
        raise InputError(f"{name!r} needs angles, give the target a Motion: {error}") from None


def _percentile(wanted: Wanted) -> float | None:
    """Return the percentile somebody wants, None where it is a length."""
    match = _PERCENTILE.match(wanted) if isinstance(wanted, str) else None
    if match is None:
        return None
    return as_number(match[1], name="a percentile", low=0, high=100)


def _as_mm(motion: str, wanted: Wanted) -> float:
    """Return a length in mm."""
    match = _MM.match(wanted) if isinstance(wanted, str) else None
    if isinstance(wanted, bool) or (isinstance(wanted, str) and match is None):
        raise InputError(
            f"the target of {motion!r} must be millimetres (17) or a percentile of the reference "
            f"population (p25), got {wanted!r}"
        )
    return as_number(wanted if match is None else match[1], name=f"the target of {motion!r}")


def _from_reference(
    motion: Motion, percentile: float, sex: Sex | None, reference: Reference | None
) -> Target:
    """Return the target that a percentile of a population stands for."""
    stated = f"p{percentile:g}"
    if sex is None:
        raise InputError(
            f"target {stated} of {motion.name!r} is a percentile of women or of men, and the sex "
            "of this hip is not known: give sex='female' or 'male' (--sex on the command line, "
            "'sex:' in case.yaml), or state the target in mm"
        )
    name = _name_of(motion)
    if name is None:
        raise InputError(
            f"target {stated} needs the motion the reference population was measured in; "
            f"{motion.name!r} has other poses or zeros, so state its target in mm"
        )
    value = (reference or _shipped_reference()).percentile_mm(name, percentile, sex=sex)
    words = f"{stated} of the {sex} reference population, {value:.1f} mm"
    if value < NO_CONTACT_MM:
        words += f", raised to {NO_CONTACT_MM:g} mm (no contact)"
    return Target(motion, max(value, NO_CONTACT_MM), words)


def _name_of(motion: Motion) -> str | None:
    """Return the name under which a motion's poses and zeros are known, or None."""
    for name, make in NAMED_MOTIONS.items():
        if name not in WITHOUT_DEFAULT and make().same_poses(motion):
            return name
    return None


def _shipped_reference() -> Reference:
    """Return the reference population that comes with the software."""
    from hipsim.planning.reference import reference_population

    return reference_population()
