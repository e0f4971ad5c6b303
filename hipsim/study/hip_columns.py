"""What is known of each hip of a study, as columns: measures, parameters, fingerprints."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from hipsim.study.blocks import Block

UNITS = ("mm", "mm2", "mm3", "deg", "pct")


class HipColumns:
    """Columns over the hips of a study, filled hip by hip.

    ``measured_*`` are measures of the intact hip, ``made_*`` the parameters a virtual hip was made
    with, ``sex`` that of a virtual hip. NaN and empty texts where there is none.

    Parameters
    ----------
    names
        Names of the hips.

    Examples
    --------
    >>> columns = HipColumns(["a", "b"])
    >>> columns.add(0, Block({}, ("",), {"head_radius_mm": 24.0}))
    >>> [(name, values.tolist()) for name, values, _ in columns.arrays()][-1]
    ('head_radius_mm', [24.0, nan])
    """

    def __init__(self, names: list[str]) -> None:
        self._count = len(names)
        self._numbers: dict[str, np.ndarray] = {}
        self._labels: dict[str, str] = {}
        empty = np.full(len(names), "", dtype=object)
        self._texts = {key: empty.copy() for key in ("sex", "femur_sha256", "hip_bone_sha256")}

    def add(self, index: int, block: Block) -> None:
        """Take what the block of the intact hip says of it."""
        for key in ("femur_sha256", "hip_bone_sha256"):
            self._texts[key][index] = block.hip.get(key, "")
        if "head_radius_mm" in block.hip:
            self._put(index, "head_radius_mm", block.hip["head_radius_mm"], "head radius")
        for note in block.hip.get("notes", ()):
            if note.get("step") == "make_hip":
                self._add_parameters(index, note)
            if note.get("step") == "inclusion":
                self._put(index, "assessed", note["assessed"], "subjects assessed for this patient")
        for row in (block.measures or {}).get("measures", ()):
            self._put(index, f"measured_{row['key']}", row["value"], row["label"])

    def arrays(self) -> Iterator[tuple[str, np.ndarray, dict[str, Any]]]:
        """Yield name, values and attributes of each column."""
        for name, texts in self._texts.items():
            yield name, texts, {"long_name": name.replace("_", " ")}
        for name, values in self._numbers.items():
            unit = name.rpartition("_")[2]
            units = unit if unit in UNITS else "1"
            yield name, values, {"long_name": self._labels[name], "units": units}

    def _add_parameters(self, index: int, note: dict[str, Any]) -> None:
        """Take the parameters of a virtual hip."""
        self._texts["sex"][index] = note.get("sex", "")
        for key, value in note.items():
            if isinstance(value, float):
                self._put(index, f"made_{key}", value, f"parameter {key} of the virtual hip")

    def _put(self, index: int, name: str, value: float, label: str) -> None:
        """Store one number."""
        column = self._numbers.setdefault(name, np.full(self._count, np.nan))
        column[index] = value
        self._labels[name] = label
