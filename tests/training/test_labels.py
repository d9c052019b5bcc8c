"""What a decision says about each head."""

import pytest

from features.listing import Listing
from training.labels import Label, label, labels, unknown_reasons, words_of
from training.takedowns import Outcome, Takedown

G, H, U = Label.GUILTY, Label.HONEST, Label.UNKNOWN


def decided(outcome: Outcome, reason: str) -> Takedown:
    return Takedown(Listing("1", "女包"), outcome, reason)


@pytest.mark.parametrize(
    ("outcome", "reason", "counterfeit", "fraud_order"),
    [
        ("confirmed", "replica", G, U),  # nobody looked for brushing
        ("confirmed", "Replica", G, U),
        ("confirmed", "brushing", U, G),
        ("confirmed", "假货、刷单", G, G),
        ("confirmed", "replica+brushing", G, G),
        ("confirmed", "late_delivery", U, U),  # no head asks that
        ("confirmed", "", U, U),
        ("rejected", "", H, H),  # looked at and found honest
        ("rejected", "replica", H, U),
        ("appeal_reversed", "刷单", U, H),
        ("pending", "replica", U, U),
        ("pending", "", U, U),
    ],
)
def test_a_decision_labels_the_heads_it_looked_at(
    outcome: Outcome, reason: str, counterfeit: Label, fraud_order: Label
) -> None:
    takedown = decided(outcome, reason)
    assert label(takedown, "counterfeit") == counterfeit
    assert label(takedown, "fraud_order") == fraud_order
    assert labels([takedown], "counterfeit").tolist() == [counterfeit]


def test_reasons_no_head_knows_are_named() -> None:
    rows = [decided("confirmed", "迟发货, replica"), decided("confirmed", "缺货"), decided("rejected", "别的")]
    assert unknown_reasons(rows) == ("缺货", "迟发货")


def test_reasons_are_cut_at_any_usual_mark() -> None:
    assert words_of(" Replica + 刷单；假货、x ") == ("replica", "刷单", "假货", "x")
