"""How near are two surfaces: exact minimum distance over thousands of poses. Knows no bone.

One box tree per surface is built with the query (``tree``, ``_build_kernels``), and a grid of
distances to it that fills as it is asked (``grid``). In every pose the grids rule out all but a
handful of triangles of either surface (``candidates``, ``_grid_kernels``); these meet each other,
or the trees do where the grids say little: bones in contact, the hip's socket
(``_distance_kernels``). Overlap is asked of the closed bone each surface was cut from (``body``,
``solid``, ``overlap``, ``_depth_kernels``); ``distance`` is the face people see.

Choices, measured on CT hips at 1 deg between poses. What costs is to prove that no other pair is
closer, not to find the closest: two surfaces that glide along each other have thousands of pairs
of boxes nearly as close, whatever the boxes, but few boxes nearly as close to the whole of the
other surface. That question a grid answers in 10 ns. Between poses a box remembers how far it was,
and that it had to be opened. Kernels that call each other share a file and get room to work in
from Python, which lets numba leave out its counting of references (``_nrt=False``): with arrays in
tuples that counting cost ten times the work itself.
"""

from hipsim.proximity.distance import DistanceQuery, Distances, minimum_distance

__all__ = ["DistanceQuery", "Distances", "minimum_distance"]
