"""What must be refused, and how: never a 500, never a partial answer, always what to do."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.ledger.ledger import Ledger
from service.telemetry import JsonLines

Serve = Callable[..., TestClient]
JSON = {"content-type": "application/json"}
DEEP = 100_000


def body(**told: object) -> bytes:
    return orjson.dumps({"listing_id": "1", "title": "帆布包"} | told)


BAD_BODIES: list[tuple[str, bytes, int, str | None]] = [
    # what it is, body, status, pointer of the first error
    ("nothing", b"", 400, None),
    ("blank", b" \n", 400, None),
    ("half an object", b'{"listing_id": "1", "title": "x"', 400, None),
    ("two objects", b"{}{}", 400, None),
    ("single quotes", b"{'title': 'x'}", 400, None),
    ("a trailing comma", b'{"title": "x",}', 400, None),
    ("a comment", b'{"title": "x"} // x', 400, None),
    ("a byte order mark", b"\xef\xbb\xbf" + body(), 400, None),
    ("NaN", b'{"listing_id":"1","title":"x","price_cny":NaN}', 400, None),
    ("Infinity", b'{"listing_id":"1","title":"x","price_cny":Infinity}', 400, None),
    ("minus Infinity", b'{"listing_id":"1","title":"x","price_cny":-Infinity}', 400, None),
    ("a number beyond floats", b'{"listing_id":"1","title":"x","price_cny":1e999}', 400, None),
    ("5,000 digits", b'{"listing_id":"1","title":"x","price_cny":' + b"9" * 5000 + b"}", 400, None),
    ("a leading zero", b'{"listing_id":"1","title":"x","price_cny":012}', 400, None),
    ("a lone surrogate", b'{"listing_id":"1","title":"\\ud83d"}', 400, None),
    ("a lone surrogate as a name", b'{"listing_id":"1","title":"x","\\udc00":1}', 400, None),
    ("no UTF-8", b'{"listing_id":"1","title":"\xb8\xdf\xb7\xc2"}', 400, None),
    ("an overlong encoding", b'{"listing_id":"1","title":"\xc0\xaf"}', 400, None),
    ("a control character in JSON text", b'{"listing_id":"1","title":"a\x01b"}', 400, None),
    ("a name twice", b'{"listing_id":"1","title":"x","title":"y"}', 400, None),
    ("a name twice, apart", b'{"listing_id":"1","title" :"x","seller":{"name":"a","name":"b"}}', 400, None),
    ("a name twice, escaped", b'{"listing_id":"1","title":"x","t\\u0069tle":"y"}', 400, None),
    ("deep lists", b"[" * DEEP + b"]" * DEEP, 400, None),
    ("deep objects", b'{"a":' * DEEP + b"1" + b"}" * DEEP, 400, None),
    ("16 levels", b'{"title":' + b"[" * 16 + b"]" * 16 + b"}", 400, None),
    ("12 levels", b'{"listing_id":"1","title":' + b"[" * 11 + b"]" * 11 + b"}", 422, "/title"),
    ("a list", b"[]", 422, ""),
    ("null", b"null", 422, ""),
    ("a text", b'"title"', 422, ""),
    ("a number", b"3", 422, ""),
    ("an empty object", b"{}", 422, "/listing_id"),
    ("no title", b'{"listing_id":"1"}', 422, "/title"),
    ("an empty title", body(title=""), 422, "/title"),
    ("a blank title", body(title="   "), 422, "/title"),
    ("a title of zero-width characters", body(title="\u200b" * 9), 422, "/title"),
    ("a title of 513 characters", body(title="包" * 513), 422, "/title"),
    ("10,000 zero-width characters", body(title="包" + "\u200b" * 10_000), 422, "/title"),
    ("a null character", body(title="包\x00包"), 422, "/title"),
    ("a title that is a number", body(title=12), 422, "/title"),
    ("a title that is null", body(title=None), 422, "/title"),
    ("a title that is a list", body(title=["包"]), 422, "/title"),
    ("an id that is a number", body(listing_id=1), 422, "/listing_id"),
    ("an id of 129 characters", body(listing_id="1" * 129), 422, "/listing_id"),
    ("a price in quotes", body(price_cny="9.9"), 422, "/price_cny"),
    ("a price that is true", body(price_cny=True), 422, "/price_cny"),
    ("a negative price", body(price_cny=-1), 422, "/price_cny"),
    ("a misspelt name", body(pirce=1), 422, "/pirce"),
    ("a name with a slash", body(**{"a/b~c": 1}), 422, "/a~1b~0c"),
    ("a seller that is a text", body(seller="某店"), 422, "/seller"),
    ("an unknown field of the seller", body(seller={"age": 3}), 422, "/seller/age"),
    ("a rating of 6", body(seller={"rating": 6}), 422, "/seller/rating"),
    ("a day that is none", body(seller={"opened_on": "2021-02-30"}), 422, "/seller/opened_on"),
    ("a share of 98", body(trade={"five_star_share": 98}), 422, "/trade/five_star_share"),
    ("an attribute that is a number", body(attributes={"厚度": 0.02}), 422, "/attributes/厚度"),
    ("a signal that is a text", body(signals={"x": "1"}), 422, "/signals/x"),
    ("a signal named in Chinese", body(signals={"销量": 1}), 422, "/signals/销量"),
    ("a time that is none", body(observed_at="yesterday"), 422, "/observed_at"),
    ("a time as a number", body(observed_at=1614650000), 422, "/observed_at"),
    ("20,000 names", body(**{f"k{i}": 1 for i in range(20_000)}), 422, ""),
    ("999 wrong attributes", body(attributes={f"k{i}": i for i in range(999)}), 422, "/attributes/k0"),
    ("a name of 100,000 characters", body(**{"k" * 100_000: 1}), 422, "/" + "k" * 255),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "status", "pointer"), [row[1:] for row in BAD_BODIES], ids=[r[0] for r in BAD_BODIES]
)
def test_a_bad_body_is_a_problem_with_a_pointer(
    client: TestClient, content: bytes, status: int, pointer: str | None
) -> None:
    answer = client.post("/v1/score", content=content, headers=JSON)
    told = problem(answer, status)
    assert (told["errors"][0]["pointer"] if told["errors"] else None) == pointer
    assert len(answer.content) <= max(len(content) + 2000, 20_000)


BAD_BATCHES: list[tuple[str, bytes, int, str | None]] = [
    ("a list", b"[]", 422, "/listings"),
    ("an empty object", b"{}", 422, "/listings"),
    ("no list", b'{"listings": {}}', 422, "/listings"),
    ("no listing", b'{"listings": []}', 422, "/listings"),
    ("1,001 listings", orjson.dumps({"listings": [{}] * 1001}), 422, "/listings"),
    ("a name beside", b'{"listings": [{}], "explain": "full"}', 422, "/explain"),
    ("a name twice in a row", b'{"listings": [{"listing_id":"1","title":"x","title":"y"}]}', 400, None),
    ("deep", b'{"listings": ' + b"[" * DEEP + b"]" * DEEP + b"}", 400, None),
]


@pytest.mark.parametrize(
    ("content", "status", "pointer"), [row[1:] for row in BAD_BATCHES], ids=[row[0] for row in BAD_BATCHES]
)
def test_a_bad_batch_is_a_problem_with_a_pointer(
    client: TestClient, content: bytes, status: int, pointer: str | None
) -> None:
    told = problem(client.post("/v1/score/batch", content=content, headers=JSON), status)
    assert (told["errors"][0]["pointer"] if told["errors"] else None) == pointer


def test_every_bad_body_is_one_rejected_row_of_a_batch(client: TestClient) -> None:
    rows = [content for _, content, status, _ in BAD_BODIES if status == 422]
    answer = client.post("/v1/score/batch", content=b'{"listings":[' + b",".join([*rows, body()]) + b"]}", headers=JSON)
    assert answer.status_code == 200
    told = answer.json()
    assert [one["index"] for one in told["rejected"]] == list(range(len(rows)))
    assert all(
        e["pointer"].startswith(f"/listings/{one['index']}") for one in told["rejected"] for e in one["errors"][:9]
    )
    assert [one["index"] for one in told["screened"]] == [len(rows)]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/jsonp"},
        {"content-type": "application/json; charset=gbk"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": "\xff"},
    ],
    ids=str,
)
def test_a_body_must_say_it_is_plain_json(client: TestClient, headers: dict[str, str]) -> None:
    encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    problem(client.post("/v1/score", content=body(), headers=encoded), 415)


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", 'application/json;charset="UTF-8"']
)
def test_near_misses_of_a_wrong_type_are_json(client: TestClient, kind: str) -> None:
    assert client.post("/v1/score", content=body(), headers={"content-type": kind}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/score", "/v1/score/batch"])
@pytest.mark.parametrize("streamed", [True, False])
def test_ten_megabytes_are_too_many(client: TestClient, path: str, streamed: bool) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(160):
            yield b"x" * 65_536

    content = chunks() if streamed else b"x" * 10_485_760
    told = problem(client.post(path, content=content, headers=JSON), 413)
    assert "1,048,576" in told["detail"] or "8,388,608" in told["detail"]


def test_a_body_that_only_announces_too_much_is_refused_unread(client: TestClient) -> None:
    headers = JSON | {"content-length": "99999999999999999999999999", "expect": "100-continue"}
    problem(client.post("/v1/score", content=body(), headers=headers), 413)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/score", 405),
        ("PUT", "/v1/score", 405),
        ("BREW", "/v1/score", 405),
        ("POST", "/healthz", 405),
        ("POST", "/v1/score/", 404),
        ("POST", "/v1/scores", 404),
        ("GET", "/nothing", 404),
        ("GET", "/v1/%00", 404),
        ("GET", "/v1/%ff%fe", 404),
        ("GET", "/../../etc/passwd", 404),
        ("POST", "/v1/score?explain=all", 422),
        ("POST", "/v1/score?explain=", 422),
        ("POST", "/v1/score?explian=full", 422),
        ("POST", "/v1/score/batch?explain=FULL", 422),
        ("POST", "/v1/score?explain=%ff", 422),
    ],
)
def test_unknown_paths_methods_and_parameters(client: TestClient, method: str, path: str, status: int) -> None:
    problem(client.request(method, path, content=body(), headers=JSON), status)


RAW = [
    b'{"listing_id":"1","title":"\\ud83dzq8x"}', b'{"listing_id":"1","title":"zq8x","title":"y"}',
    b'{"listing_id":"1","title":"x","price_cny":1e308}', b'{"listing_id":"1","title":"x","price_cny":1e309}',
    b'{"listing_id":"1","title":"x","price_cny":NaN}', b'{"listing_id":"1","title":"x","price_cny":-1e-324}',
    b'{"listing_id":"1","title":"x","signals":{"x":-Infinity}}', b"[" * 90_000 + b"]" * 90_000,
    b'{"a":' * 90_000 + b"1" + b"}" * 90_000, b'{"__proto__":{"x":1},"constructor":1}', b"\xff\xfe{\x00}\x00", b"\x00",
    b'{"listing_id":1e308,"verdict":-0,"who":[[]],"url":{}}', b"null", b'"zq8x"', b"0",
]  # fmt: skip
"""Bodies that are no JSON, or no body of ours; each to every operation that reads one."""


def test_every_body_to_every_operation(serve: Serve, book: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    door, wrong = serve(ledger=book), []
    paths = door.get("/openapi.json").json()["paths"]
    asked = [(method, path) for path, operations in paths.items() for method in operations.keys() - {"get"}]
    with caplog.at_level("INFO", "zhenwei"):
        for method, path in asked:
            for content in RAW:
                answer = door.request(method, re.sub(r"{\w+}", "x", path), content=content, headers=JSON)
                honest = answer.status_code < 500 or "ledger-away" in answer.text
                if not honest or (answer.is_success and b"zq8x" in content):
                    wrong.append((method, path, content[:60], answer.text))
    lines = [JsonLines().format(one) for one in caplog.records if one.name == "zhenwei"]
    assert not wrong
    assert [orjson.loads(line)["event"] for line in lines] == ["request"] * len(asked) * len(RAW)
    assert not [line for line in lines if "zq8x" in line]


def test_numbers_at_the_edge_come_back_as_they_were(serve: Serve, book: Ledger) -> None:
    door = serve(ledger=book)
    for number in (-0.0, 5e-324, 1e12, 0.1 + 0.2, 123456789.123456789):
        told = {"listing_id": "n", "title": "x", "price_cny": number, "signals": {"x": number and 1e308}}
        answer = door.post("/v1/score", json=told).json()
        kept = door.get(f"/v1/evaluations/{answer['evaluation_id']}").json()["listing"]
        assert (kept["price_cny"], kept["signals"]["x"]) == (number, number and 1e308)


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
leaves = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | text
)
values = st.recursive(
    leaves, lambda one: st.lists(one, max_size=4) | st.dictionaries(text, one, max_size=4), max_leaves=12
)
NAMES = (
    "listing_id",
    "title",
    "price_cny",
    "brand",
    "attributes",
    "seller",
    "trade",
    "signals",
    "observed_at",
    "category",
)
listings = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, values))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(told=values | listings | st.fixed_dictionaries({"listings": st.lists(listings | values, max_size=4)}))
def test_any_json_is_answered_or_refused(client: TestClient, told: object) -> None:
    for path in ("/v1/score", "/v1/score/batch"):
        answer = client.post(path, content=orjson.dumps(told, option=orjson.OPT_NON_STR_KEYS), headers=JSON)
        assert answer.status_code in {200, 422}
        if answer.status_code == 422:
            problem(answer, 422)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_answered_or_refused(client: TestClient, content: bytes) -> None:
    assert client.post("/v1/score", content=content, headers=JSON).status_code in {400, 422}


def problem(answer: Response, status: int) -> dict[str, Any]:
    """Check the shape of every refusal, and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told.keys() == {"type", "title", "status", "detail", "errors"}
    assert told["status"] == status
    assert told["detail"]
    assert all(error.keys() == {"pointer", "message"} and error["message"] for error in told["errors"])
    return told
