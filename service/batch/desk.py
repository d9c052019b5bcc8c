"""Where chunks of rows are answered: the same desk stands in every process."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from features.errors import ZhenweiError
from features.intake import Problem
from features.listing import Listing
from features.tables import Entry, FileRejected
from models import Screener
from models.screening import Explain, Versions
from service.answers import AnswersRejected, Stopped, Told
from service.batch.channel import Channel, Line
from service.batch.tally import Tally
from service.rows import Refused, Source
from training.crew import Crew

CHUNK = 512
"""Rows read, screened and written together."""
HEAVY = 1 << 22
"""Characters after which a chunk is cut short: memory stays flat whatever rows hold."""


@dataclass(frozen=True, slots=True)
class Task:
    """All a desk needs to know. Travels between processes."""

    sources: tuple[Source, ...]
    names: tuple[str, ...]  # of the sources, as answers call them
    channels: tuple[Channel, ...]
    explain: Explain
    open: Callable[[], Screener]  # Raises ZhenweiError


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of one file, and whether the file cannot be read beyond them."""

    file: int  # its place among the sources
    entries: list[Entry]
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Stamp:
    """What answers."""

    versions: Versions
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What was made of a chunk: one run of bytes per channel."""

    stamp: Stamp
    tally: Tally
    parts: tuple[bytes, ...]


class Desk:
    """Answers chunks, one after the other."""

    def __init__(self, task: Task) -> None:
        """Open what answers. Raises ZhenweiError."""
        self._task, self._screener = task, task.open()
        self.stamp = Stamp(self._screener.versions, tuple(self._screener.bundle.manifest.heads))

    def answer(self, chunk: Chunk, today: date) -> Done:
        """Screen the rows of a chunk; `today` dates the law where a listing does not."""
        task = self._task
        read = [task.sources[chunk.file].row(entry) for entry in chunk.entries]
        listings = [row for row in read if isinstance(row, Listing)]
        screened = iter(self._screener.screen(listings, explain=task.explain, today=today))
        told: list[Told] = [row if isinstance(row, Refused) else (row, next(screened)) for row in read]
        lines = [Line(entry, one) for entry, one in zip(chunk.entries, told, strict=True)]
        name, heads = task.names[chunk.file], self.stamp.heads
        return Done(self.stamp, Tally.of(told), tuple(channel.write(name, lines, heads) for channel in task.channels))

    def answers(self, chunks: Iterable[Chunk], today: date) -> Iterator[tuple[Chunk, Done]]:
        """Answer chunks in order."""
        return ((chunk, self.answer(chunk, today)) for chunk in chunks)


class Desks:
    """Desks in several processes; answers as one."""

    def __init__(self, crew: Crew[[Task]]) -> None:
        """Open the bundle in every process of the crew. Raises ZhenweiError."""
        self._crew = crew
        stamp = crew.ask(_stamp)
        if isinstance(stamp, str):
            raise AnswersRejected(stamp)
        self.stamp = stamp

    def answers(self, chunks: Iterable[Chunk], today: date) -> Iterator[tuple[Chunk, Done]]:
        """Answer chunks in order. Raises Stopped when a process was killed."""
        return self._crew.in_order(chunks, partial(_answer, today=today))


def crew(task: Task, processes: int) -> Crew[[Task]]:
    """Processes with a desk each."""
    lost = Stopped(
        "a screening process was killed, most likely because memory ran out; what is done is kept: close other"
        " programs and run the same command again, perhaps with --processes 1"
    )
    return Crew(processes, lost, sit, task)


def chunks(sources: Iterable[tuple[int, Source]], skip: int = 0) -> Iterator[Chunk]:
    """Cut files into chunks; the first `skip` rows of the first file are passed over.

    A file that cannot be read to its end ends with a row that says so; the others are read all the same.
    """
    for file, source in sources:
        entries: list[Entry] = []
        number = line = weight = 0
        try:
            for entry in source.table:
                number, line = entry.number, entry.line
                if number <= skip:
                    continue
                entries.append(entry)
                weight += _weight(entry.told)
                if len(entries) == CHUNK or weight > HEAVY:
                    yield Chunk(file, entries)
                    entries, weight = [], 0
        except FileRejected as error:
            entries.append(Entry(number + 1, line + 1, Problem("", f"and all after it are not read: {error}")))
            yield Chunk(file, entries, broken=True)
        else:
            if entries:
                yield Chunk(file, entries)
        skip = 0


def _weight(told: object) -> int:
    """About how many characters a row holds."""
    if isinstance(told, str):
        return len(told)
    if isinstance(told, Mapping):
        return sum(map(_weight, told.values()))
    return sum(map(_weight, told)) if isinstance(told, list) else 1


_kept: dict[str, Desk | str] = {}
"""The desk of this process, or why there is none."""


def sit(task: Task) -> None:
    """Set up the desk of this process."""
    try:
        _kept["desk"] = Desk(task)
    except ZhenweiError as error:
        _kept["desk"] = str(error)


def _stamp() -> Stamp | str:
    desk = _kept["desk"]
    return desk if isinstance(desk, str) else desk.stamp


def _answer(chunk: Chunk, today: date) -> Done:
    desk = _kept["desk"]
    if isinstance(desk, str):
        raise AnswersRejected(desk)
    return desk.answer(chunk, today)
