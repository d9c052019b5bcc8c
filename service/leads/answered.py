"""Leads of answers that are there already: JSON lines of `zhenwei screen --with-listing`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from features.errors import ZhenweiError
from features.intake import ListingRejected, Problem
from features.knowledge import Knowledge
from features.listing import Listing
from features.tables import open_table
from models import Screening
from models.screening import Versions
from service import wire
from service.leads.account import Account, Input, fingerprint
from service.leads.describing import leads_of
from service.leads.fact import fact_of
from service.leads.harm import Weighing
from service.leads.lead import Leads
from service.leads.pile import Pile

_SCREENING = TypeAdapter(Screening)


class AnswersUnusable(ZhenweiError):
    """A file of answers does not hold what leads need. The message says what to do."""


def from_answers(paths: Sequence[Path], known: Knowledge, today: date, *, most: int) -> tuple[Leads, Account]:
    """Make leads of files of answers. Raises AnswersUnusable, FileRejected."""
    inputs: list[Input] = []
    versions: list[Versions] = []
    not_assessed = 0
    with closing(Pile(Weighing.of_knowledge(known))) as pile:
        for path in paths:
            rows = rejected = 0
            for number, told in _lines(path):
                rows += 1
                if "rejected" in told:
                    rejected += 1
                    continue
                screening = _screening(path, number, told)
                _same(path, number, screening.versions, versions, known)
                not_assessed += screening.assessment == "not_assessed"
                if (fact := fact_of(_listing(path, number, told), screening)) is not None:
                    pile.add(fact)
            inputs.append(Input(path.name, *fingerprint(path), rows, rejected))
        found = leads_of(pile, known, today, most=most)
    if not versions:
        raise AnswersUnusable(
            f"{', '.join(map(str, paths))}: no row holds an answer, so there is nothing to make leads of"
        )
    return found, Account(today.isoformat(), versions[0], tuple(inputs), not_assessed, found.facts)


def _lines(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    table = open_table(path)
    if table.header is not None:
        raise AnswersUnusable(f"{path}: leads are made of JSON lines; screen with --out answers.jsonl --with-listing")
    for entry in table:
        if isinstance(entry.told, Problem):
            raise AnswersUnusable(f"{path}, line {entry.line}: {entry.told.message}; is the file whole?")
        yield entry.line, entry.told


def _screening(path: Path, line: int, told: Mapping[str, object]) -> Screening:
    try:
        return _SCREENING.validate_python({name: value for name, value in told.items() if name not in _BESIDE})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise AnswersUnusable(f"{path}, line {line}: is no answer ({where}: {first['msg']})") from error


def _listing(path: Path, line: int, told: Mapping[str, object]) -> Listing:
    try:
        return wire.listing(told["listing"])
    except (KeyError, ListingRejected) as error:
        raise AnswersUnusable(
            f"{path}, line {line}: the answer stands without its listing; screen again with --with-listing"
        ) from error


def _same(path: Path, line: int, versions: Versions, before: list[Versions], known: Knowledge) -> None:
    """Refuse answers of several makers, or of other knowledge than cites the law now."""
    if versions.knowledge != known.digest[:16]:
        raise AnswersUnusable(
            f"{path}, line {line}: was answered with other knowledge ({versions.knowledge}); screen again"
        )
    if not before:
        before.append(versions)
    elif before[0] != versions:
        raise AnswersUnusable(f"{path}, line {line}: was answered by another bundle or register than those before it")


_BESIDE = frozenset({"source", "row", "listing"})
