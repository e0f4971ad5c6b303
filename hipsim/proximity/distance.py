"""Minimum distance of two surfaces over many poses, and the depth where they overlap.

What the number of a pose means is its ``kind``:

- ``gap``: the exact minimum distance between the two surfaces, positive;
- ``depth``: the bodies overlap; minus the largest distance to the other bone's surface over the
  vertices of either surface that lie inside that bone, zero if none does;
- ``contact``: the surfaces meet, and neither belongs to a closed bone that could tell how deep: 0.

Bodies overlap if the two surfaces meet, or if the point of one closest to the other lies inside
the other's bone: a body wholly inside another is deep, not far. Depth samples vertices only; from
pose to pose it changes by no more than the farthest vertex moves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hipsim.checks import Array, IntArray, as_transforms
from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.proximity import _distance_kernels
from hipsim.proximity.body import Body, make_body, moved_body
from hipsim.proximity.candidates import LISTED, Wanted, find_candidates
from hipsim.proximity.chunks import run_chunks
from hipsim.proximity.overlap import KINDS, Answers, Depths, add_overlap


@dataclass(frozen=True, eq=False)
class Distances:
    """How near two surfaces are in each of n poses.

    Parameters
    ----------
    distance_mm
        Gap between the surfaces, or minus the depth of overlap, shape (n,).
    points_a_mm, points_b_mm
        The closest points, or the deepest vertex and the nearest point of the other bone's
        surface, shape (n, 3), both in the frame of b.
    triangles_a, triangles_b
        The faces of mesh a and of mesh b these points lie on, shape (n,); where the other bone's
        nearest point lies outside the region, the face of the region nearest to it.
    kind
        ``"gap"``, ``"depth"`` or ``"contact"``, shape (n,); see :mod:`hipsim.proximity.distance`.
    """

    distance_mm: Array
    points_a_mm: Array
    points_b_mm: Array
    triangles_a: IntArray
    triangles_b: IntArray
    kind: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.distance_mm)


class DistanceQuery:
    """Minimum distance between two surfaces, built once for any number of poses.

    Parameters
    ----------
    a, b
        Surfaces, open or closed, each in its own frame.
    parent_a, parent_b
        The closed bones the surfaces were cut from, same frames; they tell inside from outside.
        A closed surface is its own parent. Without any parent overlap is reported as ``contact``.

    Raises
    ------
    InputError
        If something other than a mesh is given.
    MeshError
        If a parent is open, or turned inside out.

    References
    ----------
    Gottschalk, Lin, Manocha, OBBTree: a hierarchical structure for rapid interference detection,
    SIGGRAPH 1996, doi 10.1145/237170.237244.
    Baerentzen, Aanaes, Signed distance computation using the angle weighted pseudonormal,
    IEEE TVCG 11:243-253, 2005, doi 10.1109/TVCG.2005.49.

    Examples
    --------
    >>> mesh = Mesh(np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> query = DistanceQuery(mesh, mesh)
    >>> from hipsim.geometry import rigid
    >>> shifts = np.stack([rigid.translation([-x, 0, 0]) for x in (3.0, 2.0, 0.9)])
    >>> distances = query(shifts)
    >>> distances.distance_mm.round(6).tolist(), distances.kind.tolist()
    ([2.0, 1.0, 0.0], ['gap', 'gap', 'depth'])
    """

    def __init__(
        self, a: Mesh, b: Mesh, *, parent_a: Mesh | None = None, parent_b: Mesh | None = None
    ) -> None:
        self._a = make_body(a, parent_a, name="a")
        self._b = make_body(b, parent_b, name="b")

    @classmethod
    def _of(cls, a: Body, b: Body) -> "DistanceQuery":
        """Return the query between two bodies."""
        query = cls.__new__(cls)
        query._a, query._b = a, b
        return query

    def with_a(self, a: Mesh, *, parent_a: Mesh | None = None) -> "DistanceQuery":
        """Return the query of another surface against the same b, whose side is shared.

        Parameters
        ----------
        a, parent_a
            As for the query.

        Raises
        ------
        InputError, MeshError
            As for the query.

        Examples
        --------
        >>> near, far = (Mesh(np.eye(3) + x, [[0, 1, 2]]) for x in (0.0, 5.0))
        >>> query = DistanceQuery(near, near).with_a(far)
        >>> query(np.eye(4)).distance_mm.round(3).tolist()
        [8.66]
        """
        return self._of(make_body(a, parent_a, name="a"), self._b)

    def with_moved(
        self,
        a: Mesh | None = None,
        b: Mesh | None = None,
        *,
        parent_a: Mesh | None = None,
        parent_b: Mesh | None = None,
    ) -> "DistanceQuery":
        """Return the query of the same surfaces with their vertices moved, as in a population.

        The boxes are fitted anew, their order is kept, which is quicker than a new query. Answers
        are as exact, and as fast while the shape has not changed beyond recognition.

        Parameters
        ----------
        a, b
            The surfaces with moved vertices and the same faces; a side not given stays.
        parent_a, parent_b
            Their parents, if and only if the query was made with a parent on that side.

        Raises
        ------
        InputError
            If a mesh has another number of faces, or a parent is missing or too many.
        MeshError
            If a parent is open, or turned inside out.
        """
        for mesh, parent, name in ((a, parent_a, "a"), (b, parent_b, "b")):
            if mesh is None and parent is not None:
                raise InputError(f"parent_{name} moved without {name}: give {name} as well")
        return self._of(
            self._a if a is None else moved_body(self._a, a, parent_a, name="a"),
            self._b if b is None else moved_body(self._b, b, parent_b, name="b"),
        )

    def __repr__(self) -> str:
        return f"<DistanceQuery {len(self._a.tree.faces)} x {len(self._b.tree.faces)} faces>"

    def __call__(self, transforms: ArrayLike, *, n_threads: int | None = None) -> Distances:
        """Measure the distance in every pose.

        Parameters
        ----------
        transforms
            ``b_from_a``, shape (4, 4) or (n, 4, 4), rigid, mm. Neighbours are answered faster
            the closer they are to each other.
        n_threads
            How many threads to use; all processors this process may use if not given. The
            answer does not depend on it.

        Returns
        -------
        distances
            One entry for each pose.

        Raises
        ------
        InputError
            If the transforms are not rigid, or ``n_threads`` is not a whole number above zero.
        """
        return self._distances(self._answers(as_transforms(transforms), "each", n_threads))

    def gaps(self, transforms: ArrayLike, *, n_threads: int | None = None) -> Distances:
        """Measure the gap in every pose, and of overlap only that there is some: 0 mm, ``contact``.

        Several times faster than a call where many poses overlap.

        Parameters
        ----------
        transforms, n_threads
            As when the query is called.

        Raises
        ------
        InputError
            As when the query is called.

        Examples
        --------
        >>> mesh = Mesh(np.vstack([np.zeros(3), np.eye(3)]),
        ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
        >>> from hipsim.geometry import rigid
        >>> shifts = np.stack([rigid.translation([-x, 0, 0]) for x in (3.0, 0.5)])
        >>> found = DistanceQuery(mesh, mesh).gaps(shifts)
        >>> found.distance_mm.tolist(), found.kind.tolist()
        ([2.0, 0.0], ['gap', 'contact'])
        """
        stack = as_transforms(transforms)
        return self._distances(self._answers(stack, "each", n_threads, depths="unmeasured"))

    def minimum(
        self, transforms: ArrayLike, *, n_threads: int | None = None
    ) -> tuple[int, Distances]:
        """Find the pose of least distance without measuring the others; many times faster.

        Parameters
        ----------
        transforms, n_threads
            As when the query is called; along an arc the poses that cannot be nearest are ruled
            out many at a time.

        Returns
        -------
        index
            The first pose that has the least distance, or the largest depth.
        distances
            One entry: that pose's.

        Raises
        ------
        InputError
            As when the query is called, or if there is no pose.

        Examples
        --------
        >>> from hipsim.geometry import rigid
        >>> corner = Mesh(np.eye(3), [[0, 1, 2]])
        >>> shifts = np.stack([rigid.translation([x, x, x]) for x in (3.0, 2.0, 4.0)])
        >>> index, nearest = DistanceQuery(corner, corner).minimum(shifts)
        >>> index, nearest.distance_mm.round(3).tolist()
        (1, [3.464])
        """
        stack = as_transforms(transforms)
        if len(stack) == 0:
            raise InputError("the minimum needs at least one pose, got none")
        answers = self._answers(stack, "least", n_threads)
        index = int(answers.distance.argmin())
        return index, self._distances(answers[index : index + 1])

    def _answers(
        self,
        transforms: Array,
        wanted: Wanted,
        n_threads: int | None,
        *,
        depths: Depths = "measured",
    ) -> Answers:
        """Answer every pose, or only so far that the least distance is known."""
        poses = _as_poses(transforms, self._a.tree.centre, self._b.tree.centre)
        answers = Answers.empty(len(poses))
        run_chunks(
            lambda part: self._fill(poses[part], answers[part], wanted, depths),
            len(poses),
            n_threads,
        )
        return answers

    def _distances(self, answers: Answers) -> Distances:
        """Return answers in the frame of b and the order of the meshes."""
        return Distances(
            distance_mm=answers.distance,
            points_a_mm=answers.points[:, :3] + self._b.tree.centre,
            points_b_mm=answers.points[:, 3:] + self._b.tree.centre,
            triangles_a=self._a.tree.faces[answers.pairs[:, 0]],
            triangles_b=self._b.tree.faces[answers.pairs[:, 1]],
            kind=KINDS[answers.kind],
        )

    def _fill(self, poses: Array, answers: Answers, wanted: Wanted, depths: Depths) -> None:
        """Answer one chunk of poses."""
        found = find_candidates(self._a, self._b, poses, wanted)
        answers.pairs[:] = found.seeds.T
        _distance_kernels.sweep(
            self._a.tree.arrays,
            self._b.tree.arrays,
            poses,
            found.caps,
            found.lists,
            found.counts,
            answers.distance,
            answers.points,
            answers.pairs,
            (
                np.empty((256, 2), dtype=np.int64),
                np.empty(256),
                np.empty((3, 9)),
                np.empty((2, LISTED)),
                np.empty((LISTED, 9)),
            ),
        )
        add_overlap(self._a, self._b, poses, answers, depths=depths)


def minimum_distance(
    a: Mesh, b: Mesh, transform: ArrayLike | None = None, *, n_threads: int | None = None
) -> Distances:
    """Measure the distance of two surfaces once; see :class:`DistanceQuery` for many poses.

    Parameters
    ----------
    a, b
        Surfaces; closed ones know their inside.
    transform
        ``b_from_a``, shape (4, 4) or (n, 4, 4), rigid, mm; the same frame if not given.
    n_threads
        See :class:`DistanceQuery`.

    Raises
    ------
    InputError
        If a surface is not a mesh, or the transform is not rigid.

    Examples
    --------
    >>> low = Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])
    >>> high = Mesh([[0, 0, 2], [1, 0, 2], [0, 1, 2]], [[0, 1, 2]])
    >>> minimum_distance(low, high).distance_mm.tolist()
    [2.0]
    """
    return DistanceQuery(a, b)(np.eye(4) if transform is None else transform, n_threads=n_threads)


def _as_poses(transforms: Array, centre_a: Array, centre_b: Array) -> Array:
    """Return the poses (n, 12) the kernels take, between coordinates relative to the centres.

    One step of Newton's iteration for the polar decomposition removes what rounding (of a
    transform stored in single precision, say) took from orthonormality: the bounds rely on it.
    """
    rotation = transforms[:, :3, :3]
    rotation = 1.5 * rotation - 0.5 * rotation @ rotation.transpose(0, 2, 1) @ rotation
    shift = transforms[:, :3, 3] + rotation @ centre_a - centre_b
    return np.concatenate([rotation.reshape(-1, 9), shift], axis=1)
