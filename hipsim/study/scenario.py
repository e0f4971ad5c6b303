"""The scenario file: hips, motions, procedures with amounts, targets; every key checked.

A scenario is YAML, TOML or JSON:

.. code-block:: yaml

    name: IFI test
    hips:
      - woman_narrow                                       # embedded, or a case folder
      - {case: ../cases/z*, side: left}                    # every folder that fits
      - {virtual: female, version_deg: [10, 20, 30]}       # made from numbers
      - {population: 100, method: sobol}                   # drawn from published spreads
      - {morph: woman, version_deg: {start: -10, stop: 10, step: 10}}
    motions: [neutral, {motion: ifi_test, adduction_deg: 15}]
    procedures:
      - {procedure: resect_lesser_trochanter, depth_mm: {start: 0, stop: 10, step: 2.5}}
      - {procedure: derotate_femur, angle_deg: [10, 20, 30]}
    combine: each            # or product: every resection with every derotation; or zip
    targets_mm: {neutral: 17}
    outputs: {poses: points, measures: all, pictures: all}
    seed: 1

All problems of a file are reported at once, each as ``file:line:column: where: what``. The intact
hip is always the first plan.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hipsim.errors import HipsimError, ScenarioError
from hipsim.io.catalogue import scenario_file
from hipsim.io.settings_files import read_settings
from hipsim.io.spelling import did_you_mean
from hipsim.io.yaml_files import Location, YamlFile
from hipsim.kinematics import Motion
from hipsim.study.complaints import complaints, in_reading_order
from hipsim.study.hips import expand_hips
from hipsim.study.keywords import said
from hipsim.study.plans import Plan, expand_plans
from hipsim.study.schema import MOTIONS, OutputsEntry, ScenarioEntry
from hipsim.study.sources import HipSource


@dataclass(frozen=True)
class Scenario:
    """A checked scenario: what will be run.

    Parameters
    ----------
    file
        The file it came from, with its text.
    name, description
        For people.
    hips, motions, plans
        What is combined with what; ``plans[0]`` is the intact hip.
    targets_mm
        Motion name to the space wanted over it.
    femoral_region, pelvic_region
        Between which clearance is measured.
    outputs
        What is kept: ``poses``, ``measures``, ``pictures``.
    seed
        Of everything drawn at random.
    """

    file: YamlFile
    name: str
    description: str
    hips: tuple[HipSource, ...]
    motions: tuple[Motion, ...]
    plans: tuple[Plan, ...]
    targets_mm: Mapping[str, float]
    femoral_region: str
    pelvic_region: str
    outputs: OutputsEntry
    seed: int

    @property
    def pictures(self) -> str:
        """Which pictures are wanted: ``"all"``, ``"curves"`` or ``"none"``."""
        return self.outputs.pictures

    @property
    def side_effects(self) -> str:
        """Whether what surgery costs is measured: ``"all"`` or ``"none"``."""
        return self.outputs.side_effects

    @property
    def n_plans(self) -> int:
        """Number of hip x plan combinations, the intact hips among them."""
        return len(self.hips) * len(self.plans)

    @property
    def n_runs(self) -> int:
        """Number of hip x plan x motion combinations."""
        return self.n_plans * len(self.motions)

    @property
    def n_poses(self) -> int:
        """Number of poses of all motions together."""
        return sum(motion.n_poses for motion in self.motions)


@dataclass(frozen=True)
class _Sheet:
    """The file being checked and the problems found so far."""

    file: YamlFile
    problems: list[str]

    def complain(self, place: Location, what: object) -> None:
        """Note a problem at a place of the file."""
        path = ".".join(map(str, place))
        self.problems.append(f"{self.file.where(place)}: {path}: {what}")

    def complain_near(self, place: Location, error: Exception, entry: Any) -> None:
        """Note a refusal at the key it names, if it names one."""
        given = [key for key in type(entry).model_fields if key in entry.model_fields_set]
        named = [key for key in given if str(error).startswith(key)] or [
            key for key in given if "_" in key and key in str(error)
        ]
        self.complain((*place, named[0]) if named else place, error)


def load_scenario(path: str | Path) -> Scenario:
    """Read and check a scenario file.

    Parameters
    ----------
    path
        A .yaml, .toml or .json file, or the name of an embedded one; case folders and motion files
        in it are relative to it.

    Raises
    ------
    ScenarioError
        With one line per problem: ``file:line:column: where: wanted, got, did you mean``.

    Examples
    --------
    >>> scenario = load_scenario("ifi_test_narrow")
    >>> scenario.plans[0].name
    'intact'
    """
    file = read_settings(scenario_file(path), ScenarioError)
    try:
        entry = ScenarioEntry.model_validate(file.data)
    except ValidationError as error:
        raise ScenarioError("\n".join(complaints(error, file))) from None
    sheet = _Sheet(file, [])
    hips, motions, plans = _hips(entry, sheet), _motions(entry, sheet), _plans(entry, sheet)
    _check_targets(entry, motions, sheet)
    outputs = _outputs(entry, sheet)
    if sheet.problems:
        raise ScenarioError("\n".join(in_reading_order(sheet.problems)))
    return Scenario(
        file=file,
        name=entry.name,
        description=entry.description,
        hips=hips,
        motions=motions,
        plans=plans,
        targets_mm=entry.targets_mm,
        femoral_region=entry.femoral_region,
        pelvic_region=entry.pelvic_region,
        outputs=outputs,
        seed=entry.seed,
    )


def _hips(entry: ScenarioEntry, sheet: _Sheet) -> tuple[HipSource, ...]:
    """List every hip; bones are read and made when the study runs."""
    sources: list[HipSource] = []
    seen: set[str] = set()
    for index, item in enumerate(entry.hips):
        try:
            found = expand_hips(item, sheet.file.path.parent, seed=entry.seed)
        except HipsimError as error:
            sheet.complain_near(("hips", index), error, item)
            continue
        _refuse_twins([hip.name for hip in found], seen, ("hips", index), sheet)
        sources += found
    return tuple(sources)


def _motions(entry: ScenarioEntry, sheet: _Sheet) -> tuple[Motion, ...]:
    """Build every motion; what its function refuses is reported at the key it names."""
    motions: list[Motion] = []
    seen: set[str] = set()
    for index, item in enumerate(entry.motions):
        try:
            motion = _motion(item, sheet.file.path.parent)
        except HipsimError as error:
            sheet.complain_near(("motions", index), error, item)
            continue
        _refuse_twins([motion.name], seen, ("motions", index), sheet)
        motions.append(motion)
    return tuple(motions)


def _motion(item: Any, folder: Path) -> Motion:
    """Build one motion; the path of a motion file is relative to the scenario."""
    function: Callable[..., Motion] = MOTIONS[item.motion]
    given = said(item, frozenset({"motion"}))
    own = inspect.signature(function).parameters
    keywords = {key: value for key, value in given.items() if key in own}
    if "path" in keywords:
        keywords["path"] = folder / keywords["path"]
    return function(**keywords).evolved(**{k: v for k, v in given.items() if k not in own})


def _plans(entry: ScenarioEntry, sheet: _Sheet) -> tuple[Plan, ...]:
    """List the plans."""
    try:
        return expand_plans(entry.procedures, entry.combine)
    except HipsimError as error:
        sheet.complain(("procedures",), error)
        return ()


def _refuse_twins(names: list[str], seen: set[str], place: Location, sheet: _Sheet) -> None:
    """Names must differ, for tables and files are labelled by them."""
    for name in names:
        if name in seen:
            sheet.complain(place, f"{name!r} is here twice; give one of them another 'name'")
            return
        seen.add(name)


def _check_targets(entry: ScenarioEntry, motions: tuple[Motion, ...], sheet: _Sheet) -> None:
    """Targets belong to motions of the scenario."""
    names = [motion.name for motion in motions]
    for target in entry.targets_mm:
        if target not in names:
            hint = did_you_mean(target, names) or f"; motions here: {', '.join(names)}"
            where = sheet.file.where(("targets_mm", target))
            sheet.problems.append(f"{where}: targets_mm: no motion {target!r}{hint}")


def _outputs(entry: ScenarioEntry, sheet: _Sheet) -> OutputsEntry:
    """Return what is kept; ``pictures`` may stand at the top or under ``outputs``."""
    if entry.pictures is None:
        return entry.outputs
    if "pictures" in entry.outputs.model_fields_set:
        sheet.complain(("pictures",), "pictures stands under outputs too; keep one of them")
    return entry.outputs.model_copy(update={"pictures": entry.pictures})
