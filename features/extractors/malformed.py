"""A licence number that cannot exist is evidence for the rule about its kind."""

from collections.abc import Iterable

from features.evidence import Evidence, LicenceNumber, Structure
from features.extractors.gravity import applies, strength_of
from features.knowledge import Knowledge
from features.knowledge.schema import Rule
from features.reading import CategoryGuess


class MalformedExtractor:
    """Turns malformed numbers into evidence, rule by rule."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Index the rules by licence kind."""
        self._rules: dict[str, list[Rule]] = {}
        for rule in knowledge.rules.values():
            for kind in rule.malformed.licences if rule.malformed else ():
                self._rules.setdefault(kind, []).append(rule)

    def find(self, licences: Iterable[LicenceNumber], category: CategoryGuess) -> list[Evidence]:
        """One piece of evidence per malformed number and rule about its kind."""
        return [
            Evidence(rule.code, one.field, one.start, one.end, one.text, one.number, one.transforms, strength_of(rule))
            for one in licences
            if one.structure is Structure.MALFORMED
            for rule in self._rules.get(one.kind, ())
            if applies(rule, category)
        ]
