"""Why takedowns teach no head, line by line, and what would help."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from training.labels import Label, unknown_reasons
from training.takedowns import Takedown
from training.teaching import LEAST_HELD, Roles

Labels = NDArray[np.int8]

_SHOWN = 10
"""Reasons that no head knows which are named."""
_SIDES = {
    Label.GUILTY: "guilty ones (outcome confirmed, with a reason of models/heads.toml)",
    Label.HONEST: "honest ones (outcome rejected or appeal_reversed)",
}


def shortage(takedowns: Sequence[Takedown], decided: Mapping[str, Labels], roles: Roles) -> Iterator[str]:
    """Say of n takedowns what every head lacks; `decided` are labels, head -> (n,)."""
    if roles.in_turn:
        yield (
            f"{len(takedowns)} takedowns teach no head; a head needs at least {roles.least} guilty and {roles.least}"
            " honest, of several sellers each:"
        )
    else:
        yield (
            f"{len(takedowns)} takedowns teach no head; a head needs at least {roles.least} guilty and {roles.least}"
            f" honest among its oldest sellers, and {LEAST_HELD} of each among younger ones:"
        )
    for head, label in decided.items():
        yield f"  {head}: {_counted(label, roles)}; add {_wanted(label, roles)}"
    if unknown := unknown_reasons(takedowns):
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        named = ", ".join(unknown[:_SHOWN]) + more
        yield f"  no head knows the reasons {named}: add them to models/heads.toml, or use words that stand there"


def _counted(label: Labels, roles: Roles) -> str:
    if roles.in_turn:
        return _count(label[roles.train])
    return f"{_count(label[roles.train])} among its oldest sellers, {_count(label[roles.held])} among younger ones"


def _count(label: Labels) -> str:
    return f"{(label == Label.GUILTY).sum()} guilty and {(label == Label.HONEST).sum()} honest"


def _wanted(label: Labels, roles: Roles) -> str:
    parts = ((label[roles.train], roles.least), (label[roles.held], LEAST_HELD))
    short = [told for side, told in _SIDES.items() if any((part == side).sum() < least for part, least in parts)]
    return " and ".join(short) or "takedowns of other sellers"
