"""Blocks come back from bytes as they were, or are refused."""

import hashlib
import io
import json

import numpy as np
import pytest

from hipsim.study.blocks import (
    FAILED,
    Block,
    DamagedShardError,
    as_bytes,
    block_of,
    blocks_of,
    from_bytes,
    outcome_of,
)


@pytest.fixture(scope="module")
def block(results):
    return blocks_of(results)[0]


def test_as_bytes__comes_back_the_same_bits(block):
    back = from_bytes(as_bytes(block))
    assert back.failures == block.failures
    assert back.hip["name"] == "phantom-right"
    for name, values in block.arrays.items():
        assert back.arrays[name].tobytes() == values.tobytes(), name


@pytest.mark.parametrize("cut", [0, 10, 64, 65, 500, -1])
def test_from_bytes__refuses_what_was_cut_short(block, cut):
    with pytest.raises(DamagedShardError, match="does not match its checksum"):
        from_bytes(as_bytes(block)[:cut])


def test_from_bytes__refuses_every_changed_byte(block, rng):
    data = as_bytes(block)
    for place in rng.integers(0, len(data), 50):
        altered = bytearray(data)
        altered[place] ^= 0x40
        with pytest.raises(DamagedShardError):
            from_bytes(bytes(altered))


def test_from_bytes__refuses_what_is_no_archive():
    import hashlib

    content = b"not an archive"
    with pytest.raises(DamagedShardError, match="cannot be read"):
        from_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def test_block_of__a_failed_plan_is_a_row_of_its_own(results):
    found = [*results.outcomes[0][:1], "too deep"]
    block = block_of(found, results.scenario, "points")
    assert (block.failures, block.n_failed) == (("", "too deep"), 1)
    assert np.isnan(block.arrays["minimum_mm"][1]).all()
    assert np.isnan(block.arrays["points_mm"][1]).all()
    assert (block.arrays["structure"][1] == FAILED).all()
    assert not np.isnan(block.arrays["minimum_mm"][0]).any()


DETAILS = {
    "points": {"distance_mm", "kind", "structure", "points_mm"},
    "distances": {"distance_mm", "kind", "structure"},
    "minima": set(),
}


@pytest.mark.parametrize("detail", DETAILS)
def test_block_of__keeps_what_is_asked_for(results, detail):
    block = block_of(list(results.outcomes[0]), results.scenario, detail)
    summary = {
        "minimum_mm", "at_pose", "minimum_kind", "minimum_structure", "share_below",
        "removed_volume_mm3",
    }  # fmt: skip
    assert set(block.arrays) == DETAILS[detail] | summary


def test_outcome_of__is_what_was_computed(results, block):
    for row, plan in enumerate(results.scenario.plans):
        wanted, found = results.outcomes[0][row], outcome_of(block, row, plan, results.scenario)
        assert (found.hip, found.plan) == (wanted.hip, wanted.plan)
        assert found.removed_volume_mm3 == wanted.removed_volume_mm3
        for one, other in zip(found.clearances, wanted.clearances, strict=True):
            assert np.array_equal(one.distance_mm, other.distance_mm)
            assert np.array_equal(one.points_mm, other.points_mm)
            assert one.structures == other.structures
            assert one.kind.tolist() == other.kind.tolist()


def test_block__counts_failures():
    assert Block({}, ("", "a", "b")).n_failed == 2


def shard_of(**arrays):
    """Return a shard of an archive of one's own, its sum sound."""
    content = io.BytesIO()
    np.savez(content, **arrays)
    data = content.getvalue()
    return hashlib.sha256(data).hexdigest().encode() + b"\n" + data


def told(**words):
    text = json.dumps({"failures": [""], "hip": {}, "measures": None, **words}).encode()
    return np.frombuffer(text, np.uint8)


@pytest.mark.parametrize(
    "arrays",
    [
        {"minimum_mm": np.zeros(1)},
        {"about": told(), "minimum_mm": np.zeros(2)},
        {"about": told(), "minimum_mm": np.array(["a"])},
        {"about": told(hip=[])},
        {"about": told(unknown=1)},
        {"about": np.frombuffer(b"[" * 100_000, np.uint8)},
    ],
    ids=range(6),
)
def test_from_bytes__refuses_a_sound_sum_around_nonsense(arrays):
    with pytest.raises(DamagedShardError, match="a shard cannot be read"):
        from_bytes(shard_of(**arrays))


def test_from_bytes__unfolds_nothing():
    content = io.BytesIO()
    np.savez_compressed(content, about=told(), minimum_mm=np.zeros(100_000))
    data = content.getvalue()
    with pytest.raises(DamagedShardError, match="it would unfold"):
        from_bytes(hashlib.sha256(data).hexdigest().encode() + b"\n" + data)
