"""The report's page, live: sliders for the operation, answers from the kinematic core.

To read: :mod:`hipsim.planner.live` (what a position of the sliders means for the hip), then
:mod:`hipsim.planner.server` (a small stateless server for this machine only).
"""
