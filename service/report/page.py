"""The report as a file: from results that are there, or made while screening."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import orjson

from features.knowledge import load
from service.batch.channel import Line
from service.batch.outcome import Outcome
from service.batch.results import Result
from service.leads import fact_of, leads_of_lines
from service.report import pictures
from service.report.counts import Counts
from service.report.told import told
from service.rows import Refused
from training.report.page import Page

_TEMPLATES = Path(__file__).with_name("templates")
_COUNTS, _FACT = b"c", b"f"
"""What a line of the part begins with."""


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a screening, counted chunk by chunk while it screens."""

    made_on: date
    sources: tuple[str, ...]
    name: str = "report"

    def begin(self, _heads: Sequence[str]) -> bytes:
        """Nothing is counted yet."""
        return b""

    def write(self, _source: str, lines: Sequence[Line], _heads: Sequence[str]) -> bytes:
        """The counts of some rows, and the facts leads are made of."""
        counts, facts = Counts(), []
        for line in lines:
            if isinstance(line.told, Refused):
                counts.rejected += 1
            else:
                counts.add(*line.told)
                facts.append(fact_of(*line.told))
        kept = [_COUNTS + counts.to_json(), *(_FACT + fact.to_json() for fact in facts if fact)]
        return b"".join(line + b"\n" for line in kept)

    def finish(self, part: Path, room: Path, _outcome: Outcome) -> Path:
        """Write the page."""
        made = room / f"{self.name}.made"
        with part.open("rb") as lines:
            made.write_bytes(_page(lines, self.made_on, self.sources, room))
        return made


def report(results: Iterable[Result], made_on: date, sources: Sequence[str]) -> bytes:
    """Write the page of results. Raises FileRejected when they cannot be read."""
    return _page(_lines(results), made_on, sources, None)


def _lines(results: Iterable[Result]) -> Iterator[bytes]:
    counts = Counts()
    for one in results:
        if one.listing is None or one.screening is None:
            counts.rejected += 1
            continue
        counts.add(one.listing, one.screening)
        if fact := fact_of(one.listing, one.screening):
            yield _FACT + fact.to_json()
    yield _COUNTS + counts.to_json()


def _page(lines: Iterable[bytes], made_on: date, sources: Sequence[str], room: Path | None) -> bytes:
    known, counts = load(), Counts()

    def facts() -> Iterator[bytes]:
        for line in lines:
            if line.startswith(_COUNTS):
                counts.merge(orjson.loads(line[1:]))
            else:
                yield line[1:]

    leads = leads_of_lines(facts(), known, made_on, folder=room)
    data = told(counts, leads, known, made_on=made_on.isoformat(), sources=sources)
    drawn = {
        "month": pictures.months(data["months"], "month") if len(data["months"]) > 1 else "",
        "groups": [
            pictures.network(group, f"group{group['rank']}") if group["drawn"] else "" for group in data["leads"]
        ],
    }
    return Page("screening.html.j2", _TEMPLATES).write(data, pictures=drawn)
