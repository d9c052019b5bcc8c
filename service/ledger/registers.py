"""Registers in the ledger: who imported which snapshot, of which day, and which of them stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from features.errors import ZhenweiError
from models.registers import Snapshot
from service.ledger.ledger import Page, Rows
from service.ledger.tables import RECORDS, REGISTERS


class RegisterUnknown(ZhenweiError):
    """No such snapshot stands."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A snapshot that was imported and not removed."""

    snapshot: Snapshot
    entries: int
    source: str  # name of the file it came from
    who: str
    imported_at: str

    @property
    def id(self) -> str:
        """What it is called in commands."""
        return self.snapshot.digest[:16]


def kept(ledger: Rows) -> list[Imported]:
    """Every snapshot that was not removed, in the order of import."""
    found: dict[tuple[str, str], Imported] = {}
    for row in ledger.rows(select(REGISTERS, RECORDS.c.at).join(RECORDS).order_by(REGISTERS.c.seq)):
        kind, digest = row["register_kind"], row["register_digest"]
        if row["event"] == "remove":
            found.pop((kind, digest), None)
            continue
        snapshot = Snapshot(kind, date.fromisoformat(row["as_of"]), digest, row["complete"] == 1)
        found.pop((kind, digest), None)
        found[kind, digest] = Imported(snapshot, row["entries"], row["source"], row["who"], row["at"])
    return list(found.values())


def standing(found: Iterable[Imported]) -> dict[str, Snapshot]:
    """The one snapshot of each kind that is asked: of the newest day; of one day, the one imported last."""
    newest: dict[str, Snapshot] = {}
    for one in found:
        before = newest.get(one.snapshot.kind)
        if before is None or one.snapshot.as_of >= before.as_of:
            newest[one.snapshot.kind] = one.snapshot
    return newest


def add(page: Page, snapshot: Snapshot, *, entries: int, source: str, who: str) -> bool:
    """Record an import; False when the same snapshot stands there already."""
    if any(one.snapshot == snapshot for one in kept(page)):
        return False
    page.add("register", _row(snapshot) | {"event": "import", "entries": entries, "source": source, "who": who})
    return True


def remove(page: Page, register_id: str, *, who: str, why: str) -> list[Snapshot]:
    """Take a snapshot out of use; its file stays, for answers that named it. Raises RegisterUnknown."""
    found = [one.snapshot for one in kept(page) if register_id in {one.id, one.snapshot.digest}]
    if not found:
        raise RegisterUnknown(f"{register_id}: no such snapshot stands; see `zhenwei register list`")
    for snapshot in found:
        page.add("register", _row(snapshot) | {"event": "remove", "who": who, "why": why})
    return found


def _row(snapshot: Snapshot) -> dict[str, str | int | None]:
    return {
        "register_kind": snapshot.kind,
        "register_digest": snapshot.digest,
        "as_of": snapshot.as_of.isoformat(),
        "complete": int(snapshot.complete),
    }
