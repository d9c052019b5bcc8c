"""The verdict: what moved, how much that matters, and what to do, in words."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from models.screening import Bilingual
from training.drift.comparison import ColumnDrift, RateDrift
from training.drift.divergence import Distance
from training.drift.profile import NOVELTY
from training.drift.sample import LEVEL, SCORE
from training.drift.terms import Term, WordingDistance

LEAST_LISTINGS, LEAST_LISTERS = 300, 60
"""With fewer, a verdict would be a guess."""

_DOUBT = 0.01  # chance of one false alarm among all columns when nothing changed
SLIGHT, STRONG = 0.1, 0.25
"""Population stability index at which a change matters, and matters much."""
_LEVEL_SLIGHT, _LEVEL_STRONG = 1.4, 2.0  # factor by which the share of flagged listings changed
_GAIN = 0.2  # share of the trees' gain that stands on columns that moved much
_WORDS_SLIGHT, _WORDS_STRONG = 0.002, 0.0045  # triangular discrimination
_NOVEL = 0.02  # population stability index of unseen wording
_RISEN = 3  # terms that rose, each surely: a fashion or new slang
_SURE = 2.0  # standard errors
_TOLD = 0.1  # change in how often a column is told
_EVASIVE, _MORE_EVASIVE = 1.3, 1.7  # factor by which evasive spellings as a whole changed
_MANY = 3  # sides that moved at once: what each only hints at, they say together
_WAS_TOLD, _MISSED = 0.05, 0.05  # columns told so often before and never now, with this share of the gain, spoil scores


_SCORED = frozenset({"score", "text", "evasion", "features"})


class State(IntEnum):
    """How bad it is."""

    STEADY = 0
    WATCH = 1
    RETRAIN = 2


STATES = {
    State.STEADY: Bilingual("平稳", "steady"),
    State.WATCH: Bilingual("关注", "watch"),
    State.RETRAIN: Bilingual("应重新训练", "retrain"),
}
UNKNOWN = Bilingual("数据太少，无法判断", "too little to say")
UNCOMPARED = Bilingual("无法比较", "not comparable")
TOO_FEW = Bilingual("数据太少", "too few rows")


@dataclass(frozen=True, slots=True)
class Part:
    """One side of the market: how far it moved, and what that means."""

    name: str  # score, text, evasion, features, categories, coverage
    label: Bilingual
    state: State | None  # None: cannot be compared, or `few`
    amount: float  # in the unit the message names
    message: Bilingual
    few: bool = False  # there are too few rows to say

    @property
    def called(self) -> Bilingual:
        """What people call its state."""
        if self.state is None:
            return TOO_FEW if self.few else UNCOMPARED
        return STATES[self.state]


def score_part(columns: Sequence[ColumnDrift], rates: Sequence[RateDrift], doubt: float) -> Part:
    """Judge the risk scores and the shares that are flagged."""
    label = Bilingual("风险分数", "risk scores")
    gone = [c for c in columns if c.told_before >= _WAS_TOLD and not c.told_after]
    if sum(c.weight for c in gone) >= _MISSED:
        zh = f"文件没有{_named(gone, 'zh')}等{len(gone)}列，训练时有，分数无法比较。"
        en = f"{len(gone)} columns that were told at training are missing ({_named(gone, 'en')}): not comparable."
        return Part("score", label, None, 0.0, Bilingual(zh, en))
    moved = [c for c in columns if c.name.startswith(SCORE) and c.distance.p < doubt]
    psi = max((c.distance.surely for c in moved), default=0.0)
    flagged = [r for r in rates if r.name.startswith(LEVEL) and r.p < doubt]
    factor = max((_factor(r.before, r.after) for r in flagged), default=1.0)
    state = max(_state(psi, SLIGHT, STRONG), _state(factor, _LEVEL_SLIGHT, _LEVEL_STRONG))
    told_zh = "；".join(f"{r.label.zh}由{r.before:.2%}变为{r.after:.2%}" for r in rates)
    told_en = "; ".join(f"{r.label.en} {r.before:.2%} → {r.after:.2%}" for r in rates)
    return Part("score", label, state, psi, Bilingual(f"PSI {psi:.3f}；{told_zh}。", f"PSI {psi:.3f}; {told_en}."))


def text_part(wording: WordingDistance, columns: Sequence[ColumnDrift], terms: Sequence[Term], doubt: float) -> Part:
    """Judge the wording of the titles, character by character."""
    sure = max(wording.distance - _SURE * wording.error, 0.0)
    state = max(_state(sure, _WORDS_SLIGHT, _WORDS_STRONG), _state(len(terms), _RISEN, sys.maxsize))
    for column in columns:
        if column.name == NOVELTY and column.distance.p < doubt and _rose(column):
            state = max(state, _state(column.distance.surely, _NOVEL, STRONG))
    zh, en = (
        f"用字差异 {wording.distance:.4f}±{wording.error:.4f}",
        f"distance {wording.distance:.4f}±{wording.error:.4f}",
    )
    if terms:
        quoted = "、".join(f"“{term.text}”" for term in terms[:5])
        zh, en = f"{zh}；增多的用语：{quoted}", f"{en}; rising: {quoted}"
    return Part("text", Bilingual("标题用语", "wording"), state, wording.distance, Bilingual(f"{zh}。", f"{en}."))


def evasion_part(rates: Sequence[RateDrift], doubt: float) -> Part:
    """Judge how often evasive spellings fired."""
    total = next((r for r in rates if r.name == "evasion.total"), None)
    moved = [r for r in rates if r.p < doubt]
    state = State.WATCH if moved else State.STEADY
    factor = _factor(total.before, total.after) if total else 1.0
    if total and total.p < doubt:
        state = max(state, _state(factor, _EVASIVE, _MORE_EVASIVE))
    zh = en = ""
    if total:
        zh = f"使用规避写法的标题由{total.before:.2%}变为{total.after:.2%}"
        en = f"titles with evasive spellings {total.before:.2%} → {total.after:.2%}"
    if named := [r for r in moved if r is not total][:4]:
        zh += "；变化的写法：" + "、".join(f"{r.label.zh}（{r.before:.2%}→{r.after:.2%}）" for r in named)
        en += "; changed: " + ", ".join(f"{r.label.en} ({r.before:.2%} → {r.after:.2%})" for r in named)
    return Part("evasion", Bilingual("规避写法", "evasive spellings"), state, factor, Bilingual(f"{zh}。", f"{en}."))


def feature_part(columns: Sequence[ColumnDrift], doubt: float) -> Part:
    """Judge the columns that the trees look at, each by what it brings."""
    own = [c for c in columns if not c.name.startswith((SCORE, LEVEL)) and c.name != NOVELTY]
    moved = sorted(
        (c for c in own if c.distance.p < doubt and c.distance.surely >= SLIGHT),
        key=lambda c: (-c.weight * c.distance.psi, c.name),
    )
    carried = sum(c.weight for c in moved if c.distance.surely >= STRONG)
    state = State.RETRAIN if carried >= _GAIN else State.WATCH if moved else State.STEADY
    label = Bilingual("特征", "features")
    if not moved:
        told = Bilingual(f"{len(own)}列均无明显变化。", f"none of {len(own)} columns moved much.")
        return Part("features", label, state, carried, told)
    zh = f"{len(moved)}/{len(own)}列变化明显（{_named(moved, 'zh')}）；变化大的列占模型增益{carried:.0%}。"
    en = f"{len(moved)} of {len(own)} columns moved ({_named(moved, 'en')}); {carried:.0%} of the gain moved much."
    return Part("features", label, state, carried, Bilingual(zh, en))


def category_part(apart: Distance, rates: Sequence[RateDrift], doubt: float) -> Part:
    """Judge the mix of categories. It changes with the season, so by itself it is something to watch only."""
    moved = apart.p < doubt and apart.surely >= SLIGHT
    zh = "、".join(f"{r.label.zh}（{r.before:.1%}→{r.after:.1%}）" for r in rates[:3])
    en = ", ".join(f"{r.label.en} {r.before:.1%} → {r.after:.1%}" for r in rates[:3])
    message = Bilingual(f"PSI {apart.psi:.3f}；{zh}。", f"PSI {apart.psi:.3f}; {en}.")
    state = State.WATCH if moved else State.STEADY
    return Part("categories", Bilingual("品类构成", "category mix"), state, apart.psi, message)


def coverage_part(columns: Sequence[ColumnDrift], doubt: float) -> Part:
    """Judge how much the file tells. What is not told cannot be looked at, so it is never steady."""
    changed = [c for c in columns if c.told.p < doubt and abs(c.told_after - c.told_before) >= _TOLD]
    changed.sort(key=lambda c: (-c.weight * abs(c.told_after - c.told_before), c.name))
    label = Bilingual("填写情况", "what is told")
    if not changed:
        return Part(
            "coverage", label, State.STEADY, 0.0, Bilingual("与训练时一样完整。", "as complete as at training.")
        )
    amount = max(abs(c.told_after - c.told_before) for c in changed)
    shown = [(c, f"{c.told_before:.0%}→{c.told_after:.0%}") for c in changed[:4]]
    zh = f"{len(changed)}列的填写率变了：" + "、".join(f"{c.label.zh}（{told}）" for c, told in shown) + "。"
    en = f"{len(changed)} columns are told more or less often: " + ", ".join(f"{c.label.en} ({t})" for c, t in shown)
    return Part("coverage", label, State.WATCH, amount, Bilingual(zh, f"{en}."))


def overall(parts: Sequence[Part]) -> State:
    """The worst part, or worse when many sides of what is scored moved at once."""
    moved = [part for part in parts if part.name in _SCORED and part.state is not None and part.state >= State.WATCH]
    worst = max((part.state for part in parts if part.state is not None), default=State.STEADY)
    return State.RETRAIN if len(moved) >= _MANY else worst


def doubt_of(columns: int) -> float:
    """Chance per comparison that keeps the chance of any false alarm at _DOUBT (Bonferroni)."""
    return _DOUBT / max(columns, 1)


def advice(state: State | None, parts: Sequence[Part]) -> Bilingual:
    """Say what to do."""
    if state is None:
        return Bilingual(
            f"至少需要{LEAST_LISTINGS}条商品、{LEAST_LISTERS}个卖家（或不同标题）才能判断；请提供更多数据。",
            f"A verdict needs at least {LEAST_LISTINGS} listings of {LEAST_LISTERS} sellers (or different titles);"
            " give it more.",
        )
    worst = [p for p in parts if p.state is state] or [p for p in parts if p.state]
    zh, en = "、".join(p.label.zh for p in worst), ", ".join(p.label.en for p in worst)
    if state is State.STEADY:
        return Bilingual("没有发现影响判断的变化。", "Nothing moved that would matter to the answers.")
    if state is State.WATCH:
        return Bilingual(f"{zh}有变化：多抽查，下期再比。", f"{en} moved: review a few more, and compare again soon.")
    return Bilingual(
        f"{zh}变化大：请用新近的处置结果重新训练（zhenwei suggest 可选出最值得标注的商品）。",
        f"{en} moved much: retrain with recent takedowns (`zhenwei suggest` picks what to label first).",
    )


def _state(amount: float, slight: float, strong: float) -> State:
    return State.RETRAIN if amount >= strong else State.WATCH if amount >= slight else State.STEADY


def _rose(column: ColumnDrift) -> bool:
    """Whether the upper bins gained. Less novelty than before is no drift: some of the listings were known."""
    return sum(i * share for i, share in enumerate(column.after)) > sum(i * s for i, s in enumerate(column.before))


def _factor(before: float, after: float) -> float:
    low, high = sorted((max(before, 1e-4), max(after, 1e-4)))
    return high / low


def _named(columns: Sequence[ColumnDrift], lang: str) -> str:
    names = [column.label.zh if lang == "zh" else column.label.en for column in columns[:3]]
    return ("、" if lang == "zh" else ", ").join(names)
