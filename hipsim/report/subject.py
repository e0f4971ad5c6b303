"""What a report tells: one hip, its plans, its motions, and the clearance of every combination."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.errors import InputError
from hipsim.kinematics import Motion
from hipsim.planning.clearance import Clearance, ClearanceQuery

Progress = Callable[[int, int], None]
MOST_PLANS, MOST_MOTIONS = 8, 12


@dataclass(frozen=True)
class Figure:
    """A picture that is on the disk: what it shows, and where it is.

    Parameters
    ----------
    path
        A PNG or SVG.
    title
        What it shows, as a heading and for those who do not see it.
    is_wide
        Whether it takes the width of a page.
    """

    path: Path
    title: str
    is_wide: bool = True


@dataclass(frozen=True, eq=False)
class Subject:
    """A hip as it is, the same hip after each plan, and how near the bones come.

    Parameters
    ----------
    plans
        Name of each plan to the hip after it; the first is the hip as it is.
    motions
        What the hip is moved through.
    clearances
        ``clearances[plan][motion name]``.
    facts
        For each plan, what a table says of it besides the space: heading to value as read.
    sentences
        What the page says first, each a sentence; made from the numbers if there are none.
    details
        What it says of the plans one by one.
    decision
        The table the page begins with: ``heads``, ``caption`` and ``rows``, each with ``cells``,
        which of them fall ``short``, the ``plan`` it shows, and whether it ``is_cheapest``; none
        if empty.
    figures
        Pictures beside those a report draws itself; on paper only, the page has its own.

    Raises
    ------
    InputError
        If there is no plan or motion, or more than a page can show.
    """

    plans: Mapping[str, Hip]
    motions: tuple[Motion, ...]
    clearances: Mapping[str, Mapping[str, Clearance]]
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    decision: Mapping[str, Any] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()

    def __post_init__(self) -> None:
        for name, count, most in (
            ("plans", len(self.plans), MOST_PLANS),
            ("motions", len(self.motions), MOST_MOTIONS),
        ):
            if not 1 <= count <= most:
                raise InputError(
                    f"a report shows 1 to {most} {name}, got {count}: choose the ones to show"
                )

    @property
    def hip(self) -> Hip:
        """The hip as it is."""
        return next(iter(self.plans.values()))

    @property
    def intact(self) -> str:
        """Name of the first plan, the hip as it is."""
        return next(iter(self.plans))


def make_subject(
    plans: Mapping[str, Hip],
    motions: Sequence[Motion],
    *,
    regions: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    **told: Any,
) -> Subject:
    """Measure every plan along every motion.

    Parameters
    ----------
    plans
        Name of each plan to the hip after it; the first is the hip as it is.
    motions
        What the hip is moved through.
    regions
        ``femoral_region`` and ``pelvic_region``, if others than the defaults of
        :class:`~hipsim.planning.clearance.ClearanceQuery`.
    progress
        Called with (done, total) after each plan.
    **told
        ``facts``, ``sentences``, ``details``, ``decision`` and ``figures`` of :class:`Subject`.

    Raises
    ------
    InputError
        If there is no plan or motion, or more than a page can show.
    AnatomyError
        If a region is empty or a landmark is missing.

    Examples
    --------
    >>> from hipsim.io.hips import load_hip
    >>> from hipsim.kinematics import motions
    >>> subject = make_subject({"intact": load_hip("woman_narrow")}, [motions.neutral()])
    >>> round(subject.clearances["intact"]["neutral"].minimum_mm) > 0
    True
    """
    measured: dict[str, dict[str, Clearance]] = {}
    intact: ClearanceQuery | None = None
    for name, hip in plans.items():
        query = _query(intact, hip, regions or {})
        intact = intact or query
        measured[name] = {motion.name: query(motion) for motion in motions}
        if progress is not None:
            progress(len(measured), len(plans))
    return Subject(plans, tuple(motions), measured, **told)


def _query(intact: ClearanceQuery | None, hip: Hip, regions: Mapping[str, str]) -> ClearanceQuery:
    """Return the query of a hip; plans that leave the pelvis as it is share what is known of it."""
    if intact is None or hip.hip_bone is not intact.hip.hip_bone:
        return ClearanceQuery(hip, **regions)
    return intact.after(hip)
