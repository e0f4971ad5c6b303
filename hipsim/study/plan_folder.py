"""A folder that ``hipsim plan`` wrote, read again: hip, targets and every option, checked.

``plan.json`` says what was asked and which case it was asked of, with a fingerprint of the case's
files. The hip is loaded anew and the operations are carried out again, so whatever is shown of a
plan is the plan: where the case was moved or changed since, that is said and nothing is shown.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.errors import CaseError, HipsimError, InputError
from hipsim.io.files import utf8_of_file
from hipsim.planning.plan_again import AS_IT_IS, hips_again, refuse_other_space
from hipsim.planning.plan_record import as_plain
from hipsim.planning.targets import Target, Targets, as_targets
from hipsim.study.sources import HipSource

PLAN_JSON = "plan.json"


@dataclass(frozen=True, eq=False)
class PlanFolder:
    """A plan that was read again.

    Parameters
    ----------
    folder
        Where it is.
    record
        Its ``plan.json``.
    targets
        What was wanted.
    hips
        Name to hip: ``"as it is"`` first, then every option.
    """

    folder: Path
    record: Mapping[str, Any] = field(repr=False)
    targets: tuple[Target, ...]
    hips: Mapping[str, Hip]

    def picture(self, name: str) -> Path | None:
        """Return a picture of the plan, or None where there is none.

        Parameters
        ----------
        name
            Of the file, one that ``plan.json`` lists.
        """
        path = self.folder / name
        return path if name in self.record["files"] and path.is_file() else None


def is_plan(folder: str | Path) -> bool:
    """Whether a path is a folder that ``hipsim plan`` wrote.

    Parameters
    ----------
    folder
        Any path.

    Examples
    --------
    >>> is_plan("woman_narrow")
    False
    """
    return (Path(folder) / PLAN_JSON).is_file()


def input_record(source: HipSource | None) -> dict[str, Any] | None:
    """Describe the hip of a plan so that it can be found and recognised again.

    Parameters
    ----------
    source
        Where it came from; None if that is not known.
    """
    if source is None:
        return None
    recipe = json.loads(source.recipe)
    told = {"name": source.name, "side": source.side, "recipe": recipe}
    return {**told, "sha256": source.fingerprint()}


def asked_record(targets: Targets, **asked: Any) -> dict[str, Any]:
    """Describe what was asked of a plan.

    Parameters
    ----------
    targets
        As given; None is noted for what has no name a file can hold.
    **asked
        ``sex``, ``detail``, ``samples``, ``seed``.
    """
    named = isinstance(targets, Mapping) and all(isinstance(name, str) for name in targets)
    plain: dict[str, Any] = as_plain({"targets": targets if named else None, **asked})
    return plain


def read_plan(
    folder: str | Path, *, progress: Callable[[int, int], None] | None = None
) -> PlanFolder:
    """Read a plan, load its hip and carry its options out again.

    Parameters
    ----------
    folder
        What ``hipsim plan`` wrote.
    progress
        Called with (options done, options).

    Raises
    ------
    InputError
        If the folder holds no plan or a damaged one, the case was moved or changed since, or what
        is done again is not what the plan states.
    HipsimError
        If the hip cannot be loaded.
    """
    path = Path(folder)
    record = _record(path)
    try:
        hip = _source(path, record).load()
        targets = _targets(path, record, hip)
        refuse_other_space(f"{path}: the hip {AS_IT_IS}", hip, targets, record["targets"])
        hips = hips_again(hip, targets, record["options"], progress=progress)
    except HipsimError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path, error) from None
    return PlanFolder(path, record, targets, hips)


def _record(folder: Path) -> dict[str, Any]:
    """Read ``plan.json``."""
    if not is_plan(folder):
        raise InputError(f"{folder} holds no plan: wanted a folder that hipsim plan wrote")
    try:
        record = json.loads(utf8_of_file(folder / PLAN_JSON))
    except (ValueError, RecursionError) as error:
        raise _damaged(folder, error) from None
    if not isinstance(record, dict) or not isinstance(record.get("files"), list):
        raise _damaged(folder, TypeError("not the record of a plan"))
    return record


def _damaged(folder: Path, error: Exception) -> InputError:
    """Return the error for a file that is no plan of this software."""
    words = f"{type(error).__name__}: {error}"[:200]
    return InputError(f"{folder / PLAN_JSON} is damaged: {words}; run hipsim plan again")


def _source(folder: Path, record: Mapping[str, Any]) -> HipSource:
    """Return where the hip comes from, or say that it is no longer what it was."""
    told = record.get("input")
    if told is None:
        raise InputError(
            f"{folder / PLAN_JSON} does not say which case was planned on: run hipsim plan again"
        )
    recipe = json.dumps(told["recipe"], sort_keys=True, allow_nan=False)
    source = HipSource(told["name"], told["side"], recipe)
    case = told["recipe"].get("case", source.name)
    try:
        is_same = source.fingerprint() == told["sha256"]
    except CaseError as error:
        raise InputError(
            f"the case of {folder}, {case}, has been moved since: put it back, or run hipsim plan "
            f"again ({error})"
        ) from None
    if not is_same:
        raise InputError(
            f"the files of {case} have been changed since {folder} was planned: run hipsim plan "
            "again"
        )
    return source


def _targets(folder: Path, record: Mapping[str, Any], hip: Hip) -> tuple[Target, ...]:
    """Return what was wanted."""
    asked = record["asked"]["targets"]
    if asked is None:
        raise InputError(
            f"{folder / PLAN_JSON} has targets for motions of one's own, which no file can hold: "
            "plan with named motions"
        )
    return as_targets(asked, sex=record["sex"], hip=hip)
