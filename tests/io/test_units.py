"""The unit of files that do not say it, told by the bones."""

import numpy as np
import pytest
from shapes import box, random_rigid

from hipsim.anatomy.sizes import SIZES, length_of
from hipsim.errors import CaseError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.cut import trimmed
from hipsim.io.hips import load_hip
from hipsim.io.units import UNITS_MM, bone_kind, recognise_unit

HIP = load_hip("woman")
BONES = {"femur_r": HIP.femur, "hip_r": HIP.hip_bone}


def written_in(unit: str, bones: dict[str, Mesh]) -> dict[str, Mesh]:
    return {b: Mesh(m.vertices / UNITS_MM[unit], m.faces) for b, m in bones.items()}


@pytest.mark.parametrize("unit", ["mm", "cm", "m"])
def test_recognise_unit__of_bones_in_any_orientation(unit, rng):
    turned = {bone: mesh.transformed(random_rigid(rng)) for bone, mesh in BONES.items()}
    decision = recognise_unit(written_in(unit, turned))
    assert (decision.unit, decision.unit_mm) == (unit, UNITS_MM[unit])
    assert "head radius 2" in decision.why


@pytest.mark.parametrize("unit", ["mm", "cm", "m"])
@pytest.mark.parametrize("depth_mm", [70.0, 150.0])
def test_recognise_unit__of_a_proximal_femur_by_its_head(unit, depth_mm):
    """65 long may be mm of a piece or cm of a whole femur: the head tells."""
    up = HIP.femoral_frame("condylar")[:3, 1]
    part = trimmed(HIP.femur, [HIP.landmarks["hip_joint_centre"] - depth_mm * up], [-up])
    assert recognise_unit(written_in(unit, {"femur_r": part})).unit == unit


def test_recognise_unit__of_a_hip_bone_alone():
    assert recognise_unit(written_in("cm", {"hip_l": HIP.hip_bone})).unit == "cm"


def test_recognise_unit__a_whole_femur_without_a_head_is_told_by_its_length():
    rod = box(high=(0.03, 0.03, 0.45))
    decision = recognise_unit({"femur_l": rod})
    assert (decision.unit, "head" in decision.why) == ("m", False)


def test_recognise_unit__a_stated_unit_that_fits_is_taken():
    for unit in UNITS_MM:
        decision = recognise_unit(written_in(unit, BONES), unit)
        assert (decision.unit, decision.why[:6]) == (unit, "stated")


def test_recognise_unit__the_inch_is_never_guessed():
    with pytest.raises(CaseError, match=r"no unit fits every bone .* which fits no unit"):
        recognise_unit(written_in("inch", BONES))


@pytest.mark.parametrize(("unit", "stated"), [("mm", "cm"), ("m", "mm"), ("mm", "inch")])
def test_recognise_unit__a_contradiction_shows_both(unit, stated):
    shown = (
        rf"stated unit '{stated}' contradicts the bones \(femur_r: .* read in {unit} it is 4\d\d"
    )
    with pytest.raises(CaseError, match=shown):
        recognise_unit(written_in(unit, BONES), stated)


def test_recognise_unit__bones_that_disagree_are_both_shown():
    mixed = {"femur_r": HIP.femur, **written_in("m", {"hip_r": HIP.hip_bone})}
    with pytest.raises(
        CaseError, match=r"femur_r: .* read in mm .*hip_r: .* read in m it is 2\d\d"
    ):
        recognise_unit(mixed)


def test_recognise_unit__refuses_a_piece_too_short_for_any_unit():
    with pytest.raises(CaseError, match="no unit fits every bone"):
        recognise_unit({"femur_r": box(high=(30.0, 30.0, 150.0))})


def test_recognise_unit__refuses_nothing_and_nonsense():
    with pytest.raises(CaseError, match="there is none"):
        recognise_unit({})
    with pytest.raises(CaseError, match="unit must be one of mm, cm, m, inch, got 'feet'"):
        recognise_unit(BONES, "feet")


def test_bone_kind__refuses_other_bones():
    with pytest.raises(CaseError, match="got 'tibia_r'"):
        bone_kind("tibia_r")


def test_length_of__does_not_depend_on_orientation(rng):
    turned = HIP.femur.transformed(random_rigid(rng))
    assert length_of(turned) == pytest.approx(length_of(HIP.femur), abs=1e-9)


def test_sizes__no_length_fits_two_units_and_every_range_has_a_source():
    for size in SIZES.values():
        assert size.whole_mm[1] < 10.0 * size.whole_mm[0]
        assert size.shortest_mm <= size.whole_mm[0]
        assert "hips" in size.source or "sacra" in size.source


@pytest.mark.bones
@pytest.mark.parametrize("case", ["vsd/z027", "vsd/z036", "hubmap_vh/vh_m"])
def test_recognise_unit__of_real_bones_in_any_orientation(bones, case, rng):
    from hipsim.io.cases import find_case
    from hipsim.io.meshes import load_mesh

    files = find_case(bones / case).files
    move = rigid.inverse(random_rigid(rng))
    turned = {bone: load_mesh(file).transformed(move) for bone, file in files.items()}
    for unit in ("mm", "cm", "m"):
        assert recognise_unit(written_in(unit, turned)).unit == unit


@pytest.mark.bones
def test_recognise_unit__of_opensim_bones_is_the_metre(bones):
    from hipsim.io.meshes import load_mesh

    ugly = {"femur_r": "r_femur.stl", "hip_r": "r_pelvis.stl"}
    raw = {bone: load_mesh(bones / "ugly" / file) for bone, file in ugly.items()}
    assert recognise_unit(raw).unit == "m"
    assert np.ptp(raw["femur_r"].bounds[:, 1]) < 1.0
