"""What settled takedowns teach each head: labels, how much each weighs, and which of them somebody decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError
from training.labels import Label
from training.settlement import Settlement
from training.takedowns import Takedown

Unlabelled = Literal["ignore", "negative", "weighted"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What is made of takedowns that say nothing to a head, and how far each source is believed.

    Unlabelled are pending takedowns and those confirmed for another head's reasons.

    ignore     they teach nothing: nobody looked, and the unlabelled is not innocent
    negative   they teach as honest ones do; right only where nearly everything guilty is found
    weighted   they teach as honest ones, all of them together as much as the honest ones that were looked at, less
               the share that is guilty among those looked at: pi of H + G, so min(1, (1 - pi) H / U) each. Reviewers
               look at what is suspicious, so pi is more than the share among the unlabelled, and the weight careful

    They never calibrate and are never measured. `weights`: source of a takedown -> its weight; 1 when not told.
    """

    unlabelled: Unlabelled = "ignore"
    weights: Mapping[str, float] = field(default_factory=dict)


AS_DECIDED = Policy()


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One head's answers of n takedowns."""

    label: NDArray[np.int8]  # (n,) values of Label; what is unlabelled is HONEST when the policy says so
    weight: NDArray[np.float32]  # (n,) above 0 where there is a label
    decided: NDArray[np.bool_]  # (n,) whether somebody looked: only these calibrate and are measured

    @property
    def decisions(self) -> NDArray[np.int8]:
        """Labels of what somebody decided, UNKNOWN elsewhere, (n,)."""
        return np.where(self.decided, self.label, np.int8(Label.UNKNOWN))


def answers(takedowns: Sequence[Takedown], settled: Settlement, policy: Policy = AS_DECIDED) -> Mapping[str, Answers]:
    """Weigh what n takedowns say to every head, once their decisions are settled.

    Raises TrainingError when a weight is given to a source no takedown has.
    """
    sources = {takedown.source for takedown in takedowns}
    if wrong := sorted(source for source, weight in policy.weights.items() if not 0 <= weight < np.inf):
        raise TrainingError(f"the weight of the source {wrong[0]} must be 0 or more; 0 leaves it out")
    if strange := sorted(policy.weights.keys() - sources):
        known = ", ".join(sorted(filter(None, sources))[:10]) or "none"
        raise TrainingError(f"no takedown has the source {strange[0]}; the sources are: {known}")
    trust = np.array([policy.weights.get(takedown.source or "", 1.0) for takedown in takedowns], dtype=np.float32)
    return MappingProxyType(
        {head: _weighed(told, settled.silenced[head], trust, policy) for head, told in settled.labels.items()}
    )


def _weighed(
    told: NDArray[np.int8], silenced: NDArray[np.bool_], trust: NDArray[np.float32], policy: Policy
) -> Answers:
    told = np.where(trust > 0, told, np.int8(Label.UNKNOWN))
    decided = told != Label.UNKNOWN
    idle = ~decided & ~silenced & (trust > 0)
    weight = np.where(decided, trust, np.float32(0))
    if policy.unlabelled != "ignore":
        told = np.where(idle, np.int8(Label.HONEST), told)
        share = 1.0 if policy.unlabelled == "negative" else _careful(decided, told == Label.GUILTY, trust, idle)
        weight = np.where(idle, trust * np.float32(share), weight)
    return Answers(told, weight.astype(np.float32), decided)


def _careful(
    decided: NDArray[np.bool_], guilty: NDArray[np.bool_], trust: NDArray[np.float32], idle: NDArray[np.bool_]
) -> float:
    bad, good = float(trust[decided & guilty].sum()), float(trust[decided & ~guilty].sum())
    return min(1.0, good / (good + bad) * good / max(float(trust[idle].sum()), 1.0)) if good + bad else 0.0
