"""The law and the authorities behind a rule, in the version in force on a day."""

from datetime import date
from functools import lru_cache

from features.knowledge import Knowledge
from features.knowledge.schema import LawVersion
from models.screening import AuthorityOut, Bilingual, LawOut

_DAYS = 4096  # remembered (rule, day) pairs: crawls hold few days, an attacker may invent many


class Citing:
    """Cites from one knowledge. Built once; answers are remembered, because batches share days and rules."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Keep the knowledge and start with an empty memory."""
        self._knowledge = knowledge
        self.law = lru_cache(maxsize=_DAYS)(self._law)
        self.authority = lru_cache(maxsize=_DAYS)(self._authority)

    def _law(self, citations: tuple[str, ...], day: date) -> tuple[LawOut, ...]:
        """Provisions in force on the day; a citation with no version in force then is left out."""
        versions = ((name, self._knowledge.cite(name, day)) for name in citations)
        return tuple(_law_out(name, version) for name, version in versions if version is not None)

    def _authority(self, names: tuple[str, ...]) -> tuple[AuthorityOut, ...]:
        found = (self._knowledge.authorities[name] for name in names)
        return tuple(AuthorityOut(a.id, Bilingual(a.zh, a.en)) for a in found)


def _law_out(name: str, version: LawVersion) -> LawOut:
    return LawOut(
        id=name,
        name=version.name,
        version=version.version,
        article=version.article,
        paragraph=version.paragraph,
        in_force=version.in_force.isoformat(),
        title=Bilingual(version.title_zh, version.title_en),
        penalty=version.penalty,
        confidence=version.confidence,
    )
