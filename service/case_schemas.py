"""What reviewers send and ask for."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from features.intake import Identity, Note, Wire, Word
from service.ledger.caselist import Chosen, State
from service.ledger.cases import Verdict
from service.ledger.golden import Known


class CasesQuery(BaseModel):
    """Which cases to list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: Annotated[State, Field(description="open is waiting or claimed")] = "open"
    category: Word | None = None
    level: Word | None = None
    platform: Word | None = None
    seller_id: Word | None = None
    reviewer: Annotated[Word | None, Field(description="who holds it")] = None
    after: Annotated[Word | None, Field(description="case_id of the last one of the page before")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    def chosen(self) -> Chosen:
        """The choice as the ledger takes it."""
        return Chosen(self.state, self.category, self.level, self.platform, self.seller_id, self.reviewer)


class Since(BaseModel):
    """Query of the reviewers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: Annotated[int, Field(ge=1, le=3660, description="how far back")] = 30


class ReviewerIn(Wire):
    """Who takes the step."""

    reviewer: Annotated[Identity | None, Field(description="default: the name of the access key")] = None


class NextIn(ReviewerIn):
    """Ask for a case."""

    after: Annotated[Word | None, Field(description="give this case back and take what comes behind it")] = None


class DecideIn(ReviewerIn):
    """A verdict on a case, and on those of its group that are named in `also`."""

    verdict: Verdict
    reason: Annotated[Word, Field(description="words of models/heads.toml joined by +; confirmed needs one")] = ""
    note: Note | None = None
    evaluation_id: Annotated[Word | None, Field(description="the evaluation that was looked at")] = None
    also: Annotated[list[Word] | None, Field(max_length=100, description="case_ids of nearly equal titles")] = None


class GoldenIn(ReviewerIn):
    """What is known of a case."""

    verdict: Known
    reason: Word = ""


class ReviewerQuery(BaseModel):
    """Query of a step without a body."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reviewer: Annotated[Identity | None, Field(description="default: the name of the access key")] = None
