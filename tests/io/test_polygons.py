"""Words into numbers, polygons into triangles, and no index beyond."""

import numpy as np
import pytest

from hipsim.io.polygons import as_doubles, check_indices, numbers_of, triangles_of, wholes_of


def test_numbers_of__refuses_what_only_python_takes_for_one():
    assert numbers_of([b"-.5", b"1e3"]).tolist() == [-0.5, 1000.0]
    for word in (b"1_000", b"1,5", b"\xd9\xa3", b""):
        with pytest.raises(ValueError, match="underscore|could not convert"):
            numbers_of([word])


def test_wholes_of__refuses_numbers_without_end():
    for word in (b"1_0", b"9" * 30, b"1.5"):
        with pytest.raises(ValueError, match="no whole number|invalid literal"):
            wholes_of([word])


def test_triangles_of__refuses_two_corners():
    with pytest.raises(ValueError, match="a face has 2 corners"):
        triangles_of([(0, 1)])


def test_check_indices__names_the_wrong_corner():
    check_indices(np.zeros((0, 3), dtype=np.int64), 0)
    with pytest.raises(ValueError, match="the corner -1 of 3"):
        check_indices(np.array([[0, 1, -1]]), 3)


def test_as_doubles__is_silent_about_what_is_not_finite():
    signalling = np.array([0x7FA00000], dtype="<u4").view("<f4")
    assert np.isnan(as_doubles(signalling)).all()
