"""The verdict: steady where nothing changed, called where something did, silent where there is too little."""

from collections.abc import Callable
from dataclasses import replace

import orjson
import pytest

from features.listing import NO_SELLER, NO_TRADE, Listing
from features.reader import Reader
from models import Bundle
from training.drift import DriftReport, NoReference, Profile, State, compare, reference_of, sampled
from training.drift.profile import ReferenceInvalid
from training.market import simulate

Compare = Callable[[list[Listing]], DriftReport]


def market(count: int, seed: int) -> list[Listing]:
    """Listings of the market that the bundle was trained on; another seed, other sellers."""
    return [takedown.listing for takedown in simulate(count, seed)]


@pytest.fixture
def compared(knowing: Bundle, profile: Profile, reader: Reader) -> Compare:
    return lambda listings: compare(knowing, profile, sampled(knowing, listings, reader))


def state(report: DriftReport, name: str) -> State | None:
    return next(part.state for part in report.parts if part.name == name)


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_other_sellers_of_the_same_market_are_steady(compared: Compare, seed: int) -> None:
    report = compared(market(2000, seed))
    assert report.state is State.STEADY, report.advice.en
    assert not report.terms


def test_few_listings_are_too_little_to_say(compared: Compare) -> None:
    report = compared(market(200, 101))
    assert report.state is None
    assert report.verdict.en == "too little to say"
    assert orjson.loads(report.to_json())["state"] == "unknown"
    assert {part.called.en for part in report.parts} == {"too few rows"}
    bare = [replace(listing, seller=NO_SELLER, trade=NO_TRADE, price_cny=None) for listing in market(200, 101)]
    assert [part.name for part in compared(bare).parts if part.called.en == "not comparable"] == ["score"]


def test_many_listings_of_few_sellers_are_too_little_to_say(compared: Compare) -> None:
    known = market(2000, 101)
    seller = replace(NO_SELLER, seller_id="one")
    assert compared([replace(listing, seller=seller) for listing in known]).state is None


def test_new_wording_without_spaces_is_seen(compared: Compare) -> None:
    """A word splitter sees one unknown word per title, and so nothing at all."""
    listings = market(2000, 101)
    slang = "莆系顶复真标"
    moved = [
        replace(x, title=x.title.replace(" ", "") + slang if i % 5 == 0 else x.title) for i, x in enumerate(listings)
    ]
    report = compared(moved)
    assert report.state is not State.STEADY
    assert state(report, "text") is not State.STEADY
    assert report.terms[0].text.strip() in slang
    assert 350 < report.terms[0].listings <= 400
    assert report.terms[0].before < 0.001


def test_other_goods_altogether_call_for_retraining(compared: Compare) -> None:
    words = ("钢轨", "变压器", "挖掘机", "水泥", "脚手架", "轴承", "叉车", "阀门", "电缆", "锅炉")
    listings = [
        Listing(str(i), f"{words[i % 10]}工业级{words[i // 10 % 10]}厂家定制{words[i // 100 % 10]}型号{i}")
        for i in range(1000)
    ]
    report = compared(listings)
    assert report.state is State.RETRAIN
    assert state(report, "text") is State.RETRAIN
    assert report.verdict.zh == "应重新训练"


def test_more_disguises_are_told_apart_from_other_changes(compared: Compare) -> None:
    listings = [replace(x, title="\u200b".join(x.title)) if i % 8 == 0 else x for i, x in enumerate(market(2000, 101))]
    report = compared(listings)
    assert state(report, "evasion") is State.RETRAIN
    assert report.evasion[0].name in {"evasion.invisible", "evasion.total", "evasion.kinds"}
    assert report.evasion[0].after > report.evasion[0].before + 0.1


def test_prices_that_doubled_are_seen(compared: Compare) -> None:
    listings = [replace(x, price_cny=x.price_cny and x.price_cny * 4) for x in market(2000, 101)]
    report = compared(listings)
    assert state(report, "features") is not State.STEADY
    assert report.columns[0].name.startswith("price.")


def test_a_file_that_tells_less_is_not_steady_and_its_scores_are_not_compared(compared: Compare) -> None:
    bare = [replace(x, seller=NO_SELLER, trade=NO_TRADE, price_cny=None) for x in market(2000, 101)]
    report = compared(bare)
    assert state(report, "coverage") is State.WATCH
    assert state(report, "score") is None
    assert report.state is State.WATCH


def test_the_report_is_the_same_every_time(compared: Compare) -> None:
    assert compared(market(400, 7)).to_json() == compared(market(400, 7)).to_json()


def test_a_bundle_without_memory_says_what_to_do(knowing: Bundle) -> None:
    fields = {name: getattr(knowing, name) for name in Bundle.__slots__}
    with pytest.raises(NoReference, match="--reference FILE"):
        reference_of(Bundle(**fields | {"reference": None}))
    with pytest.raises(ReferenceInvalid, match="does not parse"):
        reference_of(Bundle(**fields | {"reference": b"PK\x03\x04nonsense"}))
