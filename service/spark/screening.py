"""A dataframe of listings in, a dataframe of answers out; the same function for batches and streams."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from features.columns import ColumnsRejected
from models.screening import Explain
from service import clock, home
from service.answers import Shape
from service.settings import read_settings
from service.spark.arrow import map_in_arrow
from service.spark.parcel import Parcel
from service.spark.reading import NUMBER, Cells, Reading, id_column, table_of
from service.spark.work import Screened, Work, schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def screen(
    frame: "DataFrame",
    *,
    bundle: Path | None = None,
    names: Mapping[str, str] = NO_NAMES,
    number: str | None = None,
    explain: Explain = "findings",
    today: date | None = None,
    listed: bool = False,
) -> "DataFrame":
    """Screen every row of a dataframe, batch or stream: one answer per row, rejected rows with their problems.

    bundle  folder of the bundle; else the active one, as the driver knows it
    names   column -> field, before the built-in names of columns.toml; structs are read as nested fields
    number  column that counts the rows; it is the id of listings that have none, as on one machine
    today   dates the law for listings not told `observed_at`; else the day now, in a stream the day of the work
    listed  repeat the listing beside the answer

    The column `json` is `Screening.to_json()`, byte for byte what one machine answers; the others are those of a table
    of answers. Raises BundleError, or ColumnsRejected when no column holds the title or tells the rows apart.
    """
    reading, parcel = cells_of(frame, names, number), packed(bundle)
    shape = Shape(parcel.heads, listed=listed)
    return answers(frame, parcel, reading, shape, explain=explain, today=day_of(frame, today)).drop("file")


def cells_of(frame: "DataFrame", names: Mapping[str, str], number: str | None) -> Cells:
    """How the rows of somebody's dataframe are read. Raises ColumnsRejected."""
    header = tuple(NUMBER if name == number else name for name in frame.columns)
    found = table_of([name for name in header if name != NUMBER], names).columns
    if number is None and (found is None or id_column(found) is None):
        raise ColumnsRejected(
            "no column holds the listing's id; name one listing_id or 商品ID, map one, or count the rows in a column "
            "and say number=COLUMN"
        )
    return Cells(header, dict(names))


def packed(bundle: Path | None) -> Parcel:
    """What answers: the bundle of a folder, or the active one, and the registers. Raises BundleError."""
    settings = read_settings({"bundle": bundle})
    return Parcel.pack(home.bundle(settings), home.registers(settings))


def day_of(frame: "DataFrame", today: date | None) -> date | None:
    """The day that dates the law: as told, else now; None for streams, which have one every day."""
    return today or (None if frame.isStreaming else clock.today())


def answers(
    frame: "DataFrame",
    parcel: Parcel,
    reading: Reading,
    shape: Shape,
    *,
    explain: Explain,
    today: date | None,
    sources: tuple[str, ...] = (),
) -> "DataFrame":
    """Have the executors read and answer every row; the bundle goes to each once."""
    work = Work(screened(frame, parcel, reading, explain=explain, today=today), shape, sources)
    return map_in_arrow(frame, work.answers, schema(shape))


def screened(frame: "DataFrame", parcel: Parcel, reading: Reading, *, explain: Explain, today: date | None) -> Screened:
    """What executors need to screen the rows; the bundle goes to each once."""
    shipped = frame.sparkSession.sparkContext.broadcast(parcel)
    return Screened(shipped, parcel.versions, reading, explain, today)
