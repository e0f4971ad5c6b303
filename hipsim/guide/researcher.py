"""For the researcher: from a scenario file to a figure.

A scenario says which hips, which motions, which operations; every combination is run once. It is a
text file; ``hipsim schema --out .`` writes the JSON schema that makes an editor complete and check
it. Start from one of those that come with hipsim, by name:

    hipsim run version_and_width --dry-run

says what would run, how long it takes and how large it gets. Run one:

    hipsim run shorter_stride --out stride
    hipsim results stride

``stride/results.csv`` has one row per hip, plan and motion; ``results.nc`` every pose, labelled,
for xarray, MATLAB or R; ``manifest.json`` versions, hashes and conventions.

>>> import hipsim as hs
>>> scenario = hs.load_scenario("shorter_stride")
>>> [motion.name for motion in scenario.motions][:2]
['normal_stride', 'stride_90']

Stopped for whatever reason, the same command goes on; a hip that fails is a row with its reason.
``--workers N`` and ``--scheduler`` change the time, not a bit of the numbers.

Populations
-----------
Thousands of virtual people, drawn from published anatomy, without a mesh on the disk:

    hipsim cohort --n 60 --motion neutral --motion ifi_test --out people
    hipsim analyse people --group-by sex --out analysis

compares groups with effect sizes and intervals, correlates anatomy with space, and draws it.
Subject 7 is the same person in a cohort of any size. Anatomy was calibrated on published
measurements; clearance never was: compare it, do not fit it.

The trial nobody can do
-----------------------
``in_silico_trial`` gives every patient with a narrow hip every operation: resection, derotation,
both. Its size is one number in the file.

    hipsim run in_silico_trial --dry-run

From Python
-----------
Motions are arrays of angles with a name and named zeros; anything that can be written as angles can
be run. OpenSim's .mot and .sto and plain CSV are read as motions in a scenario.

>>> stride = hs.motions.gait(stride_factor=0.8)
>>> stride.pelvic_zero, stride.femoral_zero, stride.n_poses
('isb', 'isb', 101)
>>> hip = hs.load_hip("woman_narrow")
>>> short = hs.clearance_along(hip, stride)
>>> long = hs.clearance_along(hip, hs.motions.gait(stride_factor=1.2))
>>> short.minimum_mm > long.minimum_mm
True

What-if anatomy is made from a patient's own bones:

>>> turned = hs.morph(hip, version_deg=-10.0)
>>> hs.clearance_along(turned, stride).minimum_mm > short.minimum_mm
True

State in a paper
----------------
Version method, pelvic zero (``app`` or ``isb``, 12 deg apart), femoral zero, regions (extracapsular
femur against ischium by default), 3D distance and not that of an axial slice, hipsim's version and
the scenario. All of it stands in ``manifest.json``. ``hipsim validate`` reruns the evidence on your
machine.
"""
