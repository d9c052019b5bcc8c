"""Facts of files: screened as `zhenwei screen` does, on all cores, going on after a kill; what is risky is kept."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models import Screener
from service.batch.channel import Output
from service.batch.progress import Watch, nobody
from service.batch.reading import Stop
from service.batch.request import Request
from service.batch.run import screen_files
from service.leads.account import Account
from service.leads.form import FactLines, described
from service.leads.lead import Leads
from service.opening import Opened


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
    found = described(facts, outcome, room, most=wish.most)
    shutil.rmtree(room, ignore_errors=True)
    return found
