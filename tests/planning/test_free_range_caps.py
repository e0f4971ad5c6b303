"""What soft tissue allows: named, sourced, and refused where it says nothing."""

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.planning.free_range_caps import CAPS, SoftTissueCap, as_cap, shares_within


@pytest.mark.parametrize("name", list(CAPS))
def test_caps__name_their_source(name):
    assert CAPS[name].name == name and "Kouyoumdjian" in CAPS[name].source
    low, high = CAPS[name].interval_deg("rotation")
    assert low == -CAPS[name].limit_deg("external_rotation") < 0.0 < high
    assert CAPS[name].interval_deg("adduction") == (-180.0, 180.0)
    assert CAPS[name].limit_deg("extension") is None


def test_caps__of_ones_own_know_each_direction():
    cap = SoftTissueCap("examined", {"extension": 15, "abduction": 40, "flexion": 110}, "here")
    assert cap.interval_deg("flexion") == (-15.0, 110.0)
    assert cap.interval_deg("adduction") == (-40.0, 180.0)
    assert as_cap(cap) is cap and as_cap(None) is None


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({}, "needs at least one direction"),
        ({"twist": 10}, "direction must be one of"),
        ({"extension": -5}, "limit of extension must be within 0 to 180 deg"),
    ],
)
def test_caps__refuse(limits, message):
    with pytest.raises(InputError, match=message):
        SoftTissueCap("wrong", limits, "nowhere")


def test_caps__refuse_a_name_nobody_gave():
    with pytest.raises(InputError, match="cap must be one of"):
        as_cap("kouyoumdjian")
    with pytest.raises(InputError, match="direction must be one of"):
        CAPS["kouyoumdjian_2012_prone"].limit_deg("up")


def test_shares__add_up_to_the_interval():
    edges = np.linspace(-60.0, 60.0, 241)
    shares = shares_within(edges, CAPS["kouyoumdjian_2012_supine"].interval_deg("rotation"))
    assert shares @ np.diff(edges) == pytest.approx(38.5 + 29.6)
    assert ((shares >= 0.0) & (shares <= 1.0)).all()
