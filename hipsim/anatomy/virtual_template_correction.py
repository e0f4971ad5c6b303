"""What a body must be made from so that it measures as asked: learned once, applied at once.

The generator finds it by contouring again and again (:mod:`hipsim.anatomy.virtual_fit`). What it
corrects is smooth: measured minus made is close to a linear function of all parameters. It is
learned here by ridge regression from some bodies of a population, moved templates measured by the
generator's own measures, and then undone without making anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from hipsim.anatomy.virtual_shape import HipShape
from hipsim.checks import Array

PENALTY = 1.0  # of a squared coefficient, against one squared standardised residual
LEAST_FOLLOWING = 0.25  # of what a parameter is changed by; a surface that follows less is left
ROUNDS = 8  # of undoing; the correction is small, so that each takes off most of what is left
PARAMETERS = tuple(f.name for f in fields(HipShape) if f.name != "sex")


@dataclass(frozen=True, eq=False)
class Correction:
    """A linear model of measured minus made; build with :meth:`learned`.

    Attributes
    ----------
    names
        Parameters that are measured and that the surface follows, k of them.
    mean, scale
        Of all parameters in the sample, shape (p,) each.
    slopes
        Of the differences per standardised parameter, and the differences at the mean, last,
        shape (k, p + 1).
    """

    names: tuple[str, ...]
    mean: Array
    scale: Array
    slopes: Array

    @classmethod
    def learned(
        cls, made: Sequence[HipShape], measured: Sequence[dict[str, float]]
    ) -> "Correction":
        """Fit the model to bodies and what they measure."""
        names = [name for name in measured[0] if name in PARAMETERS]
        rows = np.array([_row(shape) for shape in made])
        own = [PARAMETERS.index(name) for name in names]
        off = np.array([[values[n] for n in names] for values in measured]) - rows[:, own]
        mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
        design = (rows - mean) / scale
        normal = design.T @ design + PENALTY * np.eye(design.shape[1])
        slopes = np.linalg.solve(normal, design.T @ (off - off.mean(axis=0)))
        model = np.column_stack([slopes.T, off.mean(axis=0)])
        follows = model[np.arange(len(own)), own] / scale[own] > LEAST_FOLLOWING - 1.0
        kept = tuple(name for name, does in zip(names, follows, strict=True) if does)
        return cls(kept, mean, scale, model[follows])

    def undone(self, asked: HipShape) -> HipShape:
        """Return the shape to make so that what is asked is measured."""
        columns = [PARAMETERS.index(name) for name in self.names]
        wanted = _row(asked)
        made = wanted.copy()
        for _ in range(ROUNDS):
            off = self.slopes[:, :-1] @ ((made - self.mean) / self.scale) + self.slopes[:, -1]
            made[columns] = wanted[columns] - off
        values: dict[str, Any] = {n: float(made[PARAMETERS.index(n)]) for n in self.names}
        return replace(asked, **values)


def _row(shape: HipShape) -> Array:
    """Return the parameters of a shape, shape (p,)."""
    return np.array([getattr(shape, name) for name in PARAMETERS])
