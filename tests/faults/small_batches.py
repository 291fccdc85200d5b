"""Imported by a worker of the fault tests: its morning runs have several batches though the tests' organizations are small."""

from config import environment
from reinforcement.programs import planner

planner.BATCH = environment.read.int("FAULTS_BATCH", default=5)
