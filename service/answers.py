"""Files of answers: JSON lines with everything, or one flat table for spreadsheets."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Protocol

import orjson

from features.errors import ZhenweiError
from features.tables.formula import unformula
from models.screening import Finding, LawOut, Screening
from service.rows import Refused

_BESIDE = ("row", "listing_id", "assessment", "risk_score", "level", "action")
_TOLD = ("findings", "messages_zh", "laws", "authorities", "evidence", "rejected")


class AnswersRejected(ZhenweiError):
    """Answers cannot be written where they were asked for."""


class Answers(Protocol):
    """Writes one answer per row, in order."""

    def screened(self, number: int, screening: Screening) -> None:
        """Write the answer for row `number`."""

    def refused(self, number: int, row: Refused) -> None:
        """Write why row `number` was not screened."""


def answers_for(path: Path, file: IO[bytes], heads: Sequence[str]) -> Answers:
    """Choose by the name of the file. Raises AnswersRejected."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return FlatTable(file, heads)
    if suffix in {".jsonl", ".ndjson"}:
        return JsonAnswers(file)
    raise AnswersRejected(f"{path}: answers are written as .jsonl or .csv; choose such a name")


class JsonAnswers:
    """One JSON object per row: a screening exactly as every other door sends it, or row, listing_id, rejected."""

    def __init__(self, file: IO[bytes]) -> None:
        """Write to `file`."""
        self._file = file

    def screened(self, _number: int, screening: Screening) -> None:
        """Write the bytes of a screening."""
        self._file.write(screening.to_json() + b"\n")

    def refused(self, number: int, row: Refused) -> None:
        """Write the row's problems, with their pointers."""
        line = {"row": number, "listing_id": row.listing_id, "rejected": row.problems}
        self._file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


class FlatTable:
    """One line per row, in UTF-8 with the mark spreadsheets need. No cell can start a formula."""

    def __init__(self, file: IO[bytes], heads: Sequence[str]) -> None:
        """Write the header to `file`; every head gets a column of probabilities."""
        self._heads = heads
        self._file = file
        self._table = csv.writer(_Encoding(file))
        file.write(b"\xef\xbb\xbf")
        self._table.writerow((*_BESIDE, *(f"p_{head}" for head in heads), *_TOLD))

    def screened(self, number: int, screening: Screening) -> None:
        """Write level, action, probabilities and what was found."""
        told = screening.findings
        ps = [f"{screening.heads[head].p:.6f}" if head in screening.heads else "" for head in self._heads]
        beside = (number, screening.listing_id, screening.assessment, screening.risk_score, screening.level)
        self._write(
            *beside,
            screening.action,
            *ps,
            _joined(finding.code for finding in told),
            _joined(finding.message.zh for finding in told),
            _joined(cite(law) for finding in told for law in finding.law),
            _joined(authority.name.zh for finding in told for authority in finding.authority),
            _joined(seen for finding in told for seen in _seen(finding)),
            "",
        )

    def refused(self, number: int, row: Refused) -> None:
        """Write why the row was not screened, in the last column."""
        why = _joined(f"{p.pointer} {p.message}".strip() for p in row.problems)
        blanks = [""] * (len(self._heads) + len(_TOLD) - 1)
        self._write(number, row.listing_id, "not_screened", "", "", "", *blanks, why)

    def _write(self, *cells: object) -> None:
        self._table.writerow([unformula(cell) if isinstance(cell, str) else cell for cell in cells])


class _Encoding:
    """What csv.writer writes to: text in, UTF-8 bytes out."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


def cite(law: LawOut) -> str:
    """A provision as people cite it."""
    article = f"第{law.article}条" if law.article[:1].isdecimal() else law.article
    return f"《{law.name}》({law.version}){article}{law.paragraph or ''}"


def _seen(finding: Finding) -> list[str]:
    return [f"{seen.field}[{seen.start}:{seen.end}]{seen.text}" for seen in finding.evidence if seen.text]


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(texts))
