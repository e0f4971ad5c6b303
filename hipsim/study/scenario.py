"""The scenario file: hips, motions, procedures with amounts, targets; every key checked.

A scenario is YAML:

.. code-block:: yaml

    name: IFI test
    hips: [woman_narrow, {case: ../cases/z027, side: left}]
    motions: [neutral, {motion: ifi_test, adduction_deg: 15}]
    procedures:
      - {procedure: resect_lesser_trochanter, depth_mm: {start: 0, stop: 10, step: 2.5}}
      - {procedure: derotate_femur, angle_deg: [10, 20, 30]}
    combine: each            # or product: every resection with every derotation
    targets_mm: {neutral: 17}

All problems of a file are reported at once, each as ``file:line:column: where: what``. The intact
hip is always the first plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from hipsim.checks import as_side
from hipsim.errors import HipsimError, InputError, ScenarioError
from hipsim.io.cases import Case
from hipsim.io.hips import resolve_case
from hipsim.io.spelling import did_you_mean
from hipsim.io.yaml_files import Location, YamlFile, read_yaml
from hipsim.kinematics import Motion
from hipsim.kinematics.motions import NAMED_MOTIONS
from hipsim.study.complaints import complaints, in_reading_order
from hipsim.study.keywords import said
from hipsim.study.plans import Plan, expand_plans
from hipsim.study.schema import MOTION_KEYS, HipEntry, ScenarioEntry


@dataclass(frozen=True)
class HipChoice:
    """A hip a scenario names: its case, side and name in tables."""

    case: Case
    side: str
    name: str


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
    pictures
        ``"all"``, ``"curves"`` or ``"none"``.
    """

    file: YamlFile
    name: str
    description: str
    hips: tuple[HipChoice, ...]
    motions: tuple[Motion, ...]
    plans: tuple[Plan, ...]
    targets_mm: Mapping[str, float]
    femoral_region: str
    pelvic_region: str
    pictures: str

    @property
    def n_runs(self) -> int:
        """Number of hip x plan x motion combinations."""
        return len(self.hips) * len(self.plans) * len(self.motions)


def load_scenario(path: str | Path) -> Scenario:
    """Read and check a scenario file.

    Parameters
    ----------
    path
        A YAML file; case folders in it are relative to it.

    Raises
    ------
    ScenarioError
        With one line per problem: ``file:line:column: where: wanted, got, did you mean``.

    Examples
    --------
    >>> from hipsim.io.catalogue import embedded_scenarios
    >>> scenario = load_scenario(embedded_scenarios()["ifi_test_narrow"])
    >>> scenario.plans[0].name
    'intact'
    """
    file = read_yaml(path, ScenarioError)
    try:
        entry = ScenarioEntry.model_validate(file.data)
    except ValidationError as error:
        raise ScenarioError("\n".join(complaints(error, file))) from None
    problems: list[str] = []
    hips = _hips(entry, file, problems)
    motions = _motions(entry, file, problems)
    plans = expand_plans(entry.procedures, entry.combine)
    _check_targets(entry, motions, file, problems)
    if problems:
        raise ScenarioError("\n".join(in_reading_order(problems)))
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
        pictures=entry.pictures,
    )


def _hips(entry: ScenarioEntry, file: YamlFile, problems: list[str]) -> tuple[HipChoice, ...]:
    """Find the case of every hip; the meshes are read when the scenario runs."""
    choices: dict[int, HipChoice] = {}
    for index, item in enumerate(entry.hips):
        try:
            choices[index] = _hip_choice(item, file.path.parent)
        except InputError as error:
            problems.append(f"{file.where(('hips', index))}: hips.{index}: {error}")
    _refuse_twins({i: hip.name for i, hip in choices.items()}, "hips", file, problems)
    return tuple(choices.values())


def _hip_choice(item: HipEntry, folder: Path) -> HipChoice:
    """Resolve one hip: an embedded name, else a path relative to the scenario."""
    beside = folder / item.case
    is_beside = beside.exists() or len(Path(item.case).parts) > 1
    case = resolve_case(beside if is_beside else item.case)
    side = case.side(None if item.side is None else as_side(item.side))
    is_paired = len(case.sides) > 1
    return HipChoice(case, side, item.name or (f"{case.name}_{side}" if is_paired else case.name))


def _motions(entry: ScenarioEntry, file: YamlFile, problems: list[str]) -> tuple[Motion, ...]:
    """Build every motion; what its function refuses is reported at the key it names."""
    motions: dict[int, Motion] = {}
    for index, item in enumerate(entry.motions):
        keywords = said(item, frozenset({"motion", *MOTION_KEYS}))
        changes = said(item, frozenset(keywords) | {"motion"})
        try:
            motions[index] = NAMED_MOTIONS[item.motion](**keywords).evolved(**changes)
        except HipsimError as error:
            place: Location = ("motions", index)
            named = [key for key in type(item).model_fields if key in str(error)]
            place = (*place, named[0]) if named else place
            problems.append(f"{file.where(place)}: {'.'.join(map(str, place))}: {error}")
    _refuse_twins({i: motion.name for i, motion in motions.items()}, "motions", file, problems)
    return tuple(motions.values())


def _refuse_twins(names: dict[int, str], kind: str, file: YamlFile, problems: list[str]) -> None:
    """Names must differ, for tables and files are labelled by them."""
    for index, name in names.items():
        if name in [earlier for i, earlier in names.items() if i < index]:
            problems.append(
                f"{file.where((kind, index))}: {kind}.{index}: {name!r} is here twice; "
                f"give one of them another 'name'"
            )


def _check_targets(
    entry: ScenarioEntry, motions: tuple[Motion, ...], file: YamlFile, problems: list[str]
) -> None:
    """Targets belong to motions of the scenario."""
    names = [motion.name for motion in motions]
    for target in entry.targets_mm:
        if target not in names:
            hint = did_you_mean(target, names) or f"; motions here: {', '.join(names)}"
            place = ("targets_mm", target)
            problems.append(f"{file.where(place)}: targets_mm: no motion {target!r}{hint}")
