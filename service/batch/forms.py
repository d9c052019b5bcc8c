"""The forms answers are written in, chosen by the name of the file."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from features.tables import files
from service.answers import AnswersRejected, Cell, Kind, Shape
from service.batch.channel import Form, Line, Output
from service.batch.outcome import Outcome
from service.batch.rejects import BOM, Rejects, table

ENDINGS = (".jsonl", ".ndjson", ".csv", ".parquet", ".xlsx")
_PACKED_LEVEL = 6


def form_for(out: Path, *, sourced: bool, listed: bool) -> Form:
    """Choose by the name of the file. Raises AnswersRejected."""
    suffix, shape = files.inner_suffix(out), Shape(sourced=sourced, listed=listed)
    packed = out.suffix.lower() if out.suffix.lower() in files.PACKED else ""
    if suffix in {".jsonl", ".ndjson"}:
        return JsonLines(shape, packed)
    if suffix == ".csv":
        return Csv(shape, packed)
    if suffix in {".parquet", ".xlsx"} and not packed:
        from service.batch import parquet, workbook  # noqa: PLC0415 - heavy, and not always needed

        return parquet.Parquet(shape) if suffix == ".parquet" else workbook.Workbook(shape)
    raise AnswersRejected(
        f"{out}: answers are written as {', '.join(ENDINGS)}, the first three also .gz or .zst; choose such a name"
    )


def outputs(out: Path, rejects: Path | None, *, sourced: bool, listed: bool) -> tuple[Output, Output]:
    """The file of answers, and beside it, unless named, the rows that were rejected. Raises AnswersRejected."""
    beside = rejects or out.with_name(f"{out.name}.rejects.csv")
    return Output(form_for(out, sourced=sourced, listed=listed), out), Output(Rejects(), beside)


@dataclass(frozen=True, slots=True)
class JsonLines:
    """Everything, one object per row."""

    shape: Shape
    packed: str = ""
    name: str = "answers"

    def begin(self, _heads: Sequence[str]) -> bytes:
        """JSON lines have no header."""
        return b""

    def write(self, source: str, lines: Sequence[Line], _heads: Sequence[str]) -> bytes:
        """The lines of some rows."""
        told = (self.shape.line(source, line.entry.number, line.told) for line in lines)
        return packed(b"".join(told), self.packed)

    def finish(self, part: Path, _room: Path, _outcome: Outcome) -> Path:
        """The part is the file."""
        return part


@dataclass(frozen=True, slots=True)
class Csv:
    """One line per row, in UTF-8 with the mark spreadsheets need. No cell can start a formula."""

    shape: Shape
    packed: str = ""
    name: str = "answers"

    def begin(self, heads: Sequence[str]) -> bytes:
        """The mark and the names of the columns."""
        return packed(BOM + table([replace(self.shape, heads=tuple(heads)).columns()]), self.packed)

    def write(self, source: str, lines: Sequence[Line], heads: Sequence[str]) -> bytes:
        """The lines of some rows."""
        shape = replace(self.shape, heads=tuple(heads))
        kinds = tuple(shape.columns().values())
        rows = (shape.flat(source, line.entry.number, line.told) for line in lines)
        return packed(table(map(_written, row, kinds) for row in rows), self.packed)

    def finish(self, part: Path, _room: Path, _outcome: Outcome) -> Path:
        """The part is the file."""
        return part


def packed(content: bytes, packing: str) -> bytes:
    """Pack what belongs together; packed runs behind each other are one packed file. "" packs nothing."""
    if not packing or not content:
        return content
    if packing == ".gz":
        return gzip.compress(content, _PACKED_LEVEL, mtime=0)
    import pyarrow as pa  # noqa: PLC0415 - heavy, and not always needed

    run: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return run


def _written(cell: Cell, kind: Kind) -> Cell:
    """Shares with six decimals, whole amounts without any."""
    if kind == "share" and cell is not None:
        return f"{cell:.6f}"
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
