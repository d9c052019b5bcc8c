"""Leads as files that a screening makes: facts chunk by chunk, leads of them at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from features.knowledge import load
from service.batch.channel import Line
from service.batch.outcome import Outcome
from service.leads.account import Account, Input
from service.leads.describing import leads_of_lines
from service.leads.fact import fact_of
from service.leads.lead import Leads
from service.leads.writing import write_leads
from service.rows import Refused


@dataclass(frozen=True, slots=True)
class FactLines:
    """The facts of risky rows, one a line."""

    name: str = "facts"

    def begin(self, _heads: Sequence[str]) -> bytes:
        """JSON lines have no header."""
        return b""

    def write(self, _source: str, lines: Sequence[Line], _heads: Sequence[str]) -> bytes:
        """The facts of some rows."""
        told = (line.told for line in lines)
        facts = (fact_of(*one) for one in told if not isinstance(one, Refused))
        return b"".join(fact.to_json() + b"\n" for fact in facts if fact is not None)

    def finish(self, part: Path, _room: Path, _outcome: Outcome) -> Path:
        """The part is the file."""
        return part


@dataclass(frozen=True, slots=True)
class LeadsFile(FactLines):
    """Leads: the workbook alone, or the sealed package, as the ending says."""

    name: str = "leads"
    ending: str = ".xlsx"

    def finish(self, part: Path, room: Path, outcome: Outcome) -> Path:
        """Make leads of the facts, and write them."""
        made = room / f"{self.name}.made{self.ending}"
        write_leads(*described(part, outcome, room), made, force=True)
        return made


def described(facts: Path, outcome: Outcome, room: Path, *, most: int = 200) -> tuple[Leads, Account]:
    """Make leads of the facts of a screening, on the day it began; `room` takes what does not fit into memory."""
    today = date.fromisoformat(outcome.law_as_of)
    with facts.open("rb") as lines:
        found = leads_of_lines(iter(partial(lines.readline), b""), load(), today, most=most, folder=room)
    read = tuple(Input(one.name, one.sha256, one.bytes, one.rows, one.rejected, one.broken) for one in outcome.files)
    unread = outcome.tally.levels["not_assessed"]
    return found, Account(outcome.law_as_of, outcome.versions, read, not_assessed=unread, risky=found.facts)
