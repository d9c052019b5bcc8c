"""A desk at which cases are worked on, and a clock that a test moves."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from models import Screener
from service.app import create_app
from service.ledger import labels
from service.ledger.ledger import Ledger
from service.ledger.verification import verify
from service.settings import Settings

Told = dict[str, Any]


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        """Begin on a day of March."""
        self.now = datetime(2026, 3, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell it."""
        return self.now

    def wait(self, minutes: float) -> None:
        """Let time pass."""
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(ledger_url: str, clock: Clock) -> Iterator[Ledger]:
    opened = Ledger(ledger_url, clock)
    opened.open()
    yield opened
    opened.close()


class Desk:
    """A service, and what people do at it."""

    def __init__(self, screener: Screener, ledger: Ledger, golden_rate: float) -> None:
        """Open it."""
        settings = Settings(golden_rate=golden_rate)
        app = create_app(screener, settings, today=lambda: date(2026, 3, 2), ledger=ledger)
        self.door = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)
        self._ledger = ledger
        self.casework = app.state.casework

    def list_one(self, listing_id: str, title: str = "高仿包包", **more: object) -> Told:
        """Have a listing screened."""
        told: Told = self.door.post("/v1/score", json={"listing_id": listing_id, "title": title} | more).json()
        return told

    def next(self, who: str, **told: object) -> Told | None:
        """Take the next case."""
        answer = self.door.post("/v1/cases/next", json={"reviewer": who} | told)
        assert answer.status_code in {200, 204}, answer.text
        return answer.json() if answer.status_code == 200 else None

    def step(self, case_id: str, step: str, who: str, **told: object) -> Response:
        """Take a step."""
        return self.door.post(f"/v1/cases/{case_id}/{step}", json={"reviewer": who} | told)

    def decide(self, case_id: str, who: str, verdict: str = "confirmed", **told: object) -> Response:
        """Decide."""
        reason = {"reason": "replica"} if verdict == "confirmed" else {}
        return self.step(case_id, "decide", who, verdict=verdict, **reason | told)

    def waiting(self, **query: str | int) -> list[str]:
        """Listing ids in the order of the queue."""
        return [one["listing_id"] for one in self.door.get("/v1/cases", params=query).json()]

    def outcomes(self) -> dict[str, str]:
        """What the labels in force say, by listing id."""
        with self._ledger.view() as view:
            return {str(one.listing.listing_id): one.outcome for one in labels.takedowns(view)}

    def whole(self) -> bool:
        """Whether the chain holds."""
        with self._ledger.reading() as connection:
            return verify(connection).broken is None


@pytest.fixture
def new_desk(screener: Screener, ledger: Ledger) -> Callable[..., Desk]:
    """Open a service; `golden_rate` of the cases it gives have a known verdict."""
    return lambda golden_rate: Desk(screener, ledger, golden_rate)


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    """A service without golden cases."""
    return new_desk(golden_rate=0.0)
