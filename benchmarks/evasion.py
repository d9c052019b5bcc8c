"""What disguises cost: recall kept, false positives added and time, per disguise and strength. Prints a table.

    python -m benchmarks.evasion [--bundle BUNDLE] [--titles N] [--missed DISGUISE]

Titles are those of the market's evaluation part, which no bundle is trained on: risky ones that wear no disguise
and that the bundle flags as they stand, and honest ones. In a risky title the words of its findings are disguised,
in an honest one random words, as many. Strength is the share of their characters that is touched. The thresholds
are the bundle's own. Titles that a disguise cannot change are left out of its row. "By rule": the titles whose
words some rule knows; in the others only the model saw a risk, in words of its own.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from features.listing import Listing
from features.normalize import Folder
from features.reader import Reader
from features.tokens import tokenize
from models import STARTER, Screener, Screening, open_bundle
from training.disguises import DISGUISES
from training.market import simulate

TODAY = date(2026, 11, 24)
STRENGTHS = (0.3, 0.6, 1.0)
SEARCHED = 40  # listings of the market looked at per title wanted
SEED = 11
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Subject:
    """A title, the words to disguise (half-open spans, in order), its level as it stands, and who found the words."""

    title: str
    words: tuple[Span, ...]
    level: str | None
    by_rule: bool = False


def screened(screener: Screener, titles: Sequence[str], *, explain: bool = False) -> list[Screening]:
    """Screen titles alone."""
    listings = [Listing(listing_id=str(i), title=title) for i, title in enumerate(titles)]
    return screener.screen(listings, explain="findings" if explain else "none", today=TODAY)


def evidence(answer: Screening) -> tuple[tuple[Span, ...], bool]:
    """Where the title speaks of risk: evidence of the rules of a flagged head (True), else of its model finding."""
    flagged = {head for head, told in answer.heads.items() if told.level != "low"}
    findings = [finding for finding in answer.findings if finding.head in flagged]
    by_rule = [f for f in findings if f.source != "model" and any(e.field == "title" for e in f.evidence)]
    spans = {(e.start, e.end) for f in by_rule or findings for e in f.evidence if e.field == "title"}
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return tuple(apart), bool(by_rule)


def subjects(screener: Screener, reader: Reader, folder: Folder, count: int) -> tuple[list[Subject], list[Subject]]:
    """`count` risky and `count` honest titles of the market, none of them disguised as it stands."""
    evasive = {transform.name for transform in folder.transforms if transform.evasive}
    drawn: dict[str, list[str]] = {"confirmed": [], "rejected": []}
    for takedown in simulate(count * SEARCHED, SEED, "evaluation"):
        kind, title = takedown.outcome, takedown.listing.title
        if kind in drawn and len(drawn[kind]) < count * (4 if kind == "confirmed" else 1):
            seen = reader.read(takedown.listing)
            used = {*seen.title.transforms(0, len(seen.title.text)), *(t for e in seen.evidence for t in e.transforms)}
            if not used & evasive:
                drawn[kind].append(title)
    answers = screened(screener, drawn["confirmed"], explain=True)
    risky = [
        Subject(title, told[0], answer.level, by_rule=told[1])
        for title, answer in zip(drawn["confirmed"], answers, strict=True)
        if answer.level != "low" and (told := evidence(answer))[0]
    ][:count]
    random = Random(SEED)
    pairs = zip(drawn["rejected"], screened(screener, drawn["rejected"]), risky, strict=False)
    return risky, [
        Subject(title, _any_words(title, sum(e - s for s, e in r.words), random), a.level) for title, a, r in pairs
    ]


def _any_words(title: str, length: int, random: Random) -> tuple[Span, ...]:
    """Random words of a title, together about as long as `length`."""
    tokens = [t for t in tokenize(title) if t.end - t.start > 1 and t.text.isalnum()]
    random.shuffle(tokens)
    chosen: list[Span] = []
    for token in tokens:
        if length > 0:
            chosen.append((token.start, token.end))
            length -= token.end - token.start
    return tuple(sorted(chosen))


def disguised(subject: Subject, name: str, strength: float, random: Random) -> str:
    """Disguise the title's words. `name` is one of DISGUISES, or "all combined": another one for every character."""
    parts: list[str] = []
    at = 0
    for start, end in subject.words:
        parts.append(subject.title[at:start])
        word = subject.title[start:end]
        places = [i for i, char in enumerate(word) if char.isalnum()]
        chosen = random.sample(places, max(1, round(strength * len(places)))) if places else []
        parts.append(_combined(word, chosen, random) if name == "all combined" else _one(word, name, chosen, random))
        at = end
    return "".join((*parts, subject.title[at:]))


def _one(word: str, name: str, chosen: Sequence[int], random: Random) -> str:
    return DISGUISES[name](word, frozenset(chosen), random)


def _combined(word: str, chosen: Sequence[int], random: Random) -> str:
    """Every chosen character in another disguise, taken at random from those that change it."""
    pieces = []
    for i, char in enumerate(word):
        names = list(DISGUISES) if i in chosen else []
        random.shuffle(names)
        pair = char + word[i + 1 : i + 2]  # a separator needs to see what follows
        told = (made for name in names if (made := DISGUISES[name](pair, frozenset({0}), random)) != pair)
        made = next(told, pair)
        pieces.append(made[: len(made) - len(pair) + 1])
    return "".join(pieces)


def flags(level: str | None, least: str) -> bool:
    """Whether a level is at least `least`."""
    return level == "high" or (least == "medium" and level == "medium")


def kept(before: Sequence[str | None], after: Sequence[str | None], least: str) -> float:
    """Share of the flagged that stay flagged."""
    stay = [flags(now, least) for was, now in zip(before, after, strict=True) if flags(was, least)]
    return sum(stay) / max(1, len(stay))


def added(before: Sequence[str | None], after: Sequence[str | None], least: str) -> float:
    """Share of all that is flagged in addition."""
    return sum(flags(now, least) - flags(was, least) for was, now in zip(before, after, strict=True)) / max(
        1, len(after)
    )


def row(
    screener: Screener,
    read: Callable[[Listing], object],
    told: Mapping[str, Sequence[Subject]],
    name: str,
    strength: float,
) -> str:
    """One line of the table."""
    random = Random(f"{name}/{strength}")
    cells: list[str] = []
    listings: list[Listing] = []
    for kind, all_of_kind in told.items():
        made = [(s, disguised(s, name, strength, random)) for s in all_of_kind]
        made = [(s, title) for s, title in made if title != s.title]
        after = [a.level for a in screened(screener, [title for _, title in made])]
        listings += [Listing(listing_id="1", title=title) for _, title in made]
        before = [s.level for s, _ in made]
        cells.append(f"{len(made):6}")
        if kind == "risky":
            cells += [f"{kept(before, after, least):8.1%}" for least in ("medium", "high")]
            ruled = [i for i, (s, _) in enumerate(made) if s.by_rule]
            cells.append(f"{kept([before[i] for i in ruled], [after[i] for i in ruled], 'medium'):8.1%}")
        else:
            cells += [f"{added(before, after, least):+8.1%}" for least in ("medium", "high")]
    start = time.perf_counter()
    for listing in listings:
        read(listing)
    cells.append(f"{(time.perf_counter() - start) / max(1, len(listings)) * 1e6:8.0f}")
    return f"{name:16} {strength:5.0%} " + " ".join(cells)


def show_missed(screener: Screener, folder: Folder, risky: Sequence[Subject], name: str) -> None:
    """Print the titles whose flag a disguise at full strength takes away, and what the folding made of them."""
    random = Random(name)
    made = [disguised(subject, name, 1.0, random) for subject in risky]
    for subject, title, answer in zip(risky, made, screened(screener, made), strict=True):
        if answer.level == "low":
            words = " ".join(subject.title[s:e] for s, e in subject.words)
            print(f"{words}\n    {title}\n    {folder.fold(title).text}")


def main() -> None:
    """Measure the bundle named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, default=STARTER)
    parser.add_argument("--titles", type=int, default=600)
    parser.add_argument("--missed", choices=[*DISGUISES, "all combined"], help="print what this disguise hides")
    args = parser.parse_args()
    bundle = open_bundle(args.bundle)
    folder = Folder.load(bundle.knowledge)
    reader = Reader(bundle.knowledge, folder)
    screener = Screener(bundle, reader)
    risky, honest = subjects(screener, reader, folder, args.titles)
    if args.missed:
        show_missed(screener, folder, risky, args.missed)
        return
    flagged = sum(s.level != "low" for s in honest)
    print(
        f"{len(risky)} risky titles, {sum(s.level == 'high' for s in risky)} of them high; {len(honest)} honest titles,"
        f" {flagged} of them flagged as they stand"
    )
    print("                        risky, recall kept                honest, positives added  fold and read")
    print("disguise       touched titles   medium     high  by rule titles   medium     high   us/title")
    for name in (*DISGUISES, "all combined"):
        for strength in STRENGTHS:
            print(row(screener, reader.read, {"risky": risky, "honest": honest}, name, strength), flush=True)


if __name__ == "__main__":
    main()
