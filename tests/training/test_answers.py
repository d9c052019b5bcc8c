"""What the unlabelled are, and how much each takedown weighs."""

from datetime import UTC, datetime, timedelta

import pytest

from features.listing import Listing
from training.answers import AS_DECIDED, Answers, Policy, answers
from training.errors import TrainingError
from training.labels import Label
from training.settlement import settle
from training.takedowns import Outcome, Takedown

DAY = datetime(2026, 1, 1, tzinfo=UTC)
G, H, U = Label.GUILTY, Label.HONEST, Label.UNKNOWN


def decided(outcome: Outcome, reason: str, day: int, listing: str = "1", source: str | None = None) -> Takedown:
    return Takedown(Listing(listing, "女包"), outcome, reason, decided_at=DAY + timedelta(days=day), source=source)


def taught(rows: list[Takedown], policy: Policy = AS_DECIDED) -> Answers:
    """What the rows teach the head `counterfeit`."""
    return answers(rows, settle(rows), policy)["counterfeit"]


@pytest.mark.parametrize("unlabelled", ["ignore", "negative", "weighted"])
def test_a_row_that_another_speaks_for_teaches_nothing(unlabelled: str) -> None:
    rows = [decided("confirmed", "假货", 1), decided("rejected", "", 2), decided("pending", "", 3)]
    told = taught(rows, Policy(unlabelled))  # type: ignore[arg-type]
    assert told.label.tolist() == [U, H, U]
    assert told.weight.tolist() == [0.0, 1.0, 0.0]


def test_a_contradiction_teaches_nothing() -> None:
    told = taught([decided("confirmed", "假货", 1), decided("rejected", "假货", 1)], Policy("negative"))
    assert told.label.tolist() == [U, U]
    assert not told.weight.any()


def mixed() -> list[Takedown]:
    rows = [decided("confirmed", "假货", 1, f"g{i}") for i in range(20)]
    rows += [decided("rejected", "假货", 1, f"h{i}") for i in range(60)]
    rows += [decided("pending", "", 1, f"p{i}") for i in range(300)]
    return [*rows, *(decided("confirmed", "刷单", 1, f"f{i}") for i in range(100))]


@pytest.mark.parametrize(("policy", "weight"), [("ignore", 0.0), ("negative", 1.0), ("weighted", 0.75 * 60 / 400)])
def test_the_unlabelled_teach_as_the_policy_says_and_never_count_as_decided(policy: str, weight: float) -> None:
    told = taught(mixed(), Policy(policy))  # type: ignore[arg-type]
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
    told = taught(rows, Policy(weights={"投诉": 0.5, "抽检": 2.0}))
    assert told.weight.tolist() == [0.5, 2.0, 1.0]


def test_a_source_of_no_weight_says_nothing() -> None:
    rows = [decided("confirmed", "假货", 1, "1", "投诉"), decided("pending", "", 1, "2", "投诉")]
    told = taught(rows, Policy("negative", {"投诉": 0.0}))
    assert told.label.tolist() == [U, U]


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_weight_that_is_none_is_refused(weight: float) -> None:
    with pytest.raises(TrainingError, match="must be 0 or more"):
        taught([decided("confirmed", "假货", 1, "1", "投诉")], Policy(weights={"投诉": weight}))


def test_a_weight_for_a_source_that_is_not_there_is_refused() -> None:
    with pytest.raises(TrainingError, match=r"no takedown has the source 投拆; the sources are: 投诉"):
        taught([decided("confirmed", "假货", 1, "1", "投诉")], Policy(weights={"投拆": 0.5}))


def test_nothing_decided_weighs_nothing() -> None:
    told = taught([decided("pending", "", 1, str(i)) for i in range(5)], Policy("weighted"))
    assert told.weight.tolist() == [0.0] * 5
