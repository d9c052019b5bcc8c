"""Sessions: what a cookie is worth, for how long, and to whom; and what the console sends besides."""

import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from models import Screener
from service.app import create_app
from service.console.ended import Ended
from service.console.entry import inside
from service.console.headers import POLICY
from service.console.session import COOKIE, IDLE, LONGEST, Seals, Session
from service.home import console_secret
from service.ledger import keys
from service.ledger.ledger import Ledger
from service.online.limits import Limits
from service.settings import Settings
from service.telemetry import JsonLines

Visit = Callable[..., Any]  # see conftest
Key = Callable[..., str]
SEALS = Seals(b"secret")


def test_a_sealed_session_opens_with_the_same_secret_only() -> None:
    one = Session.begin("abc", 100.0)
    cookie = SEALS.sealed(one)
    assert SEALS.opened(cookie) == one
    assert Seals(b"other").opened(cookie) is None
    for broken in ("", "x", cookie[:-1], cookie + "x", cookie.replace(".", "", 1), "é" * 9):
        assert SEALS.opened(broken) is None
    assert SEALS.same(one, SEALS.token(one))
    assert not SEALS.same(one, SEALS.token(Session.begin("abc", 100.0)))
    assert not SEALS.same(one, "\ud800")


@pytest.mark.parametrize(
    ("key_id", "seen", "now", "over"),
    [
        ("k", 0.0, IDLE, False),
        ("k", 0.0, IDLE + 1, True),
        ("k", LONGEST - 1, LONGEST, False),
        ("k", LONGEST - 1, LONGEST + 1, True),
        (None, 0.0, 10 * LONGEST, False),  # nobody logged in: nothing to end
    ],
)
def test_a_session_ends(key_id: str | None, seen: float, now: float, over: bool) -> None:
    assert Session("n", key_id, 0.0, seen).over(now) is over


def test_the_workers_of_a_home_share_one_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, second = console_secret(Settings()), console_secret(Settings())
    assert first == second
    assert len(first) == 32
    path = Settings().home / "console.secret"
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / "file").touch()
    monkeypatch.setenv("ZHENWEI_HOME", str(tmp_path / "file"))
    assert console_secret(Settings()) != console_secret(Settings())  # not kept, and the service starts all the same


def test_without_a_key_the_console_is_open_and_says_so(visit: Visit) -> None:
    door = visit()
    assert door.get("/").headers["location"] == "/console/"
    assert door.get("/console").headers["location"] == "/console/"
    assert door.look("/").headers["location"] == "/console/try"
    page = door.look("/try")
    assert page.status_code == 200
    assert "zhenwei key create" in page.text
    assert door.look("/login").headers["location"] == "/console/"


@pytest.mark.parametrize(
    ("base", "status"),
    [
        ("http://127.0.0.1:8080", 200),
        ("http://localhost:8080", 200),
        ("http://[::1]:8080", 200),
        ("http://rebound.example:8080", 403),
        ("http://127.0.0.1.example", 403),
        ("http://10.0.0.1", 403),
    ],
)
def test_an_open_console_answers_to_this_machine_only(visit: Visit, key: Key, base: str, status: int) -> None:
    assert visit(base).look("/try").status_code == status
    key("admin")
    assert visit(base).look("/login").status_code == 200  # with keys any name may lead here


def test_login_and_logout(visit: Visit, key: Key) -> None:
    token = key("score")
    door = visit()
    away = door.look("/try")
    assert (away.status_code, away.headers["location"]) == (303, "/console/login?back=%2Fconsole%2Ftry")
    before = door.look("/login").headers.get("set-cookie", "") + str(door.cookies[COOKIE])
    entered = door.fill("/login", {"key": f" {token} ", "back": "/console/try"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/console/try")
    cookie = entered.headers["set-cookie"]
    assert re.fullmatch(COOKIE + r"=[^;]+; HttpOnly; Path=/console; SameSite=Strict", cookie)
    assert door.cookies[COOKIE] not in before
    page = door.look("/try")
    assert page.status_code == 200
    assert "&lt;周&gt;" in page.text
    assert "zhenwei key create" not in page.text
    old = door.cookies[COOKIE]
    assert door.look("/here").status_code == 204
    assert door.fill("/logout").headers["location"] == "/console/login"
    assert door.cookies[COOKIE] != old
    assert door.look("/try").status_code == 303
    for other in (door, visit()):  # somebody copied the cookie; another worker does not know of the logout
        other.cookies.clear()
        assert other.get("/console/try", headers={"cookie": f"{COOKIE}={old}"}).status_code == 303


def test_ended_sessions_are_forgotten_when_they_would_have_lapsed(tmp_path: Path) -> None:
    path, one, other = tmp_path / "ended", Session.begin("k", 0.0), Session.begin("k", 0.0)
    Ended(path, 0.0).end(one, 0.0)
    Ended(path, 0.0).end(other, LONGEST)
    assert path.stat().st_mode & 0o777 == 0o600
    late = Ended(path, LONGEST + 1)
    assert (late.has(one), late.has(other), late.has(Session.begin("k", 0.0))) == (False, True, False)
    alone = Ended(None, 0.0)
    alone.end(one, 0.0)
    assert alone.has(one)


def test_behind_https_the_cookie_stays_there(visit: Visit, key: Key) -> None:
    token = key("score")
    entered = visit("https://zhenwei.example").enter(token)
    assert entered.status_code == 303
    assert "; Secure" in entered.headers["set-cookie"]


def test_a_wrong_key_enters_nowhere(visit: Visit, key: Key, caplog: pytest.LogCaptureFixture) -> None:
    token = key("score")
    door = visit()
    door.app.state.limits = Limits(None, clock=lambda: 0.0)
    with caplog.at_level(logging.INFO, "zhenwei"):
        assert door.enter(token).status_code == 303
        door.look("/try")
        door.fill("/logout")
        for _ in range(9):
            refused = door.enter("zw_x_y")
            assert refused.status_code == 401
            assert "zw_x_y" not in refused.text
        late = door.enter(token)
    assert (late.status_code, 0 < int(late.headers["retry-after"]) <= 60) == (429, True)
    assert f"{late.headers['retry-after']} 秒" in late.text
    assert door.look("/try").status_code == 303
    told = [orjson.loads(JsonLines().format(one)) for one in caplog.records if one.message.startswith("console")]
    assert [(one["event"], one.get("key"), one.get("why")) for one in told] == [
        ("console login", keys.id_of(token), None),
        ("console logout", keys.id_of(token), None),
        *[("console login refused", None, "key")] * 9,
        ("console login refused", None, "tries"),
    ]
    assert "zw_" not in "".join(map(str, told))


def test_a_revoked_key_ends_its_session_at_once(visit: Visit, key: Key, ledger: Ledger) -> None:
    token = key("score")
    door = visit()
    door.enter(token)
    assert door.look("/try").status_code == 200
    with ledger.writing() as page:
        keys.revoke(page, keys.id_of(token), who="周", why="泄露")
    door.app.state.keys.look()
    assert door.look("/try").status_code == 303


def test_a_session_lapses(visit: Visit, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    door = visit()
    token = key("score")
    door.app.state.keys.look()
    door.enter(token)
    begun = time.time()
    for minutes, quiet in ((20, False), (40, False), (69, True)):  # what a page asks by itself keeps nobody in
        monkeypatch.setattr(time, "time", lambda at=begun + minutes * 60: at)
        assert door.look("/try", **({"quiet": "1"} if quiet else {})).status_code == 200
    monkeypatch.setattr(time, "time", lambda: begun + 71 * 60)
    assert door.look("/try").headers["location"].endswith("lapsed=1")
    assert "过期" in door.look("/login?lapsed=1").text


@pytest.mark.parametrize(
    ("current", "back"),
    [
        ("http://127.0.0.1:8080/console/queue?level=high", "?back=%2Fconsole%2Fqueue%3Flevel%3Dhigh"),
        ("http://127.0.0.1:8080//elsewhere.example", "?back=%2Fconsole%2F"),
        ("javascript:alert(1)", "?back=%2Fconsole%2F"),
    ],
)
def test_htmx_is_led_to_the_login_and_back(visit: Visit, key: Key, current: str, back: str) -> None:
    key("score")
    answer = visit().look("/here", **{"hx-request": "true", "hx-current-url": current})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, f"/console/login{back}")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"x-csrf-token": "0" * 64},
        {"x-csrf-token": ""},
    ],
)
def test_a_form_from_elsewhere_does_nothing(visit: Visit, key: Key, headers: dict[str, str]) -> None:
    token = key("score")
    for logged_in in (False, True):
        door = visit()
        if logged_in:
            door.enter(token)
        page = door.look("/try" if logged_in else "/login")
        assert page.status_code == 200
        assert door.fill("/look", {"lang": "en"}, **headers).status_code == 403
        assert door.post("/console/look", data={"lang": "en"}).status_code == 403
        assert door.fill("/look", {"lang": "en"}, origin="http://127.0.0.1:8080").status_code == 303


def test_the_token_of_another_session_is_none(visit: Visit, key: Key) -> None:
    mine, theirs, token = visit(), visit(), key("score")
    for door in (mine, theirs):
        door.app.state.keys.look()
        door.enter(token)
        door.look("/try")
    assert mine.token != theirs.token
    mine.token = theirs.token
    assert mine.fill("/look", {"lang": "en"}).status_code == 403


@pytest.mark.parametrize(
    ("back", "where"),
    [
        ("/console/try", "/console/try"),
        ("/console/try?a=1&b=2", "/console/try?a=1&b=2"),
        ("", "/console/"),
        ("https://elsewhere.example/console/", "/console/"),
        ("//elsewhere.example/console/", "/console/"),
        ("/console/\\elsewhere", "/console/"),
        ("/console//elsewhere.example", "/console/"),
        ("/console/\r\nSet-Cookie: x", "/console/"),
        ("/v1/model", "/console/"),
    ],
)
def test_a_way_back_leads_inside(back: str, where: str) -> None:
    assert inside(back) == where


def test_every_answer_has_the_headers(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    door = visit()
    style = door.app.state.console.assets.by_name["console.css"].url
    for path, status in ((style, 200), ("/console/try", 200), ("/console/nowhere", 404), ("/console/", 303)):
        answer = door.get(path)
        assert answer.status_code == status
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert "immutable" in door.get(style).headers["cache-control"]
    assert "set-cookie" not in door.get(style).headers
    assert door.get("/console/try").headers["cache-control"] == "no-store"
    assert door.get(style.replace("/static/", "/static/0")).status_code == 404
    monkeypatch.setattr("service.console.trial.show", lambda *_: 1 / 0)
    broken = door.get("/console/try")
    assert (broken.status_code, broken.headers["content-security-policy"]) == (500, POLICY)
    assert "ZeroDivision" not in broken.text
    part = door.get("/console/try", headers={"hx-request": "true"})
    assert (part.status_code, part.headers["hx-retarget"]) == (500, "#notice")


def test_language_and_look_are_remembered(visit: Visit) -> None:
    door = visit()
    page = door.look("/try?x=1", **{"accept-language": "zh-CN"})
    assert 'lang="zh-CN" data-theme="auto"' in page.text
    assert 'name="back" value="/console/try?x=1"' in page.text
    chosen = door.fill("/look", {"lang": "en", "theme": "dark", "back": "/console/try?x=1"})
    assert chosen.headers["location"] == "/console/try?x=1"
    assert 'lang="en" data-theme="dark"' in door.look("/try", **{"accept-language": "zh-CN"}).text
    assert door.fill("/look", {"lang": "fr"}).status_code == 422


def test_a_large_form_is_not_read(visit: Visit) -> None:
    door = visit()
    door.look("/try")
    assert door.fill("/look", {"lang": "x" * 2_000_000}).status_code == 413


def test_a_request_is_counted_by_its_route_not_its_address(visit: Visit) -> None:
    door = visit()
    door.get("/console/try?title=高仿")
    door.get("/console/static/0123/高仿.css")
    told = door.get("/metrics").text
    assert "高仿" not in told
    assert 'path="/console/try"' in told


def test_a_service_without_a_ledger_has_a_console(screener: Screener) -> None:
    app = create_app(screener, Settings(ledger_url="off"))
    assert TestClient(app, "http://127.0.0.1").get("/console/try").status_code == 200


def test_a_link_on_another_site_ends_no_session(visit: Visit) -> None:
    door = visit()
    elsewhere = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    first = door.look("/try", **elsewhere)  # as browsers send it: without the cookie
    assert '<a href="">' in first.text
    assert "set-cookie" not in first.headers
    assert "<form" in door.look("/try", **(elsewhere | {"sec-fetch-site": "same-origin"})).text
    stranger = visit()
    for more in ({}, {"sec-fetch-mode": "no-cors"}):
        form = stranger.post("/console/look", data={"lang": "en"}, headers=elsewhere | more)
        assert (form.status_code, "set-cookie" in form.headers) == (403, False)
        picture = stranger.get("/console/try", headers=elsewhere | {"sec-fetch-mode": "no-cors"})
        assert "set-cookie" not in picture.headers
