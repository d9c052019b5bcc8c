"""Scoring streams: chunks change nothing, and only the telling few listings are kept."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from models import Bundle
from training import scored
from training.errors import TrainingError
from training.fingerprint import Fingerprint
from training.labels import Label
from training.scored import WORST, Scored, score
from training.settlement import settle
from training.takedowns import Takedown


def asked(bundles: Sequence[Bundle], rows: Sequence[Takedown]) -> Scored:
    return score(bundles, rows, settle(rows).labels)


def test_chunks_change_nothing(small_bundle: Bundle, newest: list[Takedown], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asked([small_bundle], newest)
    monkeypatch.setattr(scored, "_CHUNK", 37)
    parts = asked([small_bundle], newest)
    assert whole.count == parts.count == len(newest)
    assert whole.fingerprint == parts.fingerprint
    assert np.array_equal(whole.sellers, parts.sellers)
    for head, logits in whole.opinions[0].logits.items():
        assert np.allclose(logits, parts.opinions[0].logits[head], atol=1e-12)
        assert [m.row for m in whole.opinions[0].alarms[head]] == [m.row for m in parts.opinions[0].alarms[head]]
        assert [m.row for m in whole.opinions[0].misses[head]] == [m.row for m in parts.opinions[0].misses[head]]


def test_the_worst_mistakes_are_kept(small_bundle: Bundle, newest: list[Takedown]) -> None:
    told = asked([small_bundle], newest)
    opinion = told.opinions[0]
    for head, logits in opinion.logits.items():
        honest = np.flatnonzero(told.labels[head] == Label.HONEST)
        assert [one.logit for one in opinion.alarms[head]] == sorted(logits[honest], reverse=True)[:WORST]
        assert all(newest[one.row] == one.takedown for one in (*opinion.alarms[head], *opinion.misses[head]))
        assert all(told.labels[head][one.row] == Label.GUILTY for one in opinion.misses[head])


def test_the_sample_is_drawn_from_all(
    small_bundle: Bundle, newest: list[Takedown], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scored, "SAMPLED", 50)
    rows = {takedown.listing.listing_id: row for row, takedown in enumerate(newest)}
    places = [rows[t.listing.listing_id] for t in asked([small_bundle], newest).sample]
    assert len(places) == len(set(places)) == 50
    assert max(places) > 600
    assert sum(place < 450 for place in places) in range(12, 39)


def test_nothing_is_scored_when_there_is_nothing(small_bundle: Bundle) -> None:
    told = asked([small_bundle], [])
    assert told.count == 0
    assert all(len(logits) == 0 for logits in told.opinions[0].logits.values())


def test_a_fingerprint_names_the_takedowns_and_their_order(newest: list[Takedown]) -> None:
    def of(rows: list[Takedown]) -> str:
        fingerprint = Fingerprint()
        fingerprint.update(rows[:1])
        fingerprint.update(rows[1:])
        return fingerprint.hexdigest()

    assert of(newest[:9]) == of(list(newest[:9]))
    assert of(newest[:9]) != of(newest[8::-1])
    assert of(newest[:9]) != of([*newest[:8], replace(newest[8], reviewer="somebody else")])


def test_each_bundle_reads_with_its_own_knowledge(small_bundle: Bundle, newest: list[Takedown]) -> None:
    known = small_bundle.knowledge
    fewer = dict(list(known.brands.items())[: len(known.brands) // 20])
    other = replace(
        small_bundle, knowledge=replace(known, brands=fewer, digests=dict(known.digests) | {"own": "0" * 64})
    )
    apart, together = asked([small_bundle, other], newest[:120]), asked([other], newest[:120])
    alone = asked([small_bundle], newest[:120])
    for head, logits in apart.opinions[0].logits.items():
        assert np.allclose(logits, alone.opinions[0].logits[head])
        assert np.allclose(apart.opinions[1].logits[head], together.opinions[0].logits[head])


@pytest.mark.parametrize("settled", [29, 31])
def test_takedowns_that_changed_since_they_were_settled_are_refused(
    small_bundle: Bundle, newest: list[Takedown], settled: int
) -> None:
    with pytest.raises(TrainingError, match="changed while they were read"):
        score([small_bundle], newest[:30], settle(newest[:settled]).labels)
