"""What the doors say beside screenings: batches, the model, readiness."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from features.intake import Identity, ListingIn, Moment, Note, Wire, Word
from models import Bundle, Screening
from models.manifest import Thresholds, Training
from models.screening import Explain
from service.errors import Fault
from service.ledger.evaluations import Status
from service.ledger.labels import Verdict


class One(BaseModel):
    """Query of one listing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    explain: Annotated[Explain, Field(description="how much is computed and told")] = "full"
    dry_run: Annotated[bool, Field(description="answer without recording anything")] = False


class Many(BaseModel):
    """Query of a batch."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    explain: Annotated[Explain, Field(description="how much is computed and told")] = "findings"
    dry_run: Annotated[bool, Field(description="answer without recording anything")] = False


class OnPlatform(BaseModel):
    """Query of a listing's history."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    platform: Annotated[Word | None, Field(description="only answers about the listing on this platform")] = None


class LabelIn(Wire):
    """A judgement on something answered before. Say which with `evaluation_id`, or with `listing_id` (the newest)."""

    verdict: Verdict
    evaluation_id: Word | None = None
    listing_id: Word | None = None
    platform: Word | None = None
    reason: Annotated[Word, Field(description="words of models/heads.toml joined by +, as in a takedown file")] = ""
    label_id: Annotated[Identity | None, Field(description="yours; the same id is the same label")] = None
    source: Annotated[Word | None, Field(description="where the judgement comes from, e.g. appeal desk")] = None
    analyst: Word | None = None
    decided_at: Moment | None = None
    note: Note | None = None


class BatchIn(BaseModel):
    """Several listings. Described here; rows are read one by one, so that a bad one does not spoil the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    listings: Annotated[list[ListingIn], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored(Screening):
    """A screening; where a ledger records it, `evaluation_status` says what it is to those before it."""

    evaluation_status: Status | None = None


@dataclass(frozen=True, slots=True)
class Screened:
    """The answer for the listing at `index` of the batch."""

    index: int
    screening: Scored


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why the listing at `index` of the batch was not screened."""

    index: int
    listing_id: str | None
    errors: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class BatchOut:
    """Every listing of a batch, once: screened or rejected, each in the order sent."""

    screened: list[Screened]
    rejected: list[Rejected]


@dataclass(frozen=True, slots=True)
class Health:
    """The process answers."""

    status: Literal["ok"] = "ok"


@dataclass(frozen=True, slots=True)
class Ready:
    """A bundle is loaded and screens; `ledger` says whether answers are recorded."""

    bundle: str
    ledger: Literal["ok", "away", "off"]
    status: Literal["ready", "not_ready"] = "ready"


@dataclass(frozen=True, slots=True)
class HeadCard:
    """One head: where its levels begin and how well it did on sellers it was not trained on."""

    thresholds: Thresholds
    metrics: dict[str, float]


@dataclass(frozen=True, slots=True)
class ModelOut:
    """What is loaded."""

    bundle: str
    created: str
    code: str  # the version that answers
    trained_by: str  # the version that trained
    knowledge: str  # digest of everything known
    features: int
    signals: tuple[str, ...]  # a platform's own numbers the bundle was trained on
    training: Training
    heads: dict[str, HeadCard]
    card: str  # Markdown

    @classmethod
    def of(cls, bundle: Bundle, code: str) -> "ModelOut":
        """Describe an opened bundle, answering with version `code`."""
        told = bundle.manifest
        return cls(
            bundle=bundle.id,
            created=told.created,
            code=code,
            trained_by=told.code,
            knowledge=bundle.knowledge.digest[:16],
            features=len(told.features),
            signals=told.signals,
            training=told.training,
            heads={head: HeadCard(told.thresholds[head], told.metrics.get(head, {})) for head in told.heads},
            card=bundle.card,
        )
