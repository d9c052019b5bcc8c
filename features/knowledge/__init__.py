"""What the product knows, as data: laws, licences, categories, words, brands. One fact, one home."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from features.errors import ZhenweiError
from features.knowledge.schema import (
    Authority,
    AuthorityFile,
    Brand,
    BrandFile,
    Category,
    CategoryFile,
    Citation,
    Entry,
    LawFile,
    LawVersion,
    LicenceFormat,
    Rule,
    RuleFile,
)

ROOT = Path(__file__).parent
"""The knowledge that ships."""

RULE_FILES = ("slang.toml", "claims.toml", "fraud.toml")


class KnowledgeInvalid(ZhenweiError):
    """A knowledge file breaks its schema, repeats an id, or names something that is not there."""


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

    @property
    def digest(self) -> str:
        """sha256 over all file digests, in name order."""
        lines = "".join(f"{name} {digest}\n" for name, digest in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()
