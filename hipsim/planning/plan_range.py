"""The impingement-free range as a hip is and after every option, where bone limits it most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hipsim.anatomy.hip import Hip
from hipsim.planning.free_range import SEARCHED_DEG, FreeRange, free_range


@dataclass(frozen=True, eq=False)
class PlanRange:
    """How far a hip goes from neutral before femur and ischium have less than 2 mm of room.

    Parameters
    ----------
    before
        All directions, as the hip is.
    after
        Option name to the range after it, in the directions bone limits as the hip is.
    """

    before: FreeRange
    after: Mapping[str, FreeRange]

    @property
    def limited(self) -> tuple[str, ...]:
        """The directions bone limits, the most limited first."""
        return limited_directions(self.before)

    @property
    def most_limited(self) -> str | None:
        """The direction bone limits to the smallest angle; None where it limits none."""
        return next(iter(self.limited), None)

    def limit_deg(self, option: str | None = None) -> float | None:
        """Return how far the most limited direction goes as the hip is, or after an option.

        Parameters
        ----------
        option
            Its name; the hip as it is by default.
        """
        way = self.most_limited
        found = self.before if option is None else self.after.get(option)
        return None if way is None or found is None else found.limits[way].limit_deg

    def gain_deg(self, option: str) -> float | None:
        """Return what an option gains in the most limited direction; at least so, if unlimited.

        Parameters
        ----------
        option
            Its name.
        """
        before, after = self.limit_deg(), self.limit_deg(option)
        return None if before is None or after is None else after - before

    def is_open(self, option: str) -> bool:
        """Whether, after an option, bone no longer limits that direction within what is searched.

        Parameters
        ----------
        option
            Its name.
        """
        way, limit = self.most_limited, self.limit_deg(option)
        return way is not None and limit is not None and limit >= SEARCHED_DEG[way]


def limited_directions(found: FreeRange) -> tuple[str, ...]:
    """Return the directions that bone limits, the smallest angle first.

    Parameters
    ----------
    found
        The range.
    """
    names = [name for name, limit in found.limits.items() if limit.limited_by == "bone"]
    return tuple(sorted(names, key=lambda name: found.limits[name].limit_deg))


def plan_range(hip: Hip, options: Mapping[str, Hip]) -> PlanRange:
    """Find the range before, and after every option in the directions that bone limits.

    Parameters
    ----------
    hip
        The hip as it is.
    options
        Name of an option to the hip after it.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark is missing.

    Examples
    --------
    >>> import hipsim as hs
    >>> hip = hs.load_hip("woman_narrow")
    >>> found = plan_range(hip, {"10 deg": hs.derotate_femur(hip, angle_deg=10)})
    >>> found.most_limited, found.gain_deg("10 deg") > 0
    ('adduction', True)
    """
    before = free_range(hip)
    asked: Sequence[str] = limited_directions(before)
    after = {} if not asked else options
    return PlanRange(before, {n: free_range(h, directions=asked) for n, h in after.items()})
