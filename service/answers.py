"""An answer as a line of a file: JSON with everything, or one flat row for spreadsheets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import orjson

from features.errors import ZhenweiError
from features.listing import Listing
from models.screening import Finding, LawOut, Screening
from service import wire
from service.rows import Refused

Cell = str | int | float | None
Kind = Literal["text", "whole", "number", "share"]
Told = tuple[Listing, Screening] | Refused
"""What became of a row."""


class AnswersRejected(ZhenweiError):
    """Answers cannot be written where they were asked for."""


class Stopped(ZhenweiError):
    """A screening ended before its end. What is done is kept: the same request goes on from there."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands in a line of answers beside the answer."""

    heads: tuple[str, ...] = ()  # every head gets a column of probabilities
    sourced: bool = False  # name the file a row came from
    listed: bool = False  # repeat the listing

    def line(self, source: str, number: int, told: Told) -> bytes:
        """One JSON object: a screening as every other door sends it, or row, listing_id, rejected."""
        place: dict[str, object] = {"source": source} if self.sourced else {}
        place["row"] = number
        if isinstance(told, Refused):
            refused = {"listing_id": told.listing_id, "rejected": told.problems}
            return orjson.dumps(place | refused, option=orjson.OPT_APPEND_NEWLINE)
        listing, screening = told
        front = orjson.dumps(place)[:-1] + b"," if self.sourced or self.listed else b"{"
        behind = b',"listing":' + orjson.dumps(wire.told(listing)) if self.listed else b""
        return front + screening.to_json()[1:-1] + behind + b"}\n"

    def columns(self) -> Mapping[str, Kind]:
        """The names of the flat columns, in order, and what their cells are."""
        source: dict[str, Kind] = {"source": "text"} if self.sourced else {}
        heads: dict[str, Kind] = {f"p_{head}": "share" for head in self.heads}
        return {**source, **_BESIDE, **heads, **_TOLD, **(_LISTED if self.listed else {}), "rejected": "text"}

    def flat(self, source: str, number: int, told: Told) -> list[Cell]:
        """The cells under `columns()`: level, action, probabilities and what was found, or why there is no answer."""
        place: list[Cell] = [source, number] if self.sourced else [number]
        if isinstance(told, Refused):
            blanks = [None] * (4 + len(self.heads) + len(_TOLD) + (len(_LISTED) if self.listed else 0))
            why = joined(f"{p.pointer} {p.message}".strip() for p in told.problems)
            return [*place, told.listing_id, "not_screened", *blanks, why]
        listing, screening = told
        return [*place, *_screened(screening, self.heads), *(_listed(listing) if self.listed else ()), None]


_BESIDE: Mapping[str, Kind] = {
    "row": "whole",
    "listing_id": "text",
    "assessment": "text",
    "risk_score": "whole",
    "level": "text",
    "action": "text",
    "category": "text",
}
_TOLD: Mapping[str, Kind] = dict.fromkeys(("findings", "messages_zh", "laws", "authorities", "evidence"), "text")
_LISTED: Mapping[str, Kind] = {
    "title": "text",
    "platform": "text",
    "brand": "text",
    "price_cny": "number",
    "orders_30d": "number",
    "seller_id": "text",
    "seller_name": "text",
    "seller_uscc": "text",
    "seller_region": "text",
    "url": "text",
    "observed_at": "text",
}


def _screened(screening: Screening, heads: Sequence[str]) -> list[Cell]:
    told = screening.findings
    return [
        screening.listing_id,
        screening.assessment,
        screening.risk_score,
        screening.level,
        screening.action,
        screening.category.id,
        *(round(screening.heads[head].p, 6) if head in screening.heads else None for head in heads),
        joined(finding.code for finding in told),
        joined(finding.message.zh for finding in told),
        joined(cite(law) for finding in told for law in finding.law),
        joined(authority.name.zh for finding in told for authority in finding.authority),
        joined(seen for finding in told for seen in _seen(finding)),
    ]


def _listed(row: Listing) -> list[Cell]:
    who, seen = row.seller, row.observed_at
    return [
        row.title,
        row.platform,
        row.brand,
        row.price_cny,
        row.trade.orders_30d,
        who.seller_id,
        who.name,
        who.uscc,
        who.region,
        row.url,
        seen.isoformat() if seen else None,
    ]


def cite(law: LawOut) -> str:
    """A provision as people cite it."""
    article = f"第{law.article}条" if law.article[:1].isdecimal() else law.article
    return f"《{law.name}》({law.version}){article}{law.paragraph or ''}"


def _seen(finding: Finding) -> list[str]:
    return [f"{seen.field}[{seen.start}:{seen.end}]{seen.text}" for seen in finding.evidence if seen.text]


def joined(texts: Iterable[str]) -> str:
    """Several texts in one cell, each once."""
    return "; ".join(dict.fromkeys(texts))
