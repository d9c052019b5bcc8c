"""Both languages where nobody asks for one, the one that is asked for where somebody does."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from features.intake import ADVICE
from service.errors import HTTP, KINDS, PARAMETER, UNKNOWN
from service.language import only, preferred, translated

REPLICA = {"listing_id": "7", "title": "高仿包包"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("ZH-Hans-CN;q=0.5", "zh"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.5, zh;q=0.8", "zh"),
        ("fr-FR, en ; q=0.3, zh;q=0.2", "en"),
        ("zh,en", "zh"),
        ("zh;q=0, en", "en"),
        ("", None),
        ("*", None),
        ("fr", None),
        ("zh;q=0", None),
        ("zho", None),
        ("zh;q=2", None),
        ("zh;level=1", None),
        (",,;;=,\x00", None),
        ("x," * 10_000 + "zh", None),
    ],
)
def test_a_header_prefers(header: str, language: str | None) -> None:
    assert preferred(header) == language


def both(told: Any) -> Iterator[dict[str, str]]:  # noqa: ANN401 - parsed JSON
    """Every text for people in an answer."""
    if isinstance(told, dict):
        if told.keys() & {"zh", "en"}:
            yield told
        for value in told.values():
            yield from both(value)
    if isinstance(told, list):
        for value in told:
            yield from both(value)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_answer_comes_in_the_language_that_was_asked_for(client: TestClient, language: str) -> None:
    plain = client.post("/v1/score", json=REPLICA)
    answer = client.post("/v1/score", json=REPLICA, headers={"accept-language": language})
    assert "content-language" not in plain.headers
    assert answer.headers["content-language"] == language
    texts = list(both(answer.json()))
    assert texts
    assert [dict(text) for text in texts] == [{language: text[language]} for text in both(plain.json())]
    many = client.post("/v1/score/batch", json={"listings": [REPLICA, {}]}, headers={"accept-language": language})
    assert many.headers["content-language"] == language
    assert all(text.keys() == {language} for text in both(many.json()))
    message = many.json()["rejected"][0]["errors"][0]["message"]
    assert message == {"zh": "必须提供", "en": "is required; add it"}[language]


def test_texts_of_both_languages_only_are_touched() -> None:
    told = {"a": {"zh": "一", "en": "one"}, "b": [{"zh": "二"}, {"zh": 1, "en": 2, "x": 3}], "zh": 1}
    assert orjson.loads(only(orjson.dumps(told), "en")) == told | {"a": {"en": "one"}}


def han(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/score", b"{"),
        ("POST", "/v1/score", b'{"listing_id":"1","title":""}'),
        ("POST", "/v1/score", b'{"listing_id":"1","title":"x","title":"y"}'),
        ("POST", "/v1/score", orjson.dumps({f"k{i}": 1 for i in range(200)})),
        ("POST", "/v1/score?dry_run=perhaps", b"{}"),
        ("POST", "/v1/score?x=1", b"{}"),
        ("POST", "/v1/score/batch", b"{}"),
        ("POST", "/v1/labels", b'{"verdict":"confirmed"}'),
        ("POST", "/v1/labels", b'{"verdict":"confirmed","listing_id":"1","reason":"x"}'),
        ("POST", "/v1/lists", b'{"kind":"term","effect":"allow","value":"x","reason":"y","who":"z"}'),
        ("GET", "/v1/listings/nothing", b""),
        ("GET", "/v1/nothing", b""),
        ("PUT", "/v1/score", b""),
        ("POST", "/v1/score", '{"listing_id":"1","title":"坏掉"}'.encode()),
    ],
)
def test_a_problem_is_told_in_chinese_where_it_is_asked_for(
    client: TestClient, method: str, path: str, body: bytes
) -> None:
    headers = {"content-type": "application/json"}
    plain = client.request(method, path, content=body, headers=headers)
    answer = client.request(method, path, content=body, headers=headers | {"accept-language": "zh-CN"})
    assert answer.status_code == plain.status_code >= 400
    assert (plain.headers["content-language"], answer.headers["content-language"]) == ("en", "zh")
    told = answer.json()
    assert all(map(han, (told["title"], told["detail"], *(one["message"] for one in told["errors"]))))
    assert not han(plain.json()["title"])
    assert [one["pointer"] for one in told["errors"]] == [one["pointer"] for one in plain.json()["errors"]]


def test_every_kind_of_problem_and_every_advice_is_translated() -> None:
    kinds = [kind.title for kind in (*KINDS.values(), *HTTP.values(), PARAMETER, UNKNOWN)]
    values: dict[str, object] = {"max_length": 5, "ge": 0, "le": 1, "actual_length": 9, "expected": "x", "error": "x"}
    assert [text for text in [*kinds, *(advice.format(**values) for advice in ADVICE.values())]
            if not han(translated(text, "zh"))] == []  # fmt: skip


def test_what_nobody_translated_stays_as_it_is(serve: Callable[..., TestClient]) -> None:
    assert translated("a sentence of another day", "zh") == "a sentence of another day"
    assert translated("holds U+0000 at character 3, which is no text; remove it", "zh") == (
        "在第 3 个字符处含 U+0000，不是文本；请删除"
    )
    described = serve().get("/openapi.json").json()
    assert described["paths"]["/v1/score"]["post"]["parameters"][-1]["name"] == "Accept-Language"
