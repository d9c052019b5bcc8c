"""Files of takedowns: JSON lines, or CSV in UTF-8 or GBK under the column names people use."""

import codecs
import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
from pydantic import ValidationError

from features import cells, columns
from features.intake import ListingRejected, Moment, Wire, Word, problems, read_listing
from training.errors import TrainingError
from training.takedowns import Outcome, Takedown

Rows = Iterator[tuple[int, dict[str, Any]]]
"""Line number, and the row: the decision's fields beside the listing's."""

_WORDS = tomllib.loads(Path(__file__).with_name("takedowns.toml").read_text("utf-8"))
_FIELDS = {columns.plain(word): field for field, words in _WORDS["columns"].items() for word in (field, *words)}
_OUTCOMES = {word: outcome for outcome, words in _WORDS["outcomes"].items() for word in (outcome, *words)}
_DECISION = tuple(_WORDS["columns"])
_SNIFFED = 1 << 20  # bytes read to tell UTF-8 from GBK
_TEXT = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})
_NO_MAP: Mapping[str, str] = MappingProxyType({})


class DecisionIn(Wire):
    """What stands beside the listing in a row of a takedown file."""

    outcome: Outcome
    reason: Word = ""
    decided_at: Moment | None = None
    reviewer: Word | None = None
    source: Word | None = None


def read_takedowns(path: Path, names: Mapping[str, str] = _NO_MAP) -> Iterator[Takedown]:
    """Read a .csv file, or any other as JSON lines, row by row.

    `names` maps column names of a CSV file to fields, before the built-in names. Raises TrainingError naming the
    line and what to do.
    """
    try:
        for number, row in _csv_rows(path, names) if path.suffix.lower() == ".csv" else _json_rows(path):
            yield _takedown(row, f"{path}, row {number}")
    except columns.ColumnsRejected as error:
        raise TrainingError(f"{path}: {error}") from error
    except (ValueError, csv.Error) as error:
        raise TrainingError(f"{path} is not readable ({error}); save it again as UTF-8") from error
    except OSError as error:
        raise TrainingError(f"{path} cannot be opened ({error.strerror}); name a .jsonl or .csv file") from error


def about(path: Path) -> int:
    """About how many takedowns a file holds: its lines; 0 when nobody knows before reading it."""
    if path.suffix.lower() not in _TEXT or not path.is_file():
        return 0
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_SNIFFED), b""))


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


def _takedown(row: dict[str, Any], place: str) -> Takedown:
    told = {field: value for field in _DECISION if (value := row.pop(field, None)) is not None}
    try:
        return Takedown(read_listing(row), **DecisionIn.model_validate(told).__dict__)
    except ValidationError as error:
        raise TrainingError(f"{place}: {ListingRejected(problems(error))}") from error
    except ListingRejected as error:
        raise TrainingError(f"{place}: {error}") from error


def record(takedown: Takedown) -> dict[str, Any]:
    """One takedown as plain data: the listing's fields and the decision's side by side, what was not told left out."""
    listing = takedown.listing
    told = {name: getattr(listing, name) for name in listing.__slots__}
    told |= {"attributes": dict(listing.attributes), "signals": dict(listing.signals)}
    told |= {"seller": _told(asdict(listing.seller)), "trade": _told(asdict(listing.trade))}
    return _told(told | {name: getattr(takedown, name) for name in _DECISION})


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


def _json_rows(path: Path) -> Rows:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise TrainingError(f"{path}, row {number}: not valid JSON ({error})") from error
            if not isinstance(row, dict):
                raise TrainingError(f"{path}, row {number}: must be a JSON object with a listing and its outcome")
            yield number, row


def _csv_rows(path: Path, names: Mapping[str, str]) -> Rows:
    with path.open(encoding=_encoding(path), newline="") as file:
        table = csv.DictReader(file)
        asked = {columns.plain(header): field for header, field in names.items()}
        decision = {h: f for h in table.fieldnames or () if (f := _decision_field(h, asked)) is not None}
        if "outcome" not in decision.values():
            raise TrainingError(f"{path}: no column holds the outcome; name one outcome or 处理结果")
        others = [header for header in table.fieldnames or () if header not in decision]
        extra = {header: field for header, field in names.items() if field not in _DECISION}
        resolved = columns.resolve(others, extra)
        for number, row in enumerate(table, start=1):
            try:
                told = {field: _decision_cell(field, row.get(header)) for header, field in decision.items()}
                yield number, columns.record(row, number, resolved) | told
            except (ListingRejected, cells.Unreadable) as error:
                raise TrainingError(f"{path}, row {number}: {error}") from error


def _decision_field(header: str, asked: Mapping[str, str]) -> str | None:
    plain = columns.plain(header)
    return _FIELDS.get(columns.plain(asked[plain])) if plain in asked else _FIELDS.get(plain)


def _decision_cell(field: str, cell: object) -> object:
    if field == "decided_at":
        return cells.moment(cell)
    words = cells.text(cell)
    if field != "outcome":
        return words
    return "pending" if words is None else _OUTCOMES.get(words.casefold(), words)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_SNIFFED)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"
