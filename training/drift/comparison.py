"""A new file against the profile: every column, every level, every evasive spelling, every category."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.knowledge.schema import Category
from features.registry import CATALOGUE
from models.heads import HEADS
from models.scorer import Scorer
from models.screening import Bilingual
from training.drift.divergence import Distance, distance
from training.drift.profile import EVASION, NOVELTY, Column, Profile, category_shares, column_of
from training.drift.sample import LEVEL, SCORE, TEXT, Sample
from training.drift.wording import novelty

Floats = NDArray[np.float64]

_LABELS = {
    SCORE: Bilingual("风险对数几率", "risk log-odds"),
    LEVEL: Bilingual("风险等级", "level"),
    TEXT: Bilingual("标题用语", "wording of the title"),
}
_PLACES = {"other": Bilingual("其他", "other"), "new": Bilingual("新品类", "new categories")}
_NOVELTY = Bilingual("从未见过的字词占比", "share of unseen wording")


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """How one column moved. `before` and `after` are shares of the bins of what is told."""

    name: str
    label: Bilingual
    weight: float  # share of the trees' gain that this column brings, 0..1
    distance: Distance
    told: Distance
    told_before: float
    told_after: float
    edges: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RateDrift:
    """How the share of listings with something moved: a level, an evasive spelling, a category."""

    name: str
    label: Bilingual
    before: float
    after: float
    p: float  # probability of such a difference when nothing changed


def compare_columns(profile: Profile, sample: Sample, weights: Mapping[str, float]) -> list[ColumnDrift]:
    """Compare every column that both sides have, in the order of the profile."""
    at = {name: i for i, name in enumerate(sample.columns)}
    fresh = novelty(sample.grams, profile.wording)
    out = []
    for name, old in profile.columns.items():
        if name != NOVELTY and name not in at:
            continue
        values = fresh if name == NOVELTY else sample.numbers[:, at[name]]
        out.append(_column(old, column_of(name, values, sample.groups, old.edges), weights.get(name, 0.0)))
    return out


def _column(old: Column, new: Column, weight: float) -> ColumnDrift:
    return ColumnDrift(
        name=old.name,
        label=label_of(old.name),
        weight=weight,
        distance=distance(old.values, new.values),
        told=distance(old.told, new.told),
        told_before=old.told.shares[1],
        told_after=new.told.shares[1],
        edges=old.edges,
        before=old.values.shares,
        after=new.values.shares,
    )


def label_of(name: str) -> Bilingual:
    """What people call a column."""
    if name == NOVELTY:
        return _NOVELTY
    for kind, label in _LABELS.items():
        if (head := HEADS.get(name.removeprefix(kind))) and name.startswith(kind):
            return Bilingual(f"{head.zh}：{label.zh}", f"{head.en}: {label.en}")
    for feature in CATALOGUE:
        if feature.name == name:
            return Bilingual(feature.zh, feature.en)
    return Bilingual(name, name)


def evasion_rates(columns: list[ColumnDrift]) -> list[RateDrift]:
    """Shares of titles in which each evasive spelling fired, the surest change first."""
    out = []
    for column in columns:
        if column.name.startswith(EVASION) and 0.0 in column.edges:
            none = column.edges.index(0.0) + 1
            fired = (sum(column.before[none:]), sum(column.after[none:]))
            out.append(RateDrift(column.name, column.label, *fired, column.distance.p))
    return sorted(out, key=lambda rate: (rate.p, rate.name))


def level_rates(columns: list[ColumnDrift]) -> list[RateDrift]:
    """Shares of listings at level medium or higher, and at high, of every head."""
    out = []
    for column in columns:
        if column.name.startswith(LEVEL):
            for least, zh, en in ((1, "中或高", "medium or high"), (2, "高", "high")):
                label = Bilingual(f"{column.label.zh}：{zh}", f"{column.label.en} {en}")
                shares = (sum(column.before[least:]), sum(column.after[least:]))
                out.append(RateDrift(f"{column.name}.{en.split()[0]}", label, *shares, column.distance.p))
    return out


def category_rates(profile: Profile, sample: Sample, known: Mapping[str, Category]) -> tuple[Distance, list[RateDrift]]:
    """Compare the mix of categories; the rates are those of every category, the largest change first."""
    old = profile.categories
    new = category_shares(sample, old.names)
    apart = distance(old.shares, new)
    labels = {name: Bilingual(one.zh, one.en) for name, one in known.items()} | _PLACES
    rates = [
        RateDrift(name, labels.get(name, label_of(name)), before, after, apart.p)
        for name, before, after in zip((*old.names, "new"), old.shares.shares, new.shares, strict=True)
    ]
    return apart, sorted(rates, key=lambda rate: (-abs(rate.after - rate.before), rate.name))


def gains(scorer: Scorer) -> dict[str, float]:
    """Share of the trees' gain that each column brings, over all heads; they sum to 1."""
    own = [*scorer.features, *(f"signal.{name}" for name in scorer.signals)]
    out: dict[str, float] = {}
    for head, booster in scorer.boosters.items():
        names = [*own, TEXT + head]
        splits = list(_splits(booster.text))
        total = sum(gain for _, gain in splits) or 1.0
        for column, gain in splits:
            out[names[column]] = out.get(names[column], 0.0) + gain / total / len(scorer.boosters)
    return out


def _splits(model: str) -> Iterator[tuple[int, float]]:
    """Yield the column and the gain of every split of a model that LightGBM saved as text."""
    columns: list[str] = []
    for line in model.splitlines():
        key, _, rest = line.partition("=")
        if key == "split_feature":
            columns = rest.split()
        elif key == "split_gain":
            yield from ((int(column), float(gain)) for column, gain in zip(columns, rest.split(), strict=True))
