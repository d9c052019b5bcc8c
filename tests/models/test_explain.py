"""Explanations are exact, and spans point at the title as the seller wrote it."""

import math
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.evidence import Evidence
from features.listing import Listing, Seller, Trade
from models import Screener
from models.explain import SHOWN, evidence_spans
from models.screening import Screening

TODAY = date(2026, 11, 24)
PIECES = ("纯原", "女包", "新款", "🔥", "ＡＢＣ", "过\u200b毒", "①", "運動鞋", " ", "消/炎", "x" * 40, "\u0301")

titles = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), min_size=1, max_size=12).map(
    lambda p: "".join(p)[:512]
)
numbers = st.none() | st.floats(0, 1e6)
shares = st.none() | st.floats(0, 1)
listings = st.builds(
    Listing,
    listing_id=st.just("1"),
    title=titles.filter(bool).map(lambda t: t.encode("utf-8", "replace").decode()),
    price_cny=numbers,
    seller=st.builds(Seller, takedowns_180d=numbers),
    trade=st.builds(Trade, same_address_share=shares, repeat_buyer_share=shares),
)


def explained(screener: Screener, listing: Listing) -> Screening:
    return screener.screen([listing], explain="full", today=TODAY)[0]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(listings)
def test_the_parts_sum_to_the_probability(screener: Screener, listing: Listing) -> None:
    for head in explained(screener, listing).heads.values():
        explanation = head.explanation
        assert explanation is not None
        assert len(explanation.contributions) <= SHOWN
        parts = sum(c.log_odds for c in explanation.contributions)
        assert explanation.base + parts + explanation.other == pytest.approx(explanation.sum, abs=1e-9)
        assert explanation.residual < 1e-6
        assert explanation.sum == pytest.approx(math.log(head.p / (1 - head.p)), abs=1e-6)
        sizes = [abs(c.log_odds) for c in explanation.contributions]
        assert sizes == sorted(sizes, reverse=True)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(listings)
def test_text_spans_sum_to_their_contribution_and_round_trip(screener: Screener, listing: Listing) -> None:
    for head in explained(screener, listing).heads.values():
        assert head.explanation is not None
        for contribution in head.explanation.contributions:
            for span in contribution.spans:
                if span.field == "title":
                    assert listing.title[span.start : span.end] == span.text
                assert span.log_odds * contribution.log_odds >= 0
            if contribution.spans:
                assert sum(s.log_odds for s in contribution.spans) == pytest.approx(contribution.log_odds)
            if contribution.feature == "title.text":
                assert contribution.spans


def test_the_word_that_decides_is_the_span_that_weighs_most(screener: Screener) -> None:
    answer = explained(screener, Listing("1", "新款简约纯原大容量女包", price_cny=40.0))
    explanation = answer.heads["counterfeit"].explanation
    assert explanation is not None
    wording = next(c for c in explanation.contributions if c.feature == "title.text")
    assert max(wording.spans, key=lambda span: span.log_odds).text in {"纯", "原", "纯原"}


def test_evidence_shares_by_strength() -> None:
    seen = [Evidence("r", "title", 0, 2, "纯原", "纯原", strength=3), Evidence("r", "title", 4, 6, "过毒", "过毒")]
    assert [span.log_odds for span in evidence_spans(2.0, seen)] == [1.5, 0.5]
    assert evidence_spans(2.0, []) == ()
