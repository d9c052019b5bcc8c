"""The watch: a running service follows what the ledger says is active, without restart, in every worker."""

import asyncio
import gc
import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from features.errors import ZhenweiError
from models import Screener
from models.lists import Lists
from service.bundles import BundleStore
from service.ledger import activations, lists
from service.ledger.database import LedgerAway
from service.ledger.ledger import Ledger

LOG = logging.getLogger("zhenwei")
_EVERY = 1.0
"""Seconds between looks."""
Use = Callable[[Screener], None]


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
        return Screener(opened, current.reader if same else None)

    async def follow(self, current: Callable[[], Screener], use: Use, stop: asyncio.Event) -> None:
        """Look again and again until told to stop."""
        failed = ""
        while not await _stopped(stop):
            try:
                screener = await run_in_threadpool(self.look, current())
            except LedgerAway:
                continue  # told by /readyz and by every answer
            except ZhenweiError as error:
                if str(error) != failed:  # once, not every second
                    LOG.error("activation failed", extra={"told": {"why": str(error)}})  # noqa: TRY400 - no trace
                failed = str(error)
                continue
            except Exception:  # see `again`
                LOG.exception("look failed")
                continue
            failed = ""
            if screener is not None:
                use(screener)
                gc.collect()
                gc.freeze()  # see service.serving
                LOG.info("activated", extra={"told": {"bundle": screener.bundle.id}})
