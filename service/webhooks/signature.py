"""Signatures as Standard Webhooks writes them: HMAC-SHA256 over id, time and body, with a secret only two know.

A secret is not kept: it follows from the id of the webhook and one key in the home folder. A copy of the ledger, which
holds digests only, signs nothing.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Secret:
    """What signs for one webhook."""

    key: bytes

    @classmethod
    def of(cls, master: bytes, webhook_id: str) -> "Secret":
        """Derive it."""
        return cls(hmac.digest(master, f"zhenwei webhook {webhook_id}".encode(), "sha256"))

    def __str__(self) -> str:
        """As it is shown, once."""
        return PREFIX + b64encode(self.key).decode()

    @property
    def digest(self) -> str:
        """What the ledger keeps, to see that it is still the same."""
        return hashlib.sha256(str(self).encode()).hexdigest()

    def headers(self, message_id: str, moment: datetime, body: bytes) -> Mapping[str, str]:
        """Sign a body; a receiver refuses what is older than it likes."""
        seconds = int(moment.timestamp())
        signed = hmac.digest(self.key, f"{message_id}.{seconds}.".encode() + body, "sha256")
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": f"v1,{b64encode(signed).decode()}",
        }
