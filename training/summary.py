"""What the figures of a head mean, in sentences that need no statistics."""

from collections.abc import Mapping

from models.heads import HEADS
from models.screening import Bilingual
from training.groups import Group
from training.interval import FEW, Interval
from training.measure import HeadReport
from training.promise import Kept, kept
from training.ranking import RATES

ENOUGH = 100
"""Guilty listings from which the figures of a head are worth comparing."""
_SHOWN = RATES[1]
_PROMISES: Mapping[Kept, Bilingual] = {
    "kept": Bilingual("承诺守住了", "the promise is kept"),
    "unsure": Bilingual("没有超出，但正常商品太少，不能肯定", "not above, but too few honest listings to be sure"),
    "chance": Bilingual("略高于承诺，可能是偶然", "more than promised, but chance may explain it"),
    "broken": Bilingual("超出承诺，请重新校准或重新训练", "the promise is broken: calibrate or train again"),
}


def summary(
    head: str, report: HeadReport, promised: Mapping[str, float], names: Mapping[str, Bilingual]
) -> tuple[Bilingual, ...]:
    """Sentences about one head, the most important first."""
    lines = [
        _caught(head, report),
        *(_kept(report, level, rate) for level, rate in promised.items()),
        _probable(report),
    ]
    if weak := _weakest(report.categories):
        caught = weak.recall[str(RATES[-1])]
        name = names.get(weak.name, Bilingual(weak.name, weak.name))
        lines.append(
            Bilingual(
                f"最弱的类目是“{name.zh}”：误报率 5% 时找出 {caught.value:.0%}（{caught.low:.0%}–{caught.high:.0%}）。",
                f"Weakest category: {name.en}; at 5 % false alarms it catches {caught.value:.0%}"
                f" ({caught.low:.0%}–{caught.high:.0%}).",
            )
        )
    if report.guilty < ENOUGH:
        lines.append(
            Bilingual(
                f"违规样本只有 {report.guilty} 件，区间很宽：不要据此比较模型。",
                f"Only {report.guilty} guilty listings: intervals are wide, do not compare bundles by these figures.",
            )
        )
    return tuple(lines)


def _caught(head: str, report: HeadReport) -> Bilingual:
    recall = report.recall[str(_SHOWN)]
    lies = report.intervals.get(f"recall_at_{_SHOWN}_fpr")
    zh, en = (f"（95% 区间 {_span(lies)}）", f" (95 % interval {_span(lies)})") if lies else ("", "")
    return Bilingual(
        f"每 100 件“{HEADS[head].zh}”商品能找出约 {100 * recall:.0f} 件{zh}，同时每 100 件正常商品误报 2 件。",
        f"Of 100 listings with {HEADS[head].en} it catches about {100 * recall:.0f}{en} while it falsely flags"
        " 2 of 100 honest ones.",
    )


def _kept(report: HeadReport, level: str, promised: float) -> Bilingual:
    seen = report.fpr_high if level == "high" else report.fpr_medium
    zh, en = {"high": ("“高”", "high"), "medium": ("“中”及以上", "medium or higher")}[level]
    verdict = _PROMISES[kept(seen, promised, report.intervals.get(f"fpr_{level}"))]
    return Bilingual(
        f"正常商品被评为{zh}的有 {seen:.2%}，承诺不超过 {promised:.1%}：{verdict.zh}。",
        f"{seen:.2%} of honest listings reach level {en}, at most {promised:.1%} were promised: {verdict.en}.",
    )


def _probable(report: HeadReport) -> Bilingual:
    return Bilingual(
        f"给出的概率与实际违规率平均相差 {100 * report.ece:.1f} 个百分点。",
        f"Stated probabilities differ from what was seen by {100 * report.ece:.1f} percentage points on average.",
    )


def _weakest(groups: tuple[Group, ...]) -> Group | None:
    judged = [group for group in groups if group.guilty >= FEW]
    return min(judged, key=lambda group: group.recall[str(RATES[-1])].value) if len(judged) > 1 else None


def _span(interval: Interval) -> str:
    return f"{100 * interval.low:.0f}–{100 * interval.high:.0f}"
