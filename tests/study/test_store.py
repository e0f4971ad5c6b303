"""The Dataset: labelled, complete, and the same after a trip to the disk."""

import numpy as np
import pytest
import xarray as xr

from hipsim.errors import InputError
from hipsim.study.store import as_dataset, save_dataset


@pytest.fixture(scope="module")
def dataset(results):
    return as_dataset(results)


def test_as_dataset__has_the_dimensions(dataset, results):
    n_poses = sum(motion.n_poses for motion in results.scenario.motions)
    assert dict(dataset.sizes) == {
        "hip": 2, "plan": 4, "pose": n_poses, "motion": 3, "bone": 2, "axis": 3
    }  # fmt: skip


def test_as_dataset__selects_a_motion(dataset, results):
    poses = dataset.isel(pose=dataset.motion_index.values == 1)
    motion = results.scenario.motions[1]
    assert np.array_equal(poses.flexion_deg, motion.flexion_deg)
    found = poses.distance_mm.sel(hip="phantom-left", plan="resection 8 mm")
    assert np.array_equal(found, results.outcomes[1][2].clearances[1].distance_mm)


def test_as_dataset__words_are_flags(dataset, results):
    names = np.array(dataset.structure.attrs["flag_meanings"].split())
    found = names[dataset.structure.values[0, 0]]
    assert tuple(found[:1]) == results.outcomes[0][0].clearances[0].structures
    arms = np.array(dataset.arm_index.attrs["flag_meanings"].split())[dataset.arm_index.values]
    assert tuple(arms) == tuple(a for m in results.scenario.motions for a in m.segments)


def test_as_dataset__summaries_agree_with_the_poses(dataset):
    for motion in range(dataset.sizes["motion"]):
        poses = dataset.distance_mm[:, :, dataset.motion_index.values == motion]
        assert np.array_equal(poses.min("pose"), dataset.minimum_mm[:, :, motion])
    assert (dataset.gain_mm.sel(plan="intact") == 0).all()


def test_as_dataset__every_variable_has_its_unit_and_no_gap(dataset):
    for name in dataset.variables:
        assert not dataset[name].isnull().any(), name
        unit = str(name).rpartition("_")[2]
        if unit in ("mm", "mm3", "deg") and "pose" in dataset[name].dims:
            assert dataset[name].attrs["units"] == unit, name
    assert "medical device" in dataset.attrs["comment"]


def test_save_dataset__comes_back_identical(dataset, tmp_path):
    path = save_dataset(tmp_path / "r.nc", dataset)
    with xr.open_dataset(path, engine="h5netcdf") as loaded:
        assert loaded.load().identical(dataset)
    assert [p.name for p in tmp_path.iterdir()] == ["r.nc"]


def test_save_dataset__says_when_it_cannot_write(dataset, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot write"):
        save_dataset(tmp_path / "file" / "r.nc", dataset)
