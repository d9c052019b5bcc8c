"""Sources read to their end, with what is made of every chunk appended and, now and then, committed."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from features.intake import Problem
from features.tables import FileRejected
from service.answers import Stopped
from service.batch.desk import Chunk, Desk, Desks, chunks
from service.batch.inputs import Seen
from service.batch.journal import Journal, Standing
from service.batch.progress import Meter
from service.batch.request import Request
from service.batch.tally import Tally
from service.rows import Source

COMMIT_SECONDS = 2.0
"""How much work a kill may cost."""
Stop = Callable[[], bool]


class Reading:
    """One screening, from where `standing` is to the end of the last source."""

    def __init__(self, request: Request, seen: Sequence[Seen], standing: Standing, journal: Journal) -> None:
        """The journal must be begun."""
        self._request, self._seen, self._standing, self._journal = request, seen, standing, journal

    def to_the_end(self, desk: Desk | Desks, meter: Meter, stop: Stop) -> None:
        """Read, answer, append, commit. Raises Stopped, when asked to; FileRejected when a source changes meanwhile."""
        standing, journal = self._standing, self._journal
        names = [output.form.name for output in self._request.outputs]
        journal.commit(standing)
        committed = time.monotonic()
        for chunk, done in desk.answers(chunks(self._sources(), standing.row), date.fromisoformat(standing.today)):
            if done.stamp != desk.stamp:
                raise Stopped("the bundle or a register changed while processes started; run the same command again")
            journal.append(names, done.parts)
            self._count(chunk, done.tally)
            meter.rows(standing.tally.rows, standing.tally.rejected, standing.file, dict(standing.tally.levels))
            if stop():
                journal.commit(standing)
                raise asked_to_stop()
            if time.monotonic() - committed > COMMIT_SECONDS:
                journal.commit(standing)
                committed = time.monotonic()
        standing.read = True
        journal.commit(standing)

    def _sources(self) -> Iterator[tuple[int, Source]]:
        for file in range(self._standing.file, len(self._seen)):
            source = self._request.sources[file]
            yield file, source
            if not self._seen[file].still(source.path):
                raise FileRejected(
                    f"{source.path} changed while it was read; when it is whole, start anew with --force"
                )

    def _count(self, chunk: Chunk, tally: Tally) -> None:
        standing, last = self._standing, chunk.entries[-1]
        standing.tally.add(tally)
        rows, rejected = standing.files[chunk.file]
        standing.files[chunk.file] = rows + tally.rows, rejected + tally.rejected
        standing.file, standing.row = chunk.file, last.number
        if chunk.broken and isinstance(last.told, Problem):
            standing.broken[self._request.names[chunk.file]] = last.told.message
            standing.file, standing.row = chunk.file + 1, 0


def asked_to_stop() -> Stopped:
    """What is said when somebody asked."""
    return Stopped("stopped as asked; what is done is kept: the same command goes on from there")
