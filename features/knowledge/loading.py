"""Reading the knowledge files: parse, validate, cross-check. Errors name the file and the key."""

import hashlib
import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from pydantic import ValidationError

from features.errors import ZhenweiError
from features.knowledge.schema import (
    Authority,
    AuthorityFile,
    Brand,
    BrandFile,
    CategoryFile,
    Citation,
    Entry,
    LawFile,
    LicenceFormat,
    Rule,
    RuleFile,
)

RULE_FILES = ("slang.toml", "claims.toml", "fraud.toml")
TRIGGERS = ("terms", "contradiction", "missing", "malformed", "price", "brand")


class KnowledgeInvalid(ZhenweiError):
    """A knowledge file breaks its schema, repeats an id, or names something that is not there."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Table = TypeVar("Table", bound=Entry)
Named = TypeVar("Named", bound=_Named)


class Files:
    """The TOML files of one knowledge folder, read once; remembers what it read."""

    def __init__(self, root: Path) -> None:
        """Take the digest of every TOML file under the folder. Raises KnowledgeInvalid when there is no folder."""
        if not root.is_dir():
            raise KnowledgeInvalid(f"{root} is not a folder; point at a folder like features/knowledge")
        self.root = root
        self._blobs = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.toml"))}
        self.digests = {name: hashlib.sha256(blob).hexdigest() for name, blob in self._blobs.items()}

    def named(self, folder: str) -> list[str]:
        """Names of the files in a sub-folder, sorted."""
        return [name for name in self._blobs if name.startswith(f"{folder}/")]

    def home(self, folder: str, entry: str) -> str:
        """The file of an entry. Raises KnowledgeInvalid when the file bears another name than the entry's id."""
        if (name := f"{folder}/{entry}.toml") not in self._blobs:
            raise KnowledgeInvalid(f"{folder}: the file that holds {entry!r} must be named {name}; rename it")
        return name

    def parse(self, name: str, table: type[Table]) -> Table:
        """One file as its table. Raises KnowledgeInvalid with the key that is wrong."""
        if name not in self._blobs:
            raise KnowledgeInvalid(f"{self.root / name} is missing; restore it from the release")
        return parse(name, self._blobs[name], table)


def parse(name: str, blob: bytes, table: type[Table]) -> Table:
    """Bytes as the table they hold. Raises KnowledgeInvalid with the key that is wrong."""
    try:
        return table.model_validate(tomllib.loads(blob.decode("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise KnowledgeInvalid(f"{name}: {key}: {first['msg']} ({error.error_count()} in all)") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KnowledgeInvalid(f"{name}: not readable as TOML in UTF-8: {error}") from error


def by_id(entries: Iterable[Named], what: str) -> Mapping[str, Named]:
    """Index entries by id. Raises KnowledgeInvalid when an id stands twice."""
    found: dict[str, Named] = {}
    for entry in entries:
        if entry.id in found:
            raise KnowledgeInvalid(f"{what} {entry.id!r} stands twice; give one of them another id")
        found[entry.id] = entry
    return MappingProxyType(found)


def read_rules(files: Files, categories: Iterable[CategoryFile]) -> Mapping[str, Rule]:
    """Every rule of every file, by code. Raises KnowledgeInvalid for a doubled code or a rule that cannot work."""
    sources = {name: files.parse(name, RuleFile).rule for name in RULE_FILES}
    sources |= {f"categories/{one.category.id}.toml": one.rule for one in categories}
    found: dict[str, Rule] = {}
    homes: dict[str, str] = {}
    for name, rules in sources.items():
        for rule in rules:
            if wrong := _wrong_with(rule):
                raise KnowledgeInvalid(f"{name}: rule {rule.code!r} {wrong}")
            if rule.code in found:
                raise KnowledgeInvalid(
                    f"{name}: rule {rule.code!r} stands twice, also in {homes[rule.code]}; rename one"
                )
            found[rule.code] = rule
            homes[rule.code] = name
    return MappingProxyType(found)


def _wrong_with(rule: Rule) -> str | None:
    """What keeps a rule from doing what it says, and what to do about it; None when nothing does."""
    triggers = [name for name in TRIGGERS if getattr(rule, name)]
    hits = Counter(
        (word, terms.needs, terms.needs_rules, terms.needs_categories) for terms in rule.terms for word in terms.words
    )
    doubled = sorted(hit[0] for hit, times in hits.items() if times > 1)
    asks, claims = rule.missing, rule.contradiction
    faults = {
        f"has {triggers or 'no trigger'}; give it exactly one of {TRIGGERS}": len(triggers) != 1,
        "is hard but only 'check'; a doubtful rule must not reject": rule.hard and rule.confidence != "confirmed",
        f"has the words {doubled} twice on the same terms; keep each once": bool(doubled),
        "asks for nothing; name the licences or standards that would do": asks
        and not (asks.licences or asks.standards),
        "contradicts nothing; give it a pattern or number_below": claims
        and not (claims.pattern or claims.number_below),
        "needs an example that fires and a near miss that does not": {one.fires for one in rule.examples}
        != {True, False},
    }
    found = next((says for says, wrong in faults.items() if wrong), None)
    return found or _unreadable(claims.pattern if claims else None)


def _unreadable(pattern: str | None) -> str | None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        return f"has the pattern {pattern!r}, which is no regular expression: {error}"
    return None


def read_licences(files: Files) -> Mapping[str, LicenceFormat]:
    """Every licence format, by id; one file each, of the same name."""
    licences = by_id((files.parse(name, LicenceFormat) for name in files.named("licences")), "licence")
    for one in licences.values():
        name = files.home("licences", one.id)
        if wrong := _unreadable(one.pattern) or _unreadable(one.loose):
            raise KnowledgeInvalid(f"{name}: {wrong}")
        if "(?P<digits>" not in one.pattern:
            raise KnowledgeInvalid(
                f"{name}: pattern has no group named digits, so {one.check!r} would get nothing; add it"
            )
    return licences


def read_categories(files: Files) -> list[CategoryFile]:
    """Every category file; each is named like the category it holds."""
    groups = [files.parse(name, CategoryFile) for name in files.named("categories")]
    for one in groups:
        files.home("categories", one.category.id)
    return groups


def read_laws(files: Files) -> Mapping[str, Citation]:
    """Every citation, by id; its versions must not overlap."""
    citations = by_id(files.parse("laws.toml", LawFile).citation, "citation")
    for citation in citations.values():
        if backwards := [v.version for v in citation.version if v.until is not None and v.until <= v.in_force]:
            raise KnowledgeInvalid(f"laws.toml: {citation.id}: {backwards} ends before it begins; correct the dates")
        versions = sorted(citation.version, key=lambda v: v.in_force)
        for old, new in itertools.pairwise(versions):
            if old.until is None or old.until > new.in_force:
                raise KnowledgeInvalid(f"laws.toml: {citation.id}: {old.version} must end before {new.version} begins")
    return citations


def read_authorities(files: Files) -> Mapping[str, Authority]:
    """Every authority, by id."""
    return by_id(files.parse("authorities.toml", AuthorityFile).authority, "authority")


def read_brands(files: Files) -> BrandFile:
    """The brand list."""
    return files.parse("brands.toml", BrandFile)


def check_brands(brands: Mapping[str, Brand], categories: Collection[str]) -> None:
    """Raise KnowledgeInvalid when a brand's prices are the wrong way round, or its categories are unknown."""
    for name, brand in brands.items():
        refuse_backwards(brand.price_low_cny, brand.price_high_cny, f"brand {name!r}")
        refuse_dangling(brand.categories, categories, f"brand {name!r}", "categories")


def refuse_backwards(low: float | None, high: float | None, where: str) -> None:
    """Raise KnowledgeInvalid when the low price is the higher one."""
    if low is not None and high is not None and low > high:
        raise KnowledgeInvalid(f"{where}: the low price {low:g} must not exceed the high price {high:g}; correct them")


def refuse_dangling(names: Iterable[str], known: Iterable[str], where: str, what: str) -> None:
    """Raise KnowledgeInvalid when a name refers to nothing."""
    if unknown := sorted(set(names) - set(known)):
        raise KnowledgeInvalid(f"{where} names {what} {unknown} that no file defines; fix the name or add it")
