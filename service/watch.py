"""The watch: a running service follows what the ledger says is active, without restart, in every worker."""

import asyncio
import gc
import logging
from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool

from features.errors import ZhenweiError
from models import Screener
from models.lists import Lists
from models.registers import Registers
from service.bundles import BundleStore
from service.ledger import activations, lists, registers
from service.ledger.database import LedgerAway
from service.ledger.ledger import Ledger
from service.registers.store import RegisterStore

LOG = logging.getLogger("zhenwei")
_EVERY = 1.0
"""Seconds between looks."""
Use = Callable[[Screener], None]
Look = Callable[[Screener], Screener | None]
"""Says what should answer instead of a screener, None: it is right. Raises LedgerAway, ZhenweiError."""


async def again(look: Callable[[], object], stop: asyncio.Event) -> None:
    """Look again and again until told to stop; a look under way is finished, one that fails is followed by another."""
    while not await _stopped(stop):
        try:
            await run_in_threadpool(look)
        except LedgerAway:
            continue  # told by /readyz and by every answer
        except Exception:  # whoever stops looking would obey keys that were revoked
            LOG.exception("look failed")


async def _stopped(stop: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), _EVERY)
    except TimeoutError:
        return False
    return True


class ListWatch:
    """Reads the lists when they changed."""

    def __init__(self, ledger: Ledger) -> None:
        """Look into `ledger`."""
        self._ledger = ledger
        self._seen = (0, "")

    def look(self, screener: Screener) -> Lists | None:
        """Return the lists when they, or the knowledge they are folded with, changed. Raises LedgerAway."""
        with self._ledger.view() as view:
            seen = lists.newest(view), screener.bundle.knowledge.digest
            if seen[0] == 0 or seen == self._seen:
                return None
            entries = [one.entry for one in lists.standing(view)]
        self._seen = seen
        return Lists.of(entries, screener.reader.folder.fold)


class BundleWatch:
    """Opens what becomes active and hands it over; what does not open leaves the one that answers in place."""

    def __init__(self, ledger: Ledger, store: BundleStore) -> None:
        """Look into `ledger`, open from `store`. The first look compares, whatever happened before."""
        self._ledger, self.store = ledger, store
        self._seen = -1

    def look(self, current: Screener) -> Screener | None:
        """Open what is active when that changed since the last look; else None. Raises LedgerAway, BundleError."""
        with self._ledger.view() as view:
            if activations.newest(view) == self._seen:
                return None
            events = activations.history(view)
        opened = self.store.open(activations.active(events))
        self._seen = events[-1].seq if events else 0
        if opened.id == current.bundle.id:
            return None
        same = opened.knowledge.digest == current.bundle.knowledge.digest  # a bundle may bring brands of its own
        return Screener(opened, current.reader if same else None, current.registers)


class RegisterWatch:
    """Opens the registers that stand and hands them over; what does not open leaves those that are asked in place."""

    def __init__(self, ledger: Ledger, store: RegisterStore) -> None:
        """Look into `ledger`, open from `store`."""
        self._ledger, self._store = ledger, store

    def look(self, current: Screener) -> Screener | None:
        """Open what stands when it is not what is asked; else None. Raises LedgerAway, RegisterInvalid."""
        with self._ledger.view() as view:
            standing = registers.standing(registers.kept(view))
        if {kind: one.name for kind, one in standing.items()} == current.registers.names:
            return None
        return current.asking(Registers({kind: self._store.open(one) for kind, one in standing.items()}))


async def follow(looks: Sequence[Look], current: Callable[[], Screener], use: Use, stop: asyncio.Event) -> None:
    """Look again and again, in turn, until told to stop: each look sees what the one before it changed."""
    failed: dict[int, str] = {}
    while not await _stopped(stop):
        for place, look in enumerate(looks):
            try:
                screener = await run_in_threadpool(look, current())
            except LedgerAway:
                continue  # told by /readyz and by every answer
            except ZhenweiError as error:
                if str(error) != failed.get(place):  # once, not every second
                    LOG.error("activation failed", extra={"told": {"why": str(error)}})  # noqa: TRY400 - no trace
                failed[place] = str(error)
                continue
            except Exception:  # see `again`
                LOG.exception("look failed")
                continue
            failed.pop(place, None)
            if screener is not None:
                use(screener)
                gc.collect()
                gc.freeze()  # see service.serving
                LOG.info("activated", extra={"told": {"bundle": screener.bundle.id, **screener.registers.names}})
