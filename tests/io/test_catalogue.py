"""The embedded hips and scenarios are found, installed or not."""

import pytest

from hipsim.errors import ComputationError
from hipsim.io import catalogue


def test_catalogue__has_the_three_hips_and_scenarios():
    assert {"woman", "woman_narrow", "man"} <= set(catalogue.embedded_hips())
    assert {"ifi_test_narrow", "long_stride", "pose_grid"} <= set(catalogue.embedded_scenarios())


def test_data_folder__prefers_installed_data(tmp_path, monkeypatch):
    (tmp_path / "hipsim" / "_data" / "meshes").mkdir(parents=True)
    (tmp_path / "meshes").mkdir()
    monkeypatch.setattr(catalogue, "PACKAGE", tmp_path / "hipsim")
    assert catalogue.data_folder("meshes") == tmp_path / "hipsim" / "_data" / "meshes"


def test_data_folder__says_that_the_installation_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "PACKAGE", tmp_path / "hipsim")
    with pytest.raises(
        ComputationError, match="embedded scenarios are missing .* reinstall hipsim"
    ):
        catalogue.data_folder("scenarios")


def test_user_data_folder__is_the_users_cache_unless_said(tmp_path, monkeypatch):
    monkeypatch.setenv("HIPSIM_DATA_DIR", str(tmp_path / "d"))
    assert catalogue.cases_folder() == tmp_path / "d" / "cases"
    monkeypatch.delenv("HIPSIM_DATA_DIR")
    assert catalogue.user_data_folder().name == "hipsim"


def test_fetched_cases__are_the_folders_there(tmp_path, monkeypatch):
    monkeypatch.setenv("HIPSIM_DATA_DIR", str(tmp_path))
    assert catalogue.fetched_cases() == {}
    (tmp_path / "cases" / "vh_f").mkdir(parents=True)
    (tmp_path / "cases" / ".vh_m.7.partial").mkdir()
    assert catalogue.fetched_cases() == {"vh_f": tmp_path / "cases" / "vh_f"}
