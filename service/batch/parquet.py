"""Answers as Parquet: record batches while screening, row groups of one size in the end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from service.answers import Kind, Shape
from service.batch.channel import Line
from service.batch.outcome import Outcome

_GROUP = 1 << 15  # rows of a group, which a reader holds as a whole
_TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "share": pa.float64(),
}


@dataclass(frozen=True, slots=True)
class Parquet:
    """One flat row per row of the file. Its part is an Arrow stream."""

    shape: Shape
    name: str = "answers"

    def begin(self, heads: Sequence[str]) -> bytes:
        """The schema."""
        start: bytes = self._schema(heads).serialize().to_pybytes()
        return start

    def write(self, source: str, lines: Sequence[Line], heads: Sequence[str]) -> bytes:
        """Some rows as one record batch."""
        shape = replace(self.shape, heads=tuple(heads))
        cells = zip(*(shape.flat(source, line.entry.number, line.told) for line in lines), strict=True)
        schema = self._schema(heads)
        columns = [pa.array(column, field.type) for column, field in zip(cells, schema, strict=True)]
        batch: bytes = pa.record_batch(columns, schema=schema).serialize().to_pybytes()
        return batch

    def finish(self, part: Path, room: Path, _outcome: Outcome) -> Path:
        """Write the rows in groups of one size, however they were cut before."""
        made = room / f"{self.name}.made"
        with (
            pa.OSFile(str(part)) as raw,
            pa.ipc.open_stream(raw) as stream,
            pq.ParquetWriter(made, stream.schema, compression="zstd") as file,
        ):
            for group in _groups(stream):
                file.write_table(group, row_group_size=_GROUP)
        return made

    def _schema(self, heads: Sequence[str]) -> pa.Schema:
        columns = replace(self.shape, heads=tuple(heads)).columns()
        return pa.schema([(name, _TYPES[kind]) for name, kind in columns.items()])


def _groups(batches: "pa.RecordBatchReader") -> Iterator[pa.Table]:
    held = batches.schema.empty_table()
    for batch in batches:
        held = pa.concat_tables([held, pa.Table.from_batches([batch])])
        while held.num_rows >= _GROUP:
            yield held.slice(0, _GROUP).combine_chunks()
            held = held.slice(_GROUP)
    if held.num_rows:
        yield held.combine_chunks()
