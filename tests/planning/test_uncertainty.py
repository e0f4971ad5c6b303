"""Intervals against closed forms on the phantom, probabilities, and what must not change them."""

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_clearance_mm, phantom_hip

import hipsim as hs
from hipsim.errors import InputError
from hipsim.planning.amounts_needed import NEVER, Interval, RequiredAmount, first, first_rising
from hipsim.planning.priors import PRIORS, Prior, draw_errors, execution_priors
from hipsim.planning.targets import Target
from hipsim.planning.uncertainty import Uncertainty, uncertainty

GAP_MM = 12.0
SD_SHARE = 0.05  # of a standard deviation found with 256 evenly spread samples
SAMPLING_MM = 0.1  # by which an end of an interval moves when samples are doubled
TAIL_MM = 0.6  # by which its ends do, where samples are few
SAME_MM = 1e-6
PLAN = {"depth_mm": 4.0, "angle_deg": 5.0, "execution": "guided", "n": 128}
SURFACES = tuple(p for p in PRIORS if p.kind == "surface")
ROTATION = Prior("rotation", "pose", 2.0, "deg", "test")


def neutral(clearance_mm: float = 15.0) -> tuple[Target, ...]:
    return (Target(hs.motions.neutral(), clearance_mm, f"{clearance_mm:g} mm"),)


@pytest.fixture(scope="module")
def planned() -> Uncertainty:
    return uncertainty(phantom_hip(gap_mm=GAP_MM), neutral(), **PLAN)


def test_intervals__of_known_error_propagation() -> None:
    slope = np.diff(phantom_clearance_mm(0, 0, [-0.5, 0.5], gap_mm=GAP_MM))[0]
    expected = np.hypot(np.hypot(0.4, 0.4), 2.0 * slope)
    found = uncertainty(phantom_hip(gap_mm=GAP_MM), neutral(), priors=(*SURFACES, ROTATION))
    assert found.before_mm.std() == pytest.approx(expected, rel=SD_SHARE)
    interval = found.before["neutral"]
    assert interval.median == pytest.approx(GAP_MM, abs=SAMPLING_MM)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * expected, rel=2 * SD_SHARE)
    share = (2.0 * slope / expected) ** 2
    assert found.indices["neutral"]["rotation"] == pytest.approx(share, abs=0.05)


def test_intervals__stay_when_samples_are_doubled() -> None:
    hip = phantom_hip(gap_mm=GAP_MM)
    few, many = (uncertainty(hip, neutral(), n=n).before["neutral"] for n in (256, 512))
    assert few.median == pytest.approx(many.median, abs=SAMPLING_MM)
    assert few.low == pytest.approx(many.low, abs=TAIL_MM)
    assert few.high == pytest.approx(many.high, abs=TAIL_MM)


def test_no_doubt__is_the_clearance_itself() -> None:
    still = tuple(Prior(p.name, p.kind, 0.0, p.unit, p.source, p.points) for p in PRIORS)
    hip = hs.load_hip("woman_narrow")
    motion = hs.motions.ifi_test(step_deg=10)
    found = uncertainty(hip, [Target(motion, 2.0, "2 mm")], priors=still, n=128)
    expected = hs.clearance_along(hip, motion).minimum_mm
    assert found.before_mm == pytest.approx(np.full((1, 128), expected), abs=SAME_MM)


def test_mirrored_hip__is_as_sure(planned: Uncertainty) -> None:
    still = tuple(p for p in PRIORS if p.kind != "landmark")  # a mirror swaps their directions
    hip = phantom_hip(gap_mm=GAP_MM)
    one, other = (
        uncertainty(each, neutral(), angle_deg=5.0, priors=still, n=128)
        for each in (hip, mirrored_hip(hip))
    )
    assert one.after_mm == pytest.approx(other.after_mm, abs=SAME_MM)


def test_same_seed__same_samples_whatever_the_threads(planned: Uncertainty) -> None:
    hip = phantom_hip(gap_mm=GAP_MM)
    again = uncertainty(hip, neutral(), **PLAN, n_threads=1)
    assert again.after_mm.tolist() == planned.after_mm.tolist()
    other = uncertainty(hip, neutral(), **PLAN, seed=1)
    assert other.after_mm.tolist() != planned.after_mm.tolist()


def test_plan__gains_and_is_told_in_one_sentence(planned: Uncertainty) -> None:
    assert planned.gain["neutral"].low > 0
    assert planned.after["neutral"].median > planned.before["neutral"].median
    assert planned.probability_of_all == planned.probability["neutral"]
    largest = max(planned.indices["neutral"], key=planned.indices["neutral"].__getitem__)
    assert largest in planned.sentence and "%" in planned.sentence


def test_guided_surgery__is_surer_than_freehand() -> None:
    hip = phantom_hip(gap_mm=GAP_MM)
    spread = [
        uncertainty(hip, neutral(), depth_mm=4.0, execution=how, n=128).gain["neutral"]
        for how in ("freehand", "guided")
    ]
    assert spread[0].high - spread[0].low > spread[1].high - spread[1].low


def test_required_amount__probability_rises_with_it(planned: Uncertainty) -> None:
    amounts = np.linspace(0, planned.depth.largest, 12)
    chances = [planned.depth.probability(amount) for amount in amounts]
    assert chances == sorted(chances)
    enough = planned.depth.amount_for(0.5)
    assert enough is not None and planned.depth.probability(enough) >= 0.5


def test_required_amount__never_is_said() -> None:
    never = RequiredAmount("mm", 10.0, np.array([2.0, 4.0, NEVER, NEVER]))
    assert never.amount_for(0.5) == 4.0 and never.amount_for(0.9) is None
    assert never.probability(10.0) == 0.5
    assert never.interval.high == NEVER
    with pytest.raises(InputError, match="probability"):
        never.amount_for(1.5)


def test_first__amount_that_is_enough() -> None:
    amounts = np.array([0.0, 1.0, 2.0, 3.0])
    margins = [-2.0, -1.0, 1.0, 2.0]
    asked: list[int] = []
    for find in (first, first_rising):
        asked.clear()
        found = find(amounts, margins[0], lambda k: asked.append(k) or margins[k])
        assert found == 1.5
    assert first(amounts, 0.5, margins.__getitem__) == first_rising(amounts, 0.5, len) == 0.0
    assert first(amounts[:2], -2.0, margins.__getitem__) == NEVER
    assert first_rising(amounts[:2], -2.0, margins.__getitem__) == NEVER


def test_interval__holds_95_of_100() -> None:
    found = Interval.of(np.arange(1001.0))
    assert (found.low, found.median, found.high) == (25.0, 500.0, 975.0)
    assert Interval.of(np.arange(1001.0), covered=0.9) == Interval(50.0, 500.0, 950.0)
    with pytest.raises(InputError, match="tail must be within"):
        Interval.of(np.arange(3.0), covered=2.0)


def test_priors__scatter_is_what_the_raters_had() -> None:
    drawn = draw_errors(PRIORS, 4096)
    rms = np.sqrt((drawn["head centre"] ** 2).sum(axis=1).mean())
    assert rms == pytest.approx(0.54, rel=0.02)
    assert len(execution_priors("guided", cut_area_mm2=300.0)) == 2


def test_uncertainty__refuses_what_it_cannot_use() -> None:
    hip = phantom_hip()
    with pytest.raises(InputError, match="at least one target"):
        uncertainty(hip, [])
    with pytest.raises(InputError, match="execution"):
        uncertainty(hip, neutral(), execution="robot")
    with pytest.raises(InputError, match="n must be within 128"):
        uncertainty(hip, neutral(), n=1)
    with pytest.raises(InputError, match="depth_mm"):
        uncertainty(hip, neutral(), depth_mm=-1)
    with pytest.raises(InputError, match="depth_mm must be at most"):
        uncertainty(hip, neutral(), depth_mm=60)
