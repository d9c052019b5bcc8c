"""Parquet files, read batch by batch.

A few kilobytes can say the same text, or the same number, a hundred million times: how much cells hold is known
before any of them is made.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from features.intake import Problem
from features.tables import files
from features.tables.delimited import by_name
from features.tables.entry import LONGEST, MOST_COLUMNS, Entry, FileRejected, plain_cell, too_wide

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_BATCH = 1024  # rows held as Python objects
_MOST_BATCH = 16 << 20  # bytes of them, as far as the file tells
_MOST_GROUP = 2 << 30  # unpacked bytes of a row group
_MOST_VALUES = 1 << 26  # values of a column in a row group, which one cell could hold
_VALUE = 8  # bytes a value takes at least


def read(path: Path) -> Iterator[list[str] | Entry]:
    """Yield the column names, then every row. Raises FileRejected."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and most files are text
    import pyarrow.parquet as pq  # noqa: PLC0415

    with files.seekable(path) as raw:
        try:
            told = pq.read_metadata(raw)
            raw.seek(0)
            # A text that stands in a million rows is stored once; as a dictionary it is also held once.
            file = pq.ParquetFile(raw, metadata=told, read_dictionary=_texts(told))
            header = list(file.schema_arrow.names)
            _guard(path, file, header)
            yield header
            number = 0
            for batch in _batches(file, _at_once(told)):
                for cells in _rows(batch):
                    number += 1
                    yield Entry(number, number, cells if isinstance(cells, Problem) else by_name(cells, header))
        except (pa.ArrowException, pa.ArrowInvalid) as error:
            why = str(error).splitlines()[0]
            raise FileRejected(f"{path} is no whole Parquet file ({why}); write or copy it again") from error


def _texts(told: "pq.FileMetaData") -> list[str]:
    """The columns of texts, those within others too."""
    columns = [told.schema.column(at) for at in range(told.num_columns)]
    return [one.path for one in columns if one.physical_type == "BYTE_ARRAY" and one.logical_type.type != "DECIMAL"]


def _guard(path: Path, file: "pq.ParquetFile", header: list[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise too_wide(path, len(header))
    groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
    if any(group.total_byte_size > _MOST_GROUP for group in groups):
        raise FileRejected(
            f"{path} has a row group of more than {_MOST_GROUP:,} bytes; write it with smaller row groups"
        )
    nested = [at for at in range(file.metadata.num_columns) if file.schema.column(at).max_repetition_level]
    if nested:  # asked for the values of a damaged footer pyarrow aborts the process; passing over them it raises
        file.scan_contents([file.schema.column(at).path for at in nested])
    if any(group.column(at).num_values > _MOST_VALUES for group in groups for at in nested):
        raise FileRejected(
            f"{path} has a row group of more than {_MOST_VALUES:,} values in a column; write smaller row groups, and"
            " no lists a listing has no field for"
        )


def _at_once(told: "pq.FileMetaData") -> int:
    """How many rows are unpacked together: fewer where rows are large."""
    groups = (told.row_group(at) for at in range(told.num_row_groups))
    largest = max((group.total_byte_size // max(group.num_rows, 1) for group in groups), default=0)
    return max(min(_BATCH, _MOST_BATCH // max(largest, 1)), 1)


def _batches(file: "pq.ParquetFile", at_once: int) -> "Iterator[pa.RecordBatch]":
    """Row group by row group: Arrow cannot put the dictionaries of two behind each other inside lists or objects."""
    for group in range(file.num_row_groups):
        for batch in file.iter_batches(at_once, row_groups=[group], use_threads=False):
            batch.validate(full=True)  # a damaged file points to words its dictionaries do not have
            yield batch


def _rows(batch: "pa.RecordBatch") -> Iterator[tuple[Any, ...] | Problem]:
    """The cells of every row; a Problem where they are too much."""
    if sum(map(_held, batch.columns)) <= _MOST_BATCH:
        yield from zip(*map(_cells, batch.columns), strict=True)
        return
    for at in range(batch.num_rows):
        row = [column.slice(at, 1) for column in batch.columns]
        if sum(map(_spread, row)) > LONGEST:
            yield Problem("", f"holds more than {LONGEST:,} bytes; write what a listing has fields for")
        else:
            yield tuple(cell for column in row for cell in _cells(column))


def _held(column: "pa.Array") -> int:
    """About how many bytes a column takes, where texts that stand in many rows are held once."""
    return int(column.nbytes) if _repeats(column) else _spread(column)


def _spread(array: "pa.Array") -> int:
    """About how many bytes an array takes, its lists and objects too, with every text as often as it stands there."""
    import pyarrow.compute as pc  # noqa: PLC0415 - heavy, and most files are text

    own = _VALUE * len(array)
    if hasattr(array, "dictionary"):
        lengths = pc.take(pc.binary_length(array.dictionary), array.indices)
        return own + (pc.sum(lengths).as_py() or 0)
    if array.type.num_fields == 0:
        return own + int(array.nbytes)
    if hasattr(array, "offsets") and hasattr(array, "keys"):  # a map, which alone does not flatten
        first, *_, last = array.offsets.to_pylist()
        return own + _spread(array.values.slice(first, last - first))
    inner = array.flatten()
    return own + (sum(map(_spread, inner)) if isinstance(inner, list) else _spread(inner))


def _repeats(column: "pa.Array") -> bool:
    """Whether it holds words that are worth to be made once; a dictionary of a whole file is not, for one batch."""
    return hasattr(column, "dictionary") and len(column.dictionary) <= len(column)


def _cells(column: "pa.Array") -> list[Any]:
    if not _repeats(column):
        plain = column.dictionary_decode() if hasattr(column, "dictionary") else column
        return [plain_cell(cell) for cell in plain.to_pylist()]
    words = [*(plain_cell(word) for word in column.dictionary.to_pylist()), None]
    return [words[-1 if at is None else at] for at in column.indices.to_pylist()]
