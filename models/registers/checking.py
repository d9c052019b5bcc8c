"""Looking numbers up: match, mismatch or not found, and what a finding says about it.

A finding raises level to medium at least and action to review; it never rejects, for a register can be old and a name
can be written in many ways. What the law says about a number that cannot exist, it says about one that is another's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from features.evidence import Structure
from features.knowledge import Knowledge
from features.knowledge.schema import Rule
from features.listing import Listing
from features.reading import Reading
from models.calibration import MEDIUM
from models.citing import Citing
from models.registers.naming import Fold, Naming
from models.registers.register import Entry, Register
from models.registers.wording import Message, bare, words
from models.screening import Bilingual, EvidenceOut, Explain, Finding, LicenceOut, Screening

State = Literal["mismatch", "not_found", "lapsed"]


@dataclass(frozen=True, slots=True)
class Registers:
    """The registers that stand, one per licence kind."""

    by_kind: Mapping[str, Register]

    @property
    def names(self) -> dict[str, str]:
        """Kind -> name of the snapshot, in the order of kinds: what makes an answer another answer."""
        return {kind: self.by_kind[kind].snapshot.name for kind in sorted(self.by_kind)}


NO_REGISTERS = Registers({})


def lapsed(entry: Entry, day: date) -> Bilingual | None:
    """Why an entry was no longer in force on a day; None when it was, as far as the register says."""
    said, written = words(), entry.status.lower()
    for word in said.status.lapsed:
        at = written.find(word)
        if at >= 0 and not written[:at].endswith(said.status.unless):
            return Bilingual(entry.status, entry.status)
    if entry.valid_until and entry.valid_until < day.isoformat():
        zh, en = said.expired.zh, said.expired.en
        return Bilingual(zh.format(day=entry.valid_until), en.format(day=entry.valid_until))
    return None


class Checking:
    """Lets registers have their say about screenings. Built once per bundle and set of registers."""

    def __init__(self, knowledge: Knowledge, registers: Registers, fold: Fold) -> None:
        """Prepare; `fold` must be the folding that listings are read with."""
        self.registers = registers
        self._knowledge, self._citing, self._fold = knowledge, Citing(knowledge), fold
        self._naming = Naming(words().naming, fold)
        self._rules = {
            kind: rule for rule in knowledge.rules.values() if rule.malformed for kind in rule.malformed.licences
        }

    def check(self, screening: Screening, reading: Reading, *, explain: Explain, day: date) -> Screening:
        """Say of every number of a registered kind what the register says; judge by it."""
        if not any(one.kind in self.registers.by_kind for one in reading.licences):
            return screening
        texts = [reading.title.text, *map(self._fold, _beside(reading.listing))]
        told = [self._looked_up(one, texts, day) for one in screening.licences]
        findings = _joined(finding for _, found in told for finding in found)
        licences = tuple(licence for licence, _ in told)
        if not findings or screening.risk_score is None:
            return replace(screening, licences=licences)
        return replace(
            screening,
            licences=licences,
            findings=(*findings, *screening.findings) if explain != "none" else (),
            reasons=(*dict.fromkeys(f"rule:{finding.code}" for finding in findings), *screening.reasons),
            risk_score=max(screening.risk_score, MEDIUM),
            level="medium" if screening.level == "low" else screening.level,
            action="review" if screening.action == "pass" else screening.action,
        )

    def _looked_up(self, licence: LicenceOut, texts: Sequence[str], day: date) -> tuple[LicenceOut, Sequence[Finding]]:
        register = self.registers.by_kind.get(licence.kind)
        if register is None:
            return licence, ()
        snapshot, entries = register.snapshot, register.find(bare(licence.kind, licence.number))
        names = [name for entry in entries for name in (entry.product, entry.trade_name) if name]
        state: State | None = None
        if not entries:
            known = snapshot.complete and licence.structure == Structure.WELL_FORMED.value
            state = "not_found" if known else None
        elif not self._naming.sold(names, texts):
            state = "mismatch"
        told = replace(
            licence,
            register="not_found" if not entries else "mismatch" if state else "match",
            snapshot=snapshot.as_of.isoformat(),
        )
        said = self._said(state, licence, entries, snapshot.as_of, day)
        return told, tuple(self._finding(code, licence, message, day) for code, message in said)

    def _said(
        self, state: State | None, licence: LicenceOut, entries: Sequence[Entry], as_of: date, day: date
    ) -> Iterator[tuple[State, Bilingual]]:
        """What is to be found fault with, and the words for it."""
        told_in = words()
        first = entries[0] if entries else Entry(licence.number, "")
        holders = dict.fromkeys(entry.holder for entry in entries if entry.holder)
        told = {"text": licence.text, "as_of": as_of.isoformat(), "product": first.product or first.trade_name}
        if state is not None:
            said: Message = getattr(told_in, state)
            name = "、".join(holders)
            zh, en = (part.format(name=name) if name else "" for part in (told_in.holder.zh, told_in.holder.en))
            yield state, Bilingual(said.zh.format(**told, holder=zh), said.en.format(**told, holder=en))
        ended = [lapsed(entry, day) for entry in entries]
        if ended and all(ended) and (why := ended[0]) is not None:
            said = told_in.lapsed
            yield "lapsed", Bilingual(said.zh.format(**told, status=why.zh), said.en.format(**told, status=why.en))

    def _finding(self, state: State, licence: LicenceOut, message: Bilingual, day: date) -> Finding:
        rule = self._rule(licence.kind)
        authority = rule.authority if rule else self._knowledge.licences[licence.kind].authority
        span = EvidenceOut(licence.field, licence.start, licence.end, licence.text, licence.number, ())
        return Finding(
            code=f"{licence.kind}.register.{state}",
            severity="high",
            head="counterfeit",
            source="licence",
            message=message,
            evidence=(span,),
            law=self._citing.law(words().law.get(licence.kind, rule.law if rule else ()), day),
            authority=self._citing.authority(authority),
            work_plan=rule.plan if rule else None,
            confidence="check",
        )

    def _rule(self, kind: str) -> Rule | None:
        """The rule about false numbers of a kind, or of its kin."""
        return self._rules.get(kind) or self._rules.get(words().kin.get(kind, ""))


def _joined(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for what is said of one number, wherever it stands."""
    found: dict[tuple[str, str], Finding] = {}
    for one in findings:
        key = one.code, one.evidence[0].folded
        before = found.get(key)
        found[key] = one if before is None else replace(before, evidence=before.evidence + one.evidence)
    return tuple(found.values())


def _beside(listing: Listing) -> Iterator[str]:
    """Texts beside the title that may name what is sold."""
    yield from (text for text in (listing.brand, listing.description) if text)
    yield from listing.attributes.values()
