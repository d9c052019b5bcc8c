"""One screening from beginning to end, or from where an earlier one was cut off to the end."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from features.errors import ZhenweiError
from service.answers import AnswersRejected, Stopped
from service.batch.desk import CHUNK, Desk, Desks, Stamp, Task, crew
from service.batch.inputs import Seen, look, really
from service.batch.journal import Journal, Standing, held
from service.batch.outcome import Outcome
from service.batch.progress import Meter, Watch, nobody
from service.batch.reading import Reading, Stop, asked_to_stop
from service.batch.request import Request

REJECTS = "rejects"
"""The output that is made only when something was rejected."""


def screen_files(request: Request, watch: Watch = nobody, stop: Stop = lambda: False) -> Outcome:
    """Screen every row of every source; outputs appear when all is written.

    `stop` is asked after every chunk. Raises Stopped when it said so or the disk is full, AnswersRejected when an
    output is there already or an earlier run was of something else, FileRejected when a source cannot be opened or
    changes meanwhile.
    """
    meter = Meter(watch, len(request.sources))
    try:
        _refuse_sources(request)
        with held(request.out) as journal:
            outcome = _under_lock(request, journal, meter, stop)
    except Stopped as error:
        meter.state("stopped", str(error))
        raise
    except ZhenweiError as error:
        meter.state("failed", str(error))
        raise
    except OSError as error:
        told = f"{request.out} cannot be written ({error.strerror or error}); choose another place"
        meter.state("failed", told)
        raise AnswersRejected(told) from error
    meter.state("done")
    return outcome


def _under_lock(request: Request, journal: Journal, meter: Meter, stop: Stop) -> Outcome:
    before = journal.standing(forgiving=request.force)
    _refuse_results(request, before)
    seen = list(_looked(request, stop))
    total = _about(seen)
    few = total is not None and total <= CHUNK
    forms = tuple(output.form for output in request.outputs)
    with _desk(Task(request.sources, request.names, forms, request.explain, request.open), request, few=few) as desk:
        run = _identity(request, seen, desk.stamp)
        standing = _fitting(before, run, request)
        if standing is None:
            journal.clear()
            standing = Standing(run, request.today.isoformat(), files=[(0, 0)] * len(seen))
        resumed = standing.tally.rows
        try:
            if not standing.read:
                journal.begin(standing, {form.name: form.begin(desk.stamp.heads) for form in forms})
                meter.begin(resumed, total)
                Reading(request, seen, standing, journal).to_the_end(desk, meter, stop)
            meter.state("writing")
            outcome = Outcome.of(standing, resumed)
            _place(request, journal, outcome)
        except OSError as error:
            told = f"{request.out} cannot be written to its end ({error.strerror or error})"
            raise Stopped(f"{told}; what is done is kept: make room and run the same command again") from error
    return outcome


def _fitting(before: Standing | None, run: dict[str, object], request: Request) -> Standing | None:
    """The earlier run when this one goes on with it; None to begin. Raises AnswersRejected when it was another."""
    if before is None or not (changed := _changed(run, before.run)):
        return before
    if request.force:
        return None
    raise AnswersRejected(
        f"{request.out}: an earlier run stopped midway, and {changed} changed since; bring that back to go on, "
        "or start anew with --force"
    )


@contextmanager
def _desk(task: Task, request: Request, *, few: bool) -> Iterator[Desk | Desks]:
    if few or request.processes < 2:  # noqa: PLR2004 - sharing gains nothing
        yield Desk(task)
        return
    with crew(task, request.processes) as hired:
        yield Desks(hired)


def _looked(request: Request, stop: Stop) -> Iterator[Seen]:
    def done(_size: int) -> None:
        if stop():
            raise asked_to_stop()

    for source, name in zip(request.sources, request.names, strict=True):
        yield look(source.path, name, done)


def _about(seen: Sequence[Seen]) -> int | None:
    known = [one.rows for one in seen if one.rows is not None]
    return sum(known) if len(known) == len(seen) else None


def _identity(request: Request, seen: Sequence[Seen], stamp: Stamp) -> dict[str, object]:
    """All that makes the answers these and no others, as plain data."""
    return {
        "inputs": [[one.name, one.size, one.sha256] for one in seen],
        "options": {"explain": request.explain, **request.options},
        "outputs": [output.form.name for output in request.outputs],
        **asdict(stamp.versions),
    }


def _changed(now: Mapping[str, object], before: Mapping[str, object]) -> str:
    return ", ".join(sorted(f"the {name}" for name in now.keys() | before.keys() if now.get(name) != before.get(name)))


def _refuse_sources(request: Request) -> None:
    """No output may lie where something is read."""
    read = {really(source.path) for source in request.sources}
    for output in (*(output.path for output in request.outputs), request.summary):
        if really(output) in read:
            raise AnswersRejected(f"{output} is a file that is read; choose another name for the answers")


def _refuse_results(request: Request, before: Standing | None) -> None:
    """Nothing that stands is replaced, unless asked, or by the run that was cut off while it put its files in place."""
    if request.force or (before and before.read):
        return
    for path in (*(output.path for output in request.outputs), request.summary):
        if path.exists() or path.is_symlink():
            raise AnswersRejected(f"{path} is there already; name another file, or replace it with --force")


def _place(request: Request, journal: Journal, outcome: Outcome) -> None:
    """Put every output in its place, the answers last: when they are there, everything is."""
    journal.close()
    summary = journal.folder / "summary"
    summary.write_bytes(outcome.to_json())
    summary.replace(request.summary)
    for output in reversed(request.outputs):
        part = journal.part(output.form.name)
        if output.form.name == REJECTS and not outcome.tally.rejected:
            output.path.unlink(missing_ok=True)  # of an earlier screening, which --force replaces
        elif part.exists():  # else it was put in its place before a kill
            output.form.finish(part, journal.folder, outcome).replace(output.path)
    journal.remove()
