"""A register as an authority publishes it, any table with a number and a product, read row by row."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from features import cells
from features.columns import plain
from features.errors import ZhenweiError
from features.extractors.licences import LicenceExtractor
from features.intake import Problem
from features.knowledge import Knowledge
from features.normalize import Folder
from features.tables import Entry as Row
from features.tables import Table
from models.registers import Entry, announced, bare

_PATH = Path(__file__).with_name("columns.toml")
NEEDED = ("number", "product")
_LONGEST = 512  # characters of a cell that is kept


class RegisterRejected(ZhenweiError):
    """A file cannot be read as a register. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is no entry."""

    line: int
    why: str


@cache
def _names() -> Mapping[str, str]:
    """Column name, plain -> field."""
    told = tomllib.loads(_PATH.read_text("utf-8"))
    return {plain(name): field for field, names in told.items() for name in (field, *names)}


def fields_of(header: Sequence[str], asked: Mapping[str, str]) -> dict[str, str]:
    """Find what columns mean: header as written -> field; `asked` (header -> field) goes first.

    Raises RegisterRejected when no column holds the number or the product.
    """
    known = tuple(tomllib.loads(_PATH.read_text("utf-8")))
    if odd := [field for field in asked.values() if field not in known]:
        raise RegisterRejected(f"--map …={odd[0]}: no such field; use one of {', '.join(known)}")
    wanted = {plain(name): field for name, field in asked.items()}
    found: dict[str, str] = {}
    for name in header:
        field = wanted.get(plain(name)) or _names().get(plain(name))
        if field and (field not in found.values() or plain(name) in wanted):
            found = {other: kept for other, kept in found.items() if kept != field} | {name: field}
    if lacking := [field for field in NEEDED if field not in found.values()]:
        columns = ", ".join(header)[:_LONGEST]
        raise RegisterRejected(
            f"no column holds the {lacking[0]} among {columns}; map one with --map 列名={lacking[0]}"
        )
    return found


class RegisterReader:
    """Reads the entries of one kind of licence."""

    def __init__(self, knowledge: Knowledge, kind: str) -> None:
        """Prepare. Raises RegisterRejected for a kind there is not."""
        if kind not in knowledge.licences:
            raise RegisterRejected(f"--kind {kind}: no such licence; one of {', '.join(sorted(knowledge.licences))}")
        self._kind, self._format = kind, knowledge.licences[kind]
        self._fold, self._extractor = Folder.load(knowledge).fold, LicenceExtractor(knowledge)

    def read(self, table: Table, asked: Mapping[str, str]) -> Iterator[Entry | Refused]:
        """Yield every row, as an entry or why it is none. Raises RegisterRejected, FileRejected."""
        fields = None if table.header is None else fields_of(table.header, asked)
        for row in table:
            yield self._entry(row, asked, fields)

    def _entry(self, row: Row, asked: Mapping[str, str], fields: Mapping[str, str] | None) -> Entry | Refused:
        if isinstance(row.told, Problem):
            return Refused(row.line, row.told.message)
        try:
            named = fields if fields is not None else fields_of(tuple(row.told), asked)
            told = {field: _text(row.told.get(name)) for name, field in named.items()}
            until = cells.day(told["valid_until"]) if told.get("valid_until") else None
        except (RegisterRejected, cells.Unreadable) as error:
            return Refused(row.line, str(error))
        number = self._number(told["number"])
        if number is None:
            return Refused(row.line, f"{told['number'] or 'nothing'} is no {self._format.en} ({self._format.zh})")
        if not told["product"] and not told.get("trade_name"):
            return Refused(row.line, "names no product")
        return Entry(
            number=number,
            product=told["product"],
            trade_name=told.get("trade_name", ""),
            holder=told.get("holder", ""),
            status=told.get("status", ""),
            valid_until=until.isoformat() if until else "",
        )

    def _number(self, cell: str) -> str | None:
        """The number as it is read from listings; None when the cell holds none of this kind.

        Registers leave out what announces a number (注册证号H20171268) where everybody knows it.
        """
        for text in dict.fromkeys((cell, announced(self._kind, cell))):
            for found in self._extractor.find({"number": self._fold(text)}):
                if found.kind == self._kind:
                    return bare(self._kind, found.number)
        return None


def _text(cell: object) -> str:
    text = cells.text(cell)
    return "" if text is None else str(text).strip()[:_LONGEST]
