"""What a head listens to is what its explanations say on average."""

import numpy as np
import pytest

from features.reader import Reader
from models import Bundle
from models.booster import TITLE_TEXT
from models.scorer import Scorer, grams_of
from training.influence import SHOWN, influences
from training.takedowns import Takedown


def test_influence_is_the_mean_absolute_contribution(small_bundle: Bundle, newest: list[Takedown]) -> None:
    reader, told = Reader(small_bundle.knowledge), small_bundle.manifest
    found = influences(small_bundle, newest[:200], reader)
    scorer = Scorer(told.features, told.signals, small_bundle.text, small_bundle.boosters, small_bundle.calibrations)
    readings = reader.read_many([t.listing for t in newest[:200]])
    texts, matrix = scorer.text.values(grams_of(readings)), scorer.matrix(readings)
    for head, rows in found.items():
        _, parts = scorer.contributions(head, matrix, texts[head], np.arange(200))
        names = [*told.features, *(f"signal.{name}" for name in told.signals), TITLE_TEXT]
        for one in rows:
            assert one.log_odds == pytest.approx(np.abs(parts[:, names.index(one.feature)]).mean())
        assert len(rows) <= SHOWN
        assert 0 < sum(one.gain for one in rows) <= 1 + 1e-9
        assert all(0 <= one.told <= 1 and one.label.zh and one.label.en for one in rows)


def test_no_takedowns_tell_nothing(small_bundle: Bundle) -> None:
    assert influences(small_bundle, [], Reader(small_bundle.knowledge)) == {}
