"""Chance: whether something happens this time."""

from random import Random


def happens(probability: float, random: Random) -> bool:
    """True with this probability, drawing once."""
    return random.random() < probability
