"""An answer as pages show it: marked title, what was undone, one waterfall per head, names of everything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from features.listing import Listing
from models import Screener
from models.screening import Bilingual, Explanation, HeadOut, LicenceOut, Screening
from service.console.marks import Mark, Undone, marks, undone

Turn = Literal["base", "up", "down", "sum"]
_TINY = 1e-9  # log-odds from base to top that are as good as none
_THINNEST = 0.6  # percent; thinner could not be seen
_BASE = Bilingual("起点", "Base")
_OTHER = Bilingual("其余", "Everything else")
_SUM = Bilingual("合计", "Sum")


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall. `x` and `width` are in percent of the chart."""

    label: Bilingual
    value: float | None
    log_odds: float
    x: float
    width: float
    turn: Turn


@dataclass(frozen=True, slots=True)
class HeadShown:
    """A head with the steps from its base to its log-odds; `zero` is where even odds are, in percent, if shown."""

    name: str
    told: HeadOut
    steps: Sequence[Step]
    zero: float | None


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """What the template `answer.html.j2` shows."""

    listing: Listing
    screening: Screening
    title: Sequence[Mark]
    undone: Sequence[Undone]
    heads: Sequence[HeadShown]
    category: Bilingual
    licences: Sequence[LicenceOut]

    @property
    def disguised(self) -> bool:
        """Whether folding had anything to undo."""
        return any(one.how for one in self.undone)


def shown(listing: Listing, screening: Screening, screener: Screener) -> AnswerShown:
    """Prepare an answer, explained in full, for people."""
    heads = [_head(name, head) for name, head in screening.heads.items()]
    return AnswerShown(
        listing,
        screening,
        marks(listing.title, screening),
        undone(screener.reader.folder.fold(listing.title)),
        sorted(heads, key=lambda head: -head.told.score),
        category_names(screener).get(screening.category.id, Bilingual(screening.category.id, screening.category.id)),
        screening.licences,
    )


def category_names(screener: Screener) -> Mapping[str, Bilingual]:
    """Names of the categories the bundle knows, and of what fits none."""
    named = {one.id: Bilingual(one.zh, one.en) for one in screener.bundle.knowledge.categories.values()}
    return named | {"other": Bilingual("其他", "other")}


def _head(name: str, head: HeadOut) -> HeadShown:
    if head.explanation is None:
        return HeadShown(name, head, (), None)
    steps, zero = waterfall(head.explanation)
    return HeadShown(name, head, steps, zero)


def waterfall(told: Explanation) -> tuple[list[Step], float | None]:
    """Lay out the bars from 0 over base and parts to the sum; and where 0, even odds, is."""
    parts = [(_BASE, None, told.base), *((one.label, one.value, one.log_odds) for one in told.contributions)]
    if told.other:
        parts.append((_OTHER, None, told.other))
    ends = [0.0]
    for _, _, log_odds in parts:
        ends.append(ends[-1] + log_odds)
    low, high = min(ends), max(ends)
    scale = 100 / (high - low if high - low > _TINY else 1.0)

    def step(label: Bilingual, value: float | None, start: float, end: float, turn: Turn) -> Step:
        width = min(max(abs(end - start) * scale, _THINNEST), 100.0)
        x = max(min((min(start, end) - low) * scale, 100 - width), 0.0)
        return Step(label, value, end - start, round(x, 2), round(width, 2), turn)

    turns: list[Turn] = ["base", *("up" if log_odds > 0 else "down" for _, _, log_odds in parts[1:])]
    bars = zip(parts, ends[:-1], ends[1:], turns, strict=True)
    steps = [step(label, value, start, end, turn) for (label, value, _), start, end, turn in bars]
    steps.append(step(_SUM, None, 0.0, told.sum, "sum"))
    return steps, round(-low * scale, 2)
