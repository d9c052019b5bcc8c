"""What an executor does: rows in, answers out, in Arrow, as one machine answers them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import cast

import pyarrow as pa
from pyspark import Broadcast

from features.listing import Listing
from models import Screener
from models.screening import Explain, Versions
from service import clock
from service.answers import Cell, Kind, Shape, Told
from service.rows import Refused
from service.spark.parcel import Parcel, opened
from service.spark.reading import Batches, Numbered, Reading

CHUNK = 512
"""Rows screened together, and of a record batch of answers."""
_SQL: dict[Kind, tuple[str, pa.DataType]] = {
    "text": ("string", pa.string()),
    "whole": ("bigint", pa.int64()),
    "number": ("double", pa.float64()),
    "share": ("double", pa.float64()),
}


def columns(shape: Shape) -> dict[str, Kind]:
    """The columns of answers: those of a table of answers, then all of it as JSON, then the place of the file."""
    return {**shape.columns(), "json": "text", "file": "whole"}


def schema(shape: Shape) -> str:
    """The same as Spark declares them."""
    return ", ".join(f"`{name}` {_SQL[kind][0]}" for name, kind in columns(shape).items())


@dataclass(frozen=True, slots=True)
class Screened:
    """Rows and what became of them. Travels to the executors, so it is plain data."""

    parcel: "Broadcast[Parcel]"
    versions: Versions
    reading: Reading
    explain: Explain
    today: date | None  # None: the day of the work, for streams that run for months

    def chunks(self, batches: Batches) -> Iterator[tuple[list[Numbered], Iterator[Told]]]:
        """Some rows at a time, in order, each with what became of it."""
        screener = opened(self.versions, self.parcel)
        rows = self.reading.rows(batches)
        while chunk := list(islice(rows, CHUNK)):
            yield chunk, self._told(chunk, screener)

    def _told(self, chunk: list[Numbered], screener: Screener) -> Iterator[Told]:
        listings = [row for _, _, row in chunk if isinstance(row, Listing)]
        today = self.today or clock.today()
        screened = iter(screener.screen(listings, explain=self.explain, today=today))
        return (row if isinstance(row, Refused) else (row, next(screened)) for _, _, row in chunk)


@dataclass(frozen=True, slots=True)
class Work:
    """All an executor needs to know to answer. Travels to it, so it is plain data."""

    screened: Screened
    shape: Shape
    sources: tuple[str, ...]  # how answers call the files, by their place

    def answers(self, batches: Batches) -> Iterator[pa.RecordBatch]:
        """Answer every row, in order; rejected rows are answered with their problems."""
        return (self._batch(chunk, told) for chunk, told in self.screened.chunks(batches))

    def _batch(self, chunk: list[Numbered], answers: Iterator[Told]) -> pa.RecordBatch:
        rows = [self._row(file, number, told) for (file, number, _), told in zip(chunk, answers, strict=True)]
        kinds = columns(self.shape).values()
        arrays = [pa.array(column, _SQL[kind][1]) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
        return pa.record_batch(arrays, list(columns(self.shape)))

    def _row(self, file: int, number: int | None, told: Told) -> list[Cell]:
        source, counted = self.sources[file] if self.sources else "", cast("int", number)
        line = self.shape.line(source, counted, told)[:-1].decode()
        return [*self.shape.flat(source, counted, told), line, file]
