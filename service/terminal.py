"""One screening in a terminal: the title with what was seen, the log-odds as bars, findings with law and authority."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from features.listing import Listing
from models.screening import Bilingual, Contribution, Explanation, Finding, HeadOut, Screening
from service.answers import cite

Lang = Literal["zh", "en"]
STYLES = {"high": "bold white on red", "medium": "black on yellow", "low": "black on green", None: "reverse"}
SEVERITY = {"high": "red", "medium": "yellow", "low": "cyan"}
WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "high": "高风险", "medium": "中风险", "low": "低风险", "not_assessed": "未评估",
        "reject": "下架", "review": "人工复核", "pass": "通过",
        "counterfeit": "侵权假冒伪劣", "fraud_order": "刷单炒信",
        "base": "起点", "other": "其余", "score": "风险分", "findings": "发现", "as_of": "法律截至",
    },
    "en": {
        "high": "high risk", "medium": "medium risk", "low": "low risk", "not_assessed": "not assessed",
        "reject": "reject", "review": "review", "pass": "pass",
        "counterfeit": "counterfeit", "fraud_order": "fraud order",
        "base": "base", "other": "other", "score": "risk score", "findings": "Findings", "as_of": "law as of",
    },
}  # fmt: skip
_BAR = 24  # cells from one end of the bars to the other
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def explanation(listing: Listing, screening: Screening, lang: Lang) -> RenderableType:
    """Everything a person needs to see why. Text of the listing is shown as it is: no markup, no control characters."""
    parts: list[RenderableType] = [_title(listing, screening), _verdict(screening, lang)]
    for name, head in screening.heads.items():
        parts += [Text(), _head(name, head, lang)]
        if head.explanation:
            parts.append(_waterfall(head.explanation, lang))
    if screening.findings:
        parts += [Text(), Text(_word("findings", lang), style="bold")]
        parts += [_finding(finding, lang) for finding in screening.findings]
    parts += [Text(f"! {visible(_told(warning.message, lang))}", style="dim") for warning in screening.warnings]
    return Group(*parts)


def visible(text: str) -> str:
    """Escape what a terminal would obey or hide: control, direction and zero-width characters."""
    if text.isprintable():
        return text
    return "".join(_escaped(char) if unicodedata.category(char) in _HIDDEN else char for char in text)


def _escaped(char: str) -> str:
    return f"\\u{{{ord(char):x}}}"


def _title(listing: Listing, screening: Screening) -> Text:
    styles = [""] * len(listing.title)
    for start, end in _pulling(screening):
        styles[start:end] = ["magenta"] * (end - start)
    for finding in reversed(screening.findings):
        for seen in finding.evidence:
            if seen.field == "title":
                styles[seen.start : seen.end] = [f"bold underline {SEVERITY[finding.severity]}"] * (
                    seen.end - seen.start
                )
    out = Text()
    for style, run in groupby(zip(styles, listing.title, strict=True), key=itemgetter(0)):
        out.append(visible("".join(char for _, char in run)), style)
    return out


def _pulling(screening: Screening) -> Iterator[tuple[int, int]]:
    """Spans of the title whose wording speaks for risk in a head that is not low."""
    for head in screening.heads.values():
        if head.level != "low" and head.explanation:
            for part in head.explanation.contributions:
                yield from ((s.start, s.end) for s in part.spans if s.field == "title" and s.log_odds > 0)


def _verdict(screening: Screening, lang: Lang) -> Text:
    out = Text()
    out.append(f" {_word(screening.level or 'not_assessed', lang)} ", STYLES[screening.level])
    out.append(f"  → {_word(screening.action, lang)}", "bold")
    if screening.risk_score is not None:
        out.append(f"  {_word('score', lang)} {screening.risk_score}/100")
    out.append(f"  {screening.category.id}  {_word('as_of', lang)} {screening.law_as_of}", "dim")
    return out


def _head(name: str, head: HeadOut, lang: Lang) -> Text:
    out = Text(_word(name, lang), style="bold")
    out.append(f"  p = {head.p:.4f}  ", "default")
    out.append(_word(head.level, lang), STYLES[head.level])
    return out


def _waterfall(told: Explanation, lang: Lang) -> Table:
    """Log-odds from base to sum, each part drawn from where the last one ended."""
    steps: list[tuple[str, float, Sequence[Contribution]]] = [(_word("base", lang), told.base, ())]
    steps += [(_told(part.label, lang), part.log_odds, (part,)) for part in told.contributions]
    steps.append((_word("other", lang), told.other, ()))
    ends = [0.0]
    for _, log_odds, _ in steps:
        ends.append(ends[-1] + log_odds)
    low, wide = min(ends), (max(ends) - min(ends)) or 1.0
    table = Table.grid(padding=(0, 1))
    for (label, log_odds, part), start, end in zip(steps, ends[:-1], ends[1:], strict=True):
        value = f"{part[0].value:.4g}" if part and part[0].value is not None else ""
        bar = _bar((min(start, end) - low) / wide, (max(start, end) - low) / wide)
        style = "red" if log_odds > 0 else "green"
        table.add_row(Text(visible(label)), Text(value, "dim"), Text(f"{log_odds:+.3f}", style), Text(bar, style))
    table.add_row(Text("="), Text(), Text(f"{told.sum:+.3f}", "bold"), Text("log-odds", "dim"))
    return table


def _bar(start: float, end: float) -> str:
    first, last = round(start * _BAR), round(end * _BAR)
    return " " * first + "█" * max(last - first, 1)


def _finding(finding: Finding, lang: Lang) -> Text:
    out = Text("● ", SEVERITY[finding.severity])
    out.append(visible(_told(finding.message, lang)))
    out.append(f"  {finding.code}", "dim")
    for seen in finding.evidence:
        if seen.text:
            read = f" ⇒ {visible(seen.folded)}" if seen.folded != seen.text else ""
            out.append(f"\n    {seen.field}[{seen.start}:{seen.end}] {visible(seen.text)}{read}", "magenta")
    for law in finding.law:
        out.append(f"\n    {cite(law)} {_told(law.title, lang)}", "blue")
    if finding.authority:
        out.append("\n    " + "、".join(_told(authority.name, lang) for authority in finding.authority), "blue")
    return out


def _told(text: Bilingual, lang: Lang) -> str:
    return text.zh if lang == "zh" else text.en


def _word(key: str, lang: Lang) -> str:
    return WORDS[lang].get(key, key)
