"""What a listing of its category must show and does not. A bare title is never evidence of absence."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from features.evidence import Evidence, LicenceNumber
from features.extractors.gravity import applies, strength_of
from features.knowledge import Knowledge
from features.knowledge.schema import Missing, Rule
from features.normalize import Folded, Folder
from features.reading import CategoryGuess

SURE_ENOUGH: Final = 0.5
"""A guessed category below this p asks for nothing."""
STANDARD: Final = re.compile(r"(?P<body>[a-z]+(?:/[a-z]+)*?)(?:/t)?\s*(?P<number>[0-9][0-9.]*)(?:[-—][0-9]{4})?$")


@dataclass(frozen=True, slots=True)
class Duty:
    """One missing rule, compiled on folded text."""

    rule: Rule
    licences: frozenset[str]
    standards: re.Pattern[str] | None
    when: tuple[str, ...]
    unless: tuple[str, ...]

    def asked(self, fields: Mapping[str, Folded]) -> bool:
        """Whether the title calls for it and nothing excuses it."""
        title = fields["title"].text
        if self.when and not any(word in title for word in self.when):
            return False
        return not any(word in folded.text for word in self.unless for folded in fields.values())

    def met(self, fields: Mapping[str, Folded], kinds: Iterable[str]) -> bool:
        """Whether a licence of an accepted kind or a standard is shown; a malformed number is another rule's."""
        if not self.licences.isdisjoint(kinds):
            return True
        return self.standards is not None and any(self.standards.search(folded.text) for folded in fields.values())


class MissingExtractor:
    """Asks listings that give attributes for what their category must show."""

    def __init__(self, knowledge: Knowledge, folder: Folder) -> None:
        """Compile the duties."""
        self._duties = tuple(
            _compiled(rule, rule.missing, folder) for rule in knowledge.rules.values() if rule.missing is not None
        )

    def find(
        self, fields: Mapping[str, Folded], licences: Iterable[LicenceNumber], category: CategoryGuess
    ) -> list[Evidence]:
        """Evidence with an empty span in the title for every duty not met. Call it only when attributes are given."""
        if category.p < SURE_ENOUGH:
            return []
        kinds = {one.kind for one in licences}
        return [
            Evidence(duty.rule.code, "title", 0, 0, "", "", strength=strength_of(duty.rule))
            for duty in self._duties
            if applies(duty.rule, category) and duty.asked(fields) and not duty.met(fields, kinds)
        ]


def standards_pattern(standards: Iterable[str]) -> re.Pattern[str] | None:
    """Any of the standards on folded text, however spaced, with or without /T and year. None for none.

    >>> bool(standards_pattern(["GB/T 38082-2019"]).search("执行标准gb/t38082"))
    True
    """
    patterns = [_standard(one.lower()) for one in standards]
    return re.compile("|".join(patterns)) if patterns else None


def _standard(one: str) -> str:
    match = STANDARD.fullmatch(one)
    if match is None:
        return r"\s*".join(map(re.escape, one.replace(" ", "")))
    body = r"\s*/?\s*".join(match["body"].split("/"))
    return rf"(?<![a-z]){body}\s*/?\s*t?[\s-]*{re.escape(match['number'])}(?![0-9])"


def _compiled(rule: Rule, missing: Missing, folder: Folder) -> Duty:
    return Duty(
        rule=rule,
        licences=frozenset(missing.licences),
        standards=standards_pattern(missing.standards),
        when=tuple(folder.fold(word).text for word in missing.when),
        unless=tuple(folder.fold(word).text for word in missing.unless),
    )
