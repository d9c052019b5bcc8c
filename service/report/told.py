"""What a report tells, as plain data: names for ids, the gravest first, what rose and by how much."""

import math
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from features.evasion import TRANSFORMS
from features.knowledge import Knowledge
from service.leads import Leads
from service.report.counts import UNKNOWN, Counts, Risk
from service.report.linked import first, linked

Told = dict[str, Any]
_MOST = 15  # kinds of one dimension
_TERMS, _TACTICS, _FINDINGS, _WORDS = 20, 8, 12, 4
_MONTHS, _PLATFORMS = 12, 8  # of the table that crosses them: the latest, the largest
_LEAST = 5  # listings without which nothing rose
_STANDARD = 2.0  # standard errors a rise must exceed
_TITLE = 80  # characters of a title that is an example
_PLACE = "{text}"  # where a rule says what it was found in
_UNTOLD = ("未标明", "not told")
_LONGEST = 40  # characters of a name that strangers chose
_MODEL = {
    "model.counterfeit": (
        "综合标题、价格、卖家信息，模型判断疑似侵权假冒；没有单项规则证据，立案前须取得其他证据。",
        "The model takes it for counterfeit from title, price and seller; no rule of its own fired.",
    ),
    "model.fraud_order": (
        "综合交易数据，模型判断疑似刷单炒信；没有单项规则证据，立案前须取得订单、物流记录。",
        "The model takes its trade record for propped up by fake orders; no rule of its own fired.",
    ),
}
_REGISTER = ("match", "mismatch", "not_found", "not_checked")


def told(counts: Counts, leads: Leads, known: Knowledge, *, made_on: str, sources: Iterable[str]) -> Told:
    """Everything the page shows, and nothing it does not."""
    names, risk = _names(known), counts.risk
    rising = _rising(counts)
    return {
        "made_on": made_on,
        "sources": list(sources),
        "bundles": sorted(counts.bundles),
        "rows": risk.rows + counts.rejected,
        "rejected": counts.rejected,
        "not_assessed": counts.not_assessed,
        "all": _risk("", risk, ("合计", "all")),
        "reject": counts.actions["reject"],
        "sellers": leads.sellers,
        "groups": leads.groups,
        "linked": leads.linked,
        "told": len(leads.leads),
        "exposure": leads.exposure,
        "transfers": leads.transfers,
        "dimensions": {
            name: _dimension(counts.dimensions.get(name, {}), names.get(name, {}))
            for name in ("category", "region", "platform")
        },
        "authorities": _dimension(counts.authorities, names["authority"]),
        "months": [_risk(month, counts.dimensions["month"][month], None) for month in _told_months(counts)],
        "cells": _cells(counts),
        "terms": rising or _commonest(counts),
        "rising": bool(rising),
        "tactics": _tactics(counts),
        "examples": _examples(counts),
        "findings": _findings(counts, names["rule"]),
        "plan": _plan(counts),
        "licences": _licences(counts, names),
        "first": first(leads.leads),
        "leads": linked(leads.leads),
    }


def _names(known: Knowledge) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    return {
        "category": {name: (one.zh, one.en) for name, one in known.categories.items()} | {"other": ("其他", "other")},
        "authority": {name: (one.zh, one.en) for name, one in known.authorities.items()},
        "licence": {name: (one.zh, one.en) for name, one in known.licences.items()},
        "rule": {code: (one.message.zh, one.message.en) for code, one in known.rules.items()} | _MODEL,
    }


def _findings(counts: Counts, called: Mapping[str, tuple[str, str]]) -> list[Told]:
    """What was found most, in the words of its rule and of what it was found in most; without a rule, an example."""
    told = []
    for code, risk in _ranked(counts.findings)[:_FINDINGS]:
        words = "、".join(word for word, _ in _most(counts.words.get(code, {}), _WORDS)) or "…"
        zh, en = called.get(code) or (f"例：{counts.said[code][0]}", f"e.g. {counts.said[code][1]}")
        told.append(_risk(code, risk, (zh.replace(_PLACE, words), en.replace(_PLACE, words))) | {"code": code})
    return told


def _dimension(kinds: Mapping[str, Risk], called: Mapping[str, tuple[str, str]]) -> Told:
    """The kinds with the most listings to be reviewed, and all others as one sum."""
    ranked = _ranked(kinds)
    shown = [one for one in ranked if one[1].review][:_MOST]
    rest = Risk()
    for _, risk in ranked[len(shown) :]:
        rest.add(asdict(risk))
    return {
        "kinds": [_risk(value, risk, called.get(value)) for value, risk in shown],
        "most": max((risk.review for _, risk in shown), default=0),
        "rest": _risk("", rest, ("其余", "others")) | {"kinds": len(ranked) - len(shown)},
    }


def _ranked(kinds: Mapping[str, Risk]) -> list[tuple[str, Risk]]:
    return sorted(kinds.items(), key=lambda one: (-one[1].review, -one[1].rows, one[0]))


def _risk(value: str, risk: Risk, called: tuple[str, str] | None) -> Told:
    zh, en = called or (_UNTOLD if value == UNKNOWN else (value[:_LONGEST], value[:_LONGEST]))
    low = risk.review - risk.high - risk.medium
    share = risk.review / risk.rows if risk.rows else None
    return {"zh": zh, "en": en} | asdict(risk) | {"low": low, "share": share}


def _told_months(counts: Counts) -> list[str]:
    return sorted(month for month in counts.dimensions.get("month", {}) if month[:1].isdecimal())


def _cells(counts: Counts) -> Told:
    """Platforms by months: the latest months, the platforms with the most to be reviewed. Sums are of what is shown."""
    months = _told_months(counts)[-_MONTHS:]
    platforms = [name for name, _ in _ranked(counts.dimensions.get("platform", {}))][:_PLATFORMS]
    cells = counts.dimensions.get("cell", {})
    rows = []
    for name in platforms:
        total, shown = Risk(), [cells.get(f"{month}|{name}", Risk()) for month in months]
        for risk in shown:
            total.add(asdict(risk))
        rows.append(_risk(name, total, None) | {"cells": [_risk("", risk, ("", "")) for risk in shown]})
    shares = [cell["share"] for row in rows for cell in row["cells"] if cell["share"]]
    return {"months": months, "platforms": rows, "most": max(shares, default=0.0)}


def _rising(counts: Counts) -> list[Told]:
    """Words whose share of listings rose most from the older half of the months to the newer, beyond chance."""
    early, late = _halves(counts)
    before, after = _sum(counts.terms, early), _sum(counts.terms, late)
    months = counts.dimensions.get("month", {})
    n, m = (sum(months[one].rows for one in half) for half in (early, late))
    found = []
    for term, times in after.items() if n else ():
        new, old = times / m, before[term] / n
        error = math.sqrt((new + 1 / m) / m + (old + 1 / n) / n)
        if times >= _LEAST and new - old > _STANDARD * error:
            found.append((-(new - old) / error, term, times, new, old))
    return [_term(term, times, new, old) for _, term, times, new, old in sorted(found)[:_TERMS]]


def _commonest(counts: Counts) -> list[Told]:
    total = _sum(counts.terms, counts.terms)
    several = {term: times for term, times in total.items() if times > 1}
    return [_term(term, times, times / counts.risk.rows, None) for term, times in _most(several, _TERMS)]


def _term(term: str, listings: int, share: float, before: float | None) -> Told:
    return {"term": term, "listings": listings, "share": share, "before": before}


def _halves(counts: Counts) -> tuple[list[str], list[str]]:
    """The older months and the newer; of one month alone none is older."""
    months = _told_months(counts)
    return months[: len(months) // 2], months[len(months) // 2 :]


def _sum(by_month: Mapping[str, Counter[str]], months: Iterable[str]) -> Counter[str]:
    total: Counter[str] = Counter()
    for month in months:
        total.update(by_month.get(month, {}))
    return total


def _tactics(counts: Counts) -> list[Told]:
    """Ways of writing round a filter: share of listings, in all and by month."""
    called = {one.name: one for one in TRANSFORMS}
    total = _sum(counts.tactics, counts.tactics)
    months = _told_months(counts)[-_MONTHS:]
    rows = {month: counts.dimensions["month"][month].rows for month in months}
    return [
        {
            "name": name,
            "zh": called[name].zh,
            "en": called[name].en,
            "listings": times,
            "share": times / counts.risk.rows,
            "months": [counts.tactics[month][name] / rows[month] for month in months],
        }
        for name, times in _most(total, _TACTICS)
        if name in called
    ]


def _examples(counts: Counts) -> list[Told]:
    called = {one.name: one for one in TRANSFORMS}
    total = _sum(counts.tactics, counts.tactics)
    return [
        {"zh": called[name].zh, "en": called[name].en}
        | {part: _cut(getattr(one, part)) for part in ("title", "text", "folded")}
        for name, _ in _most(total, len(total))
        for one in counts.examples.get(name, ())
        if name in called
    ]


def _plan(counts: Counts) -> list[Told]:
    called = _items()
    order = list(called)
    ids = sorted(counts.plan, key=lambda one: (order.index(one) if one in called else len(order), one))
    return [{"id": one} | _risk(one, counts.plan[one], called.get(one)) for one in ids]


@cache
def _items() -> Mapping[str, tuple[str, str]]:
    told = tomllib.loads(Path(__file__).with_name("plan.toml").read_text("utf-8"))["item"]
    return {one["id"]: (one["zh"], one["en"]) for one in told}


def _licences(counts: Counts, names: Mapping[str, Mapping[str, tuple[str, str]]]) -> list[Told]:
    rows: dict[str, Counter[str]] = {}
    for key, times in counts.licences.items():
        kind, structure, register = key.split("|")
        row = rows.setdefault(kind, Counter())
        row.update({"numbers": times, structure: times, register: times})
    return [
        {"zh": names["licence"].get(kind, (kind, kind))[0], "en": names["licence"].get(kind, (kind, kind))[1]}
        | {name: row[name] for name in ("numbers", "well_formed", "malformed", *_REGISTER)}
        for kind, row in sorted(rows.items(), key=lambda one: (-one[1]["numbers"], one[0]))
    ]


def _cut(text: str) -> str:
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1]}…"


def _most(counts: Mapping[str, int], most: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]
