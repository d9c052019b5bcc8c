"""The words of registers.toml: messages, what lapsed means, how names and numbers are compared."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_PATH = Path(__file__).with_name("registers.toml")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(_Table):
    """A sentence with placeholders."""

    zh: str
    en: str


class Status(_Table):
    """Words that mean a number is no longer in force, and those that turn them round."""

    lapsed: tuple[str, ...]
    unless: tuple[str, ...]


class Names(_Table):
    """How names of products are compared."""

    forms: tuple[str, ...]
    shared: tuple[str, ...]
    short: Mapping[str, tuple[str, ...]]
    least: float


class Words(_Table):
    """The whole file."""

    mismatch: Message
    not_found: Message
    lapsed: Message
    holder: Message
    expired: Message
    status: Status
    kin: Mapping[str, str]
    law: Mapping[str, tuple[str, ...]]
    announced: Mapping[str, tuple[str, ...]]
    naming: Names


@cache
def words() -> Words:
    """Read the file, once."""
    return Words.model_validate(tomllib.loads(_PATH.read_text("utf-8")))


def bare(kind: str, number: str) -> str:
    """A number without what may announce it: the form in which registers keep it and are asked."""
    for word in words().announced.get(kind, ()):
        if number.startswith(word):
            return number.removeprefix(word)
    return number


def announced(kind: str, number: str) -> str:
    """A number with what announces it, as listings write it."""
    return "".join((*words().announced.get(kind, ())[:1], number))
