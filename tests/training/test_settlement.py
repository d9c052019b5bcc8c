"""Several decisions on one listing: one counts, whichever order they stand in."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.listing import Listing
from training.labels import Label, labels
from training.settlement import settle, settle_all
from training.takedowns import Outcome, Takedown

DAY = datetime(2026, 1, 1, tzinfo=UTC)
G, H, U = Label.GUILTY, Label.HONEST, Label.UNKNOWN
Decision = tuple[Outcome, str, int | None]


def decided(
    outcome: Outcome, reason: str, day: int | None, listing: str = "1", platform: str | None = None
) -> Takedown:
    when = None if day is None else DAY + timedelta(days=day)
    return Takedown(Listing(listing, "女包", platform=platform), outcome, reason, decided_at=when)


@pytest.mark.parametrize(
    ("decisions", "counterfeit", "fraud_order"),
    [
        ([("confirmed", "假货", 1), ("rejected", "", 2)], [U, H], [U, H]),  # the latest counts
        ([("rejected", "", 2), ("confirmed", "假货", 1)], [H, U], [H, U]),  # whatever the order of the file
        ([("rejected", "", 1), ("confirmed", "假货", 2)], [U, G], [H, U]),
        ([("confirmed", "假货", 1), ("confirmed", "刷单", 2)], [G, U], [U, G]),
        ([("confirmed", "假货", 1), ("appeal_reversed", "假货", 5)], [U, H], [U, U]),
        ([("confirmed", "假货", 1), ("appeal_reversed", "", 5)], [U, H], [U, U]),  # it means what was confirmed
        ([("confirmed", "假货", 1), ("appeal_reversed", "误判", 5)], [U, H], [U, U]),
        ([("confirmed", "假货", 1), ("appeal_reversed", "", 1)], [U, H], [U, U]),  # of the same time, and after it
        ([("confirmed", "假货", None), ("appeal_reversed", "", None)], [U, H], [U, U]),
        ([("confirmed", "假货", 1), ("appeal_reversed", "", None)], [U, H], [U, U]),
        ([("confirmed", "假货", 1), ("appeal_reversed", "", 3), ("confirmed", "假货", 9)], [U, U, G], [U, U, U]),
        ([("confirmed", "假货", 1), ("confirmed", "刷单", 1), ("appeal_reversed", "刷单", 3)], [G, U, U], [U, U, H]),
        ([("confirmed", "假货", 1), ("pending", "", 5)], [G, U], [U, U]),  # nobody decided anew
        ([("confirmed", "假货", 1), ("confirmed", "迟发货", 5)], [G, U], [U, U]),
        ([("confirmed", "假货", 1), ("confirmed", "假货", None)], [G, U], [U, U]),  # they agree
        ([("pending", "", 1), ("pending", "", 2)], [U, U], [U, U]),
    ],
)
def test_several_decisions_on_one_listing(
    decisions: list[Decision], counterfeit: list[Label], fraud_order: list[Label]
) -> None:
    settled = settle([decided(*decision) for decision in decisions])
    assert settled.labels["counterfeit"].tolist() == counterfeit
    assert settled.labels["fraud_order"].tolist() == fraud_order
    assert settled.contradictions == ()


@pytest.mark.parametrize(
    "decisions",
    [
        [("confirmed", "假货", 1), ("rejected", "假货", 1)],
        [("confirmed", "假货", None), ("rejected", "假货", None)],
        [("confirmed", "假货", 1), ("rejected", "假货", None)],
        [("rejected", "假货", 0), ("confirmed", "假货", 1), ("rejected", "假货", 1)],
    ],
)
def test_a_contradiction_is_named_and_left_out(decisions: list[Decision]) -> None:
    settled = settle([decided(*decision) for decision in decisions])
    [told] = settled.contradictions
    assert (told.listing_id, told.head, told.rows) == ("1", "counterfeit", tuple(range(len(decisions))))
    assert set(settled.labels["counterfeit"].tolist()) == {U}
    assert settled.silenced["counterfeit"].all()


def test_a_listing_that_contradicts_itself_for_two_heads_is_one_listing() -> None:
    rows = [decided("confirmed", "假货+刷单", 1), decided("rejected", "", 1), decided("confirmed", "假货", 1, "2")]
    settled = settle(rows)
    assert len(settled.contradictions) == 2
    assert settled.contradicted == 1


def test_an_id_is_one_listing_on_one_platform_only() -> None:
    rows = [
        decided("confirmed", "假货", 1, platform="taobao"),
        decided("rejected", "", 2, platform="pinduoduo"),
        decided("appeal_reversed", "", 3, platform="taobao"),
        decided("confirmed", "假货", 1),
    ]
    assert settle(rows).labels["counterfeit"].tolist() == [U, H, H, G]


outcomes = st.sampled_from(["confirmed", "rejected", "appeal_reversed", "pending"])
takedowns = st.lists(
    st.builds(
        decided,
        outcomes,
        st.sampled_from(["", "假货", "刷单", "假货+刷单", "迟发货"]),
        st.none() | st.integers(0, 3),
        st.sampled_from("abc"),
    ),
    max_size=12,
)


@given(takedowns)
def test_a_listing_speaks_once_and_not_at_all_when_it_contradicts_itself(rows: list[Takedown]) -> None:
    settled = settle(rows)
    for head, told in settled.labels.items():
        for listing in "abc":
            mine = np.array([t.listing.listing_id == listing for t in rows], dtype=np.bool_)
            against = any(one.listing_id == listing and one.head == head for one in settled.contradictions)
            assert int((told[mine] != U).sum()) <= (not against)


@given(takedowns)
def test_the_order_of_the_file_changes_no_verdict(rows: list[Takedown]) -> None:
    def verdicts(some: list[Takedown]) -> dict[tuple[str, str], int]:
        settled = settle(some).labels
        return {
            (t.listing.listing_id, head): int(said)
            for head, told in settled.items()
            for t, said in zip(some, told, strict=True)
            if said != U
        }

    assert verdicts(rows) == verdicts(rows[::-1])


@given(takedowns)
def test_a_file_too_large_to_keep_is_settled_the_same(rows: list[Takedown]) -> None:
    whole, passing = settle(rows), settle_all(iter(rows))
    assert passing.contradictions == whole.contradictions
    assert all(passing.labels[head].tolist() == told.tolist() for head, told in whole.labels.items())


def test_listings_of_one_decision_are_labelled_as_ever() -> None:
    rows = [decided("confirmed", "假货", 1, "1"), decided("rejected", "", None, "2"), decided("pending", "", 1, "3")]
    settled = settle(rows)
    for head, told in settled.labels.items():
        assert told.tolist() == labels(rows, head).tolist()
        assert not settled.silenced[head].any()
