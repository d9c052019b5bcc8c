"""What the reader of an answer should know about the listing it was made from."""

from collections.abc import Collection, Sequence

from features.reading import Reading
from models.screening import Bilingual, Warning  # noqa: A004 - the word of the wire format

NO_DATE = Warning(
    "law.as_of_today",
    "/observed_at",
    Bilingual(
        "未提供采集时间，按筛查当日有效的法律引用。",
        "No observed_at: the law in force on the day of screening is cited.",
    ),
)
UNREADABLE = Warning(
    "title.unreadable",
    "/title",
    Bilingual(
        "标题中没有可读文字，也没有其他信息可供评估。",
        "The title holds nothing readable and nothing else was told: no assessment was made.",
    ),
)


def warnings_of(reading: Reading, signals: Collection[str], *, assessed: bool) -> tuple[Warning, ...]:
    """Collect the warnings of one listing; `signals` are the ones the bundle was trained on."""
    listing = reading.listing
    out = [] if assessed else [UNREADABLE]
    if listing.observed_at is None:
        out.append(NO_DATE)
    if listing.category is not None and reading.category.source != "declared":
        out.append(_unknown_category(listing.category))
    if listing.signals or signals:
        out += [_unknown_signal(name) for name in sorted(listing.signals.keys() - set(signals))]
        out += _missing_signals([name for name in signals if name not in listing.signals])
    return tuple(out)


def _unknown_category(words: str) -> Warning:
    zh = f"未识别的类目“{words}”，已按标题推断。"
    en = f"Unknown category “{words}”: it was inferred from the title instead."
    return Warning("category.unknown", "/category", Bilingual(zh, en))


def _unknown_signal(name: str) -> Warning:
    pointer = "/signals/" + name.replace("~", "~0").replace("/", "~1")
    zh = f"模型训练时没有信号“{name}”，未使用。"
    en = f"The bundle was not trained on the signal “{name}”: it was not used."
    return Warning("signal.unknown", pointer, Bilingual(zh, en))


def _missing_signals(names: Sequence[str]) -> list[Warning]:
    if not names:
        return []
    zh, en = f"缺少模型使用的信号：{'、'.join(names)}。", f"Signals the bundle uses were not told: {', '.join(names)}."
    return [Warning("signal.missing", "/signals", Bilingual(zh, en))]
