"""Which features a head listens to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.reader import Reader
from features.registry import CATALOGUE
from models.bundle import Bundle
from models.explain import columns_of
from models.scorer import Scorer, grams_of
from models.screening import Bilingual
from training.takedowns import Takedown

SHOWN = 20
"""Features listed per head."""


@dataclass(frozen=True, slots=True)
class Influence:
    """One feature: how far it moves an answer on average, and what the trees gained by it while learning."""

    feature: str
    label: Bilingual
    log_odds: float  # mean absolute contribution to the calibrated log-odds
    told: float  # share of listings that have it
    gain: float  # share 0..1 of the loss that all splits of the head removed


def influences(bundle: Bundle, takedowns: Sequence[Takedown], reader: Reader) -> dict[str, tuple[Influence, ...]]:
    """Head -> features by how far they move the answers on some takedowns, the first SHOWN."""
    if not takedowns:
        return {}
    told = bundle.manifest
    scorer = Scorer(told.features, told.signals, bundle.text, bundle.boosters, bundle.calibrations)
    by_name = {feature.name: feature for feature in CATALOGUE}
    columns = columns_of([by_name[name] for name in told.features], told.signals)
    readings = reader.read_many([t.listing for t in takedowns])
    texts, matrix = scorer.text.values(grams_of(readings)), scorer.matrix(readings)
    out = {}
    for head, booster in bundle.boosters.items():
        numbers, parts = scorer.contributions(head, matrix, texts[head], np.arange(len(readings)))
        moved = np.abs(parts[:, :-1]).mean(axis=0)
        known = (~np.isnan(numbers)).mean(axis=0)
        gained = _gains(booster.text)
        order = np.argsort(-moved, kind="stable")[:SHOWN]
        out[head] = tuple(
            Influence(columns[i].name, columns[i].label, *(float(a[i]) for a in (moved, known, gained)))
            for i in order.tolist()
            if moved[i] > 0
        )
    return out


def _gains(text: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    import lightgbm as lgb  # noqa: PLC0415 - takes two seconds, and only reports need it

    gains = np.asarray(lgb.Booster(model_str=text).feature_importance("gain"), dtype=np.float64)
    return gains / max(float(gains.sum()), 1e-300)
