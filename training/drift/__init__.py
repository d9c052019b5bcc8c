"""Drift: whether the market moved away from what a bundle was trained on."""

from training.drift.drift import DriftReport, NoReference, compare, reference_of, sampled
from training.drift.profile import Profile
from training.drift.sample import MOST, Drawn, draw
from training.drift.verdict import State

__all__ = [
    "MOST",
    "Drawn",
    "DriftReport",
    "NoReference",
    "Profile",
    "State",
    "compare",
    "draw",
    "reference_of",
    "sampled",
]
