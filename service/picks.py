"""Files of picks: a table for people who label, which `zhenwei train` reads when they are done."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from pathlib import Path

from features.listing import Listing
from features.tables.formula import unformula
from training.suggest import Pick

_BESIDE = ("pick", "why_zh", "why_en", "kind", "sales_cny")
_LABELS = ("outcome", "reason", "decided_at", "reviewer")


def write_picks(path: Path, picks: Sequence[Pick], listings: Sequence[Listing]) -> None:
    """Write the picks, first things first, in UTF-8 with the mark spreadsheets need; no cell can start a formula.

    Columns to fill in come first, then why it was picked, then the listing as it was told.
    """
    rows = [dict(_row(number, pick, listings[pick.row])) for number, pick in enumerate(picks, start=1)]
    header = [*_LABELS, *dict.fromkeys(name for row in rows for name in row)]
    aside = path.with_name(f".{path.name}.partial")
    try:
        with aside.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
            table = csv.writer(file)
            table.writerow([unformula(name) for name in header])
            table.writerows([_cell(row.get(name, "")) for name in header] for row in rows)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _row(number: int, pick: Pick, listing: Listing) -> Iterator[tuple[str, object]]:
    told = (number, pick.why.zh, pick.why.en, pick.kind, "" if pick.sales_cny is None else pick.sales_cny)
    yield from zip(_BESIDE, told, strict=True)
    yield from ((f"p_{head}", f"{p:.4f}") for head, p in pick.p.items())
    yield from _told(listing)


def _told(listing: Listing) -> Iterator[tuple[str, object]]:
    """Every field that was told, nested ones dotted, as takedown files name them."""
    for name in listing.__slots__:
        value = getattr(listing, name)
        if is_dataclass(value) and not isinstance(value, type):
            yield from ((f"{name}.{inner}", _plain(one)) for inner, one in asdict(value).items() if one is not None)
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", one) for inner, one in value.items())
        elif value is not None:
            yield name, _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return "、".join(value)
    return value.isoformat() if isinstance(value, date) else value


def _cell(value: object) -> object:
    return unformula(value) if isinstance(value, str) else value
