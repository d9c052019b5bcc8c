"""The judge: a group of listings in, answers out, with everything that is known beside what was sent.

What was asked a moment ago is answered from the cache; of the rest, velocity is served, the screener screens, and the
lists decide.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from features.listing import NO_VELOCITY, Listing
from features.reading import Reading
from models import Screener, Screening
from models.lists import NO_LISTS, Lists, judge
from models.screener import evaluation_id, law_day
from models.screening import Explain
from service.degraded import NO_VELOCITY_KNOWN, degraded
from service.online.cache import Cached, Question, ScoreCache
from service.online.keyspace import digest
from service.online.link import OnlineAway
from service.online.online import Online
from service.online.velocity import VelocityWatch


class Answers(NamedTuple):
    """What became of some listings, in order."""

    listings: list[Listing]  # as they were judged: with the velocity that was known
    screenings: list[Screening]


class Group(NamedTuple):
    """Listings that are judged in one call."""

    listings: Sequence[Listing]
    counted: Sequence[bool]  # whether each adds to the velocity of its seller and title
    explain: Explain
    today: date


class Judge:
    """Judges with one bundle and some lists at a time; both may be replaced between calls."""

    def __init__(self, screener: Screener, online: Online | None = None) -> None:
        """Without `online`, listings tell their own velocity and nothing is cached."""
        self._screener, self._lists = screener, NO_LISTS
        self._version = ""  # of the lists
        self._velocity: VelocityWatch | None = online.velocity if online else None
        self._cache: ScoreCache | None = online.cache if online else None

    def use(self, screener: Screener) -> None:
        """Screen with another bundle from the next call on."""
        self._screener = screener

    def follow(self, lists: Lists) -> None:
        """Let other lists decide from the next call on."""
        self._lists, self._version = lists, digest(repr(lists))

    def answer(self, group: Group) -> Answers:
        """Answer a group. Raises whatever a listing makes the screener raise."""
        screener, lists, version = self._screener, self._lists, self._version
        if self._cache is None or not group.listings:
            return self._decided(screener, lists, group)
        made_by = f"{screener.versions.knowledge} {screener.versions.registers} {version}"
        names = [evaluation_id(screener.bundle.id, one, law_day(one, group.today)) for one in group.listings]
        questions = [Question(name, made_by, group.today, group.explain) for name in names]
        found = self._cache.find(questions)
        if None not in found:
            return _merged(group, found, Answers([], []))
        missing = [place for place, cached in enumerate(found) if cached is None]
        rest = Group([group.listings[i] for i in missing], [group.counted[i] for i in missing], *group[2:])
        fresh = self._decided(screener, lists, rest)
        pairs = zip(missing, *fresh, strict=True)
        self._cache.keep(
            {
                questions[place]: Cached(answer, listing.velocity)
                for place, listing, answer in pairs
                if group.counted[place] and answer.assessment != "degraded"
            }
        )
        return _merged(group, found, fresh)

    def _decided(self, screener: Screener, lists: Lists, group: Group) -> Answers:
        judged, answers = self._screened(screener, group)
        if lists is NO_LISTS:
            return Answers(judged, answers)
        fold, rules = screener.reader.folder.fold, screener.bundle.knowledge.rules
        hard = {f"rule:{code}" for code, rule in rules.items() if rule.hard}

        def decided(listing: Listing, answer: Screening) -> Screening:
            hits = lists.hits(listing, fold, group.today)
            return judge(answer, hits, hard=not hard.isdisjoint(answer.reasons), explain=group.explain)

        return Answers(judged, list(map(decided, judged, answers)))

    def _screened(self, screener: Screener, group: Group) -> Answers:
        sent, explain, today = group.listings, group.explain, group.today
        if self._velocity is None:
            return Answers(list(sent), screener.screen(sent, explain=explain, today=today))
        known = _Known(self._velocity, group.counted)
        answers = screener.screen(sent, explain=explain, today=today, complete=known.complete)
        if known.away:
            untold = [listing.velocity == NO_VELOCITY for listing in sent]
            pairs = zip(answers, untold, strict=True)
            answers = [degraded(one, NO_VELOCITY_KNOWN) if missed else one for one, missed in pairs]
        return Answers(known.listings, answers)


def _merged(group: Group, found: Sequence[Cached | None], fresh: Answers) -> Answers:
    """What was found and what was made, in the order asked."""
    made = zip(*fresh, strict=True)
    listings, screenings = [], []
    for sent, cached in zip(group.listings, found, strict=True):
        if cached is None:
            listing, screening = next(made)
        else:
            listing, screening = sent, cached.screening
            if cached.velocity != NO_VELOCITY:
                listing = replace(sent, velocity=cached.velocity)
        listings.append(listing)
        screenings.append(screening)
    return Answers(listings, screenings)


class _Known:
    """What velocity is known of the listings of one call."""

    def __init__(self, velocity: VelocityWatch, counted: Sequence[bool]) -> None:
        self.listings: list[Listing] = []
        self.away = False
        self._velocity, self._counted = velocity, counted

    def complete(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """Add what is known. Many listings come in several parts, in order."""
        first = len(self.listings)
        try:
            readings = self._velocity.serve(readings, self._counted[first : first + len(readings)])
        except OnlineAway:
            self.away = True
        self.listings += [reading.listing for reading in readings]
        return readings
