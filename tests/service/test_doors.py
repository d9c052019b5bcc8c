"""One engine, several doors: the same listing gives the same bytes at each, with the bundle that ships."""

import asyncio
from datetime import date
from pathlib import Path

import httpx2
import orjson
import pytest
from fastapi.testclient import TestClient

from models import Screener
from models.screening import Explain
from service import wire
from service.app import create_app
from service.batch.forms import outputs
from service.batch.request import Request
from service.batch.run import screen_files
from service.examples import EXAMPLES
from service.rows import open_source
from service.settings import Settings

TODAY = date(2026, 3, 2)
TITLES = [
    "顶级版本 CHANE1 香奶奶22bag 芯片版 过验",
    "加厚纯棉四件套 全棉床单被套",
    "感冒灵颗粒 国药准字Z44029999",
    "加V信 abc123 看图",
    "全降解 PE 垃圾袋 0.01mm",
    "🔥正品🔥ＡＢＣ　全角　Ｎ　Ｉ　Ｋ　Ｅ",
    "……!!!",
    "高\u200b仿" + "\u200b" * 400,
]
LISTINGS = [dict(listing) for listing in EXAMPLES.values()] + [
    {"listing_id": str(i), "title": title, "price_cny": 9.9 * i} for i, title in enumerate(TITLES * 10)
]


@pytest.mark.parametrize("explain", ["none", "findings", "full"])
def test_every_door_gives_the_same_bytes(starter: Screener, tmp_path: Path, explain: Explain) -> None:
    expected = [starter.screen([wire.listing(told)], explain=explain, today=TODAY)[0].to_json() for told in LISTINGS]
    client = TestClient(create_app(starter, Settings(), today=lambda: TODAY), "http://127.0.0.1")
    one = [client.post(f"/v1/score?explain={explain}", json=told).content for told in LISTINGS]
    assert one == expected

    many = client.post(f"/v1/score/batch?explain={explain}", json={"listings": LISTINGS}).content
    joined = b",".join(b'{"index":%d,"screening":%b}' % pair for pair in enumerate(expected))
    assert many == b'{"screened":[' + joined + b'],"rejected":[]}'

    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\n".join(map(orjson.dumps, LISTINGS)))
    sources, files = (open_source(source),), outputs(out, None, sourced=False, listed=False)
    screen_files(Request(sources, ("in.jsonl",), files, lambda: starter, explain, TODAY))
    assert out.read_bytes().splitlines() == expected


def test_requests_at_the_same_time_do_not_disturb_each_other(starter: Screener) -> None:
    app = create_app(starter, Settings(), today=lambda: TODAY)
    client = TestClient(app, "http://127.0.0.1")
    expected = [client.post("/v1/score", json=told).content for told in LISTINGS[:10]]

    async def all_at_once() -> list[bytes]:
        transport = httpx2.ASGITransport(app=create_app(starter, Settings(), today=lambda: TODAY))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as door:
            answers = await asyncio.gather(*(door.post("/v1/score", json=told) for told in LISTINGS[:10]))
        return [answer.content for answer in answers]

    assert asyncio.run(all_at_once()) == expected


def test_the_risky_example_is_riskier_than_the_honest_one(starter: Screener) -> None:
    risky, honest = starter.screen([wire.listing(dict(e)) for e in EXAMPLES.values()], explain="full", today=TODAY)
    assert (risky.level, honest.level) == ("high", "low")
    assert risky.findings
    assert honest.action == "pass"
