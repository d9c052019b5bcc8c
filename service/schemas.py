"""What the doors say beside screenings: batches, the model, readiness."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from features.intake import Day, Identity, ListingIn, Moment, Note, Wire, Word
from models import Bundle, Screening
from models.lists import Effect, ListKind
from models.manifest import Thresholds, Training
from models.screening import Explain
from service.errors import Fault
from service.ledger import activations, shadows
from service.ledger.activations import Activation
from service.ledger.evaluations import Status
from service.ledger.labels import Verdict
from service.ledger.ledger import Rows
from service.ledger.lists import Standing, Wish

_SHORTEST = 2  # characters of a word that is denied


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


class ListIn(Wire):
    """An entry for a list. Anybody can write a word, so brands and terms can be denied only."""

    kind: ListKind
    effect: Effect
    value: Identity
    reason: Annotated[Note, Field(min_length=1, description="shown with every answer it decides")]
    who: Identity
    expires_on: Annotated[Day | None, Field(description="first day it no longer holds, in China")] = None

    @model_validator(mode="after")
    def _sensible(self) -> "ListIn":
        if self.effect == "allow" and self.kind in {"brand", "term"}:
            raise PydanticCustomError("allow_word", "allows a word, which anybody can write; allow sellers or listings")
        if self.kind in {"brand", "term"} and len(self.value.strip()) < _SHORTEST:
            raise PydanticCustomError("short_word", "is too short a word to point at anything; write two signs")
        return self

    def wish(self, key_id: str | None = None) -> Wish:
        """The entry as the ledger takes it; `key_id` is the access key it came with."""
        return Wish(self.kind, self.effect, self.value, self.reason, self.who, self.expires_on, key_id)


class Uploader(BaseModel):
    """Query of a table of entries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: Annotated[Identity, Field(description="who puts them on their lists")]


@dataclass(frozen=True, slots=True)
class Together:
    """How many entries a table held, and how many of them did not stand on their list before."""

    entries: int
    new: int


class Removal(BaseModel):
    """Query of a removal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: Annotated[Identity, Field(description="who removes it")]
    why: Annotated[Note, Field(min_length=1, description="why")]


@dataclass(frozen=True, slots=True)
class EntryOut:
    """An entry as it stands; `holds` says whether it decides anything today."""

    entry_id: str
    kind: ListKind
    effect: Effect
    value: str
    reason: str
    expires_on: date | None
    who: str
    added_at: str
    key_id: str | None  # of the access key that added it; None: by command, or while there were no keys
    holds: bool

    @classmethod
    def of(cls, standing: Standing, today: date) -> "EntryOut":
        """Describe an entry."""
        one = standing.entry
        holds = one.expires_on is None or today < one.expires_on
        return cls(
            one.entry_id, one.kind, one.effect, one.value, one.reason, one.expires_on,
            standing.who, standing.added_at, standing.key_id, holds,
        )  # fmt: skip


class RollbackIn(Wire):
    """Who goes back, and why."""

    who: Identity
    why: Annotated[Note, Field(min_length=1)]


class ActivateIn(RollbackIn):
    """A bundle that shall answer, who wants it, and why."""

    bundle: Annotated[Word, Field(description="id of a bundle that is kept here, or starter")]


@dataclass(frozen=True, slots=True)
class Activated:
    """The bundle that answers, or scores in the shadow, from now on; `changed` False: it did already."""

    bundle: str
    changed: bool


@dataclass(frozen=True, slots=True)
class ModelsOut:
    """Which bundle is active, and how that came to be."""

    active: str
    shadow: str | None  # the bundle that scores in the shadow
    history: list[Activation]

    @classmethod
    def of(cls, ledger: Rows) -> "ModelsOut":
        """Read it."""
        there = shadows.chosen(ledger)
        active = activations.active(activations.history(ledger))
        return cls(active, there.bundle if there else None, activations.events(ledger)[::-1])


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
    """A bundle is loaded and screens; which parts answer: records, Redis, the queue of jobs."""

    bundle: str
    ledger: Literal["ok", "away", "off"]
    online: Literal["ok", "away", "off"]
    queue: Literal["ok", "away", "off"]
    away: list[str]  # names of the parts that are away
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
