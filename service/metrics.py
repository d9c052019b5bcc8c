"""What is counted while the service runs, in the text format of Prometheus. No label holds anything a listing says."""

import os
from collections import Counter as Counts
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

from features.evasion import TRANSFORMS
from models import Screening
from models.screening import Action, Assessment, Level
from service.ledger.deliveries import OUTCOMES
from service.ledger.jobs import Ended
from service.ledger.shadows import Shadow
from service.online.cache import Looked

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus-client learns, when imported, that processes count together, and where."""
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Counted:
    """Screenings by what they say; `transforms` are what folding undid in their titles, by name."""

    levels: Counts[str] = field(default_factory=Counts)
    actions: Counts[str] = field(default_factory=Counts)
    assessments: Counts[str] = field(default_factory=Counts)
    transforms: Counts[str] = field(default_factory=Counts)

    @classmethod
    def of(cls, screenings: Sequence[Screening]) -> "Counted":
        """Count the answers of one request."""
        transforms: Counts[str] = Counts()
        for screening in screenings:
            if screening.transforms:
                transforms.update(screening.transforms)
        return cls(
            Counts(screening.level for screening in screenings if screening.level),
            Counts(screening.action for screening in screenings),
            Counts(screening.assessment for screening in screenings),
            transforms,
        )


class Metrics:
    """The counters of one app. Every label that can occur is there from the start, at 0; safe between threads."""

    def __init__(self) -> None:
        """Register everything in a registry of its own."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "zhenwei_requests", "Requests answered", ("method", "path", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "zhenwei_request_seconds",
            "Seconds from request to answer",
            ("path",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._levels = self._labelled("levels", "Listings assessed, by level", "level", get_args(Level))
        self._actions = self._labelled("actions", "Listings answered, by action", "action", get_args(Action))
        self._assessments = self._labelled(
            "assessments", "Listings answered, by assessment", "assessment", get_args(Assessment)
        )
        self._transforms = self._labelled(
            "transforms",
            "Spellings undone by folding in titles, by transform",
            "transform",
            [transform.name for transform in TRANSFORMS],
        )

        self._jobs = Gauge(
            "zhenwei_jobs",
            "Jobs that have not ended",
            ("state",),
            registry=self._registry,
            multiprocess_mode="mostrecent",
        )
        self._redis_up = Gauge(
            "zhenwei_redis_up",
            "Whether Redis answers every process: 1, or 0",
            registry=self._registry,
            multiprocess_mode="livemin",
        )
        self._redis_failures = Counter(
            "zhenwei_redis_failures", "Calls and probes Redis did not answer", registry=self._registry
        )
        self._cache = self._labelled(
            "cache", "Answers looked for in the score cache, by outcome", "outcome", get_args(Looked)
        )
        self._ended = self._labelled("jobs_ended", "Jobs that ended, by how", "state", get_args(Ended))
        self._shadows = self._labelled(
            "shadows", "Evaluations a bundle in the shadow scored, failed at or was too slow for", "outcome",
            ("scored", "failed", "skipped"),
        )  # fmt: skip
        self._deliveries = self._labelled(
            "webhook_deliveries", "Attempts to tell a webhook, by outcome", "outcome", (*OUTCOMES, "failed")
        )
        self._due = Gauge(
            "zhenwei_webhook_due",
            "Evaluations webhooks are still to be told of, at most 100 of each",
            registry=self._registry,
            multiprocess_mode="mostrecent",
        )

    def _labelled(self, name: str, what: str, label: str, values: Sequence[str]) -> Mapping[str, Counter]:
        counter = Counter(f"zhenwei_{name}", what, (label,), registry=self._registry)
        return {value: counter.labels(value) for value in values}

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a request; `path` is the pattern of its route, never what was asked for."""
        self._requests.labels(method, path, status).inc()
        self._seconds.labels(path).observe(seconds)

    def screened(self, counted: Counted) -> None:
        """Count the answers of a request."""
        for counters, counts in (
            (self._levels, counted.levels),
            (self._actions, counted.actions),
            (self._assessments, counted.assessments),
            (self._transforms, counted.transforms),
        ):
            for value, times in counts.items():
                counters[value].inc(times)

    def jobs(self, queued: int, running: int) -> None:
        """Note how many jobs wait and run; one process of each home folder knows."""
        self._jobs.labels("queued").set(queued)
        self._jobs.labels("running").set(running)

    def online(self, *, up: bool, failures: int, cache: Mapping[Looked, int]) -> None:
        """Note whether Redis answers, and what happened since the last note."""
        self._redis_up.set(up)
        self._redis_failures.inc(failures)
        for outcome, times in cache.items():
            self._cache[outcome].inc(times)

    def job_ended(self, how: Ended) -> None:
        """Count a job that ended."""
        self._ended[how].inc()

    def shadowed(self, told: Sequence[Shadow]) -> None:
        """Count what a bundle in the shadow said."""
        for one in told:
            kind = "skipped" if one.skipped else "failed" if one.error else "scored"
            self._shadows[kind].inc(one.skipped or 1)

    def delivery(self, outcome: str) -> None:
        """Count an attempt to tell a webhook."""
        self._deliveries[outcome].inc()

    def due(self, messages: int) -> None:
        """Note how many messages wait or are under way."""
        self._due.set(messages)

    def text(self) -> bytes:
        """Everything counted so far, as Prometheus reads it; with several workers, by all of them."""
        if SHARED not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call] # ships no types for this one
        return generate_latest(together)


@contextmanager
def shared() -> Iterator[None]:
    """Let processes that are started inside the block count together."""
    with TemporaryDirectory(prefix="zhenwei-metrics-") as folder:
        os.environ[SHARED] = folder
        try:
            yield
        finally:
            del os.environ[SHARED]
