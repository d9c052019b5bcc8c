"""What the product knows, as data: laws, licences, categories, words, brands. One fact, one home."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from features.knowledge import loading
from features.knowledge.loading import KnowledgeInvalid, check_brands, refuse_backwards, refuse_dangling
from features.knowledge.schema import Authority, Brand, Category, Citation, LawVersion, LicenceFormat, Rule

__all__ = ["ROOT", "Knowledge", "KnowledgeInvalid", "load"]

ROOT = Path(__file__).parent
"""The knowledge that ships."""

NOWHERE = "other"
"""The category of what fits none; rules may name it."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything known, validated and cross-checked. Built once, passed as a value."""

    rules: Mapping[str, Rule]
    categories: Mapping[str, Category]
    licences: Mapping[str, LicenceFormat]
    citations: Mapping[str, Citation]
    authorities: Mapping[str, Authority]
    brands: Mapping[str, Brand]
    digests: Mapping[str, str]  # file name relative to the root -> sha256 of its bytes
    own_brands: bytes | None = None  # the user's list in place of ours, as written; see features.knowledge.brandlist

    @property
    def digest(self) -> str:
        """sha256 over all file digests, in name order."""
        lines = "".join(f"{name} {digest}\n" for name, digest in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    def cite(self, citation: str, on: date) -> LawVersion | None:
        """The version of a provision in force on a day; None when there was none yet or no longer."""
        for version in self.citations[citation].version:
            if version.in_force <= on and (version.until is None or on < version.until):
                return version
        return None


def load(root: Path = ROOT) -> Knowledge:
    """Read and check a knowledge folder, once per process and folder. Raises KnowledgeInvalid with file and key."""
    return _read(root.absolute())


@cache
def _read(root: Path) -> Knowledge:
    files = loading.Files(root)
    groups = loading.read_categories(files)
    knowledge = Knowledge(
        rules=loading.read_rules(files, groups),
        categories=loading.by_id((one.category for one in groups), "category"),
        licences=loading.read_licences(files),
        citations=loading.read_laws(files),
        authorities=loading.read_authorities(files),
        brands=loading.by_id(loading.read_brands(files).brand, "brand"),
        digests=files.digests,
    )
    _cross_check(knowledge)
    return knowledge


def _cross_check(known: Knowledge) -> None:
    for code, rule in known.rules.items():
        where = f"rule {code!r}"
        licences = (
            *(rule.missing.licences if rule.missing else ()),
            *(rule.malformed.licences if rule.malformed else ()),
        )
        needed = [name for terms in rule.terms for name in terms.needs_rules]
        placed = [*rule.categories, *(name for terms in rule.terms for name in terms.needs_categories)]
        refuse_dangling(rule.law, known.citations, where, "citations")
        refuse_dangling(rule.authority, known.authorities, where, "authorities")
        refuse_dangling(licences, known.licences, where, "licences")
        refuse_dangling(needed, known.rules, where, "rules")
        refuse_dangling(placed, (*known.categories, NOWHERE), where, "categories")
    for name, category in known.categories.items():
        if band := category.price_band:
            refuse_backwards(band.low_cny, band.high_cny, f"category {name!r}")
        refuse_dangling(category.authority, known.authorities, f"category {name!r}", "authorities")
        refuse_dangling(category.licences, known.licences, f"category {name!r}", "licences")
    for name, licence in known.licences.items():
        refuse_dangling(licence.authority, known.authorities, f"licence {name!r}", "authorities")
    check_brands(known.brands, (*known.categories, NOWHERE))
