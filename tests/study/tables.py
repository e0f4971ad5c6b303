"""Tables of hips, as a run or a cohort would have left them, without running anything."""

import json

import numpy as np

from hipsim.anatomy.population import sample_population
from hipsim.kinematics import motions
from hipsim.planning.cohort import Cohort
from hipsim.study.analysis_data import HipTable
from hipsim.study.cohort_files import write_cohort

N = 40


def trial_table(n: int = N) -> HipTable:
    """Return n hips of as many persons, three plans, two motions, a column that explains space."""
    chance = np.random.default_rng(7)
    version = chance.normal(15.0, 8.0, n)
    neutral = 22.0 - 0.4 * version + chance.normal(0.0, 2.0, n)
    names = np.array([f"p{i:02d}" for i in range(n)])
    spaces = {}
    for motion, before in (("neutral", neutral), ("walk", neutral - 5.0)):
        spaces[motion, "intact"] = before
        spaces[motion, "resection 5 mm"] = before + 2.0 + chance.normal(0.0, 0.5, n)
        spaces[motion, "resection 10 mm"] = before + 4.0 + chance.normal(0.0, 0.5, n)
        spaces[motion, "derotation 20 deg"] = before + 7.0 + chance.normal(0.0, 0.5, n)
    return HipTable(
        title="made up",
        kind="run",
        hips=names,
        persons=names,
        words={"sex": np.where(np.arange(n) % 2, "male", "female"), "side": np.full(n, "right")},
        numbers={"measured_version_deg": version, "measured_same_mm": np.ones(n)},
        space_mm=spaces,
        costs={"version_change_deg": {"derotation 20 deg": np.full(n, -20.0)}},
        targets_mm={"neutral": 17.0},
        in_reference=("neutral",),
    )


def cohort_folder(folder, n: int = 60, failures: int = 1):
    """Write a cohort whose space falls by 0.3 mm per degree of version."""
    population, motion = sample_population(n, seed=3), motions.neutral()
    at = list(population.as_table()).index("version_deg") - 2
    space = 20.0 - 0.3 * population.values[:, at] + np.random.default_rng(0).normal(0.0, 1.0, n)
    space[:failures] = np.nan
    found = Cohort(
        population,
        (motion,),
        {"neutral": space[:, None].astype(np.float32)},
        {"neutral": np.full((n, 1), 2, np.int8)},
        {i: "out of reach" for i in range(failures)},
    )
    write_cohort(found, folder)
    return folder


def edit_manifest(folder, **changes):
    """Change what a manifest says."""
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
