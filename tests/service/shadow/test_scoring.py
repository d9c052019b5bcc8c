"""What is scored in the shadow: everything that was answered, once, in order; errors are recorded, not raised."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from models import Screener, Screening
from models.registers import NO_REGISTERS, Entry, Registers, Snapshot
from service.app import create_app
from service.bundles import BundleStore
from service.ledger import registers, shadows
from service.ledger.activations import ActivationRefused
from service.ledger.ledger import Ledger
from service.ledger.shadows import Shadow
from service.ledger.tables import SHADOWS
from service.ledger.verification import verify
from service.registers.store import RegisterStore
from service.settings import Settings
from service.shadow import scoring
from service.shadow.scoring import Scoring, run

Serve = Callable[..., TestClient]
CANDIDATE = "c" * 16


class Candidate:
    """Says of everything what the stand-in does not: high becomes low, low becomes medium; 怪 it cannot read."""

    def __init__(self, stand_in: Any) -> None:  # noqa: ANN401 - the stand-in of conftest
        """Turn a stand-in around."""
        self._stand_in = stand_in
        self.bundle, self.reader, self.registers = stand_in.bundle, stand_in.reader, NO_REGISTERS

    def screen(self, listings: Any, **how: Any) -> list[Screening]:  # noqa: ANN401 - as the screener is called
        """Screen as the real one would be called."""
        if any("怪" in listing.title for listing in listings):
            raise ValueError("a bug that quotes " + listings[0].title)
        turned = {"high": {"level": "low", "risk_score": 5}, "low": {"level": "medium", "risk_score": 70}}
        return [replace(one, **turned[one.level]) for one in self._stand_in.screen(listings, **how)]


def opening(bundle: Callable[[str], object]) -> BundleStore:
    """A store that opens bundles like this."""
    return cast("BundleStore", SimpleNamespace(open=bundle))


@pytest.fixture
def scorer(ledger: Ledger, stand_in: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scoring:
    """The candidate in the shadow of the stand-in."""
    monkeypatch.setattr(scoring, "Screener", lambda _bundle: Candidate(stand_in))
    return Scoring(ledger, opening(lambda bundle: bundle), RegisterStore(tmp_path))


def choose(ledger: Ledger, bundle: str = CANDIDATE) -> bool:
    with ledger.writing() as page:
        return shadows.begin(page, bundle, who="周", why="试")


def ask(door: TestClient, *titles: str) -> None:
    listings = [{"listing_id": str(i) + title, "title": title} for i, title in enumerate(titles)]
    assert door.post("/v1/score/batch", json={"listings": listings}).json()["rejected"] == []


def keep(ledger: Ledger, told: list[Shadow] | None) -> list[bool]:
    assert told is not None
    with ledger.writing() as page:
        return shadows.record(page, told)


def test_what_is_answered_from_then_on_is_scored_once_and_in_order(
    serve: Serve, ledger: Ledger, scorer: Scoring
) -> None:
    door = serve({}, ledger)
    ask(door, "从前的包")
    assert scorer.next() is None
    choose(ledger)
    assert scorer.next() == []
    ask(door, "帆布包", "高仿包", "帆布包 大")
    ask(door, "帆布包")  # a duplicate was scored already
    first = scorer.next()
    assert first == scorer.next()  # until it is kept
    assert [one.level for one in first or ()] == ["medium", "low", "medium"]
    assert keep(ledger, first) == [True] * 3
    assert keep(ledger, first) == [False] * 3  # said by another process
    assert scorer.next() == []
    with ledger.reading() as connection:
        assert verify(connection).broken is None
        rows = connection.execute(select(SHADOWS).order_by(SHADOWS.c.seq)).mappings().all()
    assert [(row["bundle"], row["level"], row["risk_score"]) for row in rows] == [
        (CANDIDATE, "medium", 70), (CANDIDATE, "low", 5), (CANDIDATE, "medium", 70),
    ]  # fmt: skip
    assert orjson.loads(rows[1]["heads"])["counterfeit"]["p"] == 0.9


def test_an_error_of_the_candidate_is_its_record(serve: Serve, ledger: Ledger, scorer: Scoring) -> None:
    choose(ledger)
    ask(serve({}, ledger), "帆布包", "怪包", "高仿包")
    told = scorer.next() or []
    assert [(one.level, one.error) for one in told] == [("medium", None), (None, "ValueError"), ("low", None)]
    assert "怪" not in str(told)
    assert keep(ledger, told) == [True] * 3
    assert scorer.next() == []


def test_groups_are_small_and_a_backlog_is_skipped_and_counted(
    serve: Serve, ledger: Ledger, scorer: Scoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(ledger)
    door = serve({}, ledger)
    ask(door, *(f"包{i}" for i in range(40)))
    told = scorer.next() or []
    assert len(told) == 16
    keep(ledger, told)
    monkeypatch.setattr(scoring, "_MOST_BEHIND", 20)
    (skipped,) = scorer.next() or []
    assert (skipped.skipped, skipped.level, skipped.error) == (24, None, None)
    keep(ledger, [skipped])
    assert scorer.next() == []
    ask(door, "又一个包")
    assert len(scorer.next() or []) == 1


def test_lists_decide_in_the_shadow_too(serve: Serve, ledger: Ledger, scorer: Scoring) -> None:
    choose(ledger)
    door = serve({}, ledger)
    door.post("/v1/lists", json={"kind": "term", "effect": "deny", "value": "帆布", "reason": "x", "who": "周"})
    ask(door, "帆布包")
    assert [(one.level, one.action) for one in scorer.next() or ()] == [("high", "review")]


def test_the_same_registers_are_asked_so_that_only_bundles_differ(
    starter: Screener, ledger: Ledger, tmp_path: Path
) -> None:
    store = RegisterStore(tmp_path / "registers")
    scorer, number = Scoring(ledger, opening(lambda _: starter.bundle), store), "国药准字S20063026"
    choose(ledger)
    digest, count = store.keep([Entry(number, "抗狂犬病血清")])
    snapshot = Snapshot("drug_approval", date(2026, 11, 1), digest, complete=False)
    for standing in (True, False):
        with ledger.writing() as page:
            if standing:
                registers.add(page, snapshot, entries=count, source="x", who="周")
            else:
                registers.remove(page, digest[:16], who="周", why="旧")
        asking = starter.asking(Registers({"drug_approval": store.open(snapshot)})) if standing else starter
        door = TestClient(create_app(asking, Settings(), ledger=ledger), "http://127.0.0.1")
        told = {"listing_id": "1", "title": f"祖传风湿止痛胶囊 {number}", "observed_at": "2026-11-20"}
        answer = door.post("/v1/score", json=told).json()
        assert (answer["licences"][0]["register"] == "mismatch") is standing
        found = scorer.next()
        assert found
        (one,) = found
        assert (one.level, one.risk_score, one.action) == tuple(answer[of] for of in ("level", "risk_score", "action"))
        keep(ledger, [one])


def test_a_bundle_is_in_the_shadow_until_it_leaves_or_answers(ledger: Ledger, scorer: Scoring) -> None:
    assert choose(ledger)
    assert not choose(ledger)
    assert choose(ledger, "d" * 16)  # in place of the other
    with pytest.raises(ActivationRefused, match="answers already"):
        choose(ledger, "starter")
    with ledger.writing() as page:
        assert shadows.end(page, who="周", why="够了") == "d" * 16
    assert scorer.next() is None
    with pytest.raises(ActivationRefused, match="no bundle is in the shadow"), ledger.writing() as page:
        shadows.end(page, who="周", why="x")


def test_the_process_says_lines_and_goes_on_when_told(
    serve: Serve, ledger: Ledger, scorer: Scoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.shadow.scoring.time.sleep", lambda _seconds: None)
    choose(ledger)
    ask(serve({}, ledger), "帆布包")
    told = io.BytesIO()
    run(scorer, told, io.BytesIO(b"\n"))  # then nobody listens any more
    first, second = map(orjson.loads, told.getvalue().splitlines())
    assert first == second
    assert first[0]["level"] == "medium"
    with ledger.writing() as page:
        shadows.end(page, who="周", why="够了")
    run(scorer, told, io.BytesIO())
    assert told.getvalue().count(b"\n") == 2
