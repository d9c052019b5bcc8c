"""Pages: templates filled for one reader, in one language, with everything that strangers wrote made harmless."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.types import Scope as AsgiScope

from models.screening import Bilingual
from service.answers import cite
from service.clock import CHINA
from service.console import catalogue
from service.console.assets import Assets
from service.console.catalogue import Words, spoken
from service.console.ended import Ended
from service.console.session import Seals
from service.errors import UNKNOWN, Kind
from service.language import translated
from service.ledger.keys import Scope
from training.report.shown import visible

ROOT = "/console"
Theme = Literal["auto", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
LANG_COOKIE, THEME_COOKIE = "zhenwei_lang", "zhenwei_theme"
_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class Room:
    """A part of the console: its name in nav.<name>, who may enter, and its pages, below the prefix of the router."""

    name: str
    scope: Scope
    router: APIRouter

    @property
    def path(self) -> str:
        """Where it is, below /console."""
        return self.router.prefix


@dataclass(frozen=True, slots=True)
class Console:
    """What all pages share; stands in `app.state.console`."""

    assets: Assets
    seals: Seals
    ended: Ended
    environment: Environment
    rooms: Sequence[Room]

    def warm(self) -> None:
        """Compile every template, so that whoever comes first does not wait for it."""
        for name in self.environment.list_templates():
            self.environment.get_template(name)


@lru_cache(maxsize=1)  # compiled once for a process, however many apps it makes
def environment(assets: Assets) -> Environment:
    """Prepare the templates: autoescaped, a missing value is an error, hidden characters are named."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = Markup('<script src="{}" defer></script>')
    made.globals |= {"asset": lambda name: assets.by_name[name].url}
    made.globals |= {"script": lambda name: script.format(assets.by_name[name].url)}
    made.filters |= {
        "exactly": escape,
        "chart": chart,
        "moment": moment,
        "percent": percent,
        "share": share,
        "cite": cite,
    }
    made.filters["bytes"] = size
    return made


def show(request: Request, template: str, status: int = 200, /, **values: object) -> HTMLResponse:
    """Fill a template for who asks."""
    console: Console = request.app.state.console
    page = console.environment.get_template(template).render(**_around(request, console), **values)
    return HTMLResponse(page.encode("utf-8", "backslashreplace"), status)


def words_of(request: Request) -> Words:
    """The phrases in the language of who asks."""
    lang = spoken(request.cookies.get(LANG_COOKIE), request.headers.get("accept-language", ""))
    return catalogue.load()[lang]


def asked_by_htmx(request: Request) -> bool:
    """Whether only a part of a page is wanted."""
    return "hx-request" in request.headers


def unforeseen(scope: AsgiScope) -> HTMLResponse:
    """Tell people that something went wrong here."""
    return trouble(Request(scope), UNKNOWN, "")


def trouble(request: Request, kind: Kind, detail: str) -> HTMLResponse:
    """Tell people what went wrong: a page, or a notice where htmx asked for a part."""
    lang = words_of(request).lang
    template = "notice.html.j2" if asked_by_htmx(request) else "trouble.html.j2"
    answer = show(
        request,
        template,
        kind.status,
        advice=f"trouble.advice.{kind.name}",
        heading=translated(kind.title, lang),
        detail=translated(detail, lang),
    )
    if asked_by_htmx(request):
        answer.headers.update({"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"})
    return answer


def chart(option: Any) -> str:  # noqa: ANN401 - an ECharts option
    """An option as JSON whose texts show hidden characters by name: on a canvas they would turn figures around.

    >>> chart({"data": [{"name": "\u202e包", "value": 7}]})
    '{"data": [{"name": "⟨U+202E⟩包", "value": 7}]}'
    """
    return json.dumps(_seen(option), ensure_ascii=False)


def moment(stamp: str | datetime) -> str:
    """A time as people in China write it, to the minute.

    >>> moment("2026-03-02T16:30:00+00:00")
    '2026-03-03 00:30'
    """
    told = datetime.fromisoformat(stamp) if isinstance(stamp, str) else stamp
    return told.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def percent(share: float) -> str:
    """A share; small ones with decimals.

    >>> percent(0.5), percent(0.0123)
    ('50%', '1.2%')
    """
    return f"{share:.0%}" if share >= 0.1 or not share else f"{share:.1%}"  # noqa: PLR2004 - from here on no decimals


def share(p: float) -> str:
    """A probability; never rounded to certainty.

    >>> share(0.9686), share(0.9999), share(0.00004)
    ('96.9%', '>99.9%', '<0.1%')
    """
    if p >= 0.9995:  # noqa: PLR2004 - would round to one
        return ">99.9%"
    return "<0.1%" if p < 0.0005 else f"{p:.1%}"  # noqa: PLR2004 - would round to none


def size(count: int) -> str:
    """Bytes as people say them.

    >>> size(80), size(4300), size(3 << 30)
    ('80 B', '4.2 KB', '3.0 GB')
    """
    told, units = float(count), iter(("B", "KB", "MB", "GB"))
    unit = next(units)
    while told >= 1024 and unit != "GB":  # noqa: PLR2004 - of the next unit
        told, unit = told / 1024, next(units)
    return f"{told:.0f} {unit}" if unit == "B" else f"{told:.1f} {unit}"


def _around(request: Request, console: Console) -> Mapping[str, Any]:
    """What every template may use."""
    words = words_of(request)
    theme = request.cookies.get(THEME_COOKIE)
    visit = getattr(request.state, "visit", None)
    reader = getattr(request.state, "reader", None)
    token = console.seals.token(visit.session) if visit else ""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return {
        "t": words,
        "say": lambda told: _said(told, words),
        "translated": lambda text: translated(text, words.lang),
        "lang": words.lang,
        "theme": theme if theme in THEMES else "auto",
        "themes": THEMES,
        "reader": reader,
        "rooms": [room for room in console.rooms if reader and reader.may(room.scope)],
        "root": ROOT,
        "here": here if request.method == "GET" else ROOT + "/",
        "path": request.url.path,
        "token": token,
        "csrf": Markup('<input type="hidden" name="csrf" value="{}">').format(token),
    }


def _said(told: Bilingual, words: Words) -> str:
    return told.zh if words.lang == "zh" else told.en


def _seen(value: Any) -> Any:  # noqa: ANN401 - plain data
    if isinstance(value, Mapping):
        return {name: _seen(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [*map(_seen, value)]
    return _safe(value)


def _safe(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    if type(value) is not str or value.isprintable():
        return value
    return "\n".join(map(visible, value.split("\n")))
