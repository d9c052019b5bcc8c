"""What must hold for the market to be an honest teacher."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from features.intake import ListingIn
from models.heads import HEAD_OF_REASON
from training.labels import labels, words_of
from training.market import market, simulate
from training.market.edits import Wording, risky
from training.market.titles import compose
from training.market.words import vocabulary
from training.takedowns import Takedown

LISTINGS = 6000
Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def train() -> list[Takedown]:
    return list(simulate(LISTINGS, 1))


@pytest.fixture(scope="module")
def evaluation() -> list[Takedown]:
    return list(simulate(LISTINGS, 1, "evaluation"))


def sellers(takedowns: Sequence[Takedown]) -> set[str]:
    known = [(t.listing.seller.seller_id, t.listing.seller.name) for t in takedowns]
    return {name for pair in known for name in pair if name}


def auc(guilty: NDArray[np.bool_], numbers: Floats) -> float:
    """How well a line fitted on one half tells the other half."""
    half = len(guilty) // 2
    line = LogisticRegression(max_iter=300).fit(numbers[:half], guilty[:half])
    return float(roc_auc_score(guilty[half:], line.decision_function(numbers[half:])))


def test_the_same_seed_gives_the_same_market() -> None:
    assert list(simulate(300, 7)) == list(simulate(300, 7))
    assert list(simulate(300, 7)) != list(simulate(300, 8))


def test_a_longer_market_begins_like_a_shorter_one() -> None:
    assert list(simulate(200, 7))[:100] == list(simulate(100, 7))


def test_every_listing_is_asked_for_once(train: list[Takedown]) -> None:
    assert len(train) == LISTINGS
    assert len({t.listing.listing_id for t in train}) == LISTINGS
    assert all(1 <= len(t.listing.title) <= 512 for t in train)


def test_every_listing_passes_the_edge(train: list[Takedown]) -> None:
    for takedown in train[:1500]:
        ListingIn.model_validate_json(json.dumps(given(record(takedown)), default=str))


def record(takedown: Takedown) -> dict[str, Any]:
    listing = takedown.listing
    parts = {f.name: getattr(listing, f.name) for f in fields(listing)}
    for name in ("seller", "trade", "velocity"):
        parts[name] = {f.name: getattr(parts[name], f.name) for f in fields(parts[name])}
    return {**parts, "attributes": dict(listing.attributes), "signals": dict(listing.signals)}


def given(record: dict[str, Any]) -> dict[str, Any]:
    """The record without what is absent."""
    parts = {name: given(value) if isinstance(value, dict) else value for name, value in record.items()}
    return {name: value for name, value in parts.items() if value is not None and value != {}}


def test_no_seller_is_in_both_parts_and_evaluation_is_later(train: list[Takedown], evaluation: list[Takedown]) -> None:
    assert not sellers(train) & sellers(evaluation)
    first = [t.listing.observed_at for t in evaluation if t.listing.observed_at]
    assert min(first) > max(t.listing.observed_at for t in train if t.listing.observed_at)


def test_rates_are_near_what_platforms_see(train: list[Takedown]) -> None:
    guilty = {head: float((labels(train, head) == 1).mean()) for head in ("counterfeit", "fraud_order")}
    assert 0.04 < guilty["counterfeit"] < 0.12
    assert 0.02 < guilty["fraud_order"] < 0.08
    outcomes = Counter(t.outcome for t in train)
    assert set(outcomes) == {"confirmed", "rejected", "appeal_reversed", "pending"}


def test_every_reason_is_known(train: list[Takedown]) -> None:
    assert {word for t in train for word in words_of(t.reason)} <= HEAD_OF_REASON.keys()


def test_bare_titles_are_common(train: list[Takedown]) -> None:
    bare = [t for t in train if t.listing.price_cny is None and not t.listing.attributes and not sellers([t])]
    assert 0.4 < len(bare) / len(train) < 0.6


@pytest.mark.parametrize("head", ["counterfeit", "fraud_order"])
def test_what_is_missing_tells_nothing(head: str) -> None:
    takedowns = list(simulate(12_000, 3))
    told = labels(takedowns, head)
    rows = [t for t, label in zip(takedowns, told, strict=True) if label >= 0]
    assert auc(told[told >= 0] == 1, np.array([missing(t) for t in rows], dtype=float)) < 0.6


def missing(takedown: Takedown) -> list[bool]:
    listing = takedown.listing
    values = [getattr(part, f.name) for part in (listing.seller, listing.trade, listing.velocity) for f in fields(part)]
    own = [listing.price_cny, listing.category, listing.brand, listing.list_price_cny, listing.observed_at]
    return [value is None for value in (*values, *own)] + [not listing.attributes]


def test_the_background_of_a_title_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the same market without its planted words and disguised brands: nothing is left to learn."""
    wording = market._wording
    guilt: list[bool] = []

    def plain(*args: object, **named: object) -> Wording:
        made = wording(*args, **named)  # type: ignore[arg-type]
        guilt.append(made.reason is not None)
        return made

    monkeypatch.setattr(market, "_wording", plain)
    monkeypatch.setattr(
        market, "compose", lambda scene, _name, _model, _planted, random: compose(scene, "", "", (), random)
    )
    titles = [t.listing.title for t in simulate(12_000, 5)]
    grams = HashingVectorizer(analyzer="char", ngram_range=(1, 2), n_features=2**14, alternate_sign=False)
    assert auc(np.array(guilt), grams.transform(titles)) < 0.6


def test_training_never_says_a_word_kept_for_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    planted: list[str] = []

    def noted(scene: object, edit: object, words: object, random: object, *, attributes: bool) -> Wording:
        made = risky(scene, edit, words, random, attributes=attributes)  # type: ignore[arg-type]
        planted.extend(made.risky)
        return made

    monkeypatch.setattr(market, "risky", noted)
    held_out = vocabulary("train").held_out
    list(simulate(8000, 2))
    assert len(planted) > 500
    assert not [word for word in planted if any(held in word for held in held_out)]
    planted.clear()
    list(simulate(8000, 2, "evaluation"))
    assert sum(word in held_out for word in planted) > 100


NEAR_MISSES = [
    "A货",
    "莆田",
    "垃圾袋",
    "真空包装",
    "纯原汁",
    "驴肉",
    "欧米茄3",
    "中古",
    "专柜",
    "显瘦",
    "瘦腿袜",
    "植物染发",
    "医用",
    "售完无补",
    "柜价",
    "外贸原单",
    "正品代购",
    "香港直邮",
    "祛痘",
    "美白",
    "祛湿",
    "私处护理",
    "可降解",
    "小礼品",
]


@pytest.mark.parametrize("word", NEAR_MISSES)
def test_honest_listings_use_the_words_that_fool_filters(word: str, train: list[Takedown]) -> None:
    honest = [t for t in train if t.outcome == "rejected" and not t.reason and word in t.listing.title]
    assert len(honest) >= 2
