"""What the process in the shadow does: read what was answered from the ledger, score it, say so on standard output.

It reads and never writes: a process of low priority that held the ledger's lock would make answers wait for it. The
worker that keeps it commits what it says, and lets it go on by a line on its standard input. Run as
`python -m service.shadow.scoring`, with the settings of the service in its variables.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import BinaryIO

import orjson

from features.errors import ZhenweiError
from features.intake import read_listing
from models import Screener
from service import home
from service.bundles import BundleStore
from service.judge import Group, Judge
from service.ledger import shadows
from service.ledger.database import LedgerAway
from service.ledger.ledger import Ledger
from service.ledger.shadows import Shadow, Waiting
from service.registers.store import RegisterStore
from service.settings import read_settings
from service.watch import ListWatch, RegisterWatch

_TOGETHER = 16
"""Evaluations told at once: committing them must be as short as an answer's own commit."""
_MOST_BEHIND = 20_000
"""Evaluations that may wait; of more, all are skipped, and counted."""
_EVERY = 1.0
"""Seconds between looks while nothing waits."""


class Scoring:
    """Scores what waits with the bundle in the shadow."""

    def __init__(self, ledger: Ledger, store: BundleStore, registers: RegisterStore) -> None:
        """Prepare; nothing is opened yet."""
        self._ledger, self._store, self._registers = ledger, store, RegisterWatch(ledger, registers)
        self._bundle = ""

    def next(self) -> list[Shadow] | None:
        """Score what waits next, oldest first; [] when nothing waits, None when no bundle is in the shadow.

        It asks the registers that answers ask. Raises LedgerAway, or BundleError or RegisterInvalid when the candidate
        or a register cannot be opened.
        """
        with self._ledger.view() as view:
            if (event := shadows.chosen(view)) is None:
                return None
            after = shadows.reached(view, event)
            count, newest = shadows.behind(view, after)
            if count > _MOST_BEHIND:
                return [Shadow(event.bundle, newest, skipped=count)]
            waiting = shadows.waiting(view, after, _TOGETHER)
        if not waiting:
            return []
        if self._bundle != event.bundle:
            self._screener = Screener(self._store.open(event.bundle))
            self._judge, self._watch = Judge(self._screener), ListWatch(self._ledger)
            self._bundle = event.bundle
        if (asking := self._registers.look(self._screener)) is not None:
            self._screener = asking
            self._judge.use(asking)
        if (lists := self._watch.look(self._screener)) is not None:
            self._judge.follow(lists)
        return list(self._scored(event.bundle, waiting))

    def _scored(self, bundle: str, waiting: list[Waiting]) -> Iterator[Shadow]:
        for one in waiting:
            try:
                listing, day = read_listing(one.snapshot), date.fromisoformat(one.law_as_of)
                (answer,) = self._judge.answer(Group([listing], [False], "none", day)).screenings
            except Exception as error:  # noqa: BLE001 - a candidate may be as wrong as it likes; its errors are its record
                yield Shadow(bundle, one.seq, error=type(error).__name__[:64])
            else:
                heads = {name: {"p": h.p, "score": h.score, "level": h.level} for name, h in answer.heads.items()}
                told = orjson.dumps(heads).decode()
                yield Shadow(
                    bundle, one.seq, answer.assessment, answer.level, answer.risk_score, answer.action, heads=told
                )


def run(scoring: Scoring, told: BinaryIO, go_on: BinaryIO) -> None:
    """Score until no bundle is in the shadow, or until nobody listens. Raises BundleError."""
    while True:
        try:
            found = scoring.next()
        except LedgerAway:
            found = []
        if found is None:
            return
        told.write(orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE))
        told.flush()
        if not go_on.readline():
            return
        if not found:
            time.sleep(_EVERY)


def main() -> None:
    """Take only what others leave of the processor, then score."""
    os.nice(19)
    if hasattr(os, "SCHED_IDLE"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    settings = read_settings({})
    try:
        scoring = Scoring(home.required_ledger(settings), home.bundles(settings), home.registers_store(settings))
        run(scoring, sys.stdout.buffer, sys.stdin.buffer)
    except ZhenweiError as error:
        sys.stderr.write(" ".join(str(error).split()) + "\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
