"""What became of the rows, counted. Tallies of parts add up to the tally of the whole."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from features.intake import Problem
from models.screening import Screening
from service.rows import Refused

_MOST_REASONS = 200  # kinds of problems told apart; strangers write what the messages quote


@dataclass(slots=True)
class Tally:
    """What became of the rows: screened + rejected == rows."""

    rows: int = 0
    rejected: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)  # listings in which a finding stands
    problems: Counter[str] = field(default_factory=Counter)  # rejected rows by kind of their first problem
    examples: dict[str, str] = field(default_factory=dict)  # kind -> how it was first told

    @classmethod
    def of(cls, rows: Iterable[tuple[object, Screening] | Refused]) -> "Tally":
        """Count some rows."""
        tally = cls()
        for told in rows:
            tally.rows += 1
            if isinstance(told, Refused):
                tally.rejected += 1
                for problem in told.problems[:1]:
                    tally.problems[kind := _kind(problem)] += 1
                    tally.examples.setdefault(kind, f"{problem.pointer} {problem.message}".strip())
            else:
                tally._screened(told[1])
        return tally

    def _screened(self, screening: Screening) -> None:
        self.levels[screening.level or screening.assessment] += 1
        self.actions[screening.action] += 1
        self.findings.update({finding.code for finding in screening.findings})

    def add(self, other: "Tally") -> None:
        """Count those of another part, which comes after this one."""
        self.rows += other.rows
        self.rejected += other.rejected
        self.levels.update(other.levels)
        self.actions.update(other.actions)
        self.findings.update(other.findings)
        for kind, times in other.problems.items():
            known = kind if kind in self.problems or len(self.problems) < _MOST_REASONS else _OTHER
            self.problems[known] += times
            self.examples.setdefault(known, other.examples.get(kind, kind) if known == kind else _OTHER)


_OTHER = "other reasons"


def _kind(problem: Problem) -> str:
    """What is counted together: what is wrong in one field, or with rows in one way."""
    if problem.pointer:
        return problem.pointer[:_LONGEST]
    return "".join("#" if char.isdecimal() else char for char in problem.message)[:_LONGEST]


_LONGEST = 120  # characters of a kind
