"""Which of our commands a job is made of."""

from collections.abc import Callable, Sequence
from pathlib import Path

from service.jobs.folder import JobFolder
from service.jobs.results import path_of
from service.ledger.jobs import Job

Step = tuple[str, Sequence[str]]
"""A name, and the words after `zhenwei`."""


class Steps:
    """Writes the commands of a job."""

    def __init__(self, bundle: Callable[[str | None], Path]) -> None:
        """`bundle` finds the folder of a bundle by its id; None: the configured one."""
        self._bundle = bundle

    def __call__(self, job: Job, folder: JobFolder) -> list[Step]:
        """The steps of a job, in order. Raises BundleError when the bundle it was sent for is gone."""
        names = [f"--map={name}={field}" for name, field in job.order.names.items()]
        screen = [
            "screen",
            str(folder.upload),
            f"--out={path_of(folder, 'results', job)}",
            f"--rejects={path_of(folder, 'rejects', job)}",
            f"--progress-file={folder.progress_file}",
            f"--bundle={self._bundle(job.order.bundle)}",
            *names,
        ]
        return [("screen", screen)]
