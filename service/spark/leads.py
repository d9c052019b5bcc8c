"""Leads of what a cluster screens: facts are made where the rows are, and only facts travel.

Executors screen and keep one line of JSON for every risky listing, in one pass. Grouping looks at all sellers at once
(titles that are nearly alike), so it is done on the driver: facts come to it one partition at a time and go to a file.
The driver holds what links and ranks them: a million facts, of some ten million rows, took 1.9 GB and 2 minutes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import functions as F  # noqa: N812 - what everybody calls it

from service.leads import Leads, fact_of, leads_of_lines
from service.leads.account import Account, Input
from service.rows import Refused
from service.spark.arrow import map_in_arrow
from service.spark.failure import passed_on
from service.spark.frames import Files, find, frames
from service.spark.parcel import Parcel
from service.spark.reading import UNREAD, Batches, Reading
from service.spark.screening import NO_NAMES, cells_of, day_of, packed, screened
from service.spark.work import Screened

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SCHEMA = "fact string, rows bigint, rejected bigint, not_assessed bigint, broken string, file bigint"
_ARROW = pa.schema(
    {
        "fact": pa.string(),
        **dict.fromkeys(("rows", "rejected", "not_assessed"), pa.int64()),
        "broken": pa.string(),
        "file": pa.int64(),
    }
)
_STREAMS = 8
"""Files hashed at once."""


@dataclass(frozen=True, slots=True)
class FactWork:
    """Makes facts on an executor. Travels to it, so it is plain data."""

    screened: Screened

    def facts(self, batches: Batches) -> Iterator[pa.RecordBatch]:
        """One row per risky listing; in the end one per file, without a fact, that counts what was looked at."""
        rows: Counter[int] = Counter()
        rejected: Counter[int] = Counter()
        unread: Counter[int] = Counter()
        broken: dict[int, str] = {}
        for chunk, answers in self.screened.chunks(batches):
            facts = []
            for (file, _, _), told in zip(chunk, answers, strict=True):
                rows[file] += 1
                if isinstance(told, Refused):
                    rejected[file] += 1
                    for one in told.problems:
                        if one.message.startswith(UNREAD):
                            broken[file] = one.message
                    continue
                unread[file] += told[1].assessment == "not_assessed"
                if (fact := fact_of(*told)) is not None:
                    facts.append({"fact": fact.to_json().decode(), "file": file})
            yield pa.RecordBatch.from_pylist(facts, _ARROW)
        counts = [
            {"rows": n, "rejected": rejected[at], "not_assessed": unread[at], "broken": broken.get(at), "file": at}
            for at, n in rows.items()
        ]
        yield pa.RecordBatch.from_pylist(counts, _ARROW)


def facts(
    frame: "DataFrame",
    *,
    bundle: Path | None = None,
    names: Mapping[str, str] = NO_NAMES,
    number: str | None = None,
    today: date | None = None,
) -> "DataFrame":
    """Screen a dataframe, batch or stream, and keep what leads are made of. Options and errors as of `screen`.

    fact                            one line of JSON per risky listing (service.leads.LeadFact)
    rows, rejected, not_assessed    where `fact` is null: counts of what was looked at; their sums account for all rows

    Facts of several dataframes, days or places are merged by union. For leads, give `lines` of them to leads_of_lines.
    """
    reading, parcel = cells_of(frame, names, number), packed(bundle)
    return _facts(frame, parcel, reading, today=day_of(frame, today)).drop("broken", "file")


def lines(told: "DataFrame") -> Iterator[bytes]:
    """Facts for `leads_of_lines`, one partition on the driver at a time. Raises WorkFailed.

    Made on all executors at once before the first is given, and kept on their disks until the last.
    """
    ours = not told.is_cached
    kept = told.persist(StorageLevel.DISK_ONLY) if ours else told
    try:
        with passed_on():
            kept.count()  # else partitions would be screened one after the other
            for row in kept.where("fact IS NOT NULL").select("fact").toLocalIterator():
                yield row["fact"].encode()
    finally:
        if ours:
            kept.unpersist()


def gathered(
    session: "SparkSession",
    told: Sequence[str],
    parcel: Parcel,
    *,
    names: Mapping[str, str],
    today: date,
    most: int = 200,
    folder: Path | None = None,
) -> tuple[Leads, Account]:
    """Screen files and make leads of what is risky: those of one machine that reads the same files and guesses nothing.

    Facts lie in an unnamed file in `folder` while they are grouped. The driver reads every input once more for the
    hash that the package names. Raises FileRejected and ColumnsRejected for what cannot be read, WorkFailed.
    """
    files = find(session, told)
    parts = [_facts(one.rows, parcel, one.reading, today=today) for one in frames(session, files, names)]
    made = reduce(lambda a, b: a.unionByName(b), parts).persist(StorageLevel.DISK_ONLY)
    known = parcel.unpack().bundle.knowledge
    try:
        with passed_on():
            inputs, unread = _inputs(session, files, made)
        found = leads_of_lines(lines(made), known, today, most=most, folder=folder)
    finally:
        made.unpersist()
    return found, Account(today.isoformat(), parcel.versions, inputs, not_assessed=unread, risky=found.facts)


def _facts(frame: "DataFrame", parcel: Parcel, reading: Reading, *, today: date | None) -> "DataFrame":
    work = FactWork(screened(frame, parcel, reading, explain="findings", today=today))
    return map_in_arrow(frame, work.facts, SCHEMA)


def _inputs(session: "SparkSession", files: Files, made: "DataFrame") -> tuple[tuple[Input, ...], int]:
    """Every file with what became of its rows, and how many rows could not be assessed."""
    counts = (*(F.sum(name).alias(name) for name in ("rows", "rejected", "not_assessed")), F.max("broken").alias("why"))
    counted = {row["file"]: row for row in made.where("fact IS NULL").groupBy("file").agg(*counts).collect()}
    with ThreadPoolExecutor(_STREAMS) as threads:
        digests = list(threads.map(partial(_digest, session), files.paths))
    inputs = []
    for at, (name, digest, size) in enumerate(zip(files.names, digests, files.sizes, strict=True)):
        row = counted.get(at)
        rows, rejected, why = (row["rows"], row["rejected"], row["why"]) if row else (0, 0, None)
        inputs.append(Input(name, digest, size, rows, rejected, why))
    return tuple(inputs), sum(row["not_assessed"] for row in counted.values())


def _digest(session: "SparkSession", path: str) -> str:
    """SHA-256 of a file wherever Spark reads it, streamed through the driver's JVM."""
    jvm: Any = session.sparkContext._jvm  # noqa: SLF001 - Hadoop's files have no other door
    context: Any = session.sparkContext._jsc  # noqa: SLF001
    place = jvm.org.apache.hadoop.fs.Path(path)
    stream = place.getFileSystem(context.hadoopConfiguration()).open(place)
    try:
        return str(jvm.org.apache.commons.codec.digest.DigestUtils.sha256Hex(stream))
    finally:
        stream.close()
