"""Hints that a case may have to be passed to the police: where sales shown pass a threshold of criminal law."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from service.leads.fact import LeadFact

_PATH = Path(__file__).with_name("transfers.toml")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Transfer(_Table):
    zh: str
    source: str


class _Threshold(_Table):
    id: str
    laws: tuple[str, ...]
    amount_cny: float
    in_force: date
    basis: str
    says: str
    source: str


class _Transfers(_Table):
    transfer: _Transfer
    threshold: tuple[_Threshold, ...]


@cache
def _known() -> _Transfers:
    return _Transfers.model_validate(tomllib.loads(_PATH.read_text("utf-8")))


def clause() -> str:
    """What every hint rests on."""
    return _known().transfer.zh


@dataclass(frozen=True, slots=True)
class Hint:
    """What to check with the police in mind."""

    id: str
    amount_cny: float | None  # sales × price of the listings it is about, those told; None: the amount does not matter
    basis: str
    brief: str  # the text without what every hint says
    text: str


def hints(facts: Iterable[LeadFact], today: date) -> tuple[Hint, ...]:
    """Hints for the listings of one lead, by the law in force today: that is what a transfer is decided by.

    Only findings of high severity count, for a word of advice makes no case, and only listings whose risk is not low: a
    word that is mostly used by honest sellers is no matter for the police.
    """
    facts = list(facts)
    found = []
    for one in _known().threshold:
        about = [fact for fact in facts if any(_cites(law, one) for law in _grave(fact))]
        if not about or today < one.in_force:
            continue
        amount = sum(fact.price_cny * fact.sales for fact in about if fact.price_cny is not None and fact.sales)
        if amount < one.amount_cny:
            continue
        told = f"相关商品按页面展示销量×价格约{amount:,.0f}元" if one.amount_cny else f"涉及{len(about)}件商品"
        brief = f"{told}；{one.basis}：{one.says}"
        text = f"提示：{brief}。系统只见展示数据，不认定犯罪；{clause()}。"
        found.append(Hint(one.id, amount if one.amount_cny else None, one.basis, brief, text))
    return tuple(found)


def _grave(fact: LeadFact) -> set[str]:
    if fact.level == "low":
        return set()
    return {law for fault in fact.faults if fault.severity == "high" for law in fault.law}


def _cites(law: str, threshold: _Threshold) -> bool:
    return law.startswith(threshold.laws)
