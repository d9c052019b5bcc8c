"""What queues run, as docket takes it: retries and repetition stand in the signatures."""

from datetime import timedelta

from docket import ExponentialRetry, Perpetual, Retry

from service.jobs.run import Runner
from service.ledger.deliveries import Due
from service.upkeep import Upkeep
from service.webhooks.courier import Courier

ATTEMPTS = 12
"""Attempts at one delivery. With the delays below, the last comes three and a half hours after the first."""
_AFTER_A_CRASH = ExponentialRetry(attempts=3, minimum_delay=timedelta(seconds=2))
_BACKING_OFF = ExponentialRetry(ATTEMPTS, timedelta(seconds=5), timedelta(hours=1))
_DAILY = Perpetual(every=timedelta(days=1), automatic=True)
_HOURLY = Perpetual(every=timedelta(hours=1), automatic=True)


class JobTasks:
    """Runs jobs."""

    def __init__(self, runner: Runner) -> None:
        """Let `runner` do it."""
        self._runner = runner

    async def run_job(self, job_id: str, retry: Retry = _AFTER_A_CRASH) -> None:  # noqa: ARG002 - docket reads it
        """Run a job; when its process was killed, try again later."""
        await self._runner.run(job_id)


class DeskTasks:
    """Tells webhooks, and puts away what is old."""

    def __init__(self, courier: Courier, upkeep: Upkeep) -> None:
        """Let these do it."""
        self._courier, self._upkeep = courier, upkeep

    async def deliver(self, webhook_id: str, evaluation_seq: int, wish: int, retry: Retry = _BACKING_OFF) -> None:
        """Tell one webhook of one evaluation; when that fails, try again later and later."""
        await self._courier.deliver(Due(webhook_id, evaluation_seq, wish), retry.attempt, retry.attempts or ATTEMPTS)

    async def tidy(self, perpetual: Perpetual = _HOURLY) -> None:  # noqa: ARG002 - docket reads it
        """Remove the files of old jobs."""
        await self._upkeep.tidy()

    async def forget(self, perpetual: Perpetual = _DAILY) -> None:  # noqa: ARG002 - docket reads it
        """Erase what is personal and older than it may be."""
        await self._upkeep.forget()
