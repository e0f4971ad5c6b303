"""The conventions every result carries, so that a number can be read without asking its author."""

DISCLAIMER = "Research software, not a medical device."
CONVENTIONS = {
    "length_unit": "mm",
    "angle_unit": "deg",
    "axes": "ISB (Wu et al. 2002, J Biomech 35:543): X anterior, Y superior, Z to the subject's "
    "right, for both hips; origin at the hip joint centre",
    "joint_angles": "intrinsic Z-X'-Y''; flexion, adduction, internal rotation positive on both "
    "sides; extension, abduction, external rotation negative",
    "coordinates": "the frame of the input files",
    "clearance": "exact minimum surface-to-surface distance of two named regions (kind 'gap'); "
    "where bones overlap, minus the depth of overlap (kind 'depth')",
    "neutral": "pelvic zero app x femoral zero condylar",
}
