from pathlib import Path

import numpy as np
import pytest

import hipsim as hs
from hipsim.errors import InputError
from hipsim.planning.targets import as_targets
from hipsim.planning.tradeoff import Amounts, TradeOff, tradeoff
from hipsim.viz.tradeoff import plot_tradeoff


def found_for(target_mm: float) -> TradeOff:
    first = Amounts("resect_lesser_trochanter", [0, 3, 6])
    second = Amounts("derotate_femur", [0, 10, 20])
    targets = as_targets({"neutral": target_mm})
    return tradeoff(hs.load_hip("woman_narrow"), targets, first, second)


@pytest.fixture(scope="module")
def found() -> TradeOff:
    return found_for(15)


def test_plot_tradeoff__has_a_panel_for_each_target_and_one_for_all(
    found: TradeOff, tmp_path: Path
) -> None:
    figure = plot_tradeoff(found, path=tmp_path / "tradeoff")
    panels = [axes for axes in figure.axes if axes.get_title()]
    assert [axes.get_title() for axes in panels] == [
        "neutral: least space (mm)",
        "every target reached · cheapest combinations",
    ]
    assert panels[0].get_xlabel() == "derotate femur (deg)"
    assert (tmp_path / "tradeoff.png").stat().st_size > 10_000
    assert (tmp_path / "tradeoff.svg").exists()


def test_plot_tradeoff__marks_the_front(found: TradeOff) -> None:
    line = plot_tradeoff(found).axes[1].lines[0]
    points = np.column_stack([line.get_ydata(), line.get_xdata()])
    assert points.tolist() == [[c.first, c.second] for c in found.front]


def test_plot_tradeoff__says_when_nothing_reaches_the_targets() -> None:
    axes = plot_tradeoff(found_for(40)).axes[1]
    assert any("no combination" in text.get_text() for text in axes.texts)


def test_plot_tradeoff__tells_what_a_resection_costs(found: TradeOff) -> None:
    labels = [axes.get_ylabel() for axes in plot_tradeoff(found).axes]
    assert "iliopsoas attachment lost" in labels


def test_plot_tradeoff__refuses_a_folder_that_is_not_there(found: TradeOff) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        plot_tradeoff(found, path="nowhere/at/all.png")
