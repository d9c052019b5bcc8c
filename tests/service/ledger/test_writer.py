"""What waits is committed together; what one holds hurts no other; what is accepted is finished."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from service.ledger.database import LedgerAway, RecordRefused
from service.ledger.ledger import Ledger, Page
from service.ledger.verification import verify
from service.ledger.writer import _WAITING, Writer

TOLD = {"scope": "age", "subject": "x", "erased": 0, "who": "周", "why": "试"}


def note(page: Page, items: Sequence[str]) -> list[str]:
    for item in items:
        if item == "坏":
            raise RuntimeError("broken")
        page.add("erasure", TOLD | {"why": None if item == "空" else item})
    return [f"{item}!" for item in items]


def count(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        found = verify(connection)
    assert found.broken is None
    return found.records


def test_each_gets_its_own_answer_after_it_is_committed(ledger: Ledger) -> None:
    writer = Writer(ledger)
    futures = [writer.submit(note, [str(i), f"{i}b"]) for i in range(50)]
    assert [future.result(10) for future in futures] == [[f"{i}!", f"{i}b!"] for i in range(50)]
    assert count(ledger) == 100
    writer.close()


def test_one_that_breaks_hurts_no_other(ledger: Ledger) -> None:
    writer, gate = Writer(ledger), Event()

    def hold(_page: Page, items: Sequence[str]) -> Sequence[str]:
        gate.wait(10)
        return items

    first = writer.submit(hold, ["first"])
    futures = [writer.submit(note, [item]) for item in ("a", "坏", "b", "空", "c")]
    gate.set()
    assert first.result(10) == ["first"]
    assert [futures[i].result(10) for i in (0, 2, 4)] == [["a!"], ["b!"], ["c!"]]
    assert isinstance(futures[1].exception(10), RuntimeError)
    assert isinstance(futures[3].exception(10), RecordRefused)
    assert count(ledger) == 3
    writer.close()


def test_closing_finishes_what_was_accepted(ledger: Ledger) -> None:
    writer = Writer(ledger)
    futures = [writer.submit(note, [str(i)]) for i in range(600)]
    writer.close()
    assert all(future.done() for future in futures)
    assert count(ledger) == 600


def test_one_who_left_is_not_waited_for(ledger: Ledger) -> None:
    writer, gate = Writer(ledger), Event()

    def hold(_page: Page, items: Sequence[str]) -> Sequence[str]:
        gate.wait(10)
        return items

    writer.submit(hold, [])
    left, stayed = writer.submit(note, ["left"]), writer.submit(note, ["stayed"])
    assert left.cancel()
    gate.set()
    assert stayed.result(10) == ["stayed!"]
    assert count(ledger) == 1
    writer.close()


def test_too_many_waiting_is_a_ledger_that_is_away() -> None:
    writer = Writer(Ledger("sqlite:////nowhere/at/all.sqlite3"))
    writer._thread = object()  # type: ignore[assignment] # nobody takes anything out
    for _ in range(_WAITING):
        writer.submit(note, [])
    with pytest.raises(LedgerAway, match="slower"):
        writer.submit(note, [])


def test_a_ledger_that_is_away_is_told_to_everyone_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    writer = Writer(Ledger(f"sqlite:///{folder}/l.sqlite3"))
    futures = [writer.submit(note, [str(i)]) for i in range(3)]
    assert all(isinstance(future.exception(10), LedgerAway) for future in futures)
    folder.mkdir()
    assert writer.submit(note, ["back"]).result(10) == ["back!"]
    writer.close()
