"""A brand list of the user's own: it takes the place of ours, and a wrong one says what to do."""

import hashlib
from pathlib import Path

import pytest

from features.knowledge import ROOT, KnowledgeInvalid, load
from features.knowledge.brandlist import LARGEST, read_brand_list, with_brands
from features.listing import Listing
from features.reader import Reader

HEAD = 'source = "ours"\nas_of = 2026-01-01\n'


def brand(name: str = "lanshan", **told: str) -> str:
    fields = {"zh": '["蓝山牌"]', "en": '["Lanshan"]', "confidence": '"check"'} | told
    return f'[[brand]]\nid = "{name}"\n' + "".join(f"{key} = {value}\n" for key, value in fields.items())


@pytest.fixture(scope="module")
def reader() -> Reader:
    priced = brand(price_low_cny="800", categories='["apparel_shoes"]')
    return Reader(with_brands(load(), (HEAD + priced).encode(), "ours.toml"))


@pytest.mark.parametrize(
    ("title", "brands", "rules"),
    [
        ("蓝山牌女包", ("lanshan",), set()),
        ("LANSHAN 手袋", ("lanshan",), set()),
        ("L@nshan 手袋", ("lanshan",), {"brand.mask"}),
        ("香奈儿手袋", (), set()),
        ("CHANE1 手袋", (), set()),  # masked, but no brand of this list
    ],
)
def test_it_takes_the_place_of_ours(reader: Reader, title: str, brands: tuple[str, ...], rules: set[str]) -> None:
    told = reader.read(Listing("1", title))
    assert told.brands == brands
    assert {one.rule for one in told.evidence} == rules


def test_prices_are_compared_with_those_of_the_list(reader: Reader) -> None:
    told = reader.read(Listing("1", "蓝山牌女包", price_cny=20.0, category="apparel_shoes"))
    assert told.brand_low_cny == 800
    assert "brand.price_too_low" in {one.rule for one in told.evidence}
    assert reader.read(Listing("1", "香奈儿女包", price_cny=20.0)).brand_low_cny is None


def test_our_own_list_is_one_that_would_be_taken() -> None:
    blob = read_brand_list(ROOT / "brands.toml")
    told = with_brands(load(), blob, "brands.toml")
    assert (told.brands, told.digest) == (load().brands, load().digest)


def test_the_digest_is_of_the_list_as_written() -> None:
    blob = (HEAD + brand()).encode()
    told = with_brands(load(), blob, "ours.toml")
    assert told.digests["brands.toml"] == hashlib.sha256(blob).hexdigest()
    assert told.digest != load().digest
    assert told.own_brands == blob


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "ours.toml: source: Field required"),
        (HEAD + "brand = []", "ours.toml holds no brand; add"),
        (HEAD + "[[brand]", "ours.toml: not readable as TOML"),
        (HEAD + brand() + brand(), "brand 'lanshan' stands twice; give one of them another id"),
        (HEAD + brand(zh='["后"]'), "the name '后' is shorter than 2 characters"),
        (HEAD + brand(aliases='[" A "]'), "the name 'A' is shorter than 2 characters"),
        (HEAD + brand(zh="[]", en="[]"), "brand 'lanshan' has no name; give it zh, en or aliases"),
        (HEAD + brand("Blue Mountain"), "ours.toml: brand.0.id"),
        (HEAD + brand(colour='"blue"'), "brand.0.colour: Extra inputs are not permitted"),
        (HEAD + brand(categories='["handbags"]'), "ours.toml: brand 'lanshan' names categories ['handbags']"),
        (HEAD + brand(price_low_cny="9", price_high_cny="1"), "low price 9 must not exceed the high price 1"),
        ("x = " + "[" * 5000, "ours.toml: not readable as TOML"),
    ],
)
def test_a_wrong_list_says_what_to_do(text: str, says: str) -> None:
    with pytest.raises(KnowledgeInvalid) as told:
        with_brands(load(), text.encode(), "ours.toml")
    assert says in str(told.value)


def test_a_list_in_another_encoding_is_refused() -> None:
    with pytest.raises(KnowledgeInvalid, match="not readable as TOML in UTF-8"):
        with_brands(load(), (HEAD + brand()).encode("gb18030"), "ours.toml")


def test_a_list_that_is_not_there_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeInvalid, match="cannot be read"):
        read_brand_list(tmp_path / "none.toml")
    large = tmp_path / "large.toml"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(KnowledgeInvalid, match="larger than 8 MB"):
        read_brand_list(large)
