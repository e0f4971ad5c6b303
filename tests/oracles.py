"""Slow truth in plain numpy, to judge the fast code."""
