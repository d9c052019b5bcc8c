"""Upkeep: files of old jobs go, and, where that is wished, personal data in the ledger by its age."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.concurrency import run_in_threadpool

from service.jobs.folder import Shelf
from service.ledger import jobs
from service.ledger.erasure import erase_before
from service.ledger.ledger import Ledger, stamp, utc_now

LOG = logging.getLogger("zhenwei")
WHO = "retention"


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What is put away, and when."""

    ledger: Ledger
    shelf: Shelf
    job_days: int  # files of a job are kept so long after it ended
    retention_days: int  # personal data in the ledger; 0: kept until somebody erases it
    today: Callable[[], date]
    now: Callable[[], datetime] = utc_now

    async def tidy(self) -> None:
        """Remove the files of jobs that ended long ago, and folders that belong to none. Raises LedgerAway."""
        await run_in_threadpool(self._tidy)

    async def forget(self) -> None:
        """Erase personal data that is older than it may be; the chain still verifies. Raises LedgerAway."""
        if self.retention_days:
            await run_in_threadpool(self._forget)

    def _tidy(self) -> None:
        before = stamp(self.now() - timedelta(days=self.job_days))
        with self.ledger.writing() as page:
            kept = jobs.kept(page, self.shelf.place())
            old = [one.job_id for one in kept if one.ended_at is not None and one.ended_at < before]
            for job_id in old:
                jobs.erase(page, job_id, who=WHO)
        for job_id in old:
            self.shelf.folder(job_id).remove()
        strays = self.shelf.strays({one.job_id for one in kept} - set(old))
        for stray in strays:
            stray.remove()
        if old or strays:
            LOG.info("jobs removed", extra={"told": {"jobs": len(old), "strays": len(strays)}})

    def _forget(self) -> None:
        day = self.today() - timedelta(days=self.retention_days)
        erased = erase_before(self.ledger, day, who=WHO, why=f"older than {self.retention_days} days")
        LOG.info("retention", extra={"told": {"erased": erased, "before": day.isoformat()}})
