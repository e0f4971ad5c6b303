"""For the engineer: conventions, the house, how to add a motion or a procedure.

Conventions
-----------
mm and degrees in every public name that carries one; radians only inside ``geometry`` and
kernels. ISB axes for both hips: X anterior, Y superior, Z to the right. ``anatomy/sides.py``
alone knows left from right. Angles: flexion, adduction, internal rotation positive, intrinsic
Z-X'-Y''. A pose is an angle triple of a motion, which names its zeros:

>>> import hipsim as hs
>>> motion = hs.motions.arc(flexion_deg=(0, -20), adduction_deg=10, step_deg=10, name="reach back")
>>> motion.pose_deg(-1), motion.pelvic_zero, motion.femoral_zero
({'flexion': -20.0, 'adduction': 10.0, 'rotation': 0.0}, 'app', 'condylar')

A hip is frozen; surgery returns another, with one more note:

>>> hip = hs.load_hip("woman")
>>> operated = hs.derotate_femur(hs.resect_lesser_trochanter(hip, depth_mm=3), angle_deg=10)
>>> [note["procedure"] for note in operated.notes if "procedure" in note]
['resect_lesser_trochanter', 'derotate_femur']

The house
---------
Rooms are folders, floors are levels; imports go down only and guest libraries have one door each:
``tests/test_floors.py`` is the law (files under 400 lines, functions under 25, kernels under 60).

    errors, guide < checks < geometry < proximity, anatomy < kinematics, surgery < planning
    < io, viz < study, report < planner < cli

- ``geometry``    meshes, rigid motions, boolean cuts, fits
- ``anatomy``     landmarks, frames, regions, footprints; virtual hips, morphs, populations
- ``proximity``   the numba core: distance of two surfaces over poses, certified bounds, depth
- ``kinematics``  angles to transforms; the named motions; the hip's centre
- ``surgery``     procedures, Hip -> Hip, and what they cost
- ``planning``    clearance over a motion, what is required, trade-off, doubt, cohorts
- ``io``, ``viz``, ``study``, ``report``, ``planner``, ``cli``   files, pictures, scenarios, pages

To read: ``hipsim/__init__.py``, then a room's ``__init__.py``, then one file.

The core
--------
``DistanceQuery(a, b)(transforms)`` is exact to float64. Kernels are compiled when first called and
kept under the text of all kernel files together, so that none is ever stale. Every fast path has a
slow oracle in the tests (all pairs of triangles); ``NUMBA_DISABLE_JIT=1`` runs the same code as
Python.

To add a motion
---------------
1. A function in ``kinematics`` that returns a ``Motion``: keywords in the direction they name
   (``extension_deg`` positive), every angle with its source in ``reference``, the threshold that
   belongs to this motion.
2. A line in ``NAMED_MOTIONS`` (``kinematics/motions.py``).
3. ``hipsim schema --out scenarios``: its keywords are scenario keys from now on.
4. Tests: the poses at both ends, a refusal for every bad keyword, mirrored hip = same clearance.

>>> from hipsim.kinematics.motions import NAMED_MOTIONS
>>> sorted(NAMED_MOTIONS)
['arc', 'faber', 'front_split', 'gait', 'grid', 'ifi_test', 'long_stride_walking', 'neutral']

To add a procedure
------------------
1. A function ``Hip -> Hip`` in ``surgery``, the hip first, amounts as keywords with their unit.
   Bone is taken with :func:`hipsim.surgery.removal.resect_femur`, which keeps labels, landmarks,
   footprints and volume right.
2. A line in ``PROCEDURES`` (``surgery/procedure.py``) with its amount, unit and idle amount.
3. Tests: 0 changes nothing; more never lowers the clearance; V(kept) + V(removed) = V(before);
   the input is untouched; each refusal.

>>> from hipsim.surgery.procedure import PROCEDURES
>>> PROCEDURES["derotate_femur"].amount, PROCEDURES["derotate_femur"].unit
('angle_deg', 'deg')

Is this machine fit?

    hipsim doctor

The proof
---------
``hipsim validate`` reruns it: closed forms, other libraries, laws of the subject, published
numbers. ``benchmarks/README.md`` tells what was measured beside which library and what is still
slow.
"""
