"""How kernels are compiled, and kept on disk under the text of all kernel files.

numba keeps a compiled function as long as the function's own file is unchanged; a kernel that
calls one from another file would go on running the old one. Here everything kept belongs to the
text of all kernel files together, so that a change in any of them compiles anew.
"""

# mypy: allow-untyped-defs

from hashlib import sha256
from pathlib import Path

from numba import njit

OPTIONS = {"nogil": True, "error_model": "numpy", "_nrt": False, "fastmath": {"contract"}}
_FILES = sorted(Path(__file__).parents[1].rglob("*_kernels.py"))
STAMP = sha256(b"".join(file.read_bytes() for file in _FILES)).hexdigest()

inner = njit(**OPTIONS, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # called from kernels


def kernel(function):
    """Compile a function that is called from Python, when it is first called.

    Where numba offers no place for the stamp, nothing is kept: slow to start, but never stale.
    """
    compiled = njit(**OPTIONS, cache=True)(function)
    kept = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if kept is None or not hasattr(kept, "_source_stamp"):
        return njit(**OPTIONS)(function)
    kept._source_stamp = STAMP
    return compiled
