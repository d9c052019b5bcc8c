"""The gate: may a new bundle take the place of an old one? Whatever cannot be judged does not pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import orjson

from training.compare import SMALLER_IS_BETTER, Comparison, HeadComparison
from training.errors import TrainingError
from training.interval import Interval
from training.limits import Fall, Limits

Verdict = Literal["pass", "fail", "too_little_data", "not_judged"]
"""not_judged: the limits say that so few listings are not judged alone; only then does it not shut the gate."""


@dataclass(frozen=True, slots=True)
class Check:
    """One limit: what was seen, what is allowed, and whether it holds."""

    head: str
    limit: str
    value: float | None  # None: there is no such figure
    allowed: str  # e.g. ">= -0.02"
    interval: Interval | None  # 95 %
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Gate:
    """Every limit with its verdict."""

    passed: bool
    checks: tuple[Check, ...]
    comparison: Comparison

    def to_json(self) -> bytes:
        """The verdicts and the comparison they stand on, as JSON."""
        return orjson.dumps(self, option=orjson.OPT_INDENT_2)

    def table(self) -> str:
        """Every limit as a line of plain text, then the verdict."""
        rows = [("head", "limit", "seen", "allowed", "95 %", "verdict")]
        for check in self.checks:
            seen = "-" if check.value is None else f"{check.value:.4g}"
            lies = f"{check.interval.low:.4f} to {check.interval.high:.4f}" if check.interval else ""
            rows.append((check.head, check.limit, seen, check.allowed, lies, check.verdict.replace("_", " ")))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(f"{cell:<{wide}}" for cell, wide in zip(row, widths, strict=True)).rstrip() for row in rows)
        bad = sum(check.verdict in {"fail", "too_little_data"} for check in self.checks)
        return "\n".join((*lines, "", "passed" if self.passed else f"not passed: {bad} of {len(self.checks)} limits"))


def judge(comparison: Comparison, limits: Limits) -> Gate:
    """Hold a comparison against the limits.

    Raises TrainingError when one of the bundles has learned from these very takedowns: nothing fair can be said then.
    """
    if comparison.trained_on:
        raise TrainingError(
            f"the {' and the '.join(comparison.trained_on)} bundle learned from these very takedowns; a gate needs"
            " takedowns that neither has seen, e.g. those decided since"
        )
    checks = [Check(head, "the head is still there", None, "", None, "fail") for head in comparison.lost]
    checks += [
        Check(head, "guilty and honest takedowns", 0.0, ">= 1 of each", None, "too_little_data")
        for head in comparison.unmeasured
    ]
    for head, told in comparison.heads.items():
        checks += _head(head, told, comparison.promised[head], limits)
    passed = bool(comparison.heads) and all(check.verdict in {"pass", "not_judged"} for check in checks)
    return Gate(passed, tuple(checks), comparison)


def _head(head: str, told: HeadComparison, promised: dict[str, float], limits: Limits) -> Iterator[Check]:
    counts = {"guilty": told.new.guilty, "honest": told.new.honest, "guilty_sellers": told.guilty_sellers}
    for name, least in limits.data.model_dump().items():
        verdict: Verdict = "pass" if counts[name] >= least else "too_little_data"
        yield Check(head, name.replace("_", " "), counts[name], f">= {least}", None, verdict)
    for name, fall in limits.fall.items():
        yield _fall(head, told, name, fall)
    for name, least in limits.least.items():
        yield _bound(head, told, name, least, at_least=True)
    for name, most in limits.most.items():
        yield _bound(head, told, name, most, at_least=False)
    for level, factor in (("high", limits.promise.high), ("medium", limits.promise.medium)):
        yield _bound(head, told, f"fpr_{level}", factor * promised[level], at_least=False)
    for one in told.categories:
        seen = one.recall
        verdict = "not_judged"
        if seen.count >= limits.category.guilty:
            verdict = (
                "pass" if seen.difference >= -limits.category.most else "fail" if seen.high < 0 else "too_little_data"
            )
        lies = Interval(seen.low, seen.high)
        allowed = f">= {-limits.category.most:g}"
        yield Check(head, f"change of recall, {one.name} ({seen.count})", seen.difference, allowed, lies, verdict)


def _fall(head: str, told: HeadComparison, name: str, fall: Fall) -> Check:
    seen = told.differences[name]
    small = name in SMALLER_IS_BETTER
    worse, least, most = (seen.difference, seen.low, seen.high) if small else (-seen.difference, -seen.high, -seen.low)
    if worse > fall.most:
        verdict: Verdict = "fail" if least > 0 else "too_little_data"
    else:
        verdict = "pass" if most <= fall.doubt else "too_little_data"
    sign, way = (1, "<=") if small else (-1, ">=")
    allowed = f"{way} {sign * fall.most:g}, interval {way} {sign * fall.doubt:g}"
    return Check(head, f"change of {name}", seen.difference, allowed, Interval(seen.low, seen.high), verdict)


def _bound(head: str, told: HeadComparison, name: str, bound: float, *, at_least: bool) -> Check:
    """Hold a figure of the new bundle against a bound: a miss that chance may explain is too little data."""
    value = told.differences[name].new
    lies = told.new.intervals.get(name)
    kept = value >= bound if at_least else value <= bound
    near = lies is not None and (lies.high >= bound if at_least else lies.low <= bound)
    verdict: Verdict = "pass" if kept else "too_little_data" if near else "fail"
    return Check(head, name, value, f"{'>=' if at_least else '<='} {bound:g}", lies, verdict)
