"""Libraries written by others give the same distances of real hips."""

import numpy as np
import pytest
from real_hips import real_hip

from benchmarks import peers
from benchmarks.cases import hip_case, random_poses
from hipsim.proximity import DistanceQuery

PEER_TOL = 1e-6  # mm, what is asked; measured 4e-13
POSES = 2500  # of each hip: 10,000
HIPS = ("z001", "right"), ("z027", "left"), ("z036", "right"), ("z042", "left")


@pytest.mark.bones
@pytest.mark.parametrize("peer", [peers.COAL, peers.FCL], ids=lambda peer: peer.name)
def test_query__agrees_with_other_libraries_on_real_hips(bones, peer):
    pytest.importorskip(peer.module, reason=f"{peer.name} is not installed")
    n_apart = 0
    for name, side in HIPS:
        case = hip_case(real_hip(bones, name, side))
        poses = random_poses(case, POSES)
        found = np.maximum(DistanceQuery(case.a, case.b)(poses).distance_mm, 0.0)
        expected = peer.build(case.a, case.b)(poses)
        assert found == pytest.approx(expected, abs=PEER_TOL), f"{name} {side}"
        n_apart += int((found > 0.0).sum())
    assert n_apart > len(HIPS) * POSES // 3


def test_peers__agree_on_tubes_and_preset_changes_nothing():
    from benchmarks.cases import COARSE, tubes

    case = tubes(500)
    poses = case.all_poses(COARSE)[::7]
    found = np.maximum(DistanceQuery(case.a, case.b)(poses).distance_mm, 0.0)
    for peer in peers.installed(peers.EXACT)[0]:
        assert peer.build(case.a, case.b)(poses) == pytest.approx(found, abs=PEER_TOL), peer.name
