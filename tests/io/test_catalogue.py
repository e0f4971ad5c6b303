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
