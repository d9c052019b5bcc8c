"""Files in, a folder of answers out, on Spark. Its parts behind each other are what one machine writes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, get_args

from pyspark.errors import AnalysisException
from pyspark.sql import Column, Observation
from pyspark.sql import functions as F  # noqa: N812 - what everybody calls it

from models.screening import Action, Assessment, Explain, Level
from service.answers import AnswersRejected, Shape
from service.batch.outcome import Outcome
from service.batch.tally import Tally
from service.spark.failure import passed_on
from service.spark.frames import find, frames
from service.spark.parcel import Parcel
from service.spark.screening import answers

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ENDINGS = (".jsonl", ".ndjson", ".parquet")
_SHOWN = 10  # reasons told


def screen_files(
    session: "SparkSession",
    told: Sequence[str],
    out: str,
    parcel: Parcel,
    *,
    names: Mapping[str, str],
    explain: Explain,
    today: date,
    listed: bool = False,
    replace: bool = False,
) -> Outcome:
    """Screen every row of the files into the folder `out`: one line or row per row of the files, in their order.

    Raises AnswersRejected when `out` is there already or has a name of no form we write, FileRejected and
    ColumnsRejected for what cannot be read, WorkFailed. Nothing counts as done then.
    """
    if (suffix := PurePosixPath(out).suffix.lower()) not in ENDINGS:
        raise AnswersRejected(f"{out}: on Spark answers are written as {', '.join(ENDINGS)}; choose such a name")
    if not replace and _taken(session, out):
        raise AnswersRejected(f"{out} holds files already; choose another folder, or write over it with --force")
    files = find(session, told)
    shape = Shape(parcel.heads, sourced=len(files.paths) > 1 or listed, listed=listed)
    parts = [
        answers(f.rows, parcel, f.reading, shape, explain=explain, today=today, sources=files.names)
        for f in frames(session, files, names)
    ]
    counted = Observation("zhenwei")
    told_all = reduce(lambda a, b: a.unionByName(b), parts).observe(counted, *_counts())
    writer = (told_all.drop("file") if suffix == ".parquet" else told_all.select("json")).write
    with passed_on():
        try:
            chosen = writer.mode("overwrite")  # a job that failed leaves an empty folder
            chosen.parquet(out) if suffix == ".parquet" else chosen.text(out)
        except AnalysisException as error:
            raise AnswersRejected(f"{out}: {str(error).splitlines()[0]}") from error
    tally = _tally(counted.get, _reasons(session, out, suffix))
    return Outcome(tally, (), parcel.versions, today.isoformat())


def _taken(session: "SparkSession", out: str) -> bool:
    try:
        there = session.read.format("binaryFile").option("recursiveFileLookup", value=True).load(out)
        return bool(there.select("path").head(1))
    except AnalysisException:
        return False


def _counts() -> list[Column]:
    rejected = F.col("assessment") == "not_screened"
    words = {
        "level": get_args(Level),
        "action": get_args(Action),
        "assessment": get_args(Assessment),
    }
    each = [F.count_if(F.col(c) == w).alias(f"{c} {w}") for c, known in words.items() for w in known]
    return [F.count("*").alias("rows"), F.count_if(rejected).alias("rejected"), *each]


def _tally(told: Mapping[str, int], reasons: "Counter[str]") -> Tally:
    def of(column: str, words: Sequence[str]) -> Counter[str]:
        return Counter({word: told[f"{column} {word}"] for word in words if told[f"{column} {word}"]})

    levels = of("level", get_args(Level)) + of("assessment", ("not_assessed",))
    return Tally(told["rows"], told["rejected"], levels, of("action", get_args(Action)), problems=reasons)


def _reasons(session: "SparkSession", out: str, suffix: str) -> "Counter[str]":
    """Why rows were rejected, of the commonest reasons; read from what was written."""
    if suffix == ".parquet":
        why = session.read.parquet(out).where("assessment = 'not_screened'").select(F.col("rejected").alias("why"))
    else:
        problem = "rejected array<struct<pointer: string, message: string>>"
        refused = session.read.text(out).where(F.col("value").contains('"rejected":[{'))
        first = F.from_json("value", problem)["rejected"][0]
        why = refused.select(F.concat_ws(" ", first["pointer"], first["message"]).alias("why"))
    rows = why.groupBy("why").count().orderBy(F.desc("count"), "why").limit(_SHOWN).collect()
    return Counter({row["why"].strip(): row["count"] for row in rows})
