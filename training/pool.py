"""Listings read into pages, by several processes when there is enough to read."""

from collections.abc import Iterable, Iterator
from itertools import islice

from features.knowledge import Knowledge
from features.reader import Reader
from training.crew import Crew
from training.errors import TrainingError
from training.page import ROWS, Page, read_page
from training.takedowns import Takedown

Chunk = list[Takedown]


def pages(takedowns: Iterable[Takedown], knowledge: Knowledge, processes: int) -> Iterator[tuple[Chunk, Page]]:
    """Yield takedowns in chunks, each with its page, in order.

    Other processes start only when there is more than one chunk to read. However many there are, the pages are the
    same. Raises TrainingError when one of them was killed.
    """
    chunks = _chunks(takedowns)
    first = list(islice(chunks, 2))
    if processes < 2 or len(first) < 2:  # noqa: PLR2004 - two of each, or sharing gains nothing
        yield from _alone(_again(first, chunks), Reader(knowledge))
        return
    lost = TrainingError(
        "a reading process was killed, most likely because memory ran out; close other programs, or train with"
        " --processes 1"
    )
    with Crew(processes, lost, _start, knowledge) as crew:
        yield from crew.in_order(_again(first, chunks), _read)


def _chunks(takedowns: Iterable[Takedown]) -> Iterator[Chunk]:
    source = iter(takedowns)
    while chunk := list(islice(source, ROWS)):
        yield chunk


def _again(first: list[Chunk], rest: Iterator[Chunk]) -> Iterator[Chunk]:
    yield from first
    yield from rest


def _alone(chunks: Iterable[Chunk], reader: Reader) -> Iterator[tuple[Chunk, Page]]:
    for chunk in chunks:
        yield chunk, read_page([takedown.listing for takedown in chunk], reader)


_kept: dict[str, Reader] = {}
"""What a reading process keeps between pages."""


def _start(knowledge: Knowledge) -> None:
    _kept["reader"] = Reader(knowledge)


def _read(chunk: Chunk) -> Page:
    return read_page([takedown.listing for takedown in chunk], _kept["reader"])
