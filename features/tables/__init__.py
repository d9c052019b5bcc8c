"""The door to files of rows, whatever program wrote them: `open_table` knows the format by the name.

files -> bytes, unpacked within bounds; delimited, lines, parquet, workbook -> entries; entry: what a row is;
extent: about how many.
"""

from features.tables.entry import Entry, FileRejected
from features.tables.table import ENDINGS, Table, open_table

__all__ = ["ENDINGS", "Entry", "FileRejected", "Table", "open_table"]
