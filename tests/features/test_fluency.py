"""Fluent titles read like Chinese, cloaked ones fall apart."""

import csv
import gzip
import io
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from features.fluency import FLUENCY, Habits, codes_of, habits
from features.listing import Listing
from features.normalize import Folded
from features.reading import CategoryGuess, Reading
from features.tokens import tokenize

Floats = NDArray[np.float64]
NAMES = [feature.name for feature in FLUENCY.features]


def reading(text: str) -> Reading:
    folded = Folded(text, text.lower())
    return Reading(
        Listing("1", text), folded, tokenize(folded.text), CategoryGuess("other", "inferred", 0.0), (), (), (), {}
    )


def numbers(*texts: str) -> Floats:
    out = np.empty((len(texts), len(NAMES)))
    FLUENCY.fill([reading(text) for text in texts], out)
    return out


def test_the_tables_come_from_the_dictionary() -> None:
    tiny = Habits.read("口罩 10 n\n口红 5 n\nT恤 3 n\n罩 1 n\n")
    assert tiny.known(codes_of("口红口罩T恤衫𠮷口")).tolist() == [True, False, True, False, True, False, False, False]
    assert tiny.rank(codes_of("口罩红恤衫T𠮷")).tolist() == [1, 2, 3, 4, 5, 0, 0]
    assert tiny.last == 5


def test_the_dictionary_that_ships() -> None:
    common, rare = habits().rank(codes_of("的囗")).tolist()
    assert common < 100
    assert rare > 4000
    assert habits().known(codes_of("口罩口")).tolist() == [True, False]


@pytest.mark.parametrize(
    ("fluent", "cloaked"),
    [
        ("医用外科口罩独立包装", "醫甪外枓囗罩独竝苞装"),
        ("减肥茶正品包邮", "咸淝嗏㊣品苞邮"),
        ("加微信领取优惠", "茄溦芯领恥忧蕙"),
    ],
)
@pytest.mark.parametrize("name", ["lonely_share", "unknown_pair_share", "rarest", "mean_rank"])
def test_cloaking_raises(name: str, fluent: str, cloaked: str) -> None:
    column = NAMES.index(f"fluency.{name}")
    before, after = numbers(fluent, cloaked)[:, column]
    assert before < after


def test_signs_between_characters_break_the_text() -> None:
    column = NAMES.index("fluency.broken_share")
    assert numbers("消炎止痒", "消/炎/止/痒")[:, column].tolist() == [0.25, 1.0]


def test_without_chinese_there_is_nothing_to_read() -> None:
    assert np.isnan(numbers("nike air 270", "🔥")).all()
    assert math.isnan(numbers("包")[0, NAMES.index("fluency.unknown_pair_share")])


def test_cloaked_reviews_are_told_from_plain_ones(shared_data: Path) -> None:
    """The numbers alone, without one word: F1 on reviews whose writers cloaked them."""
    train, test = (read(shared_data / "cloaked_reviews" / name) for name in ("train.csv.gz", "test_dev.csv.gz"))
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(*train)
    assert f1_score(test[1], model.predict(test[0])) > 0.8


def read(path: Path) -> tuple[Floats, Floats]:
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode("utf-8", "replace"))))[::4]
    return np.nan_to_num(numbers(*(row["text"] for row in rows))), np.array([float(row["spam"]) for row in rows])
