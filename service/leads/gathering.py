"""Facts of files: screened as `zhenwei screen` does, on all cores, going on after a kill; what is risky is kept."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from models import Screener
from service.batch.channel import Line, Output
from service.batch.outcome import Outcome, Request
from service.batch.progress import Watch, nobody
from service.batch.reading import Stop
from service.batch.run import screen_files
from service.leads.account import Account, Input, fingerprint
from service.leads.describing import leads_of
from service.leads.fact import fact_of
from service.leads.harm import Weighing
from service.leads.lead import Leads
from service.leads.pile import Pile
from service.opening import Opened
from service.rows import Refused


@dataclass(frozen=True, slots=True)
class FactLines:
    """A channel of the batch: the facts of risky rows, one a line."""

    name: str = "facts"

    def begin(self, _heads: Sequence[str]) -> bytes:
        """JSON lines have no header."""
        return b""

    def write(self, _source: str, lines: Sequence[Line], _heads: Sequence[str]) -> bytes:
        """The facts of some rows."""
        told = (line.told for line in lines)
        facts = (fact_of(*one) for one in told if not isinstance(one, Refused))
        return b"".join(fact.to_json() + b"\n" for fact in facts if fact is not None)

    def finish(self, part: Path, _room: Path) -> Path:
        """The part is the file."""
        return part


@dataclass(frozen=True, slots=True)
class Wish:
    """Files, and how they are to be screened."""

    opened: Opened
    open: Callable[[], Screener]  # in every process
    today: date
    options: dict[str, str]  # whatever else would make the answers different
    processes: int = 1
    most: int = 200  # leads that are described


def gathered(wish: Wish, out: Path, watch: Watch = nobody, stop: Stop = lambda: False) -> tuple[Leads, Account]:
    """Screen the files and make leads of what is risky.

    What is done stands in a folder beside `out` until there are leads: cut off, the same call goes on from there.
    Raises Stopped, AnswersRejected or FileRejected as service.batch.run.screen_files does.
    """
    room = out.with_name(f".{out.name}.facts")
    room.mkdir(parents=True, exist_ok=True)
    facts = room / "facts.jsonl"
    facts.unlink(missing_ok=True)  # whole, of a run that was killed while it wrote leads: screened again
    request = Request(
        sources=tuple(one.source for one in wish.opened.mapped),
        names=wish.opened.names,
        outputs=(Output(FactLines(), facts),),
        open=wish.open,
        explain="findings",
        today=wish.today,
        options=wish.options,
        processes=wish.processes,
        force=True,
    )
    outcome = screen_files(request, watch, stop)
    screener = wish.open()
    known = screener.bundle.knowledge
    with closing(Pile(Weighing.of_knowledge(known), room)) as pile, facts.open("rb") as lines:
        pile.add_lines(iter(partial(lines.readline), b""))
        found = leads_of(pile, known, date.fromisoformat(outcome.law_as_of), most=wish.most)
    account = _account(request, outcome, screener, risky=found.facts)
    shutil.rmtree(room, ignore_errors=True)
    return found, account


def _account(request: Request, outcome: Outcome, screener: Screener, *, risky: int) -> Account:
    inputs = []
    for source, counted in zip(request.sources, outcome.files, strict=True):
        digest, size = fingerprint(source.path)
        inputs.append(Input(counted.name, digest, size, counted.rows, counted.rejected, counted.broken))
    unread = outcome.tally.levels["not_assessed"]
    return Account(outcome.law_as_of, screener.versions, tuple(inputs), not_assessed=unread, risky=risky)
