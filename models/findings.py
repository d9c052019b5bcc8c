"""Findings: evidence with its rule, law and authority, as people read them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from features.evidence import Evidence, LicenceNumber
from features.knowledge import Knowledge
from features.knowledge.schema import Rule
from features.reading import Reading
from models.booster import TITLE_TEXT
from models.citing import Citing
from models.heads import HEADS
from models.screening import Bilingual, EvidenceOut, Explanation, Finding, HeadOut, LicenceOut, SpanOut

_GRAVITY = {"high": 0, "medium": 1, "low": 2}
_TRADES = "fraud.order_words"
"""The rule about words of fake orders: whose they are, are those that only the numbers show."""
_QUOTED = 3  # stretches of text, or numbers, named in one message


class FindingWriter:
    """Writes the findings of a reading. Built once per knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Keep the rules and a memory of citations."""
        self._knowledge = knowledge
        self._citing = Citing(knowledge)
        self._names = {kind: Bilingual(format_.zh, format_.en) for kind, format_ in knowledge.licences.items()}

    def of_rules(self, reading: Reading, day: date) -> list[Finding]:
        """One finding per rule that fired, gravest first; the law is the one in force on `day`."""
        by_rule: dict[str, list[Evidence]] = {}
        for evidence in reading.evidence:
            by_rule.setdefault(evidence.rule, []).append(evidence)
        found = [self._of_rule(self._knowledge.rules[code], seen, day) for code, seen in by_rule.items()]
        return sorted(found, key=lambda finding: (_GRAVITY[finding.severity], finding.code))

    def of_model(self, head: str, answer: HeadOut, explanation: Explanation, reading: Reading) -> Finding:
        """Say what drove a flagged head that no rule explains: the words of the title and the numbers.

        A counterfeit is a matter for those who own its category; fake orders are the same whatever is sold.
        """
        category = self._knowledge.categories.get(reading.category.id)
        owners, plan = (category.authority, next(iter(category.plan), None)) if category else ((), None)
        if head == "fraud_order":
            owners, plan = self._knowledge.rules[_TRADES].authority, self._knowledge.rules[_TRADES].plan
        drivers = [c for c in explanation.contributions if c.log_odds > 0]
        spans = [s for c in drivers if c.feature == TITLE_TEXT for s in c.spans]
        spans = sorted(spans, key=lambda span: -span.log_odds)[:_QUOTED]
        return Finding(
            code=f"model.{head}",
            severity=answer.level,
            head="counterfeit" if head == "counterfeit" else "fraud_order",
            source="model",
            message=_driven_by(head, spans, [c.label for c in drivers if c.feature != TITLE_TEXT][:_QUOTED]),
            evidence=tuple(_evidence_of(spans, reading)),
            law=(),
            authority=self._citing.authority(owners),
            work_plan=plan,
            confidence="check",
        )

    def licences(self, numbers: Sequence[LicenceNumber]) -> tuple[LicenceOut, ...]:
        """Licence numbers as read. Structure proves a number false, never genuine: see models.registers."""
        return tuple(
            LicenceOut(
                kind=n.kind,
                name=self._names[n.kind],
                number=n.number,
                structure=n.structure.value,
                register="not_checked",
                snapshot=None,
                field=n.field,
                start=n.start,
                end=n.end,
                text=n.text,
            )
            for n in numbers
        )

    def _of_rule(self, rule: Rule, seen: Sequence[Evidence], day: date) -> Finding:
        quoted = "、".join(list(dict.fromkeys(e.text for e in seen if e.text))[:_QUOTED])
        return Finding(
            code=rule.code,
            severity=rule.severity.value,
            head=rule.head,
            source="licence" if rule.malformed else "rule",
            message=Bilingual(rule.message.zh.replace("{text}", quoted), rule.message.en.replace("{text}", quoted)),
            evidence=tuple(EvidenceOut(e.field, e.start, e.end, e.text, e.folded, e.transforms) for e in seen),
            law=self._citing.law(rule.law, day),
            authority=self._citing.authority(rule.authority),
            work_plan=rule.plan,
            confidence=rule.confidence,
        )


def unexplained(heads: Mapping[str, HeadOut], findings: Sequence[Finding]) -> list[str]:
    """Heads that are flagged although no rule of theirs fired."""
    told = {finding.head for finding in findings}
    return [head for head, answer in heads.items() if answer.level != "low" and head not in told]


def _evidence_of(spans: Sequence[SpanOut], reading: Reading) -> Iterator[EvidenceOut]:
    """Show each stretch with the words that were read there, and what folding undid in them."""
    title, tokens = reading.title, reading.tokens
    places = list(map(title.span, tokens.starts, tokens.ends))
    for span in spans:
        here = [i for i, place in enumerate(places) if place == (span.start, span.end)]
        folded = "".join(tokens.texts[i] for i in here) or title.text
        marks = (name for i in here for name in title.transforms(tokens.starts[i], tokens.ends[i]))
        yield EvidenceOut(span.field, span.start, span.end, span.text, folded, tuple(dict.fromkeys(marks)))


def _driven_by(head: str, spans: Sequence[SpanOut], labels: Sequence[Bilingual]) -> Bilingual:
    words_zh, words_en = "".join(f"“{s.text}”" for s in spans), ", ".join(f"“{s.text}”" for s in spans)
    zh = [f"标题用语{words_zh}"] * bool(spans) + [label.zh for label in labels]
    en = [f"the wording {words_en}"] * bool(spans) + [label.en for label in labels]
    name = HEADS[head]
    return Bilingual(
        f"与已查处的“{name.zh}”商品相似，主要依据：{'、'.join(zh) or '多项弱信号'}；请人工核实。",
        f"Resembles listings taken down for {name.en}; driven by {', '.join(en) or 'many weak signals'}. Please check.",
    )
