"""Parquet files, read batch by batch."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from features.tables import files
from features.tables.delimited import by_name
from features.tables.entry import MOST_COLUMNS, Entry, FileRejected, plain_cell, too_wide

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_BATCH = 1024  # rows held as Python objects
_MOST_GROUP = 2 << 30  # unpacked bytes of a row group, which is read as a whole


def read(path: Path) -> Iterator[list[str] | Entry]:
    """Yield the column names, then every row. Raises FileRejected."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and most files are text
    import pyarrow.parquet as pq  # noqa: PLC0415

    with files.seekable(path) as raw:
        try:
            names = pq.read_schema(raw)
            raw.seek(0)
            # A text that stands in a million rows is stored once; as a dictionary it is also held once.
            words = [field.name for field in names if pa.types.is_string(field.type)]
            file = pq.ParquetFile(raw, read_dictionary=words)
            header = list(file.schema_arrow.names)
            _guard(path, file, header)
            yield header
            number = 0
            for batch in file.iter_batches(_BATCH, use_threads=False):
                for cells in zip(*map(_cells, batch.columns), strict=True):
                    number += 1
                    yield Entry(number, number, by_name(cells, header))
        except (pa.ArrowException, pa.ArrowInvalid) as error:
            told = str(error).splitlines()[0]
            raise FileRejected(f"{path} is no whole Parquet file ({told}); write or copy it again") from error


def _guard(path: Path, file: "pq.ParquetFile", header: list[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise too_wide(path, len(header))
    told = file.metadata
    if any(told.row_group(at).total_byte_size > _MOST_GROUP for at in range(told.num_row_groups)):
        raise FileRejected(
            f"{path} has a row group of more than {_MOST_GROUP:,} bytes; write it with smaller row groups"
        )


def _cells(column: "pa.Array") -> list[Any]:
    if not hasattr(column, "dictionary"):
        return [plain_cell(cell) for cell in column.to_pylist()]
    words = [*(plain_cell(word) for word in column.dictionary.to_pylist()), None]
    return [words[-1 if at is None else at] for at in column.indices.to_pylist()]
