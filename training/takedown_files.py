"""Files of takedowns: a listing's fields with the decision's beside them, in any table we read."""

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
from pydantic import ValidationError

from features import cells, columns
from features.columns import Columns, Target, Targets
from features.intake import ListingRejected, Moment, Problem, Wire, Word, problems, read_listing
from features.tables import Entry, Table, open_table
from models.heads import HEAD_OF_REASON
from training.errors import TrainingError
from training.labels import words_of
from training.rejects import Reject, Rejects, no_rejects
from training.takedowns import Outcome, Takedown

_WORDS = tomllib.loads(Path(__file__).with_name("takedowns.toml").read_text("utf-8"))
_OUTCOMES = {word.casefold(): outcome for outcome, words in _WORDS["outcomes"].items() for word in (outcome, *words)}
_FIELDS = tuple(_WORDS["columns"])
_NEEDED = {"outcome": "处理结果", "reason": "违规原因"}
_TEXT = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})
_BLOCK = 1 << 20  # bytes counted at once
_NO_MAP: Mapping[str, str] = MappingProxyType({})
_UNTITLED = "-"  # what stands for the title while a row of signals alone goes through the door


class DecisionIn(Wire):
    """What stands beside the listing in a row of a takedown file."""

    outcome: Outcome
    reason: Word = ""
    decided_at: Moment | None = None
    reviewer: Word | None = None
    source: Word | None = None


@dataclass(frozen=True, slots=True)
class TakedownFile:
    """A file of takedowns, looked at far enough to know how to read it. Iterating reads it again from the start."""

    table: Table
    columns: Columns | None  # None: JSON lines
    mapped: Targets  # what columns of one's own mean
    notes: tuple[str, ...]  # what the reader of the result should know

    def __iter__(self) -> Iterator[tuple[Entry, Takedown | Reject]]:
        """Yield every row, in file order. Raises features.tables.FileRejected when reading fails midway."""
        return ((entry, self._takedown(entry)) for entry in self.table)

    def _takedown(self, entry: Entry) -> Takedown | Reject:
        if isinstance(entry.told, Problem):
            return Reject(entry.line, None, (entry.told,))
        told: dict[str, Any] = {}
        try:
            if self.columns is None:
                told = columns.renamed(entry.told, self.mapped, DECISION)
            else:
                told = columns.record(entry.told, entry.number, self.columns)
                told.setdefault("outcome", "pending")  # an empty cell: nobody has decided
            return _takedown(told)
        except ListingRejected as error:
            return Reject(entry.line, _text(told.get("listing_id") or self._id(entry.told)), error.problems)

    def _id(self, told: Mapping[str, object]) -> object:
        """The id of a row that could not be read."""
        targets = self.columns.targets if self.columns else {}
        name = next((header for header, target in targets.items() if target.path == ("listing_id",)), "listing_id")
        return told.get(name)


def open_takedowns(path: Path, names: Mapping[str, str] = _NO_MAP) -> TakedownFile:
    """Look at a file; `names` maps column names to fields, before the built-in names.

    Raises FileRejected, ColumnsRejected, or TrainingError when a column is missing without which nothing is learnt.
    """
    table = open_table(path)
    mapped = columns.asked(names, DECISION)
    if table.header is None:
        return TakedownFile(table, None, mapped, table.notes)
    found = columns.resolve(table.header, names, DECISION)
    fields = {target.path[0] for target in found.targets.values()}
    for field, word in _NEEDED.items():
        if field not in fields:
            raise TrainingError(
                f"{path}: no column holds the {field}; name one {field} or {word}, or map one with 列名={field}"
            )
    if "signals" not in fields:
        columns.with_title(found)
    return TakedownFile(table, found, mapped, table.notes + columns.unused(found))


def read_takedowns(path: Path, names: Mapping[str, str] = _NO_MAP, rejects: Rejects = no_rejects) -> Iterator[Takedown]:
    """Read the takedowns of a file, row by row; `rejects` is told of every row read and of what is wrong with it.

    Without it the first unusable row raises TrainingError, which names the line and what to do.
    """
    for entry, row in open_takedowns(path, names):
        if isinstance(row, Takedown):
            if (idle := _idle(row)) is not None:
                rejects(Reject(entry.line, row.listing.listing_id, (idle,), kept=True), path)
            yield row
        else:
            rejects(row, path)


def about(path: Path) -> int:
    """About how many takedowns a file holds: its lines; 0 when nobody knows before reading it."""
    if path.suffix.lower() not in _TEXT or not path.is_file():
        return 0
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))


def _takedown(told: dict[str, Any]) -> Takedown:
    decision = {field: value for field in _FIELDS if (value := told.pop(field, None)) is not None}
    untitled = told.get("title") is None and bool(told.get("signals"))
    found: list[Problem] = []
    try:
        listing = read_listing(told | {"title": _UNTITLED} if untitled else told)
    except ListingRejected as error:
        found += error.problems
    try:
        decided = DecisionIn.model_validate(decision)
    except ValidationError as error:
        found += problems(error)
    if found:
        raise ListingRejected(found)
    return Takedown(replace(listing, title="") if untitled else listing, **decided.__dict__)


def _idle(takedown: Takedown) -> Problem | None:
    """Why a decision says nothing to any head, when it should."""
    words = words_of(takedown.reason)
    if takedown.outcome == "pending" or any(word in HEAD_OF_REASON for word in words):
        return None
    if words:
        return Problem(
            "/reason", f"{takedown.reason[:64]} belongs to no head; add it to models/heads.toml, or leave it"
        )
    if takedown.outcome == "confirmed":
        return Problem("/reason", "is missing; a confirmed takedown without one teaches nothing")
    return None


def _outcome(cell: object) -> str:
    words = cells.text(cell)
    return "pending" if words is None else _OUTCOMES.get(words.casefold(), words)


def _text(cell: object) -> str | None:
    return cell if isinstance(cell, str) else None


_READ = {"outcome": _outcome, "decided_at": cells.moment}
DECISION: Targets = MappingProxyType(
    {
        columns.plain(word): Target((field,), _READ.get(field, cells.text))
        for field, words in _WORDS["columns"].items()
        for word in (field, *words)
    }
)
"""The columns of a decision, under the names people give them, plain."""


def write_takedowns(path: Path, takedowns: Iterable[Takedown]) -> int:
    """Write a .csv file at once (its columns are known last), any other as JSON lines row by row; returns the rows."""
    if path.suffix.lower() == ".csv":
        rows = [dict(_flat(record(takedown))) for takedown in takedowns]
        header = dict.fromkeys(name for row in rows for name in row)
        with path.open("w", encoding="utf-8-sig", newline="") as table:
            writer = csv.DictWriter(table, list(header))
            writer.writeheader()
            writer.writerows(rows)
        return len(rows)
    with path.open("wb") as file:
        lines = (orjson.dumps(record(takedown), option=orjson.OPT_APPEND_NEWLINE) for takedown in takedowns)
        return sum(1 for line in lines if file.write(line))


def record(takedown: Takedown) -> dict[str, Any]:
    """One takedown as plain data: the listing's fields and the decision's side by side, what was not told left out."""
    listing = takedown.listing
    told = {name: getattr(listing, name) for name in listing.__slots__}
    told |= {"attributes": dict(listing.attributes), "signals": dict(listing.signals)}
    told |= {"seller": _told(asdict(listing.seller)), "trade": _told(asdict(listing.trade))}
    told |= {"velocity": _told(asdict(listing.velocity))}
    return _told(told | {name: getattr(takedown, name) for name in _FIELDS})


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value not in ("", {})}


def _flat(fields: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", _cell(one)) for inner, one in value.items())
        else:
            yield name, _cell(value)


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        return "、".join(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
