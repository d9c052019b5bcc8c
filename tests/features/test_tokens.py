"""Tokens are jieba's words, whichever engine cuts them."""

import itertools
import logging
import warnings
from pathlib import Path

import pytest

from features.tokens import Token, tokenize, words

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba's own patterns hold unescaped backslashes
    import jieba

jieba.setLogLevel(logging.ERROR)

NOUNS = (
    "连衣裙",
    "面膜",
    "减肥茶",
    "口罩",
    "垃圾袋",
    "香奈儿女包",
    "阿胶糕",
    "运动鞋",
    "儿童书包",
    "车用尿素",
    "翡翠手镯",
    "土鸡蛋",
)
CLAIMS = (
    "2023新款",
    "正品包邮",
    "祛痘补水保湿",
    "高仿一比一",
    "国药准字h20051234",
    "医用外科灭菌",
    "可降解加厚",
    "降血糖降三高",
)
FORMS = (
    "{claim}{noun}",
    "【{claim}】{noun} 500ml*2瓶",
    "{noun}/{claim}-v领 t恤 1.5mm",
    "iphone14 {noun},{claim}!",
    "{claim} the {noun} n°5 100%",
)
LINES = [form.format(claim=claim, noun=noun) for form, claim, noun in itertools.product(FORMS, CLAIMS, NOUNS)]


def test_same_words_as_jieba() -> None:
    assert len(LINES) > 400
    different = [line for line in LINES if words(line) != jieba.lcut(line, HMM=False)]
    assert not different


def test_same_words_as_jieba_on_real_titles(shared_data: Path) -> None:
    polars = pytest.importorskip("polars")
    titles = polars.read_parquet(shared_data / "titles" / "real_titles.parquet")["title"].to_list()[::60]
    different = [title for title in titles if words(title) != jieba.lcut(title, HMM=False)]
    assert len(different) <= len(titles) // 200


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("减肥连衣裙包", (Token("减肥", 0, 2), Token("连衣裙", 2, 5), Token("包", 5, 6))),
        ("面膜 \t补水", (Token("面膜", 0, 2), Token("补水", 4, 6))),
        ("", ()),
        ("   ", ()),
    ],
)
def test_spans_count_the_folded_text_and_blanks_are_left_out(text: str, tokens: tuple[Token, ...]) -> None:
    assert tuple(tokenize(text)) == tokens


@pytest.mark.parametrize("line", LINES[::37])
def test_every_token_stands_where_it_says(line: str) -> None:
    assert all(line[token.start : token.end] == token.text for token in tokenize(line))
