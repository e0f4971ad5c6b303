"""What is not known exactly when a plan is made: one table of errors with their sources.

Landmark figures are root mean square distances in space of five raters with four trials each to
their mean, on 19 CT femora (public ratings of Fischer et al. 2020, doi 10.1038/s41598-020-77479-z,
computed anew). A landmark error is normal and the same in every direction. Automatic landmarks
repeat better than raters; the raters' scatter is kept because it tells how well the place itself is
defined. No scatter of pelvic raters was found: the lesser trochanter's is assumed. A pose error is
one offset for the whole motion.

Execution: a freehand resection misses the planned volume by 758 +- 477 mm3, a guided one by 31 +-
221 (16 models, PMC4718491). Divided by the area of the planned cut that is an error of depth; the
sign of the mean is not published, so the root mean square of mean and spread is taken, without
bias. No published error of the angle of a derotation was found: assumed.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from hipsim.checks import Array
from hipsim.errors import InputError

Execution = Literal["freehand", "guided"]
EXECUTIONS: tuple[Execution, ...] = ("freehand", "guided")
VOLUME_ERROR_MM3: dict[Execution, float] = {  # sqrt(mean^2 + SD^2)
    "freehand": 896.0,
    "guided": 223.0,
}
ANGLE_ERROR_DEG: dict[Execution, float] = {"freehand": 5.0, "guided": 2.0}
RATERS = "5 raters x 4 trials, 19 CT femora"
MOST_SAMPLES = 2**16


@dataclass(frozen=True)
class Prior:
    """One thing that is not known exactly.

    Parameters
    ----------
    name
        What it is.
    kind
        ``"landmark"``, error of a point; ``"surface"``, of a bone's surface, outward positive;
        ``"pose"``, of a joint angle; ``"execution"``, of what surgery does.
    sd
        Standard deviation; of a landmark along each axis.
    unit
        ``"mm"`` or ``"deg"``.
    source
        Where the figure comes from.
    points
        Landmarks that share it, each with an error of its own.

    Examples
    --------
    >>> Prior("head centre", "landmark", 0.3, "mm", "raters", ("hip_joint_centre",)).n_inputs
    3
    """

    name: str
    kind: Literal["landmark", "surface", "pose", "execution"]
    sd: float
    unit: Literal["mm", "deg"]
    source: str
    points: tuple[str, ...] = ()

    @property
    def n_inputs(self) -> int:
        """How many independent numbers it stands for."""
        return 3 * len(self.points) if self.points else 1


def _rater(name: str, rms_mm: float, *points: str, source: str = RATERS) -> Prior:
    """Return the prior of landmarks whose raters scatter by so much in space."""
    return Prior(name, "landmark", rms_mm / np.sqrt(3.0), "mm", source, points)


_ASSUMED = "assumed as for the lesser trochanter (2.96 mm): no scatter of pelvic raters was found"
PRIORS: tuple[Prior, ...] = (
    _rater("head centre", 0.54, "hip_joint_centre"),
    _rater("medial epicondyle", 5.4, "medial_epicondyle"),
    _rater("lateral epicondyle", 3.3, "lateral_epicondyle"),
    _rater("medial posterior condyle", 3.1, "medial_posterior_condyle"),
    _rater("lateral posterior condyle", 3.4, "lateral_posterior_condyle"),
    _rater("spines (ASIS)", 2.96, "asis_right", "asis_left", source=_ASSUMED),
    _rater("pubic tubercles", 2.96, "pubic_tubercle_right", "pubic_tubercle_left", source=_ASSUMED),
    Prior("femoral surface", "surface", 0.4, "mm", "CT bone within 0.8 mm, read as 2 SD"),
    Prior("ischial surface", "surface", 0.4, "mm", "CT bone within 0.8 mm, read as 2 SD"),
    Prior("flexion", "pose", 2.0, "deg", "motion capture 1.8 to 2.2 deg (Wang 2023)"),
    Prior("adduction", "pose", 2.0, "deg", "motion capture 1.8 to 2.2 deg (Wang 2023)"),
    Prior("rotation", "pose", 2.0, "deg", "motion capture 1.8 to 2.2 deg (Wang 2023)"),
)


def execution_priors(execution: Execution, *, cut_area_mm2: float) -> tuple[Prior, ...]:
    """Return the errors of carrying a resection and a derotation out.

    Parameters
    ----------
    execution
        ``"freehand"`` or ``"guided"``.
    cut_area_mm2
        Area of the cut through the lesser trochanter.

    Examples
    --------
    >>> [round(p.sd, 2) for p in execution_priors("guided", cut_area_mm2=223.0)]
    [1.0, 2.0]
    """
    volume = VOLUME_ERROR_MM3[execution]
    source = f"{execution}: volume missed by {volume:g} mm3 (PMC4718491)"
    return (
        Prior("resection depth", "execution", volume / cut_area_mm2, "mm", source),
        Prior("derotation angle", "execution", ANGLE_ERROR_DEG[execution], "deg", "assumed"),
    )


def draw_errors(priors: tuple[Prior, ...], n: int, *, seed: int = 0) -> dict[str, Array]:
    """Draw errors, evenly spread (scrambled Sobol sequence).

    Parameters
    ----------
    priors
        What to draw, k inputs in all.
    n
        Samples; a power of two spreads best.
    seed
        Same seed, same samples.

    Returns
    -------
    errors
        Name of each prior to its errors in its unit, shape (n, n_inputs).

    Raises
    ------
    InputError
        If n is not a whole number within 2 to 65,536.

    Examples
    --------
    >>> drawn = draw_errors(PRIORS, 256, seed=1)
    >>> drawn["flexion"].shape, bool(abs(drawn["flexion"].std() - 2.0) < 0.1)
    ((256, 1), True)
    """
    if isinstance(n, bool) or not isinstance(n, int) or not 2 <= n <= MOST_SAMPLES:
        raise InputError(f"n must be a whole number within 2 to {MOST_SAMPLES}, got {n!r}")
    widths = [prior.n_inputs for prior in priors]
    sequence = qmc.Sobol(sum(widths), scramble=True, seed=np.random.default_rng(seed))
    uniform = sequence.random_base2((n - 1).bit_length())[:n]
    scores = ndtri(np.clip(uniform, 2.0**-53, 1.0 - 2.0**-53))
    parts = np.split(scores, np.cumsum(widths)[:-1], axis=1)
    return {p.name: p.sd * part for p, part in zip(priors, parts, strict=True)}
