"""Painted footprints: faces and curves, and what is refused."""

import numpy as np
import pytest
from phantom import phantom_hip

from hipsim.anatomy.painting import footprint_from_curve, footprint_from_faces
from hipsim.errors import AnatomyError, InputError
from hipsim.io import load_hip


@pytest.fixture(scope="module")
def man():
    return load_hip("man")


def fan_and_rim(bone, vertex):
    """Return the faces around a vertex and the ring of vertices around it, in order."""
    faces = np.flatnonzero((bone.faces == vertex).any(axis=1))
    follows = {}
    for face in bone.faces[faces]:
        place = int(np.flatnonzero(face == vertex)[0])
        follows[face[(place + 1) % 3]] = face[(place + 2) % 3]
    walk = [next(iter(follows))]
    for _ in range(len(follows) - 1):
        walk.append(follows[walk[-1]])
    return faces, np.array(walk)


@pytest.mark.parametrize("attachment", ["iliopsoas", "hamstrings"])
def test_faces__that_were_painted_are_the_footprint(man, attachment):
    bone = man.femur if attachment == "iliopsoas" else man.hip_bone
    footprint = footprint_from_faces(man, [5, 3, 3, 11], attachment=attachment)
    assert footprint.faces.tolist() == [3, 5, 11]
    assert footprint.area_mm2 == pytest.approx(bone.face_areas_mm2[[3, 5, 11]].sum())
    assert footprint.origin == "faces"


@pytest.mark.parametrize("attachment", ["iliopsoas", "hamstrings"])
@pytest.mark.parametrize("way", [1, -1])
def test_curve__around_a_fan_of_faces_holds_just_these(man, attachment, way):
    bone = man.femur if attachment == "iliopsoas" else man.hip_bone
    faces, rim = fan_and_rim(bone, 1234)
    found = footprint_from_curve(man, bone.vertices[rim[::way]], attachment=attachment)
    np.testing.assert_array_equal(found.faces, faces)
    assert found.origin == "curve"


def test_curve__of_a_few_points_on_the_shaft_holds_about_their_polygon(man):
    shaft = man.landmarks["shaft_axis_distal"]
    turn = np.radians([0, 45, 90, 135, 180, 225, 270, 315])
    up, aside = (man.femoral_frame()[:3, k] for k in (1, 2))
    ring = 6.0 * (np.outer(np.cos(turn), up) + np.outer(np.sin(turn), aside))
    points = ring + shaft + man.femoral_frame()[:3, 0] * 15.0  # in front, then onto the bone
    nearest = [np.linalg.norm(man.femur.vertices - p, axis=1).argmin() for p in points]
    found = footprint_from_curve(man, man.femur.vertices[nearest])
    assert 60.0 < found.area_mm2 < 200.0  # the octagon has 102 mm2


@pytest.mark.parametrize("faces", [[-1], [10**7], [0.5], [[1, 2]]])
def test_faces__that_are_not_the_bones_are_refused(man, faces):
    with pytest.raises(InputError, match="faces of the iliopsoas must be whole numbers"):
        footprint_from_faces(man, faces)


def test_no_face__is_refused(man):
    with pytest.raises(AnatomyError, match="holds no face"):
        footprint_from_faces(man, [])


def test_attachment__must_be_known(man):
    with pytest.raises(InputError, match="attachment must be one of iliopsoas, hamstrings"):
        footprint_from_faces(man, [1], attachment="gluteus")


def test_curve__of_two_points_is_refused(man):
    with pytest.raises(InputError, match="at least 3 points, got 2"):
        footprint_from_curve(man, np.zeros((2, 3)))


def test_curve__off_the_bone_is_refused(man):
    apex = man.landmarks["lesser_trochanter"]
    with pytest.raises(InputError, match=r"point 2 is .* mm off; are curve and bone in one frame"):
        footprint_from_curve(man, [apex, apex, apex + [0.0, 0.0, -60.0]])


def test_curve__around_nothing_is_refused():
    hip = phantom_hip()
    with pytest.raises(AnatomyError, match="encloses no face"):
        footprint_from_curve(hip, np.tile(hip.femur.vertices[0], (3, 1)))
