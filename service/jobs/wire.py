"""What doors say of jobs."""

from dataclasses import dataclass

from service.jobs.folder import Progress
from service.jobs.jobs import Followed
from service.jobs.results import Part
from service.language import Language, translated
from service.ledger.jobs import Format, State


@dataclass(frozen=True, slots=True)
class ResultOut:
    """Something a job made, and where it is taken away."""

    part: Part
    path: str
    file_name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class JobOut:
    """A job as it stands. `kept`: whether its files are; `results`: what can be taken away."""

    job_id: str
    kind: str
    format: Format
    state: State
    file_name: str | None
    bytes: int
    bundle: str | None
    submitted_at: str
    started_at: str | None
    ended_at: str | None
    progress: Progress | None
    rows: int | None
    rejected: int | None
    error: str | None  # says what to do
    kept: bool
    results: list[ResultOut]

    @classmethod
    def of(cls, followed: Followed, language: Language | None = None) -> "JobOut":
        """Describe a job, and what went wrong with it in a language."""
        job = followed.job
        error = job.error and translated(job.error, language)
        made = [
            ResultOut(one.part, f"/v1/jobs/{job.job_id}/{one.part}", one.file_name, one.bytes)
            for one in followed.results
        ]
        return cls(
            job.job_id, job.order.kind, job.order.format, job.state, job.file_name, job.bytes, job.order.bundle,
            job.submitted_at, job.started_at, job.ended_at, followed.progress, job.rows, job.rejected, error,
            job.kept, made,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class JobsOut:
    """Jobs, newest first."""

    jobs: list[JobOut]
