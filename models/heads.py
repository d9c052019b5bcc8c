"""The heads: the questions a bundle answers, and the takedown reasons that answer each."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field


class Head(BaseModel):
    """One question. `reasons` are the takedown reasons that mean yes; compared without case and spaces.

    simulated_sees: how the names of the columns begin that it may learn from in a simulated market; empty means all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    reasons: tuple[str, ...] = Field(min_length=1)
    simulated_sees: tuple[str, ...] = ()


PATH = Path(__file__).with_name("heads.toml")


def load_heads(path: Path = PATH) -> Mapping[str, Head]:
    """Read the heads by id, in file order.

    Raises ValueError when a reason stands under two heads: a label would then say two things.
    """
    heads = {name: Head.model_validate(table) for name, table in tomllib.loads(path.read_text("utf-8")).items()}
    reasons = [reason for head in heads.values() for reason in head.reasons]
    if twice := sorted({reason for reason in reasons if reasons.count(reason) > 1}):
        raise ValueError(f"{path.name}: {twice} stand under two heads; a reason belongs to one")
    return MappingProxyType(heads)


HEADS = load_heads()
HEAD_OF_REASON: Mapping[str, str] = MappingProxyType(
    {reason.casefold(): name for name, head in HEADS.items() for reason in head.reasons}
)
