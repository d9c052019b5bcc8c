"""What a report tells, as plain data: names for ids, the gravest first, what rose and by how much."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from features.evasion import TRANSFORMS
from features.knowledge import Knowledge
from service.leads import Leads
from service.report.counts import UNKNOWN, Counts, Risk

Told = dict[str, Any]
_MOST = 15  # bars of a picture
_TERMS, _TACTICS, _FINDINGS, _GROUPS, _SHOPS = 20, 8, 12, 6, 40
_LEAST = 5  # listings without which nothing rose
_STANDARD = 2.0  # standard errors a rise must exceed
DIMENSIONS = {
    "category": ("品类", "category"),
    "region": ("地区", "region"),
    "platform": ("平台", "platform"),
    "month": ("月份", "month"),
}
_PLACE = re.compile(r"\{\w+\}")
_UNTOLD = ("未标明", "not told")
_REGISTER = {
    "match": ("与登记一致", "matches the register"),
    "mismatch": ("与登记不符", "another product's number"),
    "not_found": ("登记中查无此号", "not in the register"),
    "not_checked": ("未核对登记", "no register attached"),
}


def told(counts: Counts, leads: Leads, known: Knowledge, *, made_on: str, sources: Iterable[str]) -> Told:
    """Everything the page shows, and nothing it does not."""
    names = _names(known)
    rising = _rising(counts)
    terms = rising or _commonest(counts)
    risky = counts.levels["high"] + counts.levels["medium"]
    return {
        "made_on": made_on,
        "sources": list(sources),
        "bundles": sorted(counts.bundles),
        "rows": counts.rows + counts.rejected,
        "screened": counts.rows,
        "rejected": counts.rejected,
        "not_assessed": counts.not_assessed,
        "high": counts.levels["high"],
        "medium": counts.levels["medium"],
        "share": risky / counts.rows if counts.rows else None,
        "review": counts.actions["review"],
        "reject": counts.actions["reject"],
        "sellers": leads.sellers,
        "groups": leads.groups,
        "linked": leads.linked,
        "dimensions": {name: _dimension(name, counts.dimensions.get(name, {}), names) for name in DIMENSIONS},
        "months": sorted(month for month in counts.months if month != UNKNOWN),
        "terms": terms,
        "rising": bool(rising),
        "tactics": _tactics(counts),
        "examples": _examples(counts),
        "findings": [
            {"code": code, "zh": names["rule"].get(code, (code, code))[0], "en": names["rule"].get(code, ("", code))[1]}
            | {"listings": times}
            for code, times in _most(counts.findings, _FINDINGS)
        ],
        "plan": _plan(counts),
        "authorities": [
            {"zh": names["authority"].get(one, (one, one))[0], "en": names["authority"].get(one, (one, one))[1]}
            | {"listings": times}
            for one, times in _most(counts.authorities, _MOST)
        ],
        "licences": _licences(counts, names),
        "leads": _groups(leads),
    }


def _names(known: Knowledge) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    return {
        "category": {name: (one.zh, one.en) for name, one in known.categories.items()} | {"other": ("其他", "other")},
        "authority": {name: (one.zh, one.en) for name, one in known.authorities.items()},
        "licence": {name: (one.zh, one.en) for name, one in known.licences.items()},
        "rule": {c: (_open(one.message.zh), _open(one.message.en)) for c, one in known.rules.items()},
    }


def _open(message: str) -> str:
    """What a rule says, whatever it was said of."""
    return _PLACE.sub("…", message)


def _dimension(name: str, kinds: Mapping[str, Risk], names: Mapping[str, Mapping[str, tuple[str, str]]]) -> list[Told]:
    """The kinds with the most risky listings; months in their order."""
    ranked = sorted(kinds.items(), key=lambda one: (-(one[1].high + one[1].medium), -one[1].rows, one[0]))
    shown = sorted(ranked) if name == "month" else ranked[:_MOST]
    return [_risk(value, risk, names.get(name, {}).get(value)) for value, risk in shown]


def _risk(value: str, risk: Risk, called: tuple[str, str] | None) -> Told:
    zh, en = called or (_UNTOLD if value == UNKNOWN else (value, value))
    share = (risk.high + risk.medium) / risk.rows
    return {"zh": zh, "en": en, "rows": risk.rows, "high": risk.high, "medium": risk.medium, "share": share}


def _rising(counts: Counts) -> list[Told]:
    """Words whose share of listings rose most from the older half of the months to the newer, beyond chance."""
    early, late = _halves(counts)
    before, after = _sum(counts.terms, early), _sum(counts.terms, late)
    n, m = sum(counts.months[one] for one in early), sum(counts.months[one] for one in late)
    found = []
    for term, times in after.items() if n else ():
        new, old = times / m, before[term] / n
        error = math.sqrt((new + 1 / m) / m + (old + 1 / n) / n)
        if times >= _LEAST and new - old > _STANDARD * error:
            found.append((-(new - old) / error, term, times, new, old))
    return [_term(term, times, new, old) for _, term, times, new, old in sorted(found)[:_TERMS]]


def _commonest(counts: Counts) -> list[Told]:
    total = _sum(counts.terms, counts.terms)
    return [_term(term, times, times / counts.rows, None) for term, times in _most(total, _TERMS)]


def _term(term: str, listings: int, share: float, before: float | None) -> Told:
    return {"term": term, "listings": listings, "share": share, "before": before}


def _halves(counts: Counts) -> tuple[list[str], list[str]]:
    """The older months and the newer; of one month alone none is older."""
    months = sorted(month for month in counts.months if month != UNKNOWN)
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
    months = sorted(month for month in counts.months if month != UNKNOWN)
    return [
        {
            "name": name,
            "zh": called[name].zh,
            "en": called[name].en,
            "listings": times,
            "share": times / counts.rows,
            "months": [counts.tactics[month][name] / counts.months[month] for month in months],
        }
        for name, times in _most(total, _TACTICS)
        if name in called
    ]


def _examples(counts: Counts) -> list[Told]:
    called = {one.name: one for one in TRANSFORMS}
    total = _sum(counts.tactics, counts.tactics)
    return [
        {"zh": called[name].zh, "en": called[name].en, "title": one.title, "text": one.text, "folded": one.folded}
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


def _groups(leads: Leads) -> list[Told]:
    """The groups of several sellers, those of the most harm first."""
    linked = [lead for lead in leads.leads if len(lead.shops) > 1][:_GROUPS]
    return [
        {
            "rank": lead.rank,
            "id": lead.lead_id,
            "listings": lead.listings,
            "province": lead.province,
            "harm": lead.harm,
            "owner": lead.owner.local,
            "shops": [
                {"key": shop.key, "name": shop.name or shop.seller_id or shop.key} for shop in lead.shops[:_SHOPS]
            ],
            "ties": [
                {"kind": tie.kind, "zh": tie.zh, "strong": tie.strong, "sellers": list(tie.sellers)}
                for tie in lead.ties
            ],
        }
        for lead in linked
    ]


def _most(counts: Mapping[str, int], most: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]
