"""What a bundle says about itself."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

FORMAT = 1
"""The bundle format this code writes and reads; a newer one is refused."""

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")]
HeadName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SplitRecord(_Page):
    """How takedowns were divided into those that taught, that calibrated and that only measured."""

    kind: Literal["time", "random"]  # random: sellers stand on both sides, so that what is measured flatters
    gap_days: float  # between the parts, for labels that come late
    train: int
    calibration: int
    test: int
    left_out: dict[str, int]  # why -> takedowns in no part
    alike_from: float  # share of common character triples from which titles stand on one side only


class Training(_Page):
    """Where the bundle comes from."""

    simulated: bool  # trained on simulated listings only
    takedowns: int
    guilty: dict[HeadName, int]
    honest: dict[HeadName, int]
    fingerprint: Hash  # over every takedown, in file order
    seed: int
    split: SplitRecord | None = None  # None: not told
    unlabelled: Literal["ignore", "negative", "weighted"] = "ignore"  # what takedowns that say nothing of a head are
    weights: dict[str, float] = {}  # source of a takedown -> how much it counts, when not 1
    contradictions: int = 0  # listings left out of a head because decisions of one time say two things
    disguised: dict[HeadName, int] = {}  # disguised twins of guilty takedowns among the examples
    in_turn: bool = False  # calibrated on sellers held out in turn: all of them taught what ships
    start: str = ""  # id of the older bundle that training began from
    trust: dict[HeadName, float] = {}  # what that bundle's margins were multiplied by; a head not here began anew


class Thresholds(_Page):
    """Calibrated probability at which a head's level begins, and the false-positive rate that goes with it."""

    high: float
    medium: float
    high_fpr: float  # share of the honest listings of the calibration slice that reached it
    medium_fpr: float
    high_asked: float | None = None  # the share that may reach it at most; None = not told
    medium_asked: float | None = None  # None: not told, or a review budget decided
    medium_lift: float | None = None  # level medium is at least so many times the usual probability; None = not told
    honest: int = 0  # honest listings in the calibration slice; 0 = not told


class Review(_Page):
    """The review budget that decided where level medium begins."""

    asked: str  # as it was written
    listings_per_day: float | None  # what it was reckoned with; None for a share
    share: float  # of the calibration slice that reached level medium in any head


class Manifest(_Page):
    """manifest.json. Column order is features, then signals as `signal.<name>`, then `title.text`."""

    format: Literal[1]
    created: str  # told by whoever trained, never read from a clock: the same training gives the same bytes
    code: str
    libraries: dict[str, str]
    heads: tuple[HeadName, ...] = Field(min_length=1)
    features: tuple[str, ...]
    signals: tuple[str, ...]
    knowledge: dict[str, Hash]
    training: Training
    thresholds: dict[HeadName, Thresholds]
    review: Review | None = None
    metrics: dict[HeadName, dict[str, float]]  # on the newest sellers, never trained on
    sha256: dict[FileName, Hash]
