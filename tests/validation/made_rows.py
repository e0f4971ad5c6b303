"""Rows made by hand, to see how the table treats them."""

from typing import Any

from hipsim.study.validation_row import Excuse, Row


def made(value: float | None, **rest: Any) -> Row:
    """Return a row that expects 1 to 2 mm."""
    known = {
        "group": "evidence", "name": "01 made", "quantity": "a length", "expected": "1 to 2",
        "low": 1.0, "high": 2.0, "unit": "mm", "subjects": "virtual", "n": 3, "source": "nobody",
    }  # fmt: skip
    return Row(value=value, **{**known, **rest})


RIGHT = made(1.5, ours="1.5")
WRONG = made(3.0, name="02 wrong", ours="3.0")
EXCUSED = made(3.0, name="03 excused", ours="3.0", excuse=Excuse("a known reason", high=4.0))
LEFT_OUT = made(None, name="04 left out", not_run="no time")
