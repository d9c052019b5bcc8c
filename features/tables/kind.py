"""What a file is by its first bytes, when that is not what its name says."""

import re
from pathlib import Path

from features.json_text import MalformedJson, parse
from features.tables.entry import FileRejected

LOOKED_AT = 64 << 10
"""Bytes that tell what a file is."""
_PACKED = ((re.compile(rb"\x1f\x8b"), "gzip", ".gz"), (re.compile(rb"\x28\xb5\x2f\xfd"), "zstd", ".zst"))
_OURS = (
    (re.compile(rb"PK\x03\x04.*?xl/", re.DOTALL), "an Excel workbook", ".xlsx"),
    (re.compile(rb"PAR1[\x00-\x1f]"), "a Parquet file", ".parquet"),
)
_FOREIGN = (
    (re.compile(rb"\xd0\xcf\x11\xe0"), "a workbook of old Excel (.xls) or with a password", "save it as .xlsx without"),
    (re.compile(rb"PK\x03\x04|Rar!\x1a|7z\xbc\xaf\x27\x1c"), "an archive", "unpack it, and name what it holds"),
    (re.compile(rb"BZh[1-9]1AY&SY|\xfd7zXZ"), "packed by bzip2 or xz", "unpack it, or pack it by gzip or zstd"),
    (re.compile(rb"%PDF-"), "a PDF", "export the table as .xlsx or .csv"),
    (re.compile(rb"SQLite format 3\x00"), "an SQLite database", "export the table as .csv"),
    (re.compile(rb"\s*<(!doctype|html|table|\?xml)", re.IGNORECASE), "a web page or XML",
     "open it in a spreadsheet and save it as .xlsx"),
)  # fmt: skip


def refuse_packing(path: Path, head: bytes) -> None:
    """Refuse a file that is packed in another way than its name says; `head` is as it lies on the disk.

    Raises FileRejected.
    """
    ending = path.suffix.lower()
    for magic, packing, fits in _PACKED:
        packed = magic.match(head) is not None
        if packed and ending != fits:
            bare = path.stem if ending in {one for *_, one in _PACKED} else path.name
            raise FileRejected(f"{path} is packed by {packing}; rename it to {bare}{fits}")
        if head and not packed and ending == fits:
            told = next((f", but {what}" for magic, what, _ in (*_OURS, *_FOREIGN) if magic.match(head)), "")
            raise FileRejected(f"{path} is not packed by {packing}{told}; rename it to {path.stem}")


def refuse_other(path: Path, ending: str, head: bytes) -> None:
    """Refuse what is of another format than `ending`, of the name without packing, says; `head` is unpacked.

    Raises FileRejected, with what it is and what to do.
    """
    for magic, what, fits in _OURS:
        if magic.match(head):
            if ending != fits:
                raise _misnamed(path, what, fits)
            return
    for magic, what, advice in _FOREIGN:
        if magic.match(head):
            raise FileRejected(f"{path} is no {ending} file, but {what}; {advice}")
    if any(magic.match(head) for magic, *_ in _PACKED):
        raise FileRejected(f"{path} is packed twice; unpack it once")
    lines = _is_json(head)
    if ending in {fits for *_, fits in _OURS} and _is_text(head):
        raise _misnamed(path, "text", ".jsonl" if lines else ".csv")
    if lines and ending not in {".jsonl", ".ndjson"}:
        raise _misnamed(path, "JSON lines", ".jsonl")


def _misnamed(path: Path, what: str, fits: str) -> FileRejected:
    packing = path.suffix if path.suffix.lower() in {one for *_, one in _PACKED} else ""
    bare = Path(path.name.removesuffix(packing)).stem
    return FileRejected(f"{path} is {what}, whatever its name says; rename it to {bare}{fits}{packing}")


def _is_json(head: bytes) -> bool:
    """Whether the first line is an object; no row of column names is."""
    try:
        return isinstance(parse(head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]), dict)
    except MalformedJson:
        return False


def _is_text(head: bytes) -> bool:
    """Whether bytes are text in an encoding we read; what begins as a cut-off file of ours does is not."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return (
        bool(head.strip()) and not head.startswith((b"PAR1", b"PK")) and (wide or not re.search(rb"[\x00-\x08]", head))
    )
