"""A fingerprint names takedowns and their order, however they came."""

from features.listing import Listing
from training.fingerprint import Fingerprint
from training.takedowns import Takedown

ROWS = [Takedown(Listing(str(i), "新款女包", signals={"b": 1.0, "a": i}), "rejected") for i in range(4)]


def of(*chunks: list[Takedown]) -> str:
    fingerprint = Fingerprint()
    for chunk in chunks:
        fingerprint.update(chunk)
    return fingerprint.hexdigest()


def test_it_is_the_same_in_any_chunks_and_another_in_another_order() -> None:
    assert of(ROWS) == of(ROWS[:1], ROWS[1:])
    assert of(ROWS) != of(ROWS[::-1])
    assert of(ROWS) != of(ROWS[:3])
