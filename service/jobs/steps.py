"""Which of our commands a job is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.jobs.folder import JobFolder
from service.jobs.results import path_of
from service.ledger.jobs import Job


@dataclass(frozen=True, slots=True)
class Step:
    """One command."""

    name: str
    words: Sequence[str]  # after `zhenwei`
    makes: Path  # is there only when the step is done


class Steps:
    """Writes the commands of a job."""

    def __init__(self, bundle: Callable[[str | None], Path]) -> None:
        """`bundle` finds the folder of a bundle by its id; None: the configured one."""
        self._bundle = bundle

    def __call__(self, job: Job, folder: JobFolder) -> list[Step]:
        """The steps of a job, in order. Raises BundleError when the bundle it was sent for is gone."""
        answers = path_of(folder, "results", job)
        screen = [
            "screen",
            str(folder.upload),
            f"--out={answers}",
            f"--rejects={path_of(folder, 'rejects', job)}",
            f"--leads={path_of(folder, 'package', job)}",
            f"--report={path_of(folder, 'report', job)}",
            f"--progress-file={folder.progress_file}",
            f"--bundle={self._bundle(job.order.bundle)}",
            *([f"--called={_shown(job.file_name)}"] if job.file_name else ()),
            "--force",  # nobody is there to bring a changed register back: the job begins anew
            *(f"--map={name}={field}" for name, field in job.order.names.items()),
        ]
        return [Step("screen", screen, answers)]


def _shown(file_name: str) -> str:
    """The name as it was sent, without what does something instead of being seen."""
    return "".join(sign if sign.isprintable() else "�" for sign in file_name)
