"""Files as dataframes whose rows know their file and number, in the order one machine reads them in.

Parquet and JSON lines are split: many executors read one file. Every other format is read as a whole by one executor,
exactly as one machine reads it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pyspark.errors import AnalysisException
from pyspark.sql import functions as F  # noqa: N812 - what everybody calls it

from features.tables import ENDINGS, FileRejected
from features.tables.files import PACKED
from features.tables.table import COLUMNAR, LINES
from service.spark.reading import FILE, NUMBER, Cells, Lines, Reading, Whole, table_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LARGEST = 256 << 20
"""Bytes of a file that is read as a whole: it is in memory several times."""
_WITHIN = (1 << 33) - 1  # the bits of monotonically_increasing_id that count within a partition
_NOT_BLANK = r"[^ \t\n\r\x0B\f]"
_GLOB = re.compile(r"([\\*?\[\]{}])")


@dataclass(frozen=True, slots=True)
class Files:
    """Files to read, in the order of their paths."""

    paths: tuple[str, ...]
    sizes: tuple[int, ...]  # bytes

    @property
    def names(self) -> tuple[str, ...]:
        """How the files are called in answers: what is different in their paths."""
        parts = [PurePosixPath(path).parts for path in self.paths]
        first, last = min(parts), max(parts)
        shared = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
        shared = min(shared, len(first) - 1)
        return tuple("/".join(one[shared:]) for one in parts)


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of several files, sorted, and how an executor reads them."""

    rows: "DataFrame"
    reading: Reading


def find(session: "SparkSession", told: Sequence[str]) -> Files:
    """List the files of folders and patterns, as Spark resolves paths. Raises FileRejected."""
    try:
        listing = session.read.format("binaryFile").option("recursiveFileLookup", value=True).load(list(told))
        found = sorted((row["path"], row["length"]) for row in listing.select("path", "length").collect())
    except AnalysisException as error:
        raise FileRejected(f"{', '.join(told)}: {_first_line(error)}; name files Spark can read") from error
    readable = [(path, size) for path, size in found if _suffix(path) in ENDINGS]
    if not readable:
        raise FileRejected(f"{', '.join(told)}: no file ends in {', '.join(ENDINGS)}; name files that are there")
    return Files(tuple(path for path, _ in readable), tuple(size for _, size in readable))


def frames(session: "SparkSession", files: Files, names: Mapping[str, str]) -> Iterator[Frame]:
    """Make a frame of all files that are read alike. Raises FileRejected, ColumnsRejected."""
    alike: dict[str, list[str]] = {}
    for path, size in zip(files.paths, files.sizes, strict=True):
        suffix = _suffix(path)
        if suffix in COLUMNAR and PurePosixPath(path).suffix.lower() in PACKED:
            raise FileRejected(f"{path}: Spark reads no packed Parquet; unpack it first")
        split = suffix in COLUMNAR + LINES and not path.lower().endswith(".zst")
        if not split and size > LARGEST:
            raise FileRejected(
                f"{path} has {size:,} bytes, and of this format at most {LARGEST:,} are read on Spark, where one "
                "executor reads the whole file; save it as Parquet or JSON lines, which are split, or in several files"
            )
        alike.setdefault(suffix if split else "", []).append(path)
    places = {_short(path): place for place, path in enumerate(files.paths)}
    made = {".parquet": _parquet, "": _whole}
    for suffix, paths in alike.items():
        yield made.get(suffix, _lines)(session, paths, places, names, files)


def _parquet(
    session: "SparkSession", paths: list[str], places: Mapping[str, int], names: Mapping[str, str], _files: Files
) -> Frame:
    rows = session.read.option("mergeSchema", value=True).parquet(*map(_escaped, paths))
    table_of(rows.columns, names)
    header = (*rows.columns, NUMBER, FILE)
    told = rows.select(
        *(F.col(f"`{name.replace('`', '``')}`") for name in rows.columns),
        (F.col("_metadata.row_index") + 1).alias(NUMBER),
        F.col("_metadata.file_path").alias("zhenwei_path"),
    )
    read = [row["zhenwei_path"] for row in told.select("zhenwei_path").distinct().collect()]
    placed = [(path, _place(path, places)) for path in read]
    known = session.createDataFrame(placed, f"zhenwei_path string, {FILE} bigint")
    joined = told.join(F.broadcast(known), "zhenwei_path", "left").drop("zhenwei_path")
    return Frame(_in_order(joined, told, FILE, NUMBER), Cells(header, dict(names)))


def _lines(
    session: "SparkSession", paths: list[str], places: Mapping[str, int], names: Mapping[str, str], _files: Files
) -> Frame:
    """Lines are numbered by what stands before them: the lines of every block are counted first."""
    text = session.read.text([*map(_escaped, paths)], lineSep="\n")
    block = (F.col("_metadata.file_path").alias("path"), F.col("_metadata.file_block_start").alias("start"))
    told = text.select(F.col("value").cast("binary").alias("line"), *block, "value")
    told = told.where(F.col("value").rlike(_NOT_BLANK)).drop("value")
    told = told.withColumn("at", F.monotonically_increasing_id().bitwiseAND(F.lit(_WITHIN)))
    counted = told.groupBy("path", "start").agg(F.count("*").alias("rows"), F.min("at").alias("first")).collect()
    shifts, before = [], dict.fromkeys((row["path"] for row in counted), 0)
    for row in sorted(counted, key=lambda row: row["start"]):
        shifts.append((row["path"], row["start"], _place(row["path"], places), before[row["path"]] - row["first"] + 1))
        before[row["path"]] += row["rows"]
    known = session.createDataFrame(shifts, f"path string, start bigint, {FILE} bigint, shift bigint")
    joined = told.join(F.broadcast(known), ["path", "start"], "left")
    numbered = joined.select("line", FILE, (F.col("at") + F.col("shift")).alias(NUMBER))
    return Frame(_in_order(numbered, told, FILE, NUMBER), Lines(dict(names)))


def _whole(
    session: "SparkSession", paths: list[str], places: Mapping[str, int], names: Mapping[str, str], files: Files
) -> Frame:
    content = session.read.format("binaryFile").load([*map(_escaped, paths)]).select("content", "path")
    known = session.createDataFrame([(path, places[_short(path)]) for path in paths], f"path string, {FILE} bigint")
    joined = content.join(F.broadcast(known), "path", "left").select("content", FILE)
    ordered = joined.repartitionByRange(len(paths), FILE).sortWithinPartitions(FILE)
    return Frame(ordered, Whole(files.names, dict(names)))


def _in_order(frame: "DataFrame", read: "DataFrame", *by: str) -> "DataFrame":
    """In the order of files and rows, in as many even parts as are read, and at least as work at once."""
    parts = max(read.rdd.getNumPartitions(), frame.sparkSession.sparkContext.defaultParallelism)
    return frame.repartitionByRange(parts, *by).sortWithinPartitions(*by)


def _suffix(path: str) -> str:
    """The ending that tells the format, in lower case: `.csv` for a.csv and a.CSV.gz."""
    told = PurePosixPath(path)
    return PurePosixPath(told.stem).suffix.lower() if told.suffix.lower() in PACKED else told.suffix.lower()


def _escaped(path: str) -> str:
    return _GLOB.sub(r"\\\1", path)


def _short(path: str) -> str:
    """A path without the slashes of a host that is not named: file:///a is file:/a."""
    return re.sub(r"^(\w+):///", r"\1:/", path)


def _place(told: str, places: Mapping[str, int]) -> int:
    """The place of the file a row says it is from, which it says percent-encoded."""
    return places[_short(unquote(told))]


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
