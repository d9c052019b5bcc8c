"""Several decisions on one listing, what the unlabelled are, and how much each takedown weighs."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.listing import Listing
from training.answers import Policy, answers
from training.errors import TrainingError
from training.labels import Label, labels
from training.takedowns import Outcome, Takedown

DAY = datetime(2026, 1, 1, tzinfo=UTC)
G, H, U = Label.GUILTY, Label.HONEST, Label.UNKNOWN
Decision = tuple[Outcome, str, int | None]


def decided(outcome: Outcome, reason: str, day: int | None, listing: str = "1", source: str | None = None) -> Takedown:
    when = None if day is None else DAY + timedelta(days=day)
    return Takedown(Listing(listing, "女包"), outcome, reason, decided_at=when, source=source)


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
    settled, contradictions = answers([decided(*decision) for decision in decisions])
    assert settled["counterfeit"].label.tolist() == counterfeit
    assert settled["fraud_order"].label.tolist() == fraud_order
    assert contradictions == ()


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
    settled, [told] = answers([decided(*decision) for decision in decisions], Policy("negative"))
    assert (told.listing_id, told.head, told.rows) == ("1", "counterfeit", tuple(range(len(decisions))))
    assert set(settled["counterfeit"].label.tolist()) == {U}
    assert not settled["counterfeit"].weight.any()


outcomes = st.sampled_from(["confirmed", "rejected", "appeal_reversed", "pending"])
takedowns = st.lists(
    st.builds(
        decided,
        outcomes,
        st.sampled_from(["", "假货", "刷单", "假货+刷单", "迟发货"]),
        st.none() | st.integers(0, 3),
        st.sampled_from("abc"),
        st.sampled_from([None, "投诉"]),
    ),
    max_size=12,
)


@given(takedowns, st.sampled_from(["ignore", "negative", "weighted"]))
def test_a_listing_speaks_once(rows: list[Takedown], unlabelled: str) -> None:
    settled, contradictions = answers(rows, Policy(unlabelled))  # type: ignore[arg-type]
    for head, told in settled.items():
        assert ((told.weight > 0) <= (told.label != U)).all()
        for listing in "abc":
            mine = np.array([t.listing.listing_id == listing for t in rows], dtype=np.bool_)
            speaking = int((told.label[mine] != U).sum())
            assert speaking <= 1
            if any(c.listing_id == listing and c.head == head for c in contradictions):
                assert not speaking


@given(takedowns)
def test_the_order_of_the_file_changes_no_verdict(rows: list[Takedown]) -> None:
    def verdicts(some: list[Takedown]) -> dict[tuple[str, str], int]:
        settled, _ = answers(some)
        return {
            (t.listing.listing_id, head): int(said)
            for head, told in settled.items()
            for t, said in zip(some, told.label, strict=True)
            if said != U
        }

    assert verdicts(rows) == verdicts(rows[::-1])


def test_listings_of_one_decision_are_labelled_as_ever() -> None:
    rows = [decided("confirmed", "假货", 1, "1"), decided("rejected", "", None, "2"), decided("pending", "", 1, "3")]
    settled, _ = answers(rows)
    for head, told in settled.items():
        assert told.label.tolist() == labels(rows, head).tolist()
        assert told.decisions.tolist() == told.label.tolist()


def mixed() -> list[Takedown]:
    rows = [decided("confirmed", "假货", 1, f"g{i}") for i in range(20)]
    rows += [decided("rejected", "假货", 1, f"h{i}") for i in range(60)]
    rows += [decided("pending", "", 1, f"p{i}") for i in range(300)]
    return [*rows, *(decided("confirmed", "刷单", 1, f"f{i}") for i in range(100))]


@pytest.mark.parametrize(("policy", "weight"), [("ignore", 0.0), ("negative", 1.0), ("weighted", 0.75 * 60 / 400)])
def test_the_unlabelled_teach_as_the_policy_says_and_never_count_as_decided(policy: str, weight: float) -> None:
    settled, _ = answers(mixed(), Policy(policy))  # type: ignore[arg-type]
    told = settled["counterfeit"]
    assert told.decided.sum() == 80
    assert (told.label == G).sum() == 20
    assert (told.label == H).sum() == (60 if policy == "ignore" else 460)  # pending, and confirmed for another head
    assert told.weight[:80].tolist() == [1.0] * 80
    assert told.weight[80:] == pytest.approx(weight)
    assert (told.decisions == H).sum() == 60


def test_a_source_weighs_as_told() -> None:
    rows = [
        decided("confirmed", "假货", 1, "1", "投诉"),
        decided("rejected", "", 1, "2", "抽检"),
        decided("rejected", "", 1, "3"),
    ]
    settled, _ = answers(rows, Policy(weights={"投诉": 0.5, "抽检": 2.0}))
    assert settled["counterfeit"].weight.tolist() == [0.5, 2.0, 1.0]


def test_a_source_of_no_weight_says_nothing() -> None:
    rows = [decided("confirmed", "假货", 1, "1", "投诉"), decided("pending", "", 1, "2", "投诉")]
    settled, _ = answers(rows, Policy("negative", {"投诉": 0.0}))
    assert settled["counterfeit"].label.tolist() == [U, U]


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_weight_that_is_none_is_refused(weight: float) -> None:
    with pytest.raises(TrainingError, match="must be 0 or more"):
        answers([decided("confirmed", "假货", 1, "1", "投诉")], Policy(weights={"投诉": weight}))


def test_a_weight_for_a_source_that_is_not_there_is_refused() -> None:
    with pytest.raises(TrainingError, match=r"no takedown has the source 投拆; the sources are: 投诉"):
        answers([decided("confirmed", "假货", 1, "1", "投诉")], Policy(weights={"投拆": 0.5}))


def test_nothing_decided_weighs_nothing() -> None:
    settled, _ = answers([decided("pending", "", 1, str(i)) for i in range(5)], Policy("weighted"))
    assert settled["counterfeit"].weight.tolist() == [0.0] * 5
