"""How far soft tissue lets a hip go, whatever its bones would allow: named, sourced, optional.

A bone model has no capsule, no ligament and no muscle, so its range is an upper limit: in cadavers
soft tissue took 5 to 80 deg off what bone allowed, depending on the motion (Han et al., J Orthop
Res, 8 cadavers, 17 manoeuvres). The caps here are means of populations, measured in one position;
they are not this patient's, and nobody knows them for every pose. A person's own figures, measured
at the bedside, are a cap as well: make a :class:`SoftTissueCap` with their source.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hipsim.checks import Array, as_choice, as_number
from hipsim.errors import InputError

# the angle of a direction, and its sign in it
DIRECTIONS: dict[str, tuple[str, int]] = {
    "flexion": ("flexion", 1),
    "extension": ("flexion", -1),
    "adduction": ("adduction", 1),
    "abduction": ("adduction", -1),
    "internal_rotation": ("rotation", 1),
    "external_rotation": ("rotation", -1),
}


@dataclass(frozen=True)
class SoftTissueCap:
    """Largest angles soft tissue allows, by direction.

    Parameters
    ----------
    name
        What it is called in tables.
    limits_deg
        Direction to its limit, positive degrees; directions that are not named are not capped.
    source
        Where the figures come from.

    Raises
    ------
    InputError
        If a direction is unknown, or a limit is not within 0 to 180 deg.

    Examples
    --------
    >>> SoftTissueCap("examined", {"extension": 15}, "goniometer, prone").limit_deg("extension")
    15.0
    """

    name: str
    limits_deg: Mapping[str, float]
    source: str

    def __post_init__(self) -> None:
        limits = {
            as_choice(direction, tuple(DIRECTIONS), name="direction"): as_number(
                limit, name=f"limit of {direction}", low=0.0, high=180.0, unit="deg"
            )
            for direction, limit in self.limits_deg.items()
        }
        if not limits:
            raise InputError(f"cap {self.name!r} needs at least one direction with its limit")
        object.__setattr__(self, "limits_deg", limits)

    def limit_deg(self, direction: str) -> float | None:
        """Return the limit of a direction, None where there is none."""
        return self.limits_deg.get(as_choice(direction, tuple(DIRECTIONS), name="direction"))

    def interval_deg(self, angle: str) -> tuple[float, float]:
        """Return the interval left to ``flexion``, ``adduction`` or ``rotation``, signed.

        Examples
        --------
        >>> CAPS["kouyoumdjian_2012_supine"].interval_deg("rotation")
        (-38.5, 29.6)
        """
        ends = {-1: -180.0, 1: 180.0}
        for direction, limit in self.limits_deg.items():
            named, sign = DIRECTIONS[direction]
            if named == angle:
                ends[sign] = sign * limit
        return ends[-1], ends[1]


_KOUYOUMDJIAN = "passive rotation of 120 adults, mean, {}: Kouyoumdjian et al. 2012"
CAPS: dict[str, SoftTissueCap] = {
    cap.name: cap
    for cap in (
        SoftTissueCap(
            "kouyoumdjian_2012_supine",
            {"external_rotation": 38.5, "internal_rotation": 29.6},
            _KOUYOUMDJIAN.format("supine"),
        ),
        SoftTissueCap(
            "kouyoumdjian_2012_prone",
            {"external_rotation": 41.8, "internal_rotation": 35.2},
            _KOUYOUMDJIAN.format("prone"),
        ),
    )
}


def as_cap(cap: SoftTissueCap | str | None) -> SoftTissueCap | None:
    """Return a cap by its name, or as it is.

    Raises
    ------
    InputError
        If there is no cap of that name.

    Examples
    --------
    >>> as_cap("kouyoumdjian_2012_prone").limit_deg("external_rotation")
    41.8
    """
    return CAPS[as_choice(cap, tuple(CAPS), name="cap")] if isinstance(cap, str) else cap


def shares_within(edges_deg: Array, interval_deg: tuple[float, float]) -> Array:
    """Return which share of each cell between edges (k + 1,) lies in an interval, shape (k,).

    Examples
    --------
    >>> import numpy as np
    >>> shares_within(np.array([0.0, 1.0, 2.0, 3.0]), (0.5, 2.0)).tolist()
    [0.5, 1.0, 0.0]
    """
    low, high = edges_deg[:-1], edges_deg[1:]
    inside = high.clip(*interval_deg) - low.clip(*interval_deg)
    share: Array = inside / (high - low)
    return share
