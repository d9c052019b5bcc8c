"""Whether the takedowns that a bundle is measured on still look like those it was trained on."""

from collections.abc import Sequence
from dataclasses import dataclass

from features.listing import Listing
from features.reader import Reader
from models.bundle import Bundle
from models.screening import Bilingual
from training.drift import NoReference, compare, reference_of, sampled

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the market: steady, watch, retrain or unknown, and what that means."""

    label: Bilingual
    state: str
    called: Bilingual  # what people call the state
    message: Bilingual


@dataclass(frozen=True, slots=True)
class Shift:
    """The share of listings with something, then and now."""

    label: Bilingual
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Since:
    """What moved since training; see training.drift."""

    state: str
    verdict: Bilingual
    advice: Bilingual
    known: int  # listings that the bundle remembers
    listings: int
    sides: tuple[Side, ...]
    shifts: tuple[Shift, ...]  # levels, then evasive spellings, the largest differences first
    words: tuple[str, ...]  # stretches of titles that became common; strangers wrote them


def since(bundle: Bundle, listings: Sequence[Listing], count: int, reader: Reader) -> Since | None:
    """Compare a sample of `count` listings with what the bundle remembers; None when it remembers nothing."""
    if not listings:
        return None
    try:
        profile = reference_of(bundle)
    except NoReference:
        return None
    told = compare(bundle, profile, sampled(bundle, listings, reader), count)
    rates = (*told.levels, *sorted(told.evasion, key=lambda one: (-abs(one.after - one.before), one.name))[:_SHOWN])
    return Since(
        state="unknown" if told.state is None else told.state.name.lower(),
        verdict=told.verdict,
        advice=told.advice,
        known=told.reference[0],
        listings=told.listings,
        sides=tuple(
            Side(part.label, "unknown" if part.state is None else part.state.name.lower(), part.called, part.message)
            for part in told.parts
        ),
        shifts=tuple(Shift(one.label, one.before, one.after) for one in rates if one.before or one.after),
        words=tuple(term.text for term in told.terms[:_SHOWN]),
    )
