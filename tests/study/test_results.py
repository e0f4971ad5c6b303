"""Results from the disk: lazily, piece by piece, and in short."""

import json
import shutil

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.study.results import load_results, summarise


def test_load_results__reads_when_values_are_used(undisturbed):
    with load_results(undisturbed) as dataset:
        assert not dataset.distance_mm._in_memory
        assert dataset.sizes["plan"] == 7
        assert dataset.measured_ifs_3d_mm.dims == ("hip",)
        assert dataset.measured_ifs_3d_mm.attrs["units"] == "mm"
    with load_results(undisturbed / "results.nc") as dataset:
        assert dataset.attrs["title"] == "nothing lost"


def test_load_results__in_pieces_for_what_is_larger_than_memory(undisturbed):
    pytest.importorskip("dask", reason="needs the extra 'cluster'")
    with load_results(undisturbed, chunks=1) as dataset, load_results(undisturbed) as whole:
        assert dataset.distance_mm.chunks is not None
        least = dataset.distance_mm.min("pose").compute()
        np.testing.assert_array_equal(least, whole.distance_mm.min("pose"))


def test_load_results__says_that_a_run_has_not_ended(tmp_path):
    with pytest.raises(InputError, match="holds no results$"):
        load_results(tmp_path)
    (tmp_path / "unfinished").mkdir()
    with pytest.raises(InputError, match="holds no results, but 0 shards of an unfinished run"):
        load_results(tmp_path)


def test_load_results__says_when_a_file_is_damaged(tmp_path):
    (tmp_path / "results.nc").write_bytes(b"nonsense")
    with pytest.raises(InputError, match=r"cannot read .*results\.nc"):
        load_results(tmp_path)


def test_load_results__says_what_pieces_need(undisturbed, monkeypatch):
    def missing(*arguments, **settings):
        raise ImportError("dask")

    monkeypatch.setattr("hipsim.study.results.xr.open_dataset", missing)
    with pytest.raises(InputError, match=r"pip install 'hipsim\[cluster\]'"):
        load_results(undisturbed, chunks="auto")


def test_summarise__tells_each_motion_and_plan(undisturbed):
    found = summarise(undisturbed)
    assert len(found.plans) == 2 * 7
    turned = next(p for p in found.plans if (p.motion, p.plan) == ("neutral", "derotation 8 deg"))
    with load_results(undisturbed) as dataset:
        chosen = dataset.sel(motion="neutral", plan="derotation 8 deg", hip="woman_narrow")
        assert turned.space_mm[1] == float(chosen.minimum_mm)
        assert turned.gain_mm[1] == float(chosen.gain_mm) > 0
    failed = next(p for p in found.plans if p.plan == "resection 400 mm")
    assert failed.n == 0 and np.isnan(failed.space_mm).all()
    assert found.about["failed"] == 1
    assert found.about["seed"] == 0


def test_summarise__answers_in_words_where_there_are_targets(undisturbed, tmp_path):
    assert summarise(undisturbed).answer == ()
    copied = shutil.copytree(undisturbed, tmp_path / "copied")
    about = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    about["targets_mm"] = {"neutral": 60}
    (copied / "manifest.json").write_text(json.dumps(about), encoding="utf-8")
    found = summarise(copied)
    (said,) = found.answer
    assert said.startswith("Target 60.0 mm in neutral: reached by none of intact, ")
    judged = next(p.judged for p in found.plans if (p.motion, p.plan) == ("neutral", "intact"))
    assert judged.missing_mm == 60.0 - judged.space_mm
    assert all(p.judged is None for p in found.plans if p.motion != "neutral")


def test_summarise__does_without_a_manifest(undisturbed, tmp_path):
    shutil.copy(undisturbed / "results.nc", tmp_path)
    assert summarise(tmp_path).about == {}
    (tmp_path / "manifest.json").write_text("[]")
    assert summarise(tmp_path).about == {}
