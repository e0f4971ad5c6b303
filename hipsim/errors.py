"""The errors hipsim raises; every one says what was wanted, what came, and what to do.

A caller who wants to catch 'anything hipsim refuses' catches :class:`HipsimError`.
Input errors are also ``ValueError`` so that generic code treats them as usual.
"""


class HipsimError(Exception):
    """Base of every error hipsim raises on purpose."""


class InputError(HipsimError, ValueError):
    """A value, file or combination of them that cannot be used."""


class MeshError(InputError):
    """A surface that cannot stand for a bone: empty, open, not finite, wrong size."""


class AnatomyError(InputError):
    """A bone on which a landmark, frame or region cannot be found or does not fit."""


class CaseError(InputError):
    """A case folder that is missing something or contradicts itself."""


class ScenarioError(InputError):
    """A scenario file with unknown keys, wrong types or values out of range."""


class ComputationError(HipsimError, RuntimeError):
    """An iteration that did not converge, or a cut whose volumes do not add up."""


class RenderingUnavailableError(HipsimError, RuntimeError):
    """3D pictures cannot be drawn on this machine; the message names the missing package."""
