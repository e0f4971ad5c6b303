"""For the surgeon: from the scan to a plan in ten minutes.

hipsim answers: how much space is there between femur and ischium over the motion, where is it
least, what would a resection or a derotation give, how much is needed, at what cost, how sure is
that. It knows bone only. It does not know pain, cartilage, muscle or tendon, and it is not a
medical device.

1. Segment
----------
Femur and hip bone of the side, and the other hip bone for the pelvic plane, in any program; the
condyles of the knee in the same scan where possible, for they define femoral version. What goes in
are surfaces (STL and others) or the label map itself (NIfTI, NRRD, DICOM SEG: extra ``images``).
Voxels of 1 mm or less; no smoothing beyond what the segmentation needs.

2. Import and check
-------------------
In the folder ``scan`` lie femur_r.stl, hip_r.stl, hip_l.stl:

    hipsim import scan --out patient

finds unit and sides by the shape of the bones. Then

    hipsim check patient

says what is wrong with the surfaces and whether this femur belongs into this socket. What it prints
as *fail* must be mended in the segmentation program; nothing is guessed.

3. Measure
----------

    hipsim measure patient --side right --json patient.json

finds landmarks and frames by itself and prints version (five methods, named), neck-shaft angle,
the lesser trochanter and the ischiofemoral space in neutral, each beside published norms. Look at
the first lines: doubts stand there. A neutral space below 15 to 18 mm is narrow; the value
belongs to the neutral, static image only. Space here is the least distance in 3D; a distance in
one axial slice is larger, and both are printed.

4. Look
-------

    hipsim animate patient --side right --motion ifi_test --out motion.gif

shows the femur over the impingement test (extension in neutral, adduction, abduction) with the
closest points. ``hipsim view`` is the same in a window.

5. Plan
-------

    hipsim plan patient --side right --sex female --target neutral=17 --out plan

A target is a space in mm, or a percentile of the reference population in that motion
(``ifi_test=p25``). First comes what the hip has, and whether a shorter stride, a wider step or a
tilted pelvis already does it: nine of ten patients never need surgery. Then one table with every
way to the target: the least bone that does it, the best single plane, a burr, a contouring,
derotation, and resection with derotation; each with bone, iliopsoas attachment, version, leg
length, internal rotation in flexion, and the probability that it reaches the target, given how
exactly landmarks, pose and cut are known. What no way reaches is said in mm.

``plan/report.html`` is one page for the record, offline. The STL files (operated femur, removed
piece, cut plane) lie in the frame of the scan: drop them on the scan in 3D Slicer.

6. Try
------
``hipsim planner patient --side right`` (extra ``web``) is the same page with sliders for depth,
tilt, angle, level and target; the numbers follow at once, plans are compared side by side, and
what you choose is saved as scenario, STL or report.

What to keep in mind
--------------------
- A simulated gain is not a clinical gain. Bone that touches in the computer may be kept apart by
  soft tissue in the patient; cartilage and muscle take 2 to 8 mm that no bone model sees.
- Over 90 % of patients recover without surgery.
- Resection takes attachment: 5, 10 and 15 mm took 22, 50 and 76 % of the iliopsoas footprint in
  cadavers.
- Derotation gives space behind and takes internal rotation in front.
- The knee must be in the scan for version; a version typed in by hand carries its method.
"""
