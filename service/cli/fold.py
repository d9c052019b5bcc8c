"""`zhenwei fold`: text as it is read, for people and scripts."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

if TYPE_CHECKING:
    from features.normalize import Folded

_STDIN = "-"


def fold(
    file: Annotated[str, typer.Argument(help="Text, one line each, UTF-8; - for standard input.")] = _STDIN,
    *,
    align: Annotated[
        bool, typer.Option("--align", help="Print JSON: raw, folded, spans of every folded character, transforms.")
    ] = False,
) -> None:
    """Undo evasive spelling, line by line. In --align, bytes that are no UTF-8 are told as escaped surrogates."""
    from features.knowledge import load  # noqa: PLC0415 - heavy, see service.cli
    from features.normalize import Folder  # noqa: PLC0415

    folder = Folder.load(load())
    with sys.stdin.buffer if file == _STDIN else Path(file).open("rb") as source:
        for line in _lines(source):
            folded = folder.fold(line)
            told = _aligned(folded) if align else folded.text
            sys.stdout.buffer.write(told.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def _lines(source: BinaryIO) -> Iterator[str]:
    """Lines without their ends. Only a line feed ends a line, so that every line has its answer."""
    for line in source:
        yield line.rstrip(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _aligned(folded: "Folded") -> str:
    """One JSON object. Spans are half-open code points of the raw line."""
    import json  # noqa: PLC0415 - not orjson: it refuses what is no UTF-8

    size = len(folded.text)
    spans = folded.spans if folded.spans is not None else [(i, i + 1) for i in range(size)]
    return json.dumps(
        {"raw": folded.raw, "folded": folded.text, "spans": spans, "transforms": list(_stretches(folded))},
        ensure_ascii=False,
    )


def _stretches(folded: "Folded") -> Iterator[dict[str, object]]:
    """Half-open stretches of the folded text, with the transforms undone there, in order of their use."""
    start, names = 0, folded.marks.get(0, ())
    for i in range(1, len(folded.text) + 1):
        here = folded.marks.get(i, ()) if i < len(folded.text) else None
        if here != names:
            if names:
                yield {"start": start, "end": i, "names": names}
            start, names = i, here or ()
