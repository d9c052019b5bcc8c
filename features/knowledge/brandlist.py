"""A brand list of the user's own, in place of the one that ships."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from features.knowledge import NOWHERE, Knowledge
from features.knowledge.loading import KnowledgeInvalid, by_id, check_brands, parse
from features.knowledge.schema import Brand, BrandFile

BRANDS = "brands.toml"
LARGEST = 8 << 20  # bytes; some 50,000 brands
SHORTEST = 2  # characters of a name; one alone is found in every other title


def read_brand_list(path: Path) -> bytes:
    """Read a list as it stands on the disk. Raises KnowledgeInvalid when it cannot be read or is no list."""
    try:
        if path.stat().st_size > LARGEST:
            raise KnowledgeInvalid(f"{path} is larger than {LARGEST >> 20} MB; name a list of brands")
        return path.read_bytes()
    except OSError as error:
        raise KnowledgeInvalid(f"{path} cannot be read ({error.strerror}); name a TOML file of brands") from error


def with_brands(knowledge: Knowledge, blob: bytes, name: str) -> Knowledge:
    """Return the same knowledge with another brand list, which `name` names in errors.

    The list feeds features, so a bundle carries the one it was trained with. Raises KnowledgeInvalid.
    """
    found = parse(name, blob, BrandFile).brand
    if not found:
        raise KnowledgeInvalid(f"{name} holds no brand; add [[brand]] entries, or leave the list out to use ours")
    try:
        brands = by_id(found, "brand")
        check_brands(brands, (*knowledge.categories, NOWHERE))
    except KnowledgeInvalid as error:
        raise KnowledgeInvalid(f"{name}: {error}") from error
    if faults := [fault for brand in brands.values() for fault in _faults(brand)]:
        raise KnowledgeInvalid(f"{name}: {faults[0]} ({len(faults)} in all)")
    digests: Mapping[str, str] = {**knowledge.digests, BRANDS: hashlib.sha256(blob).hexdigest()}
    return replace(knowledge, brands=brands, digests=MappingProxyType(digests), own_brands=blob)


def _faults(brand: Brand) -> list[str]:
    names = [name.strip() for name in (*brand.zh, *brand.en, *brand.aliases, *brand.masks)]
    if not names:
        return [f"brand {brand.id!r} has no name; give it zh, en or aliases"]
    return [
        f"brand {brand.id!r}: the name {name!r} is shorter than {SHORTEST} characters and would be found everywhere;"
        " write it out or remove it"
        for name in names
        if len(name) < SHORTEST
    ]
