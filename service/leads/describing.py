"""From a pile of facts to leads: grouped, ranked by harm, described."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np

from features.knowledge import Knowledge
from models.citing import Citing
from service.answers import cite
from service.leads import checklist
from service.leads.fact import Fault, LeadFact
from service.leads.harm import Weighing
from service.leads.lead import Cited, Lead, Leads, Offer, Owner, Problem, Shop, Tie
from service.leads.linking import KINDS, Groups, groups
from service.leads.pile import Pile
from service.leads.place import NOWHERE, local, place_of
from service.leads.transfer import hints

SHOWN = 30
"""Listings of a lead that are told one by one, the worst first."""
_GRAVITY = {"high": 0, "medium": 1, "low": 2}
_TITLES = 3  # examples of what a shop offers
_FEW = 12  # values of one kind that are told
_LONGEST = 120  # characters of a value that links


def leads_of(pile: Pile, known: Knowledge, today: date, *, most: int = 200) -> Leads:
    """Group, rank by harm, and describe the first `most`. Deterministic, whatever the order of the facts."""
    found = groups(pile)
    members: dict[int, list[int]] = defaultdict(list)
    for fact, seller in enumerate(pile.seller_of):
        members[int(found.number[seller])].append(fact)
    harm = {group: math.fsum(pile.harms[fact] for fact in facts) for group, facts in members.items()}
    writer = _Writer(known, today, pile, found)
    ids = {group: _lead_id(pile, facts) for group, facts in members.items()}
    ranked = sorted(harm, key=lambda group: (-harm[group], ids[group]))[:most]
    told = tuple(writer.lead(rank, ids[group], group, members[group]) for rank, group in enumerate(ranked, start=1))
    sizes = np.bincount(found.number, minlength=1)
    return Leads(
        leads=told,
        groups=len(members),
        facts=len(pile),
        sellers=len(pile.sellers),
        linked=int((sizes > 1).sum()),
        common={KINDS[kind].zh: count for kind, count in sorted(found.common.items())},
        loosened=found.loosened,
    )


def leads_of_lines(
    lines: Iterable[bytes], known: Knowledge, today: date, *, most: int = 200, folder: Path | None = None
) -> Leads:
    """Make leads of facts that come as JSON, one a line; `folder` takes what does not fit into memory."""
    with closing(Pile(Weighing.of_knowledge(known), folder)) as pile:
        pile.add_lines(lines)
        return leads_of(pile, known, today, most=most)


def _lead_id(pile: Pile, facts: Iterable[int]) -> str:
    """A name that the same sellers have tomorrow."""
    keys = "\n".join(sorted({pile.key(pile.seller_of[fact]) for fact in facts}))
    return f"L{hashlib.sha256(keys.encode()).hexdigest()[:10]}"


class _Writer:
    """Describes groups as leads."""

    def __init__(self, known: Knowledge, today: date, pile: Pile, found: Groups) -> None:
        self._known, self._today, self._pile, self._groups = known, today, pile, found
        self._citing, self._weighing = Citing(known), Weighing.of_knowledge(known)

    def lead(self, rank: int, lead_id: str, group: int, members: Sequence[int]) -> Lead:
        offers = sorted(map(self._offer, members), key=_worst_first)
        facts = [one.fact for one in offers]
        shops, ties = self._shops(facts), self._ties(group)
        sales = [fact.sales for fact in facts if fact.sales is not None]
        exposures = [one.exposure for one in offers if one.exposure is not None]
        province = _weightiest((shop_of(shops, one.fact).place.province, one.harm) for one in offers)
        owners = self._owners(offers, province)
        papers = tuple(dict.fromkeys(paper for fact in facts for paper in fact.papers))
        law = self._law(facts)
        lead = Lead(
            rank=rank,
            lead_id=lead_id,
            level=min((fact.level for fact in facts), key=_GRAVITY.__getitem__),
            p=max(fact.p for fact in facts),
            harm=math.fsum(one.harm for one in offers),
            at_least=len(exposures) < len(offers),
            shops=shops,
            ties=ties,
            listings=len(facts),
            offers=tuple(offers[:SHOWN]),
            categories=tuple(self._category(name) for name in _common(fact.category for fact in facts)),
            problems=_problems(facts),
            law=law,
            owner=owners[0],
            others=owners[1:],
            plan=tuple(_common(fault.plan for fact in facts for fault in fact.faults if fault.plan)),
            province=province,
            papers=papers[:_FEW],
            sales=math.fsum(sales) if sales else None,
            sales_unknown=len(facts) - len(sales),
            exposure=math.fsum(exposures) if exposures else None,
            exposure_unknown=len(offers) - len(exposures),
            hints=hints(facts, self._today),
            to_verify=(),
        )
        return checklist.with_checks(lead, facts)

    def _offer(self, member: int) -> Offer:
        fact = self._pile.fact(member)
        weight = self._weighing.of(fact)
        return Offer(fact, weight.exposure, weight.harm)

    def _shops(self, facts: Sequence[LeadFact]) -> tuple[Shop, ...]:
        """Sellers, those with the most listings first; facts come the worst first."""
        by_key: dict[str, list[LeadFact]] = defaultdict(list)
        for fact in facts:
            by_key[fact.seller].append(fact)

        def first(many: Iterable[LeadFact], told: Callable[[LeadFact], str | None]) -> str | None:
            return next((value for one in many if (value := told(one))), None)

        shops = []
        for key, own in by_key.items():
            code, region = first(own, lambda one: one.uscc), first(own, lambda one: one.region)
            shops.append(
                Shop(
                    key=key,
                    platform=own[0].platform,
                    seller_id=own[0].seller_id,
                    name=first(own, lambda one: one.seller_name),
                    uscc=code,
                    region=region,
                    place=place_of(code, region),
                    listings=len(own),
                    categories=tuple(map(self._category, _common(one.category for one in own))),
                    titles=tuple(one.title for one in own[:_TITLES]),
                )
            )
        return tuple(sorted(shops, key=lambda shop: (-shop.listings, shop.key)))

    def _category(self, name: str) -> str:
        known = self._known.categories.get(name)
        return known.zh if known else "其他"

    def _ties(self, group: int) -> tuple[Tie, ...]:
        told = []
        for link in self._groups.links.get(group, ()):
            kind = KINDS[link.kind]
            value = link.value if len(link.value) <= _LONGEST else f"{link.value[:_LONGEST]}…"
            told.append(Tie(link.kind, kind.zh, value, tuple(map(self._pile.key, link.sellers)), kind.weight > 1))
        return tuple(sorted(told, key=lambda tie: (not tie.strong, tie.kind, tie.value))[:_FEW])

    def _law(self, facts: Iterable[LeadFact]) -> tuple[Cited, ...]:
        """Provisions by how many listings they are about; each in the version of its listings' day."""
        counts: Counter[tuple[str, str]] = Counter()
        for fact in facts:
            counts.update({(law, fact.law_as_of) for fault in fact.faults for law in fault.law})
        found: dict[str, Cited] = {}
        for (law, day), times in sorted(counts.items()):
            for one in self._citing.law((law,), date.fromisoformat(day)) if law in self._known.citations else ():
                text = cite(one)
                before = found[text].listings if text in found else 0
                found[text] = Cited(one.id, text, one.title.zh, one.penalty, one.confidence, before + times)
        return tuple(sorted(found.values(), key=lambda one: (-one.listings, one.text)))

    def _owners(self, offers: Iterable[Offer], province: str) -> tuple[Owner, ...]:
        """Authorities by the harm of the listings that are theirs: of the gravest findings, else of the category."""
        weight: dict[str, float] = defaultdict(float)
        for offer in offers:
            faults = sorted(offer.fact.faults, key=lambda fault: _GRAVITY[fault.severity])
            named = next((fault.authority for fault in faults if fault.authority), ())
            category = self._known.categories.get(offer.fact.category)
            for place, name in enumerate(named or (category.authority if category else ("samr",))):
                weight[name] += (offer.harm + 1.0) / (place + 1)
        names = sorted(weight, key=lambda name: (-weight[name], name))
        return tuple(Owner(name, self._known.authorities[name].zh, local(name, province)) for name in names)


def _worst_first(offer: Offer) -> tuple[float, str, str, str]:
    fact = offer.fact
    return -offer.harm, fact.seller, fact.listing_id, fact.evaluation_id  # a listing may have been seen twice


def shop_of(shops: Iterable[Shop], fact: LeadFact) -> Shop:
    """The shop that offers a listing of its lead."""
    return next(shop for shop in shops if shop.key == fact.seller)


def _problems(facts: Iterable[LeadFact]) -> tuple[Problem, ...]:
    """Findings, gravest and most frequent first."""
    held: dict[str, Fault] = {}
    counts: Counter[str] = Counter()
    for fact in facts:
        counts.update({fault.code for fault in fact.faults})
        for fault in fact.faults:
            held.setdefault(fault.code, fault)
    told = (Problem(c, f.severity, f.message, counts[c], f.confidence) for c, f in held.items())
    return tuple(sorted(told, key=lambda one: (_GRAVITY[one.severity], -one.listings, one.code)))


def _weightiest(told: Iterable[tuple[str, float]]) -> str:
    """The province most harm is done from; one that is known goes before one that is not."""
    weight: dict[str, float] = defaultdict(float)
    for name, harm in told:
        weight[name] += harm
    return min(weight, key=lambda name: (name == NOWHERE, -weight[name], name))


def _common(names: Iterable[str]) -> Iterator[str]:
    """Each once, the most frequent first."""
    counts = Counter(names)
    return iter(sorted(counts, key=lambda name: (-counts[name], name)))
