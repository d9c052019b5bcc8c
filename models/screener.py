"""The one pipeline: listings in, screenings out. Every door calls it, so every door answers alike."""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from importlib.metadata import version
from operator import attrgetter

import numpy as np
import orjson

from features import evasion
from features.listing import NO_SELLER, NO_TRADE, NO_VELOCITY, Listing
from features.reader import Reader
from features.reading import Reading
from features.registry import CATALOGUE
from models.bundle import Bundle
from models.calibration import level_of, p_of
from models.decision import Decision, decide
from models.explain import Subject, columns_of, explain_row
from models.findings import FindingWriter, unexplained
from models.registers import NO_REGISTERS, Checking, Registers
from models.scorer import Floats, Scorer, grams_of
from models.screening import Assessment, CategoryOut, Explain, Explanation, Finding, HeadOut, Screening, Versions
from models.warnings import warnings_of

_CHUNK = 512  # listings read and scored together: arrays stay in cache, memory stays flat
_CHINA = timezone(timedelta(hours=8))  # laws enter into force at midnight there
_OWN = attrgetter(*(name for name in Listing.__slots__ if name not in {"seller", "trade", "velocity"}))
Complete = Callable[[Sequence[Reading]], Sequence[Reading]]
"""Adds to readings what is known beyond their listings as sent, in order."""
_UNREADABLE = Decision(0, "low", "review", ("unreadable",))


@dataclass(frozen=True, slots=True)
class _Batch:
    """Everything computed for up to _CHUNK listings."""

    sent: Sequence[Listing]
    readings: Sequence[Reading]  # completed
    logits: Mapping[str, Floats]
    explanations: Mapping[tuple[str, int], Explanation]


class Screener:
    """Screens listings with one bundle. Safe to share between threads; holds no state between calls."""

    def __init__(self, bundle: Bundle, reader: Reader | None = None, registers: Registers = NO_REGISTERS) -> None:
        """Prepare the pipeline. `reader` must read with the knowledge the bundle was opened with."""
        manifest = bundle.manifest
        self.bundle, self.registers = bundle, registers
        self.scorer = Scorer(manifest.features, manifest.signals, bundle.text, bundle.boosters, bundle.calibrations)
        self.reader = Reader(bundle.knowledge) if reader is None else reader
        self._findings = FindingWriter(bundle.knowledge)
        by_name = {feature.name: feature for feature in CATALOGUE}
        self._columns = columns_of([by_name[name] for name in manifest.features], manifest.signals)
        fold = self.reader.folder.fold
        self._checking = (
            Checking(bundle.knowledge, registers, lambda text: fold(text).text) if registers.names else None
        )
        self.versions = Versions(bundle.id, bundle.knowledge.digest[:16], version("zhenwei"), registers.names)
        self._made_by = " ".join([bundle.id, *(f"{kind} {name}" for kind, name in registers.names.items())])

    def asking(self, registers: Registers) -> "Screener":
        """The same screener, asking other registers."""
        return Screener(self.bundle, self.reader, registers)

    def screen(
        self,
        listings: Sequence[Listing],
        *,
        explain: Explain = "findings",
        today: date,
        complete: Complete | None = None,
    ) -> list[Screening]:
        """Screen n listings, in order. `today` dates the law for listings that were not told `observed_at`.

        An answer is named by its listing as sent, whatever `complete` adds to it.

        explain  none      heads, level and action
                 findings  findings too, and the explanation of every head that is not low
                 full      findings, and the explanation of every head
        """
        chunks = (listings[i : i + _CHUNK] for i in range(0, len(listings), _CHUNK))
        return [screening for chunk in chunks for screening in self._screen(chunk, explain, today, complete)]

    def _screen(
        self, listings: Sequence[Listing], explain: Explain, today: date, complete: Complete | None
    ) -> Iterator[Screening]:
        batch = self._compute(listings, explain, complete)
        columns = {head: logits.tolist() for head, logits in batch.logits.items()}
        for row, reading in enumerate(batch.readings):
            heads = {head: self._head(head, column[row], batch, row) for head, column in columns.items()}
            yield self._answer(batch.sent[row], reading, heads, explain, today)

    def _compute(self, listings: Sequence[Listing], explain: Explain, complete: Complete | None) -> _Batch:
        readings: Sequence[Reading] = self.reader.read_many(listings)
        if complete:
            readings = complete(readings)
        matrix, grams = self.scorer.matrix(readings), grams_of(readings)
        texts = self.scorer.text.values(grams)
        logits = self.scorer.logits(matrix, texts)
        explanations: dict[tuple[str, int], Explanation] = {}
        for head, column in logits.items():
            rows = np.flatnonzero(column >= self._least(head, explain))
            if not len(rows):
                continue
            numbers, parts = (told.tolist() for told in self.scorer.contributions(head, matrix, texts[head], rows))
            for i, row in enumerate(rows.tolist()):
                subject = Subject(readings[row], grams.title(row), self._columns, self.scorer.text)
                explanations[head, row] = explain_row(head, float(column[row]), numbers[i], parts[i], subject)
        return _Batch(listings, readings, logits, explanations)

    def _least(self, head: str, explain: Explain) -> float:
        """Calibrated log-odds from which a head is explained."""
        if explain == "findings":
            return self.bundle.calibrations[head].medium
        return -math.inf if explain == "full" else math.inf

    def _head(self, head: str, logit: float, batch: _Batch, row: int) -> HeadOut:
        score = self.bundle.calibrations[head].score(logit)
        return HeadOut(p_of(logit), score, level_of(score), batch.explanations.get((head, row)))

    def _answer(
        self, sent: Listing, reading: Reading, heads: dict[str, HeadOut], explain: Explain, today: date
    ) -> Screening:
        listing, category, assessed = reading.listing, reading.category, readable(reading)
        day = law_day(listing, today)
        rules = self.bundle.knowledge.rules
        fired = [rules[code] for code in dict.fromkeys(e.rule for e in reading.evidence)]
        decision = decide({name: head.score for name, head in heads.items()}, fired) if assessed else _UNREADABLE
        findings = self._told(reading, heads, day) if explain != "none" and assessed else ()
        assessment: Assessment = "assessed" if assessed else "not_assessed"
        screening = Screening(
            evaluation_id=evaluation_id(self._made_by, sent, day),
            listing_id=listing.listing_id,
            assessment=assessment,
            category=CategoryOut(category.id, "declared" if category.source == "declared" else "inferred", category.p),
            risk_score=decision.score if assessed else None,
            level=decision.level if assessed else None,
            action=decision.action,
            reasons=decision.reasons,
            heads=heads if assessed else {},
            findings=findings,
            licences=self._findings.licences(reading.licences) if reading.licences else (),
            law_as_of=day.isoformat(),
            versions=self.versions,
            warnings=warnings_of(reading, self.bundle.manifest.signals, assessed=assessed),
            transforms=evasion.transforms(reading),
        )
        if self._checking is None or not reading.licences:
            return screening
        return self._checking.check(screening, reading, explain=explain, day=day)

    def _told(self, reading: Reading, heads: dict[str, HeadOut], day: date) -> tuple[Finding, ...]:
        findings = self._findings.of_rules(reading, day) if reading.evidence else []
        for head in unexplained(heads, findings):
            if told := heads[head].explanation:
                findings.append(self._findings.of_model(head, heads[head], told, reading))
        return tuple(findings)


def readable(reading: Reading) -> bool:
    """Say whether there is anything to assess: a letter or Han character in the title, other text, a number."""
    listing = reading.listing
    if any(map(str.isalpha, reading.title.text)):
        return True
    told = (listing.description, listing.brand, listing.attributes, listing.signals)
    return any(told) or listing.price_cny is not None or listing.seller != NO_SELLER or listing.trade != NO_TRADE


def law_day(listing: Listing, today: date) -> date:
    """Return the day whose law is cited: when the listing was seen, by the calendar in China; else `today`."""
    seen = listing.observed_at
    if seen is None:
        return today
    return (seen.astimezone(_CHINA) if seen.tzinfo else seen).date()


def evaluation_id(made_by: str, listing: Listing, day: date) -> str:
    """32 hex digits that name this answer: the same bundle, registers, listing and law day give the same id."""
    seller = None if listing.seller == NO_SELLER else listing.seller
    trade = None if listing.trade == NO_TRADE else listing.trade
    told: tuple[object, ...] = (made_by, day, _OWN(listing), seller, trade)
    if listing.velocity != NO_VELOCITY:
        told = (*told, listing.velocity)
    return hashlib.sha256(orjson.dumps(told, default=dict, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
