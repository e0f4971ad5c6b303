"""Scenario file to results: check, expand, run, store; and the measurements of one hip."""
