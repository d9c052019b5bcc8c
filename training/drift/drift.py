"""Drift: a new file of listings against what a bundle was trained on. No label is needed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import orjson

from features.listing import Listing
from features.reader import Reader
from models.bundle import Bundle
from models.scorer import Scorer
from models.screening import Bilingual
from training.drift import verdict
from training.drift.comparison import (
    ColumnDrift,
    RateDrift,
    category_rates,
    compare_columns,
    evasion_rates,
    gains,
    level_rates,
)
from training.drift.profile import Profile
from training.drift.sample import Sample, take_sample
from training.drift.terms import Term, rising, wording_distance
from training.drift.verdict import STATES, UNKNOWN, Part, State
from training.errors import TrainingError

_TERMS = 30


class NoReference(TrainingError):
    """The bundle does not say what it was trained on."""


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Everything that was compared. `state` is None when there is too little to say."""

    bundle: str
    reference: tuple[int, int]  # listings and listers it remembers
    listings: int  # of the new file
    looked_at: int  # of these, drawn at random
    listers: int  # sellers, shops or different titles among them
    state: State | None
    verdict: Bilingual
    advice: Bilingual
    parts: tuple[Part, ...]
    columns: tuple[ColumnDrift, ...]  # what moved most first, weighed by the gain it brings
    levels: tuple[RateDrift, ...]
    evasion: tuple[RateDrift, ...]
    categories: tuple[RateDrift, ...]
    terms: tuple[Term, ...]

    def to_json(self) -> bytes:
        """The report as JSON; `state` is steady, watch, retrain or unknown."""
        return orjson.dumps(_plain(self), option=orjson.OPT_INDENT_2)


def sampled(bundle: Bundle, listings: Sequence[Listing], reader: Reader | None = None) -> Sample:
    """Read and score listings with a bundle."""
    return take_sample(scorer_of(bundle), Reader(bundle.knowledge) if reader is None else reader, listings)


def scorer_of(bundle: Bundle) -> Scorer:
    """The trained parts of a bundle, ready to run."""
    told = bundle.manifest
    return Scorer(told.features, told.signals, bundle.text, bundle.boosters, bundle.calibrations)


def reference_of(bundle: Bundle) -> Profile:
    """What the bundle remembers of its training. Raises NoReference or ReferenceInvalid."""
    if bundle.reference is None:
        raise NoReference(
            f"bundle {bundle.id} does not remember what it was trained on; name a file of listings of that time with"
            " --reference FILE, or retrain with `zhenwei train`"
        )
    return Profile.from_bytes(bundle.reference)


def compare(bundle: Bundle, profile: Profile, sample: Sample, listings: int | None = None) -> DriftReport:
    """Compare a sample of n >= 1 of `listings` with a profile made with the same bundle."""
    columns = compare_columns(profile, sample, gains(scorer_of(bundle)))
    doubt = verdict.doubt_of(len(columns))
    evasion, levels = evasion_rates(columns), level_rates(columns)
    apart, categories = category_rates(profile, sample, bundle.knowledge.categories)
    terms = rising(profile.wording, sample, _TERMS)
    parts: tuple[Part, ...] = (
        verdict.score_part(columns, levels, doubt),
        verdict.text_part(wording_distance(profile.wording, sample), columns, terms, doubt),
        verdict.evasion_part(evasion, doubt),
        verdict.feature_part(columns, doubt),
        verdict.category_part(apart, categories, doubt),
        verdict.coverage_part(columns, doubt),
    )
    listers = len(set(sample.groups.tolist()))
    enough = len(sample) >= verdict.LEAST_LISTINGS and listers >= verdict.LEAST_LISTERS
    state = verdict.overall(parts) if enough else None
    if not enough:  # a verdict about one side would say what the whole cannot
        parts = tuple(replace(part, state=None, few=part.state is not None) for part in parts)
    return DriftReport(
        bundle=bundle.id,
        reference=(profile.listings, profile.groups),
        listings=len(sample) if listings is None else listings,
        looked_at=len(sample),
        listers=listers,
        state=state,
        verdict=UNKNOWN if state is None else STATES[state],
        advice=verdict.advice(state, parts),
        parts=parts,
        columns=tuple(sorted(columns, key=lambda c: (-c.weight * c.distance.psi, -c.distance.psi, c.name))),
        levels=tuple(levels),
        evasion=tuple(evasion),
        categories=tuple(categories),
        terms=tuple(terms),
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of a report
    if isinstance(value, State):
        return value.name.lower()
    if is_dataclass(value):
        told = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        if isinstance(value, Part):
            told["called"] = _plain(value.called)
        return told | ({"state": told["state"] or "unknown"} if "state" in told else {})
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
