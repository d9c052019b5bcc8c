"""What evasion.toml says: names of the transforms and the spellings no library has a table for."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from features.errors import ZhenweiError
from features.knowledge.schema import Entry, Id, Text

PATH = Path(__file__).parents[1] / "knowledge" / "evasion.toml"

Char = Annotated[str, StringConstraints(min_length=1, max_length=1)]


class EvasionInvalid(ZhenweiError):
    """evasion.toml breaks its schema; the message names the key."""


class Transform(Entry):
    """One way of writing round a filter. `evasive` is False where honest sellers write so too."""

    name: Id
    zh: Text
    en: Text
    evasive: bool


class Letters(Entry):
    """Letters of other alphabets (or signs) that pass for a Latin letter: letter -> its look-alikes."""

    source: Text
    as_of: date
    alike: dict[Char, Text]


class Signs(Entry):
    """Single characters by what they do in evasive spelling."""

    source: Text
    as_of: date
    invisible: Text  # drawn as nothing although Unicode calls them letters or marks
    breakers: Text  # put between the characters of a word
    numerals: dict[Char, Text]  # digit -> signs drawn as that digit


class Variants(Entry):
    """Characters always read as another one: character -> all its disguises."""

    source: Text
    as_of: date
    reads: dict[Char, Text]


class Disguises(Entry):
    """Characters read as another one only inside a known word: character -> its disguises there."""

    source: Text
    as_of: date
    sounds: dict[Char, Text]  # same or near sound
    looks: dict[Char, Text]  # same or near shape
    splits: dict[Char, tuple[Text, ...]]  # written as its parts
    signs: dict[Char, tuple[Text, ...]]  # emoji and symbols


class Phrase(Entry):
    """A pattern on the folded text and what its whole match reads as. Linear patterns only."""

    pattern: Text
    reads: Text
    transform: Id


class Contact(Entry):
    """Ways of writing "add me on WeChat" in signs and letters."""

    source: Text
    as_of: date
    guard: Text  # a pattern without which no phrase can match
    phrase: tuple[Phrase, ...]


class Cloak(Entry):
    """What cloaked texts are decoded into: character -> characters often exchanged for it, and words of the trade."""

    source: Text
    as_of: date
    reads: dict[Char, Text]
    at_times: dict[Char, Text]  # the same for characters that more often stand for themselves
    phrase: tuple[Phrase, ...]  # signs that are read only in cloaked texts
    tells: Text  # common enough characters that honest listings do not use
    trade: tuple[Text, ...]  # two of these make a text worth decoding
    words: tuple[Text, ...]  # further words met in such texts; 0 stands for a number


class Words(Entry):
    """Words that are worth restoring beside those of the rules, and words that only look like a disguise."""

    source: Text
    as_of: date
    known: tuple[Text, ...]
    ordinary: tuple[Text, ...]
    latin: tuple[Text, ...]  # Latin words that look like a masked or cut brand name


class Evasion(Entry):
    """evasion.toml as a whole."""

    transform: tuple[Transform, ...] = Field(min_length=1)
    letters: Letters
    signs: Signs
    variants: Variants
    disguises: Disguises
    contact: Contact
    cloak: Cloak
    words: Words

    def listed(self) -> dict[str, str]:
        """Character -> the characters it is often exchanged for, over all tables."""
        return _by_disguise(self.cloak.reads, self.disguises.looks, self.disguises.sounds)

    def at_times(self) -> dict[str, str]:
        """Character -> the characters it is exchanged for now and then."""
        return _by_disguise(self.cloak.at_times)


def _by_disguise(*tables: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in tables:
        for reading, written in table.items():
            for char in written:
                if reading not in found.get(char, ""):
                    found[char] = found.get(char, "") + reading
    return found


@lru_cache(maxsize=4)
def load_evasion(path: Path = PATH) -> Evasion:
    """Read and validate evasion.toml.

    Raises EvasionInvalid naming the key.
    """
    try:
        return Evasion.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise EvasionInvalid(f"{path.name}: {error}") from error
