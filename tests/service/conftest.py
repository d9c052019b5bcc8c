"""A stand-in for the screener, quick and as simple as a test can read, and an app around it."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from features.listing import Listing
from features.normalize import Folded
from features.reading import CategoryGuess, Reading
from features.tokens import Tokens
from models import STARTER, Screener, Screening, open_bundle
from models.manifest import Manifest, Thresholds, Training
from models.screener import Complete, evaluation_id, law_day
from models.screening import (
    AuthorityOut,
    Bilingual,
    CategoryOut,
    Contribution,
    EvidenceOut,
    Explain,
    Explanation,
    Finding,
    HeadOut,
    LawOut,
    SpanOut,
    Versions,
)
from service.app import create_app
from service.batch.forms import outputs
from service.batch.outcome import Outcome
from service.batch.progress import Watch, nobody
from service.batch.reading import Stop
from service.batch.request import Request
from service.batch.run import screen_files
from service.clock import today
from service.ledger.database import connect
from service.ledger.ledger import Ledger
from service.opening import open_all
from service.settings import Settings
from service.tasks import _AFTER_A_CRASH, _BACKING_OFF

TODAY = date(2026, 3, 2)
SLANG = "高仿"
HEADS = ("counterfeit", "fraud_order")
LAW = LawOut(
    "trademark-57", "商标法", "2019", "57", "第3项", "2019-11-01", Bilingual("侵权", "infringes"), None, "confirmed"
)


def manifest() -> Manifest:
    """A manifest that says little."""
    zero = "0" * 64
    return Manifest(
        format=1,
        created="2026-03-01",
        code="0.0.0",
        libraries={},
        heads=HEADS,
        features=("title.length", "price.log"),
        signals=(),
        knowledge={"slang.toml": zero},
        training=Training(simulated=True, takedowns=2, guilty={}, honest={}, fingerprint=zero, seed=0),
        thresholds={head: Thresholds(high=0.9, medium=0.5, high_fpr=0.005, medium_fpr=0.05) for head in HEADS},
        metrics={"counterfeit": {"pr_auc": 0.9}},
        sha256={},
    )


@dataclass(frozen=True)
class StandIn:
    """Says high when the title holds 高仿, undoes Ｎ.Ｋ, fails when it holds 坏掉, and counts how it was called."""

    calls: list[int]
    bundle: SimpleNamespace
    versions: Versions
    reader: SimpleNamespace  # folds to lower case

    def screen(
        self, listings: Sequence[Listing], *, explain: Explain, today: date, complete: Complete | None = None
    ) -> list[Screening]:
        """Screen as the real one would be called; what is completed changes no answer."""
        self.calls.append(len(listings))
        if complete:
            complete([_reading(listing) for listing in listings])
        return [self._one(listing, explain, today) for listing in listings]

    def _one(self, listing: Listing, explain: Explain, today: date) -> Screening:
        if "坏掉" in listing.title:
            raise RuntimeError(f"a bug that quotes {listing.title}")
        at = listing.title.find(SLANG)
        seen = (EvidenceOut("title", at, at + 2, SLANG, SLANG, ()),)
        message, owner = Bilingual("高仿用语", "replica slang"), AuthorityOut("samr", Bilingual("市场监管总局", "SAMR"))
        finding = Finding(
            "replica.grade", "high", "counterfeit", "rule", message, seen, (LAW,), (owner,), None, "confirmed"
        )
        spans = (SpanOut("title", at, at + 2, SLANG, 3.0),) if at >= 0 else ()
        told = Contribution("title.text", 1.0, 3.0 if at >= 0 else -1.0, Bilingual("标题用语", "wording"), spans)
        why = Explanation("log_odds", -1.0, told.log_odds - 1.0, 0.0, (told,), 0.0) if explain == "full" else None
        high = at >= 0
        return Screening(
            evaluation_id=evaluation_id(self.versions.bundle, listing, law_day(listing, today)),
            listing_id=listing.listing_id,
            assessment="assessed",
            category=CategoryOut("other", "inferred", 0.5),
            risk_score=90 if high else 3,
            level="high" if high else "low",
            action="review" if high else "pass",
            reasons=("model:counterfeit",) if high else (),
            heads={
                "counterfeit": HeadOut(0.9 if high else 0.01, 90 if high else 3, "high" if high else "low", why),
                "fraud_order": HeadOut(0.01, 2, "low", None),
            },
            findings=(finding,) if high and explain != "none" else (),
            licences=(),
            law_as_of=(listing.observed_at.date() if listing.observed_at else today).isoformat(),
            versions=self.versions,
            warnings=(),
            transforms={"fullwidth": 2, "separator": 1} if "Ｎ.Ｋ" in listing.title else {},
        )


def _reading(listing: Listing) -> Reading:
    nowhere = CategoryGuess("other", "inferred", 0.5)
    return Reading(listing, Folded(listing.title, listing.title), Tokens(), nowhere, (), (), (), {})


def new_stand_in() -> StandIn:
    """Make a stand-in that was never asked."""
    knowledge = SimpleNamespace(digest="f" * 64, rules={}, categories={})
    bundle = SimpleNamespace(
        reference=None, id="0123456789abcdef", manifest=manifest(), card="# Card\n", knowledge=knowledge
    )
    reader = SimpleNamespace(
        folder=SimpleNamespace(
            fold=lambda text: Folded(text, text.lower()),
            fold_many=lambda texts: [Folded(text, text.lower()) for text in texts],
        )
    )
    return StandIn([], bundle, Versions("0123456789abcdef", "f" * 16, "0.1.0"), reader)


@pytest.fixture
def stand_in() -> StandIn:
    """A fresh stand-in."""
    return new_stand_in()


@pytest.fixture
def screener(stand_in: StandIn) -> Screener:
    """The stand-in, as the doors take it."""
    return cast("Screener", stand_in)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own for every test."""
    monkeypatch.setenv("ZHENWEI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty ledger of its own: a SQLite file always, a PostgreSQL schema where a server may be used."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.sqlite3"
        return
    server = os.environ.get("ZHENWEI_TEST_POSTGRES_URL")
    if server is None:
        pytest.skip("ZHENWEI_TEST_POSTGRES_URL names no server")
    schema, engine = f"zhenwei_{uuid4().hex}", connect(server)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    engine.dispose()


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """An empty ledger, opened."""
    opened = Ledger(ledger_url)
    opened.open()
    yield opened
    opened.close()


Serve = Callable[..., TestClient]


@pytest.fixture
def serve(screener: Screener) -> Serve:
    """Build a client of an app with the given settings; errors of the server are answers, not exceptions."""

    def build(told: Mapping[str, Any] = MappingProxyType({}), ledger: Ledger | None = None) -> TestClient:
        app = create_app(screener, Settings(**told), today=lambda: TODAY, ledger=ledger)
        return TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)

    return build


@pytest.fixture
def client(serve: Serve) -> TestClient:
    """A client of an app with the defaults."""
    return serve()


STAND_IN = Path(__file__).with_name("jobs") / "stand_in_screen.py"
Running = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture(params=["memory", "redis"])
def queue(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """Settings of a queue of its own: in memory always, over Redis where a server may be used."""
    if request.param == "memory":
        return {}
    server = os.environ.get("ZHENWEI_TEST_REDIS_URL")
    if server is None:
        pytest.skip("ZHENWEI_TEST_REDIS_URL names no server")
    return {"redis_url": server, "redis_prefix": f"test-{uuid4().hex}"}


def quick(app: FastAPI) -> FastAPI:
    """Look often, wait little, and screen with the stand-in."""
    background = app.state.background
    background.every = 0.05
    _AFTER_A_CRASH.delay = _BACKING_OFF.delay = timedelta(seconds=0.1)
    _BACKING_OFF.maximum_delay, _BACKING_OFF.attempts = timedelta(seconds=0.2), 4
    object.__setattr__(background.runner, "program", (sys.executable, str(STAND_IN)))
    return app


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger in a file, for what is the same over any."""
    opened = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3")
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def running(screener: Screener, book: Ledger, home: Path) -> Running:
    """Run a service, its background too; it ends, as on SIGTERM, with the block."""

    @contextmanager
    def run(told: Mapping[str, str] = MappingProxyType({}), ledger: Ledger = book) -> Iterator[TestClient]:
        again = Ledger(ledger.engine.url.render_as_string(hide_password=False))
        app = create_app(screener, Settings(**{"home": home, **told}), ledger=again)  # type: ignore[arg-type]
        with TestClient(quick(app), "http://127.0.0.1", raise_server_exceptions=False) as client:
            yield client

    return run


@pytest.fixture(scope="session")
def starter() -> Screener:
    """The bundle that ships. When it does not open, `make starter` was forgotten after an edit of the knowledge."""
    return Screener(open_bundle(STARTER))


@pytest.fixture
def screen(screener: Screener) -> Callable[..., Outcome]:
    """Screen files into `out`, with the stand-in; every row must be accounted for."""

    def run(
        out: Path,
        *told: Path,
        watch: Watch = nobody,
        stop: Stop = lambda: False,
        listed: bool = False,
        **asked: Any,  # noqa: ANN401 - fields of a request
    ) -> Outcome:
        opened = open_all([str(path) for path in told], {}, beside=[out])
        request = Request(
            sources=tuple(one.source for one in opened.mapped),
            names=opened.names,
            outputs=outputs(out, None, sourced=len(opened.names) > 1 or listed, listed=listed),
            open=lambda: screener,
            explain="findings",
            today=today(),
        )
        outcome = screen_files(replace(request, **asked), watch, stop)
        assert sum(file.rows for file in outcome.files) == outcome.tally.rows
        assert sum(file.rejected for file in outcome.files) == outcome.tally.rejected
        assert outcome.tally.rows == outcome.tally.rejected + sum(outcome.tally.levels.values())
        return outcome

    return run
