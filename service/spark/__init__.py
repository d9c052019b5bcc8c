"""Hundreds of millions of rows, on a cluster: `screen(dataframe)` gives a dataframe of answers, batch or stream.

parcel: what answers, shipped to the executors and opened once per Python worker -> reading: rows of a dataframe, lines
or whole files -> work: rows to answers, as one machine gives them -> frames: files as numbered dataframes -> run: files
in, a folder of answers out. leads: risky rows to leads. failure: what went wrong, told. session: a Spark to do it with.
Nothing here needs pandas.
"""

from service.spark.session import need_pyspark

need_pyspark()

from service.spark.screening import screen  # noqa: E402 - what is missing is said first

__all__ = ["screen"]
