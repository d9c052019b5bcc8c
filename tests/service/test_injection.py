"""What strangers write goes through every door as text: nothing runs, nothing is logged, it is read back equal.

One service; every hostile text through every field that takes one. What cannot be text is refused, never half kept.
"""

import csv
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text as sql

from features.tables.formula import unformula
from models import Screener
from service import home
from service.app import create_app
from service.batch.outcome import Outcome
from service.ledger.ledger import Ledger
from service.ledger.verification import verify
from service.settings import Settings
from service.telemetry import JsonLines
from service.watch import BundleWatch

MARK = "zq8x"
"""In every hostile text, and in nothing else."""
HOSTILE = {
    name: told + MARK
    for name, told in {
        "SQL": "'; DROP TABLE evaluations; --",
        "SQL with a placeholder": "%(x)s :x ? $1 ' OR '1'='1",
        "HTML": '"><script>alert(1)</script><img src=x onerror=alert(1)>',
        "a formula": '=HYPERLINK("http://x","点")',
        "a formula by plus": "+1+cmd|' /C calc'!A0",
        "a guarded formula": "'=1+1",
        "a template": "{{7*7}}${7*7}#{7*7}<%= 7*7 %>",
        "a format": "{0.__class__.__mro__} %s%n%x {title}",
        "a path": "../../../../etc/passwd",
        "a path of Windows": "..\\..\\windows\\win.ini",
        "a URL": "file:///etc/passwd#javascript:alert(1)",
        "letters turned around": "\u202egnp.exe\u2066",
        "lines of Unicode": "a\u2028b\u2029c",
        "a byte order mark": "\ufeffx",
        "an emoji with its joints": "👨\u200d👩\u200d👧\ufe0f",
        "JSON": '","title":"x"},{"a":"',
        "log4j": "${jndi:ldap://x/a}",
        "a line of a log": 'x\n{"level":"info","event":"forged"}',
        "a header": "x\r\nSet-Cookie: a=b\r\n\r\n",
        "an escape of a terminal": "\x1b[2J\x1b]0;x\x07",
        "NUL": "a\x00b",
        "a shell": "$(touch /tmp/x)`id`;&|",
        "much": "长" * 30_000,
    }.items()
}
Told = dict[str, Any]
Send = Callable[[TestClient, str], Response]
Back = Callable[[TestClient, Told], Any]
NUMBER = iter(range(10**9))


def scored(place: str) -> tuple[Send, Back]:
    """A field of a listing: what is judged is kept with the evaluation."""

    def send(door: TestClient, told: str) -> Response:
        listing: Told = {"listing_id": f"L{next(NUMBER)}", "title": "高仿包"}
        *path, name = place.split(".")
        into = listing
        for one in path:
            into = into.setdefault(one, {})
        into[name] = [told] if name == "authorised_brands" else told
        return door.post("/v1/score", json=listing)

    def back(door: TestClient, answer: Told) -> object:
        found = door.get(f"/v1/evaluations/{answer['evaluation_id']}").json()["listing"]
        for one in place.split("."):
            found = found[one]
        return found[0] if isinstance(found, list) else found

    return send, back


def labelled(field: str) -> tuple[Send, Back]:
    def send(door: TestClient, told: str) -> Response:
        label = {"listing_id": "judged", "verdict": "confirmed", "reason": "replica", "label_id": f"N{next(NUMBER)}"}
        return door.post("/v1/labels", json=label | {field: f"replica+{told}" if field == "reason" else told})

    def back(door: TestClient, answer: Told) -> object:
        (evaluation,) = door.get("/v1/listings/judged").json()["evaluations"]
        (label,) = [one for one in evaluation["labels"] if one["label_id"] == answer["label_id"]]
        return label[field].removeprefix("replica+") if field == "reason" else label[field]

    return send, back


def listed(field: str) -> tuple[Send, Back]:
    def send(door: TestClient, told: str) -> Response:
        entry = {"kind": "term", "effect": "deny", "value": f"词{next(NUMBER)}", "reason": "试", "who": "周"}
        return door.post("/v1/lists", json=entry | {field: told})

    def back(door: TestClient, answer: Told) -> object:
        entry = next(one for one in door.get("/v1/lists").json() if one["entry_id"] == answer["entry_id"])
        return entry[field]

    return send, back


def table(field: str) -> tuple[Send, Back]:
    """A cell of a table of list entries, guarded as a table of ours would be."""

    def send(door: TestClient, told: str) -> Response:
        row = {"kind": "seller", "effect": "deny", "value": f"店{next(NUMBER)}", "reason": "试"}
        row[field] = unformula(told)
        written = io.StringIO()
        csv.writer(written).writerows([row, row.values()])
        return door.post(
            "/v1/lists/csv?who=x", content=written.getvalue().encode(), headers={"content-type": "text/csv"}
        )

    def back(door: TestClient, _answer: Told) -> object:
        return max(door.get("/v1/lists").json(), key=lambda one: one["added_at"])[field]

    return send, back


def decided(field: str) -> tuple[Send, Back]:
    def send(door: TestClient, told: str) -> Response:
        door.post("/v1/score", json={"listing_id": f"C{next(NUMBER)}", "title": "高仿包"})
        case = door.get("/v1/cases?limit=1").json()[0]["case_id"]
        verdict = {"verdict": "confirmed", "reason": "replica", "reviewer": "周"} | {field: told}
        answer = door.post(f"/v1/cases/{case}/decide", json=verdict)
        if answer.is_success:
            answer._content = orjson.dumps({"case_id": case})  # where to look
        return answer

    def back(door: TestClient, answer: Told) -> object:
        event = door.get(f"/v1/cases/{answer['case_id']}").json()["events"][-1]
        return event["who" if field == "reviewer" else field]

    return send, back


def sent_as(door: TestClient, told: str) -> Response:
    return door.post("/v1/jobs", files={"file": (told + ".csv", b"listing_id,title\n1,x\n")})


def hooked(field: str) -> tuple[Send, Back]:
    def send(door: TestClient, told: str) -> Response:
        return door.post("/v1/webhooks", json={"url": "https://example.cn/h", "who": "周", "why": "试"} | {field: told})

    def back(door: TestClient, answer: Told) -> object:
        return next(o for o in door.get("/v1/webhooks").json() if o["webhook_id"] == answer["webhook_id"])[field]

    return send, back


DOORS: dict[str, tuple[Send, Back]] = {
    **{f"score {field}": scored(field) for field in (
        "listing_id", "title", "platform", "category", "brand", "description", "url", "attributes.材质",
        "seller.seller_id", "seller.name", "seller.uscc", "seller.region", "seller.authorised_brands",
    )},
    **{f"labels {field}": labelled(field) for field in ("label_id", "source", "analyst", "note", "reason")},
    **{f"lists {field}": listed(field) for field in ("value", "reason", "who")},
    **{f"lists csv {field}": table(field) for field in ("value", "reason")},
    **{f"cases {field}": decided(field) for field in ("reviewer", "note")},
    **{f"webhooks {field}": hooked(field) for field in ("url", "who", "why")},
}  # fmt: skip
"""Fields that keep a text, and where it is read again."""
REFUSES: dict[str, Send] = {
    "batch": lambda door, told: door.post("/v1/score/batch", json={"listings": [{"listing_id": told, "title": told}]}),
    "an unknown name": lambda door, told: door.post("/v1/score", json={"listing_id": "1", "title": "x", told: 1}),
    "attributes": lambda door, told: door.post(
        "/v1/score", json={"listing_id": "1", "title": "x", "attributes": {told: "x"}}
    ),
    "signals": lambda door, told: door.post("/v1/score", json={"listing_id": "1", "title": "x", "signals": {told: 1}}),
    "observed_at": lambda door, told: door.post("/v1/score", json={"title": "x", "observed_at": told}),
    "file name": sent_as,
    "bundle": lambda door, told: door.post("/v1/models/activate", json={"bundle": told, "who": "周", "why": "试"}),
    "shadow": lambda door, told: door.post("/v1/models/shadow", json={"bundle": told, "who": "周", "why": "试"}),
    "verdict": lambda door, told: door.post("/v1/labels", json={"listing_id": "judged", "verdict": told}),
    "console listing": lambda door, told: form(door, "/try", {"listing_id": told, "title": told, "seller.name": told}),
    "console list": lambda door, told: form(
        door, "/lists", {"kind": "seller", "effect": "deny", "value": told, "reason": told}
    ),
    "console search": lambda door, told: door.get(f"/console/lists?{urlencode({'q': told[:1000], 'kind': told[:9]})}"),
    "console login": lambda door, told: form(door, "/login", {"key": told, "back": told}),
    "console look": lambda door, told: form(door, "/look", {"lang": told, "theme": told, "back": told}),
    "console case": lambda door, told: form(door, f"/queue/{quote(told[:500], safe='')}/claim", {}),
    "a header": lambda door, told: door.get("/v1/model", headers={
        name: told.encode() for name in (b"x-request-id", b"accept-language", b"traceparent", b"cookie")
    }),
    **{f"GET {path}": lambda door, told, path=path: door.get(path.replace("*", quote(told[:1000], safe="")))  # type: ignore[misc]
       for path in (
           "/v1/evaluations/*", "/v1/listings/*", "/v1/listings/judged?platform=*", "/v1/sellers/*", "/v1/cases/*",
           "/v1/cases?category=*", "/v1/cases?after=*", "/v1/jobs/*", "/v1/jobs/*/results", "/v1/jobs/x/*",
           "/v1/webhooks/*/deliveries", "/v1/*", "/console/*", "/console/static/*", "/console/evaluations/*",
           "/console/sellers?seller_id=*", "/console/screenings/*", "/*",
       )},
}  # fmt: skip
"""Places that keep nothing, or refuse most: only what comes back matters."""


def form(door: TestClient, path: str, told: dict[str, str]) -> Response:
    """Send a form of the console, with the token of its session."""
    if "x-csrf-token" not in door.headers:
        found = re.search(r'name="csrf" value="(\w+)"', door.get("/console/try").text)
        assert found
        door.headers["x-csrf-token"] = found[1]
    return door.post(f"/console{path}", data=told, follow_redirects=False)


class Listener(logging.Handler):
    """Keeps what is logged, as it would be written."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.lines.append(self.format(record))


@pytest.fixture
def door(screener: Screener, tmp_path: Path) -> Iterator[TestClient]:
    """A service with everything it has, open to this machine."""
    ledger, settings = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3"), Settings(home=tmp_path / "home")
    ledger.open()
    watch = BundleWatch(ledger, home.bundles(settings))
    app = create_app(screener, settings, today=lambda: date(2026, 3, 2), ledger=ledger, watch=watch)
    door = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)
    door.post("/v1/score", json={"listing_id": "judged", "title": "高仿包"})
    yield door
    with ledger.reading() as connection:
        assert verify(connection).broken is None
        assert connection.execute(sql("SELECT count(*) FROM evaluations")).scalar()
    ledger.close()


@pytest.fixture
def log() -> Iterator[Listener]:
    """What the service logs meanwhile."""
    listener, ours = Listener(), logging.getLogger("zhenwei")
    before = ours.level
    ours.addHandler(listener)
    ours.setLevel(logging.DEBUG)
    ours.propagate = False
    yield listener
    ours.propagate = True
    ours.removeHandler(listener)
    ours.setLevel(before)


def sound(answer: Response, sent: str) -> str | None:
    """What is wrong with an answer; None when nothing is."""
    kind = answer.headers.get("content-type", "")
    if answer.status_code >= 500 and answer.json().get("type") != "urn:zhenwei:problem:ledger-away":
        return f"{answer.status_code}: {answer.text[:300]}"
    if "a" in answer.cookies or "forged" in str(answer.headers):
        return "a header of the sender's"
    if "json" in kind:
        orjson.loads(answer.content)
    elif kind.startswith("text/html"):
        if "<script>alert" in answer.text or "<img src=x" in answer.text or (MARK in sent and "4949" in answer.text):
            return "markup of the sender's"
    elif answer.content and answer.status_code not in {204, 303, 307}:
        return f"of the kind {kind}"
    return "a file of the machine" if "root:" in answer.text else None


def test_every_text_through_every_door(door: TestClient, log: Listener) -> None:
    wrong: list[tuple[str, str, object]] = []
    for place, (send, back) in DOORS.items():
        kept = 0
        for name, told in HOSTILE.items():
            answer = send(door, told)
            if odd := sound(answer, told):
                wrong.append((place, name, odd))
            elif answer.is_success:
                kept += 1
                found = back(door, answer.json())
                if found != told:
                    wrong.append((place, name, found))
            elif not answer.is_client_error or not answer.json()["detail"]:
                wrong.append((place, name, answer.text))
        if kept == 0 and place not in {"labels reason", "webhooks url", "score seller.uscc"}:
            wrong.append((place, "kept nothing", None))
    for place, send in REFUSES.items():
        wrong += [(place, name, odd) for name, told in HOSTILE.items() if (odd := sound(send(door, told), told))]
    assert not wrong
    assert MARK not in door.get("/metrics").text
    assert all(json.loads(line)["event"] and "\n" not in line for line in log.lines)
    assert not [line for line in log.lines if MARK in line or "forged" in line]


def test_every_text_through_a_screening(screen: Callable[..., Outcome], tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    rows = [
        {"listing_id": f"L{at}", "title": told, "seller": {"name": told}} for at, told in enumerate(HOSTILE.values())
    ]
    source.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    outcome = screen(tmp_path / "out.jsonl", source, listed=True)
    kept = [orjson.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert outcome.tally.rows == len(rows)
    listings = [one["listing"] for one in kept if "listing" in one]
    titles = {one["listing_id"]: one["title"] for one in listings if MARK in one["title"]}
    assert len(titles) > len(HOSTILE) / 2
    assert titles.items() <= {row["listing_id"]: row["title"] for row in rows}.items()
    screen(tmp_path / "out.csv", source)
    for path in tmp_path.glob("*.csv"):
        cells = [cell for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))], path


def test_no_cell_of_an_exported_list_is_a_formula(door: TestClient) -> None:
    for told in HOSTILE.values():
        door.post("/v1/lists", json={"kind": "seller", "effect": "deny", "value": told, "reason": told, "who": told})
    held = [entry["value"] for entry in door.get("/v1/lists").json()]
    for path in ("/v1/lists/csv", "/console/lists/csv"):
        cells = [cell for row in csv.reader(io.StringIO(door.get(path).content.decode("utf-8-sig"))) for cell in row]
        assert len(cells) > len(held) > 10
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize(
    "path", ["queue?category=*", "queue?level=*", "queue?after=*", "sellers?seller_id=*", "lists?q=*"]
)
def test_a_page_asks_no_database_for_what_is_no_text(door: TestClient, path: str) -> None:
    # PostgreSQL takes no NUL: it would be told as a ledger that cannot be reached
    assert door.get("/console/" + path.replace("*", "%00")).status_code == 422
    assert door.get("/console/" + path.replace("*", "包")).status_code in {200, 404}


def test_a_note_of_a_form_is_text(door: TestClient) -> None:
    case = door.get("/v1/cases?limit=1").json()[0]
    told = {"verdict": "false_alarm", "evaluation_id": case["evaluation_id"]}
    assert form(door, f"/queue/{case['case_id']}/decide", told | {"note": "a\x00b"}).status_code == 422
    assert form(door, f"/queue/{case['case_id']}/decide", told | {"note": "一\r\n二"}).status_code == 303
