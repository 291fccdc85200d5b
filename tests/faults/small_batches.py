"""Imported by a worker of the fault tests: its morning runs have several batches though the tests' organizations are small."""

from reinforcement.programs import planner

planner.BATCH = 5
