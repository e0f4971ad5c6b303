"""Left and right differ here and nowhere else.

ISB axes are X anterior, Y superior, Z to the subject's right for BOTH hips; so Z points
laterally on a right hip and medially on a left one, and adduction and internal rotation are
right-hand rotations on the right and left-hand rotations on the left.
"""

from hipsim.checks import Side


def side_sign(side: Side) -> float:
    """Return +1.0 for a right hip and -1.0 for a left hip.

    Examples
    --------
    >>> side_sign("left")
    -1.0
    """
    return 1.0 if side == "right" else -1.0


def other_side(side: Side) -> Side:
    """Return the opposite side."""
    return "left" if side == "right" else "right"
