"""Lists: what people decided about a seller, a listing, a brand or a term, whatever the models think.

deny    raises: level high at least; reject for a seller or a listing, which a person looked at; review for a brand or a
        term, which only a word points at. It never lowers anything.
allow   sellers and listings only, for anybody can write an allowed word into a title: the action becomes pass, level
        and score stay as they are. It never overrides a deny, a hard rule, or a listing that could not be assessed.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from features.listing import Listing
from features.normalize import Folded
from models.calibration import HIGH
from models.screening import Action, Bilingual, EvidenceOut, Explain, Finding, Screening

ListKind = Literal["seller", "listing", "brand", "term"]
Effect = Literal["allow", "deny"]
Fold = Callable[[str], Folded]
_NAMES: Mapping[ListKind, tuple[str, str]] = {
    "seller": ("该卖家", "This seller"),
    "listing": ("该商品", "This listing"),
    "brand": ("该品牌", "This brand"),
    "term": ("该用语", "This term"),
}


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One decision of a person. It holds until the day `expires_on` begins, in China; None: until it is removed."""

    entry_id: str
    kind: ListKind
    effect: Effect
    value: str  # a seller id, a listing id, a brand or a term; the latter two are compared as folded text
    reason: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that is about a listing, and where that shows."""

    entry: ListEntry
    evidence: EvidenceOut


@dataclass(frozen=True, slots=True)
class Lists:
    """All entries, ready to be looked up."""

    ids: Mapping[tuple[ListKind, str], Sequence[ListEntry]]  # of sellers and listings
    words: Sequence[tuple[tuple[str, str], ListEntry]]  # brands and terms: folded, and as written in lower case

    @classmethod
    def of(cls, entries: Sequence[ListEntry], fold: Fold) -> "Lists":
        """Prepare entries; `fold` must be the folding of the bundle that answers."""
        ids: dict[tuple[ListKind, str], list[ListEntry]] = {}
        words = []
        for entry in entries:
            if entry.kind in {"seller", "listing"}:
                ids.setdefault((entry.kind, entry.value), []).append(entry)
            elif folded := fold(entry.value).text.strip():
                words.append(((folded, entry.value.strip().lower()), entry))
        return cls(ids, words)

    def hits(self, listing: Listing, fold: Fold, today: date) -> list[Hit]:
        """Entries that are about a listing today, denials first."""
        found = [*self._named(listing), *(self._written(listing, fold) if self.words else ())]
        held = [hit for hit in found if hit.entry.expires_on is None or today < hit.entry.expires_on]
        return sorted(held, key=lambda hit: (hit.entry.effect == "allow", hit.entry.entry_id))

    def _named(self, listing: Listing) -> Iterator[Hit]:
        told: tuple[tuple[ListKind, str, str | None], ...] = (
            ("listing", "listing_id", listing.listing_id),
            ("seller", "seller.seller_id", listing.seller.seller_id),
        )
        for kind, field, value in told:
            for entry in self.ids.get((kind, value), ()) if value is not None else ():
                yield Hit(entry, EvidenceOut(field, 0, len(entry.value), entry.value, entry.value, ()))

    def _written(self, listing: Listing, fold: Fold) -> Iterator[Hit]:
        told = {"title": fold(listing.title)}
        if listing.brand:
            told["brand"] = fold(listing.brand)
        for (folded, plain), entry in self.words:
            for field, text in told.items():
                if (seen := _seen(field, text, folded, plain)) is not None:
                    yield Hit(entry, seen)
                    break


NO_LISTS = Lists({}, ())


def judge(screening: Screening, hits: Sequence[Hit], *, hard: bool, explain: Explain) -> Screening:
    """Let the entries that are about a listing decide; `hard` says whether a hard rule fired."""
    if not hits:
        return screening
    entries = [hit.entry for hit in hits]
    findings = [_finding(hit) for hit in hits] if explain != "none" else []
    told = tuple(dict.fromkeys(f"list:{entry.effect}:{entry.kind}" for entry in entries))
    denied = any(entry.effect == "deny" for entry in entries)
    changed = replace(
        screening,
        evaluation_id=_id(screening.evaluation_id, entries),
        action=_action(screening, entries, hard=hard),
        reasons=told + screening.reasons,
        findings=(*findings, *screening.findings),
    )
    if not denied or screening.risk_score is None:
        return changed
    return replace(changed, risk_score=max(screening.risk_score, HIGH), level="high")


def _action(screening: Screening, entries: Sequence[ListEntry], *, hard: bool) -> Action:
    denied = {entry.kind for entry in entries if entry.effect == "deny"}
    if denied:
        return "reject" if denied & {"seller", "listing"} or screening.action == "reject" else "review"
    return screening.action if hard or screening.assessment == "not_assessed" else "pass"


def _id(evaluation_id: str, entries: Sequence[ListEntry]) -> str:
    """Another answer has another id: the entries that were applied are part of it."""
    applied = " ".join([evaluation_id, *(entry.entry_id for entry in entries)])
    return hashlib.sha256(applied.encode()).hexdigest()[:32]


def _finding(hit: Hit) -> Finding:
    entry, (zh, en) = hit.entry, _NAMES[hit.entry.kind]
    denied = entry.effect == "deny"
    return Finding(
        code=f"list.{entry.effect}.{entry.kind}",
        severity="high" if denied else "low",
        head="counterfeit",
        source="list",
        message=Bilingual(
            f"{zh}在{'拒绝' if denied else '放行'}名单中：{entry.reason}",
            f"{en} is on the {entry.effect} list: {entry.reason}",
        ),
        evidence=(hit.evidence,),
        law=(),
        authority=(),
        work_plan=None,
        confidence="confirmed",
    )


def _seen(field: str, text: Folded, folded: str, plain: str) -> EvidenceOut | None:
    """Where a word shows: as read, or, for folding reads a short word by those beside it, as written."""
    if (at := _place(text.text, folded)) >= 0:
        start, end = text.span(at, at + len(folded))
        return EvidenceOut(field, start, end, text.raw[start:end], folded, text.transforms(at, at + len(folded)))
    if (at := _place(text.raw.lower(), plain)) >= 0 and len(text.raw.lower()) == len(text.raw):
        return EvidenceOut(field, at, at + len(plain), text.raw[at : at + len(plain)], plain, ())
    return None


def _place(text: str, word: str) -> int:
    """Where a word stands in a text, -1 when it does not; Latin words and numbers only whole."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not (_joins(before, word[0]) or _joins(word[-1], after)):
            return at
        at = text.find(word, at + 1)
    return -1


def _joins(left: str, right: str) -> bool:
    return all(side.isascii() and side.isalnum() for side in (left, right))
