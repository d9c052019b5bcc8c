"""Both languages where nobody asks for one, the one that is asked for where somebody does."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel, ValidationError

from features.intake import ListingIn, SellerIn, TradeIn, problems
from service.case_schemas import DecideIn, GoldenIn, NextIn
from service.errors import faults
from service.language import only, preferred, translated
from service.ledger.ledger import Ledger
from service.schemas import ActivateIn, LabelIn, ListIn
from service.webhooks.wire import RedeliverIn, WebhookIn

Serve = Callable[..., TestClient]
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


ODD: list[object] = [
    None, True, 3, -1, 1.5, 1e308, "", " ", "x", "包" * 20_001, "\x00", "2021-02-30", "2021-01-01T25:00",
    [], [1], ["x"], [[]], ["high"] * 9, {}, {"x": 1}, {"": ""}, {"包": "x"}, {"x": "\x00"},
]  # fmt: skip
MODELS = (ListingIn, SellerIn, TradeIn, LabelIn, ListIn, ActivateIn, WebhookIn, RedeliverIn, NextIn, DecideIn, GoldenIn)


@pytest.mark.parametrize("model", MODELS)
def test_whatever_is_wrong_with_a_field_is_told_in_chinese(model: type[BaseModel]) -> None:
    for name in (*model.model_fields, "unknown"):
        for odd in ODD:
            try:
                model.model_validate({name: odd})
            except ValidationError as error:
                told = faults(problems(error), "zh")
                assert not [fault for fault in told if not han(fault.message)]


@pytest.mark.parametrize(
    "path",
    ["/v1/cases?limit=0", "/v1/cases?limit=201", "/v1/cases?limit=x", "/v1/cases?limit=1.5",
     "/v1/cases?limit=" + "9" * 99, "/v1/cases?limit=", "/v1/cases?state=x", "/v1/cases?x=1",
     "/v1/cases?after=" + "x" * 129, "/v1/reviewers?days=0",
     "/v1/listings/%00", "/v1/listings/%20", "/v1/sellers/" + "x" * 129, "/v1/jobs/x/everything", "/v1/jobs/%0a",
     "/v1/evaluations/x?y=1", "/v1/listings/7?platform=%0a", "/v1/golden/x"],
)  # fmt: skip
def test_whatever_is_wrong_with_a_parameter_is_told_in_chinese(serve: Serve, book: Ledger, path: str) -> None:
    answer = serve(ledger=book).get(path, headers={"accept-language": "zh"})
    told = answer.json()
    assert answer.status_code in {404, 405, 422}
    assert all(map(han, (told["title"], told["detail"], *(one["message"] for one in told["errors"]))))


def test_what_nobody_translated_stays_as_it_is(serve: Callable[..., TestClient]) -> None:
    assert translated("a sentence of another day", "zh") == "a sentence of another day"
    assert translated("holds U+0000 at character 3, which is no text; remove it", "zh") == (
        "在第 3 个字符处含 U+0000，不是文本；请删除"
    )
    described = serve().get("/openapi.json").json()
    assert described["paths"]["/v1/score"]["post"]["parameters"][-1]["name"] == "Accept-Language"
