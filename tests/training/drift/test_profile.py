"""What a bundle remembers: small, without titles, and only as it was written."""

import io
import re

import numpy as np
import pytest

from features.listing import Listing, Seller
from features.reader import Reader
from models import Bundle
from training.drift import Profile, draw, sampled
from training.drift.profile import ReferenceInvalid, column_of, edges_of
from training.drift.remember import alike, remember
from training.drift.sample import lister_of
from training.drift.wording import novelty


def test_it_survives_the_disk(profile: Profile) -> None:
    blob = profile.to_bytes()
    again = Profile.from_bytes(blob)
    assert again.columns == profile.columns
    assert again.categories == profile.categories
    assert np.array_equal(again.wording.shares, profile.wording.shares)
    assert again.to_bytes() == blob
    assert len(blob) < 300_000


def test_it_holds_no_title_and_no_seller(knowing: Bundle, reader: Reader) -> None:
    secret = Listing("id-secret", "绝密标题词语", seller=Seller(seller_id="seller-secret", name="某某旗舰店"))
    sample = sampled(knowing, [secret] * 3, reader)
    with np.load(io.BytesIO(Profile.of(sample).to_bytes())) as arrays:
        told = b"".join(arrays[name].tobytes() for name in arrays.files)
    assert not re.search("secret|绝密|旗舰".encode(), told)


@pytest.mark.parametrize("blob", [b"", b"PK", b"{}", b"\x93NUMPY"])
def test_what_is_no_reference_is_refused(blob: bytes) -> None:
    with pytest.raises(ReferenceInvalid, match="retrain"):
        Profile.from_bytes(blob)


def test_any_damaged_byte_of_a_reference_is_refused_or_read(profile: Profile) -> None:
    sound, refused = profile.to_bytes(), 0
    for at in range(0, len(sound), max(len(sound) // 150, 1)):
        damaged = bytearray(sound)
        damaged[at] ^= 0x55
        try:
            Profile.from_bytes(bytes(damaged))
        except ReferenceInvalid:
            refused += 1
    assert refused > 50


@pytest.mark.parametrize("name", ["tables", "gaps", "effects", "counts", "listings"])
def test_a_reference_with_something_else_in_it_is_refused(profile: Profile, name: str) -> None:
    with np.load(io.BytesIO(profile.to_bytes())) as arrays:
        told = {key: arrays[key] for key in arrays.files}
    told[name] = -told[name] if told[name].ndim and name != "tables" else np.array(-1)
    blob = io.BytesIO()
    np.savez(blob, **told)
    with pytest.raises(ReferenceInvalid):
        Profile.from_bytes(blob.getvalue())


def test_edges_follow_what_is_told() -> None:
    assert edges_of("price.log_cny", np.array([np.nan, np.nan])) == ()
    assert edges_of("seller.rating", np.array([1.0, np.nan, 1.0])) == (1.0,)
    assert edges_of("evasion.split", np.array([3.0, 4.0])) == (0.0, 3.0, 4.0)
    assert len(edges_of("score.counterfeit", np.arange(1000.0))) == 11


def test_a_column_counts_what_is_told_and_how_often() -> None:
    column = column_of("x", np.array([0.0, 1.0, 2.0, np.nan]), np.arange(4), (0.0, 1.0))
    assert column.told.shares == (0.25, 0.75)
    assert column.values.shares == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_novelty_is_the_share_of_unseen_characters(knowing: Bundle, reader: Reader) -> None:
    known = sampled(knowing, [Listing("1", "防水登山包"), Listing("2", "防水登山包")], reader)
    new = sampled(knowing, [Listing("3", "防水登山包"), Listing("4", "鑫鬻"), Listing("5", "防水鬻")], reader)
    assert novelty(new.grams, Profile.of(known).wording).tolist() == pytest.approx([0.0, 1.0, 0.4])


def test_remembering_takes_its_time_from_a_draw(knowing: Bundle, reader: Reader) -> None:
    listings = [Listing(str(i), f"帆布包{i}") for i in range(50)]
    from training.drift.drift import scorer_of  # noqa: PLC0415 - what training has in hand

    assert Profile.from_bytes(remember(scorer_of(knowing), reader, listings, listings[:9])).listings == 50
    few = draw(listings, 10)
    assert (len(few.listings), few.seen) == (10, 50)
    assert few == draw(listings, 10)
    assert [int(x.listing_id) for x in few.listings] == sorted(int(x.listing_id) for x in few.listings)


def test_a_listing_that_stands_there_twice_counts_once_by_its_last_row() -> None:
    rows = [
        Listing("1", "包", platform="a"),
        Listing("2", "包"),
        Listing("1", "新包", platform="a"),
        Listing("1", "鞋"),
    ]
    drawn = draw(rows)
    assert [(one.title, one.platform) for one in drawn.listings] == [("包", None), ("新包", "a"), ("鞋", None)]
    assert drawn.seen == 4


def test_a_lister_is_the_seller_else_the_shop_else_the_title() -> None:
    assert lister_of(Listing("1", "包", seller=Seller(seller_id="s", name="n"))) == "s"
    assert lister_of(Listing("1", "包", seller=Seller(name="n"))) == "n"
    assert lister_of(Listing("1", "包")) == "title:包"


def test_unseen_listings_are_told_as_often_as_all() -> None:
    bare = [Listing(str(i), "包") for i in range(60)]
    sold = [Listing(f"s{i}", "包", price_cny=9.0) for i in range(60)]
    kept = alike([*bare[:40], *sold[:10]], [*bare, *sold])
    assert [listing.price_cny for listing in kept] == [None] * 10 + [9.0] * 10
    assert alike(bare[:3], sold) == bare[:3]
