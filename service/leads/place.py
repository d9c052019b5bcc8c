"""Where a seller is: by the company code it shows, else by the region it states."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from stdnum.cn import uscc

_PATH = Path(__file__).with_name("places.toml")
NOWHERE = "地区不明"


class _Place(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str
    cities: tuple[str, ...]

    @property
    def short(self) -> str:
        """The name without what kind of place it is."""
        for end in ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"):
            if self.name.endswith(end):
                return self.name.removesuffix(end)
        return self.name


class _Places(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    place: tuple[_Place, ...]
    local: dict[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A province, and how we know. `stated` is the province the seller names when the code says another."""

    province: str  # NOWHERE when nothing tells
    by: str  # uscc, stated, ""
    stated: str | None = None


@cache
def _places() -> _Places:
    return _Places.model_validate(tomllib.loads(_PATH.read_text("utf-8")))


def place_of(code: str | None, region: str | None) -> Place:
    """Where a seller is; a code counts only when its check digit holds."""
    registered, stated = _by_code(code), _by_words(region)
    if registered:
        return Place(registered, "uscc", stated if stated != registered else None)
    return Place(stated, "stated") if stated else Place(NOWHERE, "")


def local(authority: str, province: str) -> str:
    """What the authority is called that a lead is sent to, in a province or in none that is known."""
    name = _places().local.get(authority, "主管部门")
    return f"卖家所在地{name}" if province == NOWHERE else f"{province}{name}"


def _by_code(code: str | None) -> str | None:
    if not code or not uscc.is_valid(code):
        return None
    digits = uscc.compact(code)[2:4]
    return next((one.name for one in _places().place if one.code == digits), None)


def _by_words(region: str | None) -> str | None:
    """The province that is named first; a city counts for its province."""
    if not region:
        return None
    found = [
        (at, one.name) for one in _places().place for word in (one.short, *one.cities) if (at := region.find(word)) >= 0
    ]
    return min(found)[1] if found else None
