"""Signatures: the example of Standard Webhooks, and who has the secret."""

from base64 import b64decode
from datetime import UTC, datetime

from service.webhooks.signature import Secret

MOMENT = datetime.fromtimestamp(1614265330, UTC)


def test_the_example_of_standard_webhooks() -> None:
    secret = Secret(b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    assert secret.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", MOMENT, b'{"test": 2432232314}') == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert str(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_each_webhook_and_each_home_has_a_secret_of_its_own() -> None:
    secrets = {str(Secret.of(master, name)) for master in (b"a" * 32, b"b" * 32) for name in ("one", "two")}
    assert len(secrets) == 4
    assert Secret.of(b"a" * 32, "one") == Secret.of(b"a" * 32, "one")
    assert str(Secret.of(b"a" * 32, "one")) not in Secret.of(b"a" * 32, "one").digest


def test_another_id_time_or_body_has_another_signature() -> None:
    secret, later = Secret.of(b"a" * 32, "one"), datetime.fromtimestamp(1614265331, UTC)
    signed = [secret.headers(*told)["webhook-signature"] for told in (
        ("m", MOMENT, b"{}"), ("n", MOMENT, b"{}"), ("m", later, b"{}"), ("m", MOMENT, b"{ }")
    )]  # fmt: skip
    assert len(set(signed)) == 4
