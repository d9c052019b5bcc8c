"""`mapInArrow` without pandas, which PySpark asks for and does not use there."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql.udf import UserDefinedFunction
from pyspark.util import PythonEvalType

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Mapped = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def map_in_arrow(frame: "DataFrame", mapped: Mapped, schema: str) -> "DataFrame":
    """`frame.mapInArrow(mapped, schema)`; columns may have any names, two the same among them."""
    from pyspark.sql.classic.dataframe import DataFrame  # noqa: PLC0415 - only where there is a JVM to ask

    plain = frame.toDF(*(f"c{at}" for at in range(len(frame.columns))))
    function = UserDefinedFunction(mapped, schema, "zhenwei", PythonEvalType.SQL_MAP_ARROW_ITER_UDF)
    column = function(*(plain[name] for name in plain.columns))
    return DataFrame(plain._jdf.mapInArrow(column._jc, False, None), plain.sparkSession)  # noqa: FBT003, SLF001
