"""Words and limits of the verdict; and what the trees look at."""

import pytest

from models import Bundle
from models.screening import Bilingual
from training.drift.comparison import RateDrift, gains, label_of
from training.drift.divergence import Distance
from training.drift.drift import scorer_of
from training.drift.terms import WordingDistance
from training.drift.verdict import (
    STATES,
    Part,
    State,
    advice,
    category_part,
    doubt_of,
    evasion_part,
    overall,
    text_part,
)

_NAME = Bilingual("总", "total")


def test_every_state_has_a_name_and_advice_in_both_languages() -> None:
    for state in (*State, None):
        text = advice(state, ())
        assert text.zh
        assert text.en
    assert set(STATES) == set(State)


@pytest.mark.parametrize(
    ("before", "after", "p", "state"),
    [
        (0.02, 0.021, 1e-9, State.WATCH),  # sure, but small: somebody should know
        (0.02, 0.04, 1e-9, State.RETRAIN),
        (0.04, 0.02, 1e-9, State.RETRAIN),  # disguises that stop are a change of tactics too
        (0.02, 0.04, 0.2, State.STEADY),  # large, but chance explains it
    ],
)
def test_evasion_needs_to_be_sure_and_to_matter(before: float, after: float, p: float, state: State) -> None:
    part = evasion_part([RateDrift("evasion.total", _NAME, before, after, p)], doubt_of(100))
    assert part.state is state


def test_a_season_is_something_to_watch_only() -> None:
    assert category_part(Distance(3.0, 0.0), [RateDrift("masks", _NAME, 0.1, 0.9, 0.0)], 0.01).state is State.WATCH


@pytest.mark.parametrize(
    ("far", "error", "state"), [(0.05, 0.03, 0), (0.05, 0.001, 2), (0.005, 0.001, 1), (0.0015, 0, 0)]
)
def test_wording_must_be_surely_apart(far: float, error: float, state: int) -> None:
    assert text_part(WordingDistance(far, error), (), (), 0.01).state == state


def test_the_gain_of_the_trees_is_shared_among_the_columns(knowing: Bundle) -> None:
    scorer = scorer_of(knowing)
    told = gains(scorer)
    assert sum(told.values()) == pytest.approx(1)
    assert told.keys() <= {*scorer.features, *(f"text.{head}" for head in scorer.boosters)}
    assert all(label_of(name).zh != name for name in told)


def test_many_sides_that_moved_say_together_what_each_only_hints_at() -> None:
    def part(name: str, state: State | None) -> Part:
        return Part(name, _NAME, state, 0.0, _NAME)

    hints = [part(name, State.WATCH) for name in ("text", "evasion", "features")]
    assert overall(hints) is State.RETRAIN
    assert overall(hints[:2]) is State.WATCH
    assert overall([*hints[:2], part("coverage", State.WATCH), part("score", None)]) is State.WATCH
    assert overall([part("score", State.RETRAIN)]) is State.RETRAIN
    assert overall([part("score", None)]) is State.STEADY
