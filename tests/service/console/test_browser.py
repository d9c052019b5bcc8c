"""The console in a real browser: its main paths, hostile listings everywhere, and who cannot see or click."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from httpx2 import post

from models import Screener
from service.app import create_app
from service.batch.forms import outputs
from service.batch.request import Request
from service.batch.run import screen_files
from service.console.app import ROOMS
from service.home import online
from service.jobs.folder import JobFolder
from service.jobs.jobs import Jobs, Viewer
from service.jobs.upload import Upload
from service.ledger import jobs as records
from service.ledger import keys
from service.ledger.keys import Wanted
from service.ledger.ledger import Ledger
from service.rows import open_source
from service.settings import Settings
from training.report.shown import visible

Site = Any  # see conftest
Open = Callable[..., Any]
ROOT = Path(__file__).parents[3]
SCRIPT = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\"'>"
HOSTILE = f"{SCRIPT}\u202e\u2066高仿\u200b =HYPERLINK(1) {{{{7*7}}}}"
EMOJI = "👩‍👩‍👧😀" * 85
SOLID = "高仿" + "W" * 510
TITLES = (HOSTILE, EMOJI, SOLID, "普通纯棉四件套")


def table(titles: tuple[str, ...]) -> bytes:
    quoted = (title.replace('"', '""') for title in titles)
    rows = "".join(f'{n},"{title}","{title[:100]}"\n' for n, title in enumerate(quoted, 1))
    return f"商品ID,标题,店铺\n{rows}".encode()


def received(desk: Jobs, content: bytes, name: str) -> tuple[str, JobFolder, Upload]:
    """Hand a file in, as an upload would."""
    job_id, folder = desk.room_for(Viewer("周"), len(content))
    (folder.path / "upload.csv").write_bytes(content)
    return job_id, folder, Upload(name, len(content), {"format": ("jsonl",)})


def screened(desk: Jobs, ledger: Ledger, screener: Screener, content: bytes, name: str) -> str:
    """A screening that is done."""
    job_id, folder, upload = received(desk, content, name)
    desk.submit(Viewer("周"), job_id, folder, upload)
    kept = desk.shelf.folder(job_id)
    files = outputs(kept.path / "results.jsonl", None, sourced=False, listed=False)
    sources = (open_source(kept.upload),)
    screen_files(Request(sources, ("upload.csv",), files, lambda: screener, "findings", date(2026, 3, 2)))
    with ledger.writing() as page:
        records.end(page, job_id, "done", who="x", rows=4, rejected=0)
    return job_id


def hostile_site(site: Site, ledger: Ledger, screener: Screener) -> dict[str, str]:
    """Fill a console with what attackers write; the addresses of its pages, by name."""
    answers = []
    for title in TITLES:
        listing = {"listing_id": title[:100], "title": title, "seller": {"seller_id": title[:50], "name": title[:100]}}
        answers.append(post(f"{site.url}/v1/score", json=listing).json()["evaluation_id"])
    entry = {"kind": "seller", "effect": "deny", "value": SCRIPT, "reason": HOSTILE, "who": SCRIPT}
    assert post(f"{site.url}/v1/lists", json=entry).status_code == 201
    desk: Jobs = site.app.state.jobs
    job_id = screened(desk, ledger, screener, table(TITLES), f"{SCRIPT}.csv")
    new_id, folder, upload = received(desk, table((SCRIPT, *TITLES)), f"{SCRIPT}.csv")
    told = {"file_name": f"{SCRIPT}.csv", "bytes": upload.bytes, "key_id": None}
    (folder.path / "sent.json").write_bytes(orjson.dumps(told))
    rooms = {room.name: room.path for room in ROOMS}
    return rooms | {
        "example": "/try?example=cloaked",
        "evaluation": f"/evaluations/{answers[0]}",
        "screening": f"/screenings/{job_id}",
        "row": f"/screenings/{job_id}/rows/1",
        "columns": f"/screenings/new/{new_id}",
        "nowhere": "/nowhere",
    }


@pytest.fixture(scope="module")
def hostile(open_site: Open, starter: Screener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A console full of hostile listings."""
    home = tmp_path_factory.mktemp("home")
    ledger = Ledger(f"sqlite:///{home}/ledger.sqlite3")
    ledger.open()
    app = create_app(starter, Settings(home=home), ledger=ledger)
    app.state.background = None  # what is sent stays as it is
    with open_site(app) as site:
        site.paths = hostile_site(site, ledger, starter)
        yield site


@pytest.fixture
def site(open_site: Open, starter: Screener, ledger: Ledger) -> Iterator[Site]:
    """An empty console."""
    with open_site(create_app(starter, Settings(), ledger=ledger)) as opened:
        yield opened


NAMES = [room.name for room in ROOMS] + ["example", "evaluation", "screening", "row", "columns", "nowhere"]
EXPECTED = re.compile("status of 404")


def grave(page: Any) -> list[str]:  # noqa: ANN401 - a page of Playwright
    """What keeps people out, by the rules of axe."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:200]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_full_of_hostile_listings_is_sound(hostile: Site, name: str) -> None:
    for theme, lang in (("light", "zh-CN"), ("dark", "en")):
        sizes: list[int] = []
        with hostile.page(theme=theme, lang=lang) as page:
            page.on("requestfinished", lambda request, sizes=sizes: sizes.append(request.sizes()["responseBodySize"]))
            page.goto("/console" + hostile.paths[name])
            for box in page.locator("details").all():
                box.evaluate("box => { box.open = true; }")
            for width in (1280, 768, 640):  # the last is 1280 at 200 %
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
            assert not grave(page), theme
            assert page.locator("img[src=x]").count() == 0
            assert page.locator("h1").count() == 1
            assert page.evaluate("document.documentElement.lang") == lang
        assert sum(sizes) <= 1_500_000
    complaints = [one for one in hostile.complaints if not (name == "nowhere" and EXPECTED.search(one))]
    hostile.complaints.clear()
    assert not complaints


def test_a_hostile_title_is_tried_as_text(hostile: Site) -> None:
    with hostile.page() as page:
        page.goto("/console/try")
        for title in TITLES:
            page.fill("#f-title", title)
            page.click("form#listing .go")
            page.wait_for_function(
                "t => document.querySelector('#answer .title')?.textContent.startsWith(t)", arg=visible(title)[:4]
            )
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.locator("img[src=x]").count() == 0
    assert not hostile.complaints


def test_try_by_keyboard_share_and_change_the_language(site: Site) -> None:
    with site.page() as page:
        page.goto("/")
        assert page.url == f"{site.url}/console/try"
        page.keyboard.type("顶级版本 CHANE1 香奶奶22bag 过验")  # the field has the focus
        page.focus("form#listing .go")
        page.keyboard.press("Enter")
        page.wait_for_selector("#answer .verdict.high")
        assert page.locator("#answer mark.seen").count() > 0
        assert page.locator("#answer table.fall").count() == 2
        page.wait_for_url("**#title=*")
        shared = page.url
        page.click("button[value=en]")
        page.wait_for_selector("#answer .verdict.high")
        assert page.locator("h1").inner_text() == "Try a listing"
    with site.page(lang="en-US") as other:
        other.goto(shared)
        other.wait_for_selector("#answer .verdict.high")
        assert other.input_value("#f-title") == "顶级版本 CHANE1 香奶奶22bag 过验"


def test_three_examples_without_reading_anything(site: Site) -> None:
    with site.page() as page:
        page.goto("/console/try")
        levels = []
        for name in ("replica", "jade", "brushed"):
            page.click(f"a[href$='example={name}']")
            levels.append(page.locator(".verdict .level").inner_text())
        assert levels == ["高风险", "低风险", "高风险"]


def test_try_works_without_scripts(site: Site) -> None:
    with site.page(scripts=False) as page:
        page.goto("/console/try")
        page.fill("#f-title", "高仿包包 复刻 过验")
        page.click("form#listing .go")
        assert page.locator(".verdict .level").inner_text() == "高风险"


def test_skip_link_and_theme(site: Site) -> None:
    with site.page() as page:
        page.goto("/console/lists")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        light = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.click("button[value=dark]")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_file_is_uploaded_screened_explored_and_taken_away(site: Site) -> None:
    with site.page() as page:
        page.goto("/console/screenings")
        page.set_input_files("#file", ROOT / "data_samples/listings.csv")
        page.click("form[data-upload] .go")
        page.wait_for_selector("#start")
        assert page.locator("select option[value='seller.name']:checked").count() == 1
        page.click("#start .go")
        page.wait_for_selector("#explore canvas", timeout=60_000)  # the page follows the screening by itself
        page.click("#explore section[aria-labelledby=h-level] a >> nth=0")
        page.wait_for_url("**level=high*")
        assert set(page.locator("#explore tbody .level").all_inner_texts()) == {"高风险"}
        begins = {"results": b"{", "leads": b"pk", "package": b"pk", "report": b"<!doctype html"}
        for part, begin in begins.items():
            with page.expect_download() as taken:
                page.click(f"a[download][href$='/files/{part}']")
            content = taken.value.path().read_bytes()
            assert content[: len(begin)].lower() == begin, part
            assert taken.value.suggested_filename.startswith("listings.")
            assert part != "results" or len(content.splitlines()) == 42
        page.click("#explore tbody a >> nth=0")
        page.wait_for_selector(".verdict.high")
        page.go_back()
        page.click("form[action*='/queue/from/'] button")
        page.click(".banner.good a")  # once all are sent
        page.wait_for_selector("table[data-rows]")
        page.keyboard.press("n")
        page.wait_for_selector("#decide")


def test_a_list_is_changed_and_a_key_made(site: Site) -> None:
    with site.page(lang="en-US") as page:
        page.goto("/console/lists")
        page.click("summary:has-text('Add to a list')")
        page.fill("#f-value", "s-1")
        page.fill("#f-reason", "three takedowns")
        page.click("text=Add >> nth=-1")
        page.wait_for_selector(".banner.good")
        page.goto("/console/keys")
        page.fill("#name", "周")
        page.fill("#why", "go-live")
        page.click("form[action$='/keys'] .go")
        token = page.locator("#made").inner_text()
        page.click("a[href$='/login']")
        page.fill("#key", token)
        page.click(".go")
        page.wait_for_selector(".who")
        page.goto("/console/lists")
        page.click("summary:has-text('Remove')")
        page.fill("td input[name=why]", "appeal")
        page.click("td button")
        page.wait_for_selector(".empty")


def test_a_session_that_lapsed_leads_to_the_login(
    open_site: Open, starter: Screener, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledger.writing() as record:
        token = keys.create(record, Wanted("周", ["score"]), who="周", why="试")
    with open_site(create_app(starter, Settings(), ledger=ledger)) as site, site.page() as page:
        page.goto("/console/try")
        page.fill("#key", token)
        page.click(".go")
        page.wait_for_selector("#f-title")
        assert page.locator("nav a").count() == 2  # try and screenings: what this key may
        page.goto(f"data:text/html,<a href='{site.url}/console/try?example=jade'>a link in a mail</a>")
        page.click("a")
        page.click("main a")  # the first comes without the cookie, the second with it
        page.wait_for_selector(".verdict")
        monkeypatch.setattr("service.console.session.IDLE", -1.0)
        page.fill("#f-title", "包")
        page.click("form#listing .go")
        page.wait_for_selector("#key")
        assert "已过期" in page.locator("[role=alert]").inner_text()


def test_with_redis_away_try_answers_and_says_so(open_site: Open, starter: Screener, ledger: Ledger) -> None:
    settings = Settings(redis_url="redis://127.0.0.1:1/0")
    app = create_app(starter, settings, ledger=ledger, online=online(settings))
    with open_site(app) as site, site.page() as page:
        page.goto("/console/try?example=replica")
        assert page.locator(".verdict .level").inner_text() == "高风险"
        assert page.locator("section[aria-labelledby=h-warnings]").count() == 1
