"""The score cache: an answer given a moment ago is given again, if nothing that made it changed.

An entry is sealed with a secret of the workers and with its own question. What somebody else wrote, cut off or moved
is not believed, and counted.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import orjson
from pydantic import TypeAdapter, ValidationError
from redis import Redis

from features.intake import VelocityIn
from features.listing import NO_VELOCITY, Velocity
from models import Screening
from models.screening import Explain
from service.online.keyspace import KINDS, digest
from service.online.link import Link, OnlineAway

Looked = Literal["hit", "miss", "refused"]
"""refused: an entry that was not as we left it."""
_SEAL = 16  # bytes
_SCREENING = TypeAdapter(Screening)


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer depends on, beyond the code. `named` is the evaluation id: bundle, law day, listing as sent."""

    named: str
    lists: str  # version of the lists that decided
    today: date
    explain: Explain


@dataclass(frozen=True, slots=True)
class Cached:
    """An answer, and the velocity it was made with."""

    screening: Screening
    velocity: Velocity


class ScoreCache:
    """Answers by question. Safe to share between threads; `counts` may miss one when threads meet."""

    def __init__(self, link: Link, secret: bytes, seconds: int, code: str) -> None:
        """Keep answers for so many seconds; `code` is the version that answers."""
        self._link, self._secret, self._seconds, self._code = link, secret, seconds, code
        self._mark = hashlib.blake2b(b"mark", key=secret, digest_size=4).hexdigest()
        self.counts: Counter[Looked] = Counter()

    def counted(self) -> Mapping[Looked, int]:
        """What happened since this was asked last."""
        told, self.counts = self.counts, Counter()
        return told

    def find(self, questions: Sequence[Question]) -> list[Cached | None]:
        """The answers there are, in order; none while Redis is away. One round trip."""
        keys = [self._key(question) for question in questions]
        try:
            held = self._link.call(lambda client: client.mget(keys))
        except OnlineAway:
            return [None] * len(keys)
        return [self._opened(*pair) for pair in zip(keys, held, strict=True)]

    def keep(self, answers: Mapping[Question, Cached]) -> None:
        """Keep answers for a while; quietly not, while Redis is away. One round trip."""
        keys = {self._key(question): cached for question, cached in answers.items()}
        sealed = {key: self._sealed(key, cached) for key, cached in keys.items()}

        def store(client: Redis) -> None:
            pipe = client.pipeline(transaction=False)
            for key, value in sealed.items():
                if len(value) <= KINDS["answer"].most_bytes:
                    pipe.set(key, value, ex=self._seconds)
            pipe.execute()

        try:
            self._link.call(store)
        except OnlineAway:
            return

    def _key(self, question: Question) -> str:
        told = (self._code, question.named, question.lists, question.today.isoformat(), question.explain)
        return self._link.keys.key("answer", f"{self._mark}:{digest(*told)}")

    def _sealed(self, key: str, cached: Cached) -> bytes:
        velocity = cached.velocity
        known = {name: number for name in velocity.__slots__ if (number := getattr(velocity, name)) is not None}
        body = orjson.dumps(known) + b"\n" + cached.screening.to_json()
        return self._seal(key, body) + body

    def _seal(self, key: str, body: bytes) -> bytes:
        return hashlib.blake2b(key.encode() + b"\n" + body, key=self._secret, digest_size=_SEAL).digest()

    def _opened(self, key: str, held: object) -> Cached | None:
        if not isinstance(held, bytes):
            self.counts["miss"] += 1
            return None
        body = held[_SEAL:]
        if len(held) <= KINDS["answer"].most_bytes and hmac.compare_digest(held[:_SEAL], self._seal(key, body)):
            try:
                cached = _read(body)
            except ValidationError:
                pass  # sealed by us, but by a version that wrote it otherwise
            else:
                self.counts["hit"] += 1
                return cached
        self.counts["refused"] += 1
        return None


def _read(body: bytes) -> Cached:
    known, _, screening = body.partition(b"\n")
    velocity = Velocity(**VelocityIn.model_validate_json(known).__dict__) if known != b"{}" else NO_VELOCITY
    return Cached(_SCREENING.validate_json(screening), velocity)
